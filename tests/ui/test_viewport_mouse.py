"""The viewport under the mouse: probe, wipe, zoom."""

import time
from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtTest import QSignalSpy, QTest
from PyQt6.QtWidgets import QApplication

from core.look import View
from core.messages import Frame
from support.viewports import LOOK, gradient, hover, on_screen, paint, ramp, result, turn_wheel
from ui.fit import fit

pytestmark = pytest.mark.window


def test_the_probe_reads_depth_and_pixel_under_the_mouse(viewport):
    viewport.set_look(LOOK)
    what = result(rgb=gradient(240, 320))
    paint(viewport, what)
    told = QSignalSpy(viewport.probed)
    hover(viewport, 320, 240)
    found = told[-1][0]
    assert (found.x_px, found.y_px) == (160, 120)
    assert found.inverse_depth == pytest.approx(1500.0, abs=2.0)


def test_the_probe_works_over_both_panes(viewport):
    viewport.set_look(replace(LOOK, view=View.SIDE))
    paint(viewport, result(rgb=gradient(240, 320)))
    told = QSignalSpy(viewport.probed)
    found = []
    for pane in fit(View.SIDE, (240, 320), (640, 480)):
        hover(viewport, pane.picture.x + pane.picture.width / 4, pane.picture.y + pane.picture.height / 2)
        found.append(told[-1][0])
    assert found[0].inverse_depth == pytest.approx(found[1].inverse_depth, abs=4.0)
    assert found[0].x_px == pytest.approx(80, abs=1)


def test_the_probe_is_none_outside_and_before_there_is_depth(viewport):
    viewport.set_look(LOOK)
    viewport.show_frame(Frame(0, time.monotonic(), gradient(100, 400)))
    told = QSignalSpy(viewport.probed)
    hover(viewport, 320, 240)
    assert len(told) == 0
    paint(viewport, result(rgb=gradient(100, 400), index=1))
    assert told[-1][0] is not None
    hover(viewport, 320, 20)
    assert told[-1] == [None]
    hover(viewport, 320, 240)
    assert told[-1][0] is not None
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert told[-1] == [None]


def test_the_probe_follows_new_depth_under_a_mouse_that_rests(viewport):
    viewport.set_look(LOOK)
    paint(viewport, result())
    told = QSignalSpy(viewport.probed)
    hover(viewport, 320, 240)
    paint(viewport, result(depth=ramp() + 100, index=1))
    assert told[-1][0].inverse_depth == pytest.approx(1600.0, abs=4.0)


def test_the_wipe_follows_the_mouse(viewport):
    viewport.set_look(replace(LOOK, view=View.WIPE))
    paint(viewport, result(rgb=gradient(240, 320)))
    told = QSignalSpy(viewport.wipe_dragged)
    hover(viewport, 322, 100)
    assert viewport.cursor().shape() is Qt.CursorShape.SplitHCursor
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(322, 100))
    hover(viewport, 160, 100)
    assert told[-1] == [pytest.approx(0.25)]
    hover(viewport, 900, 100)
    assert told[-1] == [1.0]
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(639, 100))
    count = len(told)
    hover(viewport, 200, 100)
    assert len(told) == count


def test_a_press_away_from_the_edge_moves_nothing(viewport):
    viewport.set_look(replace(LOOK, view=View.WIPE))
    paint(viewport, result(rgb=gradient(240, 320)))
    told = QSignalSpy(viewport.wipe_dragged)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    hover(viewport, 250, 100)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(250, 100))
    assert len(told) == 0


def test_zooming_keeps_the_probed_place_and_a_double_click_ends_it(viewport):
    viewport.set_look(LOOK)
    paint(viewport, result(rgb=gradient(240, 320)))
    told = QSignalSpy(viewport.probed)
    hover(viewport, 480, 120)
    before = told[-1][0]
    turn_wheel(viewport, 480, 120, 5)
    hover(viewport, 480, 120)
    assert told[-1][0].inverse_depth == pytest.approx(before.inverse_depth, abs=1.0)
    hover(viewport, 630, 240)
    zoomed = told[-1][0]
    assert zoomed.x_px < 300
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(630, 240))
    hover(viewport, 530, 240)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(530, 240))
    assert told[-1][0].x_px == pytest.approx(zoomed.x_px, abs=1)  # panning takes the picture along
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(480, 120))
    assert (told[-1][0].x_px, told[-1][0].y_px) == (before.x_px, before.y_px)


def test_what_is_zoomed_in_is_what_is_seen(viewport):
    viewport.set_look(replace(LOOK, view=View.COLOUR))
    paint(viewport, result(rgb=gradient(240, 320)))
    turn_wheel(viewport, 0, 0, 8)
    paint(viewport, result(rgb=gradient(240, 320), index=1))
    pixels = on_screen(viewport)
    assert pixels[-1, -1, 0] < 80  # only the upper left quarter and less is in sight
    assert pixels[2, 2].tolist() == pytest.approx(gradient(240, 320)[0, 0].tolist(), abs=4)
