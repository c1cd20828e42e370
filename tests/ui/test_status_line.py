from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt6.QtWidgets import QApplication

from core.comparing.measures import LiveError, Score
from ui.probe import Probe
from ui.status_line import Figures, StatusLine

pytestmark = pytest.mark.window
FULL = Figures(30.0, 12.42, 59.94, 84.6, 120.0, (224, 384), "bf16", "CPU, 2 threads", 107)


@pytest.fixture
def line(dressed: QApplication) -> Iterator[StatusLine]:
    line = StatusLine()
    line.resize(1700, line.height())
    line.show()
    yield line
    line.close()
    line.deleteLater()


def texts(line: StatusLine) -> list[str]:
    return [figure.text() for figure in line.figures]


def test_figures_as_people_read_them(line: StatusLine) -> None:
    line.show_figures(FULL)
    assert texts(line) == [
        "30.0 fps",
        "12.4 fps",
        "59.9 fps",
        "85 ms",
        "120 ms",
        "384 × 224",
        "bf16",
        "CPU, 2 threads",
        "107",
        "",
        "",
    ]
    assert [figure.isVisible() for figure in line.figures] == [True] * 9 + [False] * 2


def test_depth_that_was_not_finite_is_counted_only_where_there_was_any(line: StatusLine) -> None:
    line.show_figures(replace(FULL, non_finite=3))
    assert (line.figures[-1].text(), line.figures[-1].isVisible()) == ("3", True)
    line.show_figures(FULL)
    assert not line.figures[-1].isVisible()


def test_the_error_is_told_where_the_truth_is_known(line: StatusLine) -> None:
    error = LiveError(Score(0.9, 0.1749, 0.3), Score(0.7, 0.2631, 0.4), "rendered")
    line.show_figures(replace(FULL, error=error))
    assert (line.figures[-2].text(), line.figures[-2].isVisible()) == ("0.175 (row 0.263)", True)
    line.show_figures(replace(FULL, error=replace(error, row=None)))
    assert line.figures[-2].text() == "0.175"
    line.show_figures(FULL)
    assert not line.figures[-2].isVisible()


def test_a_slow_network_has_a_rate_too(line: StatusLine) -> None:
    line.show_figures(Figures(depth_fps=0.174))
    assert texts(line)[1] == "0.17 fps"


def test_unknown_figures_are_dashes(line: StatusLine) -> None:
    line.show_figures(Figures(age_ms=12_345.0))
    assert texts(line) == ["–", "–", "–", "–", "12.3 s", "–", "", "", "–", "", ""]


def test_figures_that_change_do_not_move_their_neighbours(line: StatusLine) -> None:
    line.show_figures(FULL)
    QApplication.processEvents()
    places = [figure.mapTo(line, figure.rect().topLeft()).x() for figure in line.figures]
    line.show_figures(Figures(1.0, 100.0, 9.9, 1234.0, 65_432.0, (1536, 1536), "fp32", "CPU, 2 threads", 99_999))
    QApplication.processEvents()
    assert [figure.mapTo(line, figure.rect().topLeft()).x() for figure in line.figures] == places


def test_where_there_is_little_room_the_least_needed_leave(line: StatusLine) -> None:
    line.show_figures(FULL)
    line.resize(900, line.height())
    QApplication.processEvents()
    source, depth, _, latency, *_, device, _, _, _ = (figure.isVisible() for figure in line.figures)
    assert depth
    assert latency
    assert not device
    line.resize(1700, line.height())
    QApplication.processEvents()
    assert all(figure.isVisible() for figure in line.figures[:-2])
    assert source is not None


def test_the_probe_tells_value_place_and_what_it_means(line: StatusLine) -> None:
    line.show_probe(Probe(312, 200, 4.8213))
    assert line.probe.text() == "depth 4.821 at 312, 200 (relative, larger is nearer)"
    line.show_probe(Probe(312, 200, float("nan")))
    assert line.probe.text().startswith("depth – at")
    line.show_probe(None)
    assert line.probe.text() == ""
