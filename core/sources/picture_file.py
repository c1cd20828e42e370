"""One picture file: decoded with OpenCV into upright, opaque RGB. JPEGs are checked for damage with PyAV."""

import re
from pathlib import Path
from typing import Any, NamedTuple, cast

import av
import numpy as np
from numpy.typing import NDArray

from core.errors import SourceError
from core.messages import RgbArray
from core.opencv import cv2
from core.sources.decoding import DECODER_OPTIONS
from core.sources.files import check_is_readable_file
from core.sources.pixels import Orientation, over_white
from core.sources.source import is_sane_size

_MAX_FILE_BYTES = 512 * 2**20
_MAY_BE_TRANSPARENT = {".png", ".webp", ".tif", ".tiff", ".avif"}
_JPEG_START = b"\xff\xd8\xff"
_EXIF = re.compile(rb"(?:Exif\0\0|eXIf|EXIF.{4})(II\*\0|MM\0\*)", re.DOTALL)  # in a JPEG, a PNG and a WebP


class PictureFile(NamedTuple):
    rgb: RgbArray
    is_damaged: bool  # part of the picture is missing or wrong, and the rest is shown


def read_picture(path: Path) -> PictureFile:
    """8-bit RGB, turned upright by its EXIF data; grey, CMYK, 16 bits, palettes and transparency are converted.

    Raises: SourceError.
    """
    check_is_readable_file(path)
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise SourceError(f"{path} is larger than 512 MB, too large for a picture: choose a smaller one")
        encoded = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}): check the disk") from error
    is_jpeg = encoded.startswith(_JPEG_START)
    # libjpeg would decode a damaged one too, but write its complaint to the terminal
    is_damaged = is_jpeg and _jpeg_frame(encoded, strict=True) is None
    rgb = _decode_damaged(encoded) if is_damaged else _decode(encoded, path)
    if rgb is None and is_jpeg:  # a kind that FFmpeg does not know, or one whose last bytes it does not miss
        is_damaged = not is_damaged
        rgb = _decode_damaged(encoded) if is_damaged else _decode(encoded, path)
    if rgb is None:
        raise SourceError(f"{path} is no picture that can be decoded: it is damaged or of another format")
    if not is_sane_size(rgb.shape[1], rgb.shape[0]):
        raise SourceError(f"{path} has {rgb.shape[1]}x{rgb.shape[0]} pixels, too many to show: scale it down")
    return PictureFile(rgb, is_damaged)


def _decode(encoded: bytes, path: Path) -> RgbArray | None:
    buffer = np.frombuffer(encoded, np.uint8)
    try:
        if path.suffix.lower() in _MAY_BE_TRANSPARENT:
            whole = cast(NDArray[Any] | None, cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED))
            if whole is not None and whole.ndim == 3 and whole.shape[2] == 4:
                if whole.dtype == np.uint16:
                    whole = (whole >> 8).astype(np.uint8)
                if whole.dtype == np.uint8:
                    rgba = cast(NDArray[np.uint8], cv2.cvtColor(whole, cv2.COLOR_BGRA2RGBA))
                    return _upright(over_white(rgba), encoded)
        return cast(RgbArray | None, cv2.imdecode(buffer, cv2.IMREAD_COLOR_RGB))
    except cv2.error as error:
        if "IO_MAX_IMAGE" in str(error):
            raise SourceError(f"{path} claims to be larger than can be shown: it may be damaged") from error
        return None


def _decode_damaged(encoded: bytes) -> RgbArray | None:
    """As much of a JPEG as there is."""
    frame = _jpeg_frame(encoded, strict=False)
    return None if frame is None else _upright(cast(RgbArray, frame.to_ndarray(format="rgb24")), encoded)


def _jpeg_frame(encoded: bytes, *, strict: bool) -> av.VideoFrame | None:
    """None where it cannot be decoded; `strict`: also where anything in it is wrong."""
    context = av.CodecContext.create("mjpeg", "r")
    context.options = {**DECODER_OPTIONS, **({"err_detect": "explode"} if strict else {})}
    try:
        return next(iter(context.decode(av.Packet(encoded))), None)
    except av.FFmpegError:
        return None


def _upright(rgb: RgbArray, encoded: bytes) -> RgbArray:
    """For what OpenCV does not turn itself."""
    found = _EXIF.search(encoded)
    return np.ascontiguousarray(Orientation.of_exif(encoded[found.start(1) :]).apply(rgb) if found else rgb)
