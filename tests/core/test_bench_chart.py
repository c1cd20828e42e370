"""The chart of `bench`: bars as long as their times, and everything on the paper."""

from dataclasses import replace

import numpy as np
import pytest

from core import bench_chart
from core.bench import BenchRow
from core.bench_chart import LOG_FROM, MODEL, WHOLE, WIDTH_PX, as_png, draw
from core.opencv import cv2

ROW = BenchRow("swin2-tiny-256", 256, 256, "fp16", "cuda:0", 10.0, 10.0, 20.0, 20.0, 50.0, None)
FACTS = {"fathom": "0.1.0", "processor": "a processor", "torch": "2.13.0"}


def bar_lengths(picture: np.ndarray, colour: tuple[int, int, int]) -> list[int]:
    """Of the bars of this colour from top to bottom, in pixels; the legend's square is too short to count."""
    rows = [int((line == colour).all(axis=-1).sum()) for line in picture]
    lengths: list[int] = []
    for before, length in zip([0, *rows], rows, strict=False):
        if length > 20 and before <= 20:
            lengths.append(0)
        if length > 20:
            lengths[-1] = max(lengths[-1], length)
    return lengths


def test_bars_are_as_long_as_their_times() -> None:
    picture = draw([ROW, replace(ROW, model_ms=5.0, model_ms_p95=5.0)], FACTS)
    (long, short), (whole, _) = bar_lengths(picture, MODEL), bar_lengths(picture, WHOLE)
    assert long == pytest.approx(whole / 2, abs=2)
    assert short == pytest.approx(long / 2, abs=2)


def test_times_that_lie_far_apart_stay_visible_on_a_logarithmic_scale() -> None:
    fast, slow = ROW, replace(ROW, model_ms=10.0 * LOG_FROM**3, model_ms_p95=10.0 * LOG_FROM**3)
    lengths = bar_lengths(draw([fast, slow], FACTS), MODEL)
    assert lengths[1] < 10 * lengths[0]


def test_the_95th_percentile_is_drawn_on_from_the_bar() -> None:
    picture = draw([replace(ROW, end_to_end_ms_p95=30.0)], FACTS)[100:]  # below the legend
    heights = (picture == WHOLE).all(axis=-1).sum(axis=0)
    bar, bar_and_line = (heights > 15).sum(), (heights > 0).sum()
    assert bar_and_line == pytest.approx(1.5 * bar, abs=4)


@pytest.mark.parametrize("name", ["x", "a-name-" * 30])
@pytest.mark.parametrize("time_ms", [0.0, 1e-4, 3.0, 123456.0])
def test_nothing_leaves_the_paper(name: str, time_ms: float) -> None:
    row = replace(ROW, model=name, model_ms=time_ms, model_ms_p95=2 * time_ms, end_to_end_ms_p95=time_ms)
    picture = draw([row, ROW], FACTS)
    assert picture.shape[1] == WIDTH_PX
    edges = (picture[0], picture[-1], picture[:, 0], picture[:, -1], picture[:, bench_chart._MARGIN // 2])
    assert all((edge == bench_chart.PAPER).all() for edge in edges)


def test_the_file_is_a_png_of_the_drawing() -> None:
    read = cv2.imdecode(np.frombuffer(as_png([ROW], FACTS), np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(read, draw([ROW], FACTS))
