"""Clips that tests make themselves."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def write_clip(path: Path, times_s: list[float], width: int = 64, height: int = 48) -> Path:
    """A clip with pictures at these times: a bright square moves over a ramp. The format follows the suffix."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264" if path.suffix == ".mp4" else "ffv1")
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for index, time_s in enumerate(times_s):
            rgb = np.zeros((height, width, 3), np.uint8)
            rgb[..., 0] = np.linspace(0, 255, width, dtype=np.uint8)
            x = 4 * index % max(1, width - 8)
            rgb[8:16, x : x + 8] = 255
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = round(1000 * time_s), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def read_clip(path: Path) -> list[tuple[float, np.ndarray]]:
    """Times in seconds and pictures, RGB (H, W, 3), of a clip."""
    with av.open(path) as container:
        return [(float(f.time), f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]
