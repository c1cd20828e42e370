"""A lane's viewport on both canvases: two networks either side of an edge, the shared zoom and cursor."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtTest import QSignalSpy, QTest
from PyQt6.QtWidgets import QApplication

from core import colormaps
from core.look import Look, View
from support.comparisons import a_depth, a_frame, a_lane_result
from ui.compare_viewport import LaneViewport
from ui.fit import Zoom
from ui.images import array_of

pytestmark = pytest.mark.window

LOOK = Look(View.WIPE, "viridis", low=10.0, high=20.0)


@pytest.fixture(params=["opengl", "raster"])
def viewport(request, qapp):
    widget = LaneViewport(opengl=request.param == "opengl")
    widget.resize(640, 480)
    widget.show()
    assert QTest.qWaitForWindowExposed(widget)
    yield widget
    widget.close()
    widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def on_screen(viewport: LaneViewport) -> np.ndarray:
    return array_of(viewport.grab().toImage()).astype(int)


def colour_of(name: str, share: float) -> np.ndarray:
    return colormaps.table(name)[round(255 * share)].astype(int)


def show(viewport: LaneViewport, *, left: float, right: float, wipe: float = 0.5) -> None:
    """Two flat maps, each in its own colours."""
    frame = a_frame()
    first, second = (a_lane_result(number, frame, 10.0, 20.0) for number in (1, 2))
    viewport.show_left(replace(first, inverse_depth=a_depth(left, left)), replace(LOOK, colormap="grey"))
    painted = QSignalSpy(viewport.painted)
    viewport.show_lane(replace(second, inverse_depth=a_depth(right, right)), replace(LOOK, wipe=wipe))
    assert painted.wait()


def test_each_side_of_the_edge_has_its_own_depth_and_colours(viewport):
    show(viewport, left=15.0, right=12.5)
    pixels = on_screen(viewport)
    assert np.abs(pixels[100, 100] - colour_of("grey", 0.5)).max() <= 3
    assert np.abs(pixels[100, 540] - colour_of("viridis", 0.25)).max() <= 3
    assert np.abs(pixels[20:200, 20:300] - pixels[100, 100]).max() <= 2
    assert np.abs(pixels[20:200, 340:620] - pixels[100, 540]).max() <= 2


def test_the_edge_lies_where_it_was_put(viewport):
    show(viewport, left=15.0, right=12.5, wipe=0.25)
    pixels = on_screen(viewport)
    assert np.abs(pixels[100, 140] - colour_of("grey", 0.5)).max() <= 3
    assert np.abs(pixels[100, 180] - colour_of("viridis", 0.25)).max() <= 3


def test_what_is_new_on_the_left_is_painted(viewport):
    show(viewport, left=15.0, right=12.5)
    on_screen(viewport)
    flat = replace(a_lane_result(1, a_frame(1), 10.0, 20.0), inverse_depth=a_depth(20.0, 20.0))
    viewport.show_left(flat, replace(LOOK, colormap="grey"))
    assert np.abs(on_screen(viewport)[100, 100] - 255).max() <= 3


def test_without_a_lane_on_the_left_a_wipe_shows_the_picture_there(viewport):
    show(viewport, left=15.0, right=12.5)
    viewport.show_left(None, LOOK)
    pixels = on_screen(viewport)
    assert np.abs(pixels[100, 100] - a_frame().rgb[100, 100]).max() <= 4


def test_a_cross_marks_the_place_of_the_cursor_in_another_viewport(viewport):
    viewport.show_lane(a_lane_result(1, a_frame(), 10.0, 10.0), replace(LOOK, view=View.DEPTH))
    before = on_screen(viewport)
    viewport.mark((0.25, 0.5))
    rows, columns = np.nonzero(np.abs(on_screen(viewport) - before).max(axis=2) > 40)
    assert rows.mean() == pytest.approx(240, abs=2)
    assert columns.mean() == pytest.approx(160, abs=2)
    viewport.set_zoom(Zoom(2.0, 0.25, 0.5))
    before = on_screen(viewport)
    viewport.mark(None)
    rows, columns = np.nonzero(np.abs(on_screen(viewport) - before).max(axis=2) > 40)
    assert columns.mean() == pytest.approx(320, abs=2), "the cross follows the zoom"


def test_following_a_zoom_is_not_told_as_ones_own(viewport):
    viewport.show_lane(a_lane_result(1, a_frame(), 10.0, 20.0), LOOK)
    told = QSignalSpy(viewport.zoom_changed)
    viewport.set_zoom(Zoom(3.0, 0.5, 0.5))
    viewport.clear()
    QTest.mouseMove(viewport, viewport.rect().center())
    QTest.qWait(1)
    assert len(told) == 0
    assert viewport._zoom.scale == 3.0, "it belongs to all lanes, and stays when this one has nothing to show"
