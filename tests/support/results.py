"""Depth results that tests make themselves."""

import time
from collections.abc import Callable, Iterator

import numpy as np

from core.messages import DepthResult, Frame, ModelInfo, SourceInfo, SourceKind
from support.recordings import depth, picture

MODEL = ModelInfo("fathom-nano", 1, 256, "fp32", "cpu", "CPU", weights_sha256="c0ffee")
CLIP = SourceInfo(SourceKind.VIDEO, "clip.mp4", "/media/clip.mp4", 64, 48, fps=25.0)


def a_source(info: SourceInfo | None = CLIP) -> Callable[[int], SourceInfo | None]:
    return lambda _: info


def result(
    index: int,
    *,
    picture_hw: tuple[int, int] = (48, 64),
    network_hw: tuple[int, int] = (24, 32),
    model: ModelInfo = MODEL,
    media_time_s: float | None = -1.0,
    source_id: int = 1,
    jumps: int = 0,
    aspect: str = "square",
) -> DepthResult:
    """Of a picture at 25 frames a second, or at `media_time_s`; None: of a live source."""
    now_s = time.monotonic()
    time_s = index / 25 if media_time_s == -1.0 else media_time_s
    frame = Frame(index, now_s, picture(index, *picture_hw), time_s, source_id=source_id, jumps=jumps)
    inverse_depth = depth(index, *network_hw)
    low, high = (float(end) for end in np.percentile(inverse_depth, (2, 98)))
    return DepthResult(frame, inverse_depth, low, high, model, now_s, now_s, aspect=aspect)


def results(frames: int, **values: object) -> Iterator[DepthResult]:
    return (result(index, **values) for index in range(frames))  # type: ignore[arg-type]
