"""Where models lie on this computer. Imports no torch."""

import os
from pathlib import Path

import platformdirs

from core.weights.published import PublishedModel

BUILT_IN_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "models"


def models_folder() -> Path:
    """Where fetched models go and a person's own may lie; it need not exist.

    FATHOM_MODELS names it; else it is `models` under FATHOM_HOME; else in the user's cache folder.
    """
    if named := os.environ.get("FATHOM_MODELS"):
        return Path(named).expanduser().absolute()
    if home := os.environ.get("FATHOM_HOME"):
        return Path(home).expanduser().absolute() / "models"
    return platformdirs.user_cache_path("fathom", appauthor=False) / "models"


def published_path(model: PublishedModel) -> Path:
    """Where the weights of a published model lie once they are fetched."""
    return models_folder() / model.name / model.file_name


def part_path(final: Path) -> Path:
    """Where a download grows until it is whole."""
    return final.with_name(final.name + ".part")


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long or with a zero in it, a folder without permission
        return False
