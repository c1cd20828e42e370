"""What the settings mean for a recording."""

from datetime import datetime
from pathlib import Path

from app import paths
from app.settings import Settings
from app.version import VERSION
from core.keeper import KeepWish
from core.look import Look, View
from core.recorder import RecordingWish
from core.recording.facts import DepthFormat
from core.recording.names import dated


def look_of(settings: Settings) -> Look:
    """How the window shows depth; the range counts only where it is locked."""
    return Look(
        View(settings.view),
        settings.colormap,
        settings.invert,
        settings.opacity,
        settings.wipe,
        settings.range_low,
        settings.range_high,
    )


def recording_wish(settings: Settings, folder: Path | None = None) -> RecordingWish:
    """A recording in the folder of the settings, or in `folder`, under a name of its own."""
    path = dated(folder or folder_of(settings), datetime.now())
    return RecordingWish(
        path=path,
        program_version=VERSION,
        depth_format=_depth_format(settings),
        view_path=path.with_suffix(".mp4") if settings.record_view else None,
        look=look_of(settings),
        range_locked=settings.range_locked,
    )


def keep_wish(settings: Settings) -> KeepWish | None:
    """None where the last seconds are not to be kept."""
    if not settings.keep_last:
        return None
    return KeepWish(most_s=settings.keep_last_s, program_version=VERSION, depth_format=_depth_format(settings))


def _depth_format(settings: Settings) -> DepthFormat:
    return "float32" if settings.record_depth == "float32" else "gray16"


def folder_of(settings: Settings) -> Path:
    return Path(settings.record_folder).expanduser() if settings.record_folder else paths.videos_dir()
