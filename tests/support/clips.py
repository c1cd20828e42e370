"""Clips made on the spot, each frame carrying its number, so that a test can tell which one it was given."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 128, 64
_BITS = 8  # a frame's number, as eight black or white columns


def numbered(number: int) -> NDArray[np.uint8]:
    """A picture (64, 128, 3) that survives any encoder."""
    columns = [255 * (number >> bit & 1) for bit in range(_BITS)]
    row = np.repeat(np.array(columns, np.uint8), WIDTH_PX // _BITS)
    return np.repeat(np.repeat(row[None, :, None], HEIGHT_PX, axis=0), 3, axis=2)


def number_of(rgb: NDArray[np.uint8]) -> int:
    """The number that `numbered` wrote."""
    width = rgb.shape[1] // _BITS
    middle = rgb[rgb.shape[0] // 2, width // 2 :: width, 1]
    return sum(int(value > 127) << bit for bit, value in enumerate(middle[:_BITS]))


def write_clip(
    path: Path,
    frames: int = 40,
    *,
    codec: str = "mpeg4",
    pix_fmt: str = "yuv420p",
    times_ms: list[int] | None = None,
    rotation: int = 0,
    key_every: int = 12,
    pixel_aspect: Fraction | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """25 frames per second, or at `times_ms`."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options or {})
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, pix_fmt
        stream.codec_context.gop_size = key_every
        stream.codec_context.time_base = Fraction(1, 1000) if times_ms else Fraction(1, 25)
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="rgb24")
            frame.pts = times_ms[number] if times_ms else number
            frame.time_base = Fraction(1, 1000) if times_ms else Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
