"""Where Fathom keeps what outlives a run. FATHOM_HOME puts everything under one folder, for a portable copy."""

import os
from pathlib import Path

import platformdirs

from core.weights.places import models_folder

_NAME = "fathom"


def _home() -> Path | None:
    folder = os.environ.get("FATHOM_HOME")
    return Path(folder).expanduser().absolute() if folder else None


def settings_file() -> Path:
    """The settings, as JSON; the folder need not exist yet."""
    home = _home()
    folder = home or platformdirs.user_config_path(_NAME, appauthor=False)
    return folder / "settings.json"


def log_file() -> Path:
    """The log of the newest runs; older parts lie beside it."""
    home = _home()
    folder = home / "logs" if home else platformdirs.user_log_path(_NAME, appauthor=False)
    return folder / "fathom.log"


def in_full(name: str) -> str:
    """A file or folder that is there by its whole path, so that it is found from any folder; else `name`."""
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # "~nobody"
        return name
    return str(path.absolute()) if os.path.exists(path) else name  # noqa: PTH110 - never raises


def pictures_dir() -> Path:
    """Snapshots: ~/Pictures/Fathom, or what the system calls that folder."""
    home = _home()
    return home / "pictures" if home else platformdirs.user_pictures_path() / "Fathom"


def videos_dir() -> Path:
    """Recordings: ~/Videos/Fathom, or what the system calls that folder."""
    home = _home()
    return home / "videos" if home else platformdirs.user_videos_path() / "Fathom"


def models_dir() -> Path:
    """Fetched models; a person's own may lie there too."""
    return models_folder()
