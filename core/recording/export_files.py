"""One file for each exported frame: the depth it holds, written whole or not at all."""

import io
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from core.depth_files import write_depth, write_whole
from core.errors import RecordingError
from core.recording.depth_codes import FULL_SCALE, Codes
from core.recording.reader import RecordedFrame
from core.snapshot import depth_codes, encode_png

FrameFormat: TypeAlias = Literal["png16", "npy", "exr", "pfm", "csv"]
Written: TypeAlias = tuple[
    float | None, float | None
]  # offset and scale of the codes; None: the values themselves


def _png16(path: Path, frame: RecordedFrame) -> Written:
    codes, offset, scale = recorded_codes(frame)
    write_whole(path, encode_png(codes))
    return offset, scale


def _as_floats(path: Path, frame: RecordedFrame) -> Written:
    write_depth(path, frame.inverse_depth)
    return None, None


def _csv(path: Path, frame: RecordedFrame) -> Written:
    """A line for each row; nine digits tell every float32 from its neighbours."""
    buffer = io.BytesIO()
    np.savetxt(buffer, frame.inverse_depth, fmt="%.9g", delimiter=",")
    write_whole(path, buffer.getvalue())
    return None, None


def _exr(path: Path, frame: RecordedFrame) -> Written:
    """OpenEXR, by the format's own library: one channel, Y, of 32-bit floats."""
    check_exr_is_there()
    import OpenEXR

    part = path.with_name(f".{path.name}.part")
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        OpenEXR.File(header, {"Y": np.ascontiguousarray(frame.inverse_depth)}).write(os.fspath(part))
        part.replace(path)
    except (OSError, RuntimeError, ValueError) as error:
        with suppress(OSError):
            part.unlink()
        raise RecordingError(f"{path} could not be written: {error}") from error
    return None, None


WRITERS: dict[FrameFormat, tuple[str, Callable[[Path, RecordedFrame], Written]]] = {
    "png16": (".png", _png16),
    "npy": (".npy", _as_floats),
    "exr": (".exr", _exr),
    "pfm": (".pfm", _as_floats),
    "csv": (".csv", _csv),
}


def recorded_codes(frame: RecordedFrame) -> tuple[Codes, float, float]:
    """The 16-bit codes as recorded, offset and scale; of a recording of floats over the frame's own range."""
    if frame.scale <= 0:
        return depth_codes(_finite(frame.inverse_depth))
    codes = np.rint((frame.inverse_depth.astype(np.float64) - frame.offset) / frame.scale)
    return np.clip(codes, 0, FULL_SCALE).astype(np.uint16), frame.offset, frame.scale


def check_exr_is_there() -> None:
    """Raises: RecordingError where the library is missing."""
    try:
        import OpenEXR  # noqa: F401 - is it there?
    except ImportError as error:
        raise RecordingError("OpenEXR is not installed: `pip install OpenEXR`, or choose npy or pfm") from error


def _finite(inverse_depth: np.ndarray) -> np.ndarray:
    """What is not finite goes to the smallest finite value, as a PNG has no room for it."""
    finite = np.isfinite(inverse_depth)
    if finite.all():
        return inverse_depth
    least = inverse_depth[finite].min() if finite.any() else np.float32(0)
    return np.where(finite, inverse_depth, least)
