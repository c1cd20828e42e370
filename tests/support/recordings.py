"""Recordings that tests make themselves."""

from pathlib import Path

import numpy as np

from core.recording.depth_video import DepthVideoWriter
from core.recording.facts import DepthFormat, RecordingFacts
from core.recording.reader import DepthVideoReader, RecordedFrame

FACTS = RecordingFacts(
    model="fathom-nano",
    weights_sha256="c0ffee" * 10 + "beef",
    precision="fp32",
    device="cpu",
    aspect="square",
    source="demo",
    started_utc="2026-01-02T03:04:05Z",
    program_version="0.1.0",
)


def picture(index: int, height: int = 48, width: int = 64) -> np.ndarray:
    """(H, W, 3) RGB: soft ramps that wander, which 4:2:0 keeps well."""
    y, x = np.mgrid[0:height, 0:width]
    ramp = 120 + 70 * np.sin((x + index) / 20) + 30 * np.cos(y / 15)
    return np.stack((ramp, np.full_like(ramp, 40 + 4 * index % 120), 220 - ramp / 2), -1).astype(np.uint8)


def depth(index: int, height: int = 24, width: int = 32) -> np.ndarray:
    """(h, w) float32 that moves, of a range that all frames share."""
    y, x = np.mgrid[0:height, 0:width]
    return (1000 + 500 * np.sin((x + index) / 7) * np.cos(y / 9)).astype(np.float32)


def write_recording(
    path: Path,
    times_s: list[float],
    depth_format: DepthFormat = "gray16",
    picture_hw: tuple[int, int] = (48, 64),
    depth_hw: tuple[int, int] = (24, 32),
    *,
    finish: bool = True,
) -> Path:
    """A recording with frames at these times; without `finish` as a program leaves it that is killed."""
    writer = DepthVideoWriter(path, FACTS, depth_format=depth_format)
    for index, time_s in enumerate(times_s):
        writer.write(picture(index, *picture_hw), depth(index, *depth_hw), time_s)
    if finish:
        writer.close()
    else:
        abandon(writer)
    return path


def abandon(writer: DepthVideoWriter) -> None:
    """Leave the file as a program does that is killed."""
    writer._beside.shutdown()
    writer._file._file.close()


def read_all(path: Path) -> list[RecordedFrame]:
    with DepthVideoReader(path) as reader:
        return list(iter(reader.read, None))
