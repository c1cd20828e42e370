"""From an address to an open source. What each kind needs (PyAV, OpenCV) is imported when it is first opened."""

from collections.abc import Callable
from pathlib import Path

from core.errors import SourceError
from core.messages import SourceKind
from core.recording.signature import is_recording
from core.sources.address import Address, parse_address
from core.sources.source import Source


def open_source(
    address: str, camera_mode: str = "1280x720@30", cancelled: Callable[[], bool] = lambda: False
) -> Source:
    """Open what `address` names; `camera_mode` is asked of a webcam. Nothing is left behind when it fails.

    Raises: SourceError.
    Used by: the capture thread, which then owns the source.
    """
    meant = parse_address(address)
    match _kind_of(meant):
        case SourceKind.CAMERA:
            from core.sources.camera import open_camera

            return open_camera(meant.target, camera_mode)
        case SourceKind.STREAM:
            from core.sources.stream import open_stream

            return open_stream(meant.target, cancelled)
        case SourceKind.RECORDING:
            from core.sources.recording import open_recording

            return open_recording(Path(meant.target))
        case SourceKind.VIDEO:
            from core.sources.video import open_video

            return open_video(Path(meant.target), cancelled)
        case SourceKind.PICTURES:
            from core.sources.pictures import open_pictures

            return open_pictures(Path(meant.target), cancelled)
        case SourceKind.DEMO:
            from core.sources.demo import DemoSource

            return DemoSource()


def names_recording(address: str) -> bool:
    """Whether `address` names a recording, which needs no model; it is looked into. Never raises.

    Used by: the loader thread.
    """
    try:
        return _kind_of(parse_address(address)) is SourceKind.RECORDING
    except SourceError:
        return False


def _kind_of(address: Address) -> SourceKind:
    if address.kind is SourceKind.VIDEO and is_recording(Path(address.target)):
        return SourceKind.RECORDING
    return address.kind
