"""Comparisons that tests make themselves."""

import time
from dataclasses import replace

import numpy as np

from core.comparing.lane_wish import LaneWish
from core.comparing.measures import Agreement, Fit, Score
from core.comparing.view import ComparisonView, LaneHistory, LaneState, LaneView
from core.messages import DepthResult, Frame, ModelInfo

MODELS = ("fathom-nano", "swin2-tiny-256", "swin2-base-384", "swin2-large-384")


def a_frame(index: int = 0, *, wh: tuple[int, int] = (640, 480), source_id: int = 1) -> Frame:
    """Red grows to the right, blue downwards."""
    width, height = wh
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[..., 0] = np.linspace(0, 255, width, dtype=np.uint8)
    rgb[..., 2] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    rgb.setflags(write=False)
    return Frame(index, time.monotonic(), rgb, index / 30, source_id)


def a_depth(low: float, high: float, side: int = 64) -> np.ndarray:
    """From `low` at the left to `high` at the right."""
    depth = np.tile(np.linspace(low, high, side, dtype=np.float32), (side, 1))
    depth.setflags(write=False)
    return depth


def a_model(number: int, precision: str = "fp32") -> ModelInfo:
    return ModelInfo(MODELS[number - 1], 3_300_000 * number, 256, precision, "cpu", "CPU, 2 threads")


def a_lane_result(number: int, frame: Frame, low: float, high: float) -> DepthResult:
    now_s = time.monotonic()
    return DepthResult(frame, a_depth(low, high), low, high, a_model(number), now_s - 0.04, now_s)


def a_history(ms: float, pearson: float, points: int = 60) -> LaneHistory:
    time_s = time.monotonic() - 0.5 * np.arange(points)[::-1]
    wave = np.sin(np.arange(points) / 5).astype(np.float32)
    steady = np.full(points, 0.1, np.float32)
    return LaneHistory(time_s, ms + wave, np.float32(pearson) + 0.01 * wave, steady, steady)


def a_lane(number: int, frame: Frame | None, *, is_reference: bool = False, **values: object) -> LaneView:
    """Lane `number` sees depth from 10 to 20 times its number; fitted, from 10 to 20. Without a frame it loads."""
    low, high = 10.0 * number, 20.0 * number
    wish = LaneWish(MODELS[number - 1])
    if frame is None:
        loading = LaneView(number, wish, wish.names[-1], LaneState.LOADING, "loading, 40 %", 0.4)
        return replace(loading, **values)
    measured = Agreement(0.98 - 0.01 * number, 0.05 * number, 0.02 * number, 4096, Fit(1 / number, 0.0))
    difference = a_depth(-0.25, 0.25)
    lane = LaneView(
        number,
        wish,
        wish.names[-1],
        LaneState.RUNNING,
        info=a_model(number),
        memory_mb=50.0 * number,
        median_ms=40.0 * number,
        fps_alone=25.0 / number,
        fps=5.0,
        result=a_lane_result(number, frame, low, high),
        agreement=None if is_reference else measured,
        difference=None if is_reference else difference,
        fit=None if is_reference else measured.fit,
        measured_index=frame.index,
        history=a_history(40.0 * number, 1.0 if is_reference else 0.9),
    )
    return replace(lane, **values)


def a_comparison(lanes: int = 2, *, index: int = 0, reference: int = 1, **values: object) -> ComparisonView:
    """All lanes on one frame."""
    frame = a_frame(index)
    views = tuple(a_lane(number, frame, is_reference=number == reference) for number in range(1, lanes + 1))
    low, high = 10.0 * reference, 20.0 * reference
    view = ComparisonView(views, reference, same_frame=True, is_together=True, low=low, high=high, overhead=0.021)
    return replace(view, **values)


def with_truth(view: ComparisonView) -> ComparisonView:
    lanes = tuple(replace(lane, score=Score(0.9, 0.12 * lane.number, 0.08), score_index=0) for lane in view.lanes)
    trivial = {"constant": Score(None, 0.612, 0.7), "row": Score(0.4, 0.431, 0.55)}
    return replace(view, lanes=lanes, truth="rendered", trivial=trivial)
