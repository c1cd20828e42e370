"""Where the window comes up: where it was last, or in a place that can be seen."""

from collections.abc import Callable

import pytest

from support.fake_session import FakeSession
from support.waiting import until
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def test_place_and_size_are_remembered(open_window: OpenWindow) -> None:
    window, session = open_window()
    window.setGeometry(120, 90, 1000, 640)
    until(lambda: window.geometry().width() == 1000)
    window.close()
    assert session.settings.window_geometry
    again, _ = open_window(window_geometry=session.settings.window_geometry)
    until(lambda: again.geometry().size() == window.geometry().size())
    assert again.geometry().topLeft() == window.geometry().topLeft()


@pytest.mark.parametrize("saved", ["", "nonsense", "AdnQywADAAA=", 30 * "AAAA"])
def test_a_damaged_geometry_gives_the_default_one(open_window: OpenWindow, saved: str) -> None:
    window, _ = open_window(window_geometry=saved)
    assert (window.width(), window.height()) == (1280, 800)
    screen = window.screen()
    assert screen is not None
    assert screen.geometry().contains(window.geometry())


def test_a_place_beyond_the_screen_is_brought_back(open_window: OpenWindow) -> None:
    window, session = open_window()
    window.setGeometry(4000, 3000, 1000, 640)
    until(lambda: window.x() == 4000)
    window.close()
    again, _ = open_window(window_geometry=session.settings.window_geometry)
    screen = again.screen()
    assert screen is not None
    assert screen.geometry().contains(again.geometry().center())
