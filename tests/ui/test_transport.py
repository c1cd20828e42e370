import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from core.messages import SourceInfo
from support.fake_session import CLIP, LIVE, FakeSession
from support.waiting import until
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def playing(open_window: OpenWindow, source: SourceInfo, **settings: object) -> tuple[MainWindow, FakeSession]:
    window, session = open_window(**settings)
    session.play_source(source)
    until(lambda: window.status.source is source)
    return window, session


def test_a_file_can_be_stepped_sought_and_looped(open_window: OpenWindow) -> None:
    window, _ = playing(open_window, CLIP)
    bar = window.transport
    assert all(w.isVisible() for w in (bar.back, bar.play, bar.forward, bar.seek_bar, bar.time, bar.loop))
    assert bar.time.text() == "0:00.0 / 0:12.0"


def test_a_live_source_can_be_paused_and_no_more(open_window: OpenWindow) -> None:
    window, session = playing(open_window, LIVE)
    bar = window.transport
    assert not any(w.isVisible() for w in (bar.back, bar.forward, bar.seek_bar, bar.time, bar.loop))
    assert bar.live.text() == "Live"
    QTest.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert session.asked("toggle_pause") == [()]


def test_pictures_without_a_length_can_be_stepped(open_window: OpenWindow) -> None:
    window, _ = playing(open_window, replace(CLIP, duration_s=None))
    assert window.transport.forward.isVisible()
    assert not window.transport.seek_bar.isVisible()


def test_the_bar_follows_the_player(open_window: OpenWindow) -> None:
    window, session = playing(open_window, CLIP)
    session.at_s = 6.0
    session.wake()
    until(lambda: window.transport.time.text() == "0:06.0 / 0:12.0")
    assert session.asked("seek") == []


def test_a_click_on_the_bar_goes_there(open_window: OpenWindow) -> None:
    window, session = playing(open_window, CLIP)
    bar = window.transport.seek_bar
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 2, bar.height() // 2))
    assert session.asked("seek") == [(pytest.approx(6.0, abs=0.1),)]


def test_a_drag_seeks_as_it_moves_and_the_player_does_not_pull_it_back(open_window: OpenWindow) -> None:
    window, session = playing(open_window, CLIP)
    bar = window.transport.seek_bar
    y = bar.height() // 2
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(20, y))
    for x in range(20, bar.width(), 5):
        QTest.mouseMove(bar, QPoint(x, y))
    session.at_s = 1.0
    session.wake()
    QTest.mouseMove(bar, QPoint(bar.width() - 1, y))
    until(lambda: session.asked("seek")[-1] == (12.0,))
    assert bar.position_s() == 12.0
    assert len(session.asked("seek")) < 10  # not one for every pixel
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 1, y))
    until(lambda: not bar.busy)
    session.wake()
    until(lambda: bar.position_s() == 1.0)


def test_loop_is_a_setting(open_window: OpenWindow) -> None:
    window, session = playing(open_window, CLIP, loop=False)
    assert not window.transport.loop.isChecked()
    QTest.mouseClick(window.transport.loop, Qt.MouseButton.LeftButton)
    assert session.settings.loop


@pytest.mark.parametrize("name", ["back", "play", "forward", "snapshot", "full_screen", "help", "panel"])
def test_every_button_has_a_name_and_tells_its_key(open_window: OpenWindow, name: str) -> None:
    window, _ = playing(open_window, CLIP)
    button = getattr(window.transport, name)
    assert button.accessibleName()
    assert button.toolTip().endswith(")")


def test_on_a_narrow_window_the_seek_bar_keeps_its_room(open_window: OpenWindow) -> None:
    window, _ = playing(open_window, replace(CLIP, duration_s=5025.0))
    bar = window.transport
    for width in (720, 1280):
        window.resize(width, 500)
        until(lambda: window.width() == width and bar.seek_bar.width() >= 60)  # noqa: B023 - runs at once
        shown = [w for w in (bar.back, bar.play, bar.seek_bar, bar.time, bar.loop, bar.snapshot) if w.isVisible()]
        for left, right in itertools.pairwise(shown):
            assert left.geometry().right() < right.geometry().left()
    assert bar.time.isVisible()
