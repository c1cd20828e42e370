from dataclasses import replace

import pytest

from core.messages import DepthResult, Rates, RecordedDepth, SourceState
from support.fake_session import RUNNING, a_result
from ui.figures import FigureFeed
from ui.status_line import Figures


def result_at(finished_at_s: float, depth_fps: float = 10.0) -> DepthResult:
    result = a_result()
    frame = replace(result.frame, captured_at_s=finished_at_s - 0.2)
    return replace(result, frame=frame, finished_at_s=finished_at_s, rates=Rates(30.0, depth_fps, 60, 20, 40, 2))


def test_nothing_is_known_before_the_first_result() -> None:
    assert FigureFeed().figures(5.0, SourceState.PLAYING) == Figures()


def test_rates_latency_and_age() -> None:
    feed = FigureFeed()
    feed.take(result_at(100.0))
    for number in range(11):
        feed.note_paint(80.0 + number, 99.0 + number / 10)
    figures = feed.figures(100.1, SourceState.PLAYING)
    assert (figures.source_fps, figures.depth_fps, figures.dropped, figures.non_finite) == (30.0, 10.0, 40, 2)
    assert figures.window_fps == pytest.approx(10.0)
    assert figures.latency_ms == pytest.approx(85.0)
    assert figures.age_ms == pytest.approx(300.0)
    assert (figures.network_hw, figures.precision) == ((256, 256), "fp32")
    assert figures.device == RUNNING.device_name.partition(",")[0]
    assert feed.painted == 11


@pytest.mark.parametrize("state", [SourceState.PAUSED, SourceState.RECONNECTING, SourceState.ENDED])
def test_an_old_rate_is_no_rate(state: SourceState) -> None:
    feed = FigureFeed()
    feed.take(result_at(100.0))
    feed.note_paint(80.0, 100.0)
    figures = feed.figures(100.1, state)
    assert (figures.source_fps, figures.depth_fps, figures.window_fps, figures.latency_ms) == (None,) * 4
    assert figures.dropped == 40


def test_a_stall_empties_the_rates_but_a_slow_network_does_not() -> None:
    feed = FigureFeed()
    feed.take(result_at(100.0, depth_fps=10.0))
    assert feed.figures(103.0, SourceState.PLAYING).depth_fps is None
    feed.take(result_at(100.0, depth_fps=0.5))
    assert feed.figures(103.0, SourceState.PLAYING).depth_fps == 0.5


def test_a_paused_picture_has_no_age_that_grows() -> None:
    feed = FigureFeed()
    feed.take(result_at(100.0))
    assert feed.figures(200.0, SourceState.PAUSED).age_ms is None
    assert feed.figures(200.0, SourceState.PLAYING).age_ms == pytest.approx(100_200.0)


def test_no_device_runs_depth_that_was_recorded() -> None:
    feed = FigureFeed()
    result = result_at(100.0)
    frame = replace(result.frame, recorded=RecordedDepth(result.inverse_depth, RUNNING, "square"))
    feed.take(replace(result, frame=frame))
    figures = feed.figures(100.1, SourceState.PLAYING)
    assert (figures.device, figures.precision, figures.network_hw) == ("recorded", "fp32", (256, 256))
    feed.take(replace(result, frame=frame, inverse_depth=result.inverse_depth + 1))
    assert feed.figures(100.1, SourceState.PLAYING).device == "CPU", "a model ran on it"
