"""Depth of one picture on disk: 16-bit PNG, NumPy's .npy, or portable float map."""

import io
from contextlib import suppress
from pathlib import Path

import numpy as np

from core.errors import RecordingError
from core.messages import DepthArray
from core.opencv import cv2
from core.snapshot import depth_codes, encode_png

SUFFIXES = (".png", ".npy", ".pfm")


def at_picture_size(inverse_depth: DepthArray, picture_hw: tuple[int, int]) -> DepthArray:
    """(h, w) of the network -> (H, W) of the picture, cubic, `align_corners=False`, as MiDaS does."""
    height, width = picture_hw
    scaled = cv2.resize(inverse_depth, (width, height), interpolation=cv2.INTER_CUBIC)
    return scaled.astype(np.float32, copy=False)


def write_depth(path: Path, inverse_depth: DepthArray) -> str:
    """Write (H, W) float32 inverse depth in the format its suffix names; gives one phrase on what the file holds.

    .png: 16 bits over the picture's own range. .npy and .pfm: the float32 values, nothing changed.
    Raises: RecordingError; a file that was there stays as it was.
    """
    height, width = inverse_depth.shape
    match path.suffix.lower():
        case ".png":
            codes, offset, scale = depth_codes(inverse_depth)
            data = encode_png(codes)
            held = f"16-bit, value = {offset:.6g} + {scale:.6g} * code"
        case ".npy":
            buffer = io.BytesIO()
            np.save(buffer, inverse_depth.astype("<f4"))
            data = buffer.getvalue()
            held = "float32"
        case ".pfm":  # rows from the bottom up; a negative scale says little-endian
            rows = np.ascontiguousarray(inverse_depth[::-1]).astype("<f4")
            data = f"Pf\n{width} {height}\n-1.0\n".encode() + rows.tobytes()
            held = "float32"
        case other:
            raise RecordingError(
                f"depth is written as {', '.join(SUFFIXES)}, got {other or 'no suffix'!r}: {path}"
            )
    write_whole(path, data)
    return f"{width}x{height}, {held}"


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, all of it or nothing. Raises: RecordingError."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise RecordingError(f"{path} could not be written: {error.strerror or error}") from error
