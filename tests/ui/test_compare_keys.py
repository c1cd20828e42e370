"""The keys that are there while lanes are compared, and those of one network that rest meanwhile."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from support.comparisons import a_comparison
from support.fake_session import CLIP, FakeSession
from support.waiting import until
from ui.main_window import MainWindow
from ui.shortcuts import BY_NAME, SHORTCUTS, When

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def compare(open_window: OpenWindow, lanes: int = 4, **settings: object) -> tuple[MainWindow, FakeSession]:
    window, session = open_window(**settings)
    session.play_source(CLIP)
    press("C")
    session.compare(a_comparison(lanes))
    until(lambda: window.comparing.stage.view is session.compared)
    return window, session


def press(key: str) -> None:
    combination = QKeySequence(key)[0]
    target = QApplication.focusWidget() or QApplication.activeWindow()
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def changes(session: FakeSession, **values: object) -> bool:
    return (values,) in session.asked("change")


DOES: dict[str, Callable[[MainWindow, FakeSession], object]] = {
    **{f"reference_{n}": lambda w, s, n=n: s.asked("set_reference") == [(n,)] for n in range(1, 5)},
    "compare_grid": lambda w, s: changes(s, compare_layout="grid"),
    "compare_wipe": lambda w, s: changes(s, compare_layout="wipe") and w.comparing.stage.pair.isVisible(),
    "compare_blink": lambda w, s: changes(s, compare_layout="blink"),
    "compare_difference": lambda w, s: changes(s, compare_layout="difference"),
    "hold_other": lambda w, s: w.comparing.stage.pair.turn == 1,
    "next_pair": lambda w, s: w.comparing.stage.other.number == 3,
    "same_frame": lambda w, s: s.asked("set_same_frame") == [(False,)],
    "compare_range": lambda w, s: changes(s, compare_one_range=False),
    "compare_picture": lambda w, s: changes(s, compare_picture=False) and w.comparing.stage.picture.isHidden(),
    "compare_chart": lambda w, s: changes(s, compare_chart=False) and w.comparing.stage.chart.isHidden(),
    "add_lane": lambda w, s: w.comparing.stage.bar.add.menu().isVisible(),
}


def test_a_key_that_is_held_is_let_go_with_the_window(open_window: OpenWindow) -> None:
    """Its release goes to the window that comes to the front."""
    window, _ = compare(open_window, compare_layout="wipe")
    QTest.keyPress(window, Qt.Key.Key_X)
    pair = window.comparing.stage.pair
    until(lambda: pair._held)
    other, _ = open_window()
    assert other.isActiveWindow()
    until(lambda: not pair._held)


def test_every_line_of_the_table_is_tested() -> None:
    assert DOES.keys() == {shortcut.name for shortcut in SHORTCUTS if shortcut.when is When.COMPARING}


@pytest.mark.parametrize("name", DOES)
def test_each_key_does_what_the_sheet_says(open_window: OpenWindow, name: str) -> None:
    window, session = compare(open_window, lanes=3 if name in ("add_lane", "reference_3") else 4)
    if name == "add_lane":
        menu = window.comparing.stage.bar.add.menu()
        menu.aboutToShow.connect(lambda: session.calls.append(("menu",)))
        menu.aboutToShow.connect(menu.close, Qt.ConnectionType.QueuedConnection)  # it takes the loop to itself
        press("+")
        assert session.asked("menu") == [()]
        return
    assert not DOES[name](window, session), "already so before the key"
    press(BY_NAME[name].keys[0]) if name != "hold_other" else hold("X")
    until(lambda: DOES[name](window, session), limit_s=5.0)


def hold(key: str) -> None:
    combination = QKeySequence(key)[0]
    QTest.keyPress(QApplication.focusWidget(), combination.key(), combination.keyboardModifiers())


def release(key: Qt.Key, *, by_repeat: bool = False) -> None:
    event = QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier, "x", by_repeat)
    QApplication.sendEvent(QApplication.focusWidget(), event)


def test_the_other_lane_is_shown_as_long_as_the_key_is_held(open_window: OpenWindow) -> None:
    window, _ = compare(open_window, compare_layout="wipe")
    pair = window.comparing.stage.pair
    hold("X")
    assert pair.turn == 1
    release(Qt.Key.Key_X, by_repeat=True)  # a key that is held repeats itself
    assert pair.turn == 1
    release(Qt.Key.Key_X)
    assert pair.turn == 0


def test_keys_of_one_network_rest_while_lanes_are_compared_and_come_back(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    for key in ("5", "A", "]", "L", "N"):
        press(key)
    assert session.asked("change") == []
    press("Escape")
    press("4")
    assert session.asked("set_reference") == []
    assert changes(session, view="overlay")
    assert not window.comparing.is_on


def test_keys_for_both_stay(open_window: OpenWindow) -> None:
    _, session = compare(open_window)
    press("Space")
    press("M")
    assert session.asked("toggle_pause") == [()]
    assert changes(session, colormap="magma")


@pytest.mark.parametrize("key", ["C", "Escape"])
def test_a_key_ends_comparing(open_window: OpenWindow, key: str) -> None:
    window, session = compare(open_window)
    press(key)
    assert session.asked("stop_comparing") == [()]
    assert window.stage.viewport.isVisible()
    assert not window.comparing.stage.isVisible()
    assert window.panel.isVisible(), "it was put aside for the lanes alone"


def test_escape_leaves_full_screen_first(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    press("F")
    until(window.isFullScreen)
    press("Escape")
    until(lambda: not window.isFullScreen())
    assert session.asked("stop_comparing") == []
    press("Escape")
    assert session.asked("stop_comparing") == [()]


def test_the_panel_comes_for_the_moment_and_without_what_lanes_have_of_their_own(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    assert window.panel.isHidden()
    press("P")
    panel = window.panel
    assert panel.isVisible()
    assert session.settings.panel
    assert panel.model.isHidden()
    assert panel.range.isHidden()
    assert panel.view.colormap.isVisible()
    QTest.mouseClick(panel.compare.button, Qt.MouseButton.LeftButton)
    assert session.asked("stop_comparing") == [()]
    assert panel.model.isVisible()
    assert panel.range.isVisible()


def test_a_button_of_the_bar_and_one_of_the_panel_begin_it(open_window: OpenWindow) -> None:
    window, session = open_window()
    QTest.mouseClick(window.transport.compare, Qt.MouseButton.LeftButton)
    assert session.asked("start_comparing") == [()]
    assert window.transport.compare.isChecked()
    QTest.mouseClick(window.transport.compare, Qt.MouseButton.LeftButton)
    assert session.asked("stop_comparing") == [()]
    QTest.mouseClick(window.panel.compare.button, Qt.MouseButton.LeftButton)
    assert session.asked("start_comparing") == [(), ()]
