from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel

from core.messages import SourceState
from support.fake_session import CLIP, FakeSession, a_result
from support.waiting import until
from ui import file_dialogs
from ui.main_window import MainWindow
from ui.shortcuts import BY_NAME, SHORTCUTS, When, hint, shown

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def press(key: str) -> None:
    """Press `key`, as QKeySequence writes it, wherever the focus is."""
    combination = QKeySequence(key)[0]
    target = QApplication.focusWidget() or QApplication.activeWindow()
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def changes(session: FakeSession, **values: object) -> bool:
    return (values,) in session.asked("change")


def locked(session: FakeSession) -> bool:
    return session.settings.range_locked and session.settings.range_low == pytest.approx(1.0)


DOES: dict[str, Callable[[MainWindow, FakeSession], object]] = {
    "toggle_pause": lambda w, s: s.asked("toggle_pause") == [()],
    "step_back": lambda w, s: s.calls[-2:] == [("pause",), ("step", -1)],
    "step_forward": lambda w, s: s.calls[-2:] == [("pause",), ("step", 1)],
    "jump_back": lambda w, s: s.asked("seek") == [(1.0,)],
    "jump_forward": lambda w, s: s.asked("seek") == [(11.0,)],
    "go_to_start": lambda w, s: s.asked("seek") == [(0.0,)],
    "snapshot": lambda w, s: s.asked("snapshot"),
    "record": lambda w, s: s.asked("toggle_recording") == [()],
    "save_last": lambda w, s: s.asked("save_last") == [()],
    "view_colour": lambda w, s: changes(s, view="colour"),
    "view_depth": lambda w, s: changes(s, view="depth"),
    "view_side": lambda w, s: changes(s, view="side"),
    "view_overlay": lambda w, s: changes(s, view="overlay"),
    "view_wipe": lambda w, s: changes(s, view="wipe"),
    "next_colormap": lambda w, s: changes(s, colormap="magma"),
    "previous_colormap": lambda w, s: changes(s, colormap="grey"),
    "invert": lambda w, s: changes(s, invert=True),
    "lock_range": lambda w, s: locked(s),
    "ruler": lambda w, s: changes(s, ruler=False) and w.stage.ruler.isHidden(),
    "smaller": lambda w, s: changes(s, size="160"),
    "larger": lambda w, s: changes(s, size="224"),
    "auto_size": lambda w, s: changes(s, size="auto"),
    "next_model": lambda w, s: changes(s, model="swin2-tiny-256"),
    "models": lambda w, s: w.models.manager.isVisible(),
    "run_model": lambda w, s: "only a recording" in w.stage.toast.text.text(),
    "compare": lambda w, s: s.asked("start_comparing") == [()] and w.comparing.stage.isVisible(),
    "open_file": lambda w, s: s.asked("open_source") == [("/media/picked.mp4",)],
    "open_address": lambda w, s: w.panel.source.address.field.hasFocus(),
    "open_demo": lambda w, s: s.asked("open_source") == [("demo",)],
    "panel": lambda w, s: changes(s, panel=False) and w.panel.isHidden(),
    "full_screen": lambda w, s: w.isFullScreen() and w.status_line.isHidden(),
    "leave": lambda w, s: w.help_sheet.isHidden(),
    "help": lambda w, s: w.help_sheet.isVisible(),
    "quit": lambda w, s: s.asked("close") == [()],
}


def test_every_line_of_the_table_is_tested() -> None:
    assert DOES.keys() == {s.name for s in SHORTCUTS if s.when is not When.COMPARING}  # those: test_compare_keys


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in DOES for key in BY_NAME[name].keys])
def test_each_key_does_what_the_sheet_says(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, name: str, key: str
) -> None:
    monkeypatch.setattr(file_dialogs, "pick_media", lambda parent, folder: "/media/picked.mp4")
    window, session = open_window(view="side" if name != "view_side" else "depth")
    session.play_source(CLIP, kept_s=3.0)
    session.at_s = 6.0
    session.give(a_result(low=1.0, high=5.0))
    until(lambda: window.newest is not None and window.status.source is CLIP)
    if name == "leave":
        window.commands.toggle_help()
    assert not DOES[name](window, session), "already so before the key"
    press(key)
    until(lambda: DOES[name](window, session), limit_s=5.0)


@pytest.mark.parametrize("now", [When.LIVE, When.COMPARING])
def test_a_key_means_one_thing_at_a_time(now: When) -> None:
    there = [shortcut for shortcut in SHORTCUTS if shortcut.when in (When.ALWAYS, now)]
    keys = [QKeySequence(key).toString() for shortcut in there for key in shortcut.keys]
    assert len(keys) == len(set(keys))
    assert "Tab" not in keys, "it walks through the controls"


def test_the_sheet_shows_every_key_and_what_it_does(open_window: OpenWindow) -> None:
    window, _ = open_window()
    texts = [label.text() for label in window.help_sheet.findChildren(QLabel)]
    for shortcut in SHORTCUTS:
        assert shortcut.text in texts
        assert all(shown(key) in texts for key in shortcut.keys)


@pytest.mark.parametrize("wh", [(1280, 800), (720, 480)])
def test_no_text_of_the_sheet_is_cut_off(open_window: OpenWindow, wh: tuple[int, int]) -> None:
    window, _ = open_window()
    window.resize(*wh)
    window.commands.toggle_help()
    sheet = window.help_sheet
    assert window.rect().contains(sheet.geometry())
    bars = sheet.scroll.verticalScrollBar(), sheet.scroll.horizontalScrollBar()
    assert [bar.maximum() > 0 for bar in bars] == [wh == (720, 480)] * 2
    for label in sheet.findChildren(QLabel):
        assert label.width() >= label.sizeHint().width()


def test_a_hint_names_all_keys_of_an_action() -> None:
    assert hint("full_screen") == " (F, F11)"
    assert hint("jump_back") == " (Shift ←)"


def test_typing_an_address_triggers_nothing(open_window: OpenWindow) -> None:
    window, session = open_window()
    press("Ctrl+L")
    before = list(session.calls)
    QTest.keyClicks(QApplication.focusWidget(), "rtsp://d1.lan/p?s=m[2] f")
    press("Left")
    press("Home")
    assert window.panel.source.address.field.text() == "rtsp://d1.lan/p?s=m[2] f"
    assert session.calls == before
    assert window.help_sheet.isHidden()


def test_typing_a_value_triggers_nothing(open_window: OpenWindow) -> None:
    window, session = open_window(range_locked=True, range_low=0.0, range_high=9.0)
    field = window.panel.range.high
    field.setFocus()
    field.selectAll()
    for key in ("1", "2", ".", "5", "Left", "Home", "3"):
        press(key)
    assert field.text() == "312.5"
    assert session.calls == [("start",)]


def test_a_focused_slider_keeps_its_arrows_and_a_focused_button_its_space(open_window: OpenWindow) -> None:
    window, session = open_window(view="overlay", opacity=0.5)
    window.panel.view.opacity.setFocus()
    press("Right")
    assert session.settings.opacity == pytest.approx(0.51)
    assert session.asked("step") == []
    window.panel.view.invert.setFocus()
    press("Space")
    assert session.settings.invert
    assert session.asked("toggle_pause") == []
    window.stage.viewport.setFocus()
    press("Space")
    assert session.asked("toggle_pause") == [()]


def test_a_click_on_a_control_leaves_the_keys_to_the_window(open_window: OpenWindow) -> None:
    window, session = open_window()
    QTest.mouseClick(window.panel.view.view.buttons["overlay"], Qt.MouseButton.LeftButton)
    assert session.settings.view == "overlay"
    press("Space")
    assert session.asked("toggle_pause") == [()]
    assert session.settings.view == "overlay"


def test_tab_walks_through_the_controls(open_window: OpenWindow) -> None:
    window, _ = open_window()
    seen = []
    for _ in range(12):
        press("Tab")
        seen.append(QApplication.focusWidget())
    assert window.panel.source.picker in seen
    assert window.panel.model.picker in seen
    assert seen.index(window.panel.source.picker) < seen.index(window.panel.model.picker)


def test_stepping_a_paused_clip_does_not_pause_it_again(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.play_source(CLIP)
    session.say(source_state=SourceState.PAUSED)
    until(lambda: window.status.source_state is SourceState.PAUSED)
    press("Right")
    assert session.asked("pause") == []
    assert session.asked("step") == [(1,)]


def test_jumps_add_up_before_the_player_has_followed(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.play_source(CLIP)
    session.at_s = 1.0
    session.wake()
    until(lambda: window.transport.seek_bar.position_s() == 1.0)
    press("Shift+Right")
    press("Shift+Right")
    until(lambda: session.asked("seek") and session.asked("seek")[-1] == (11.0,))
    press("Shift+Right")
    until(lambda: session.asked("seek")[-1] == (12.0,))  # no farther than the end


def test_escape_closes_one_thing_at_a_time(open_window: OpenWindow) -> None:
    window, _ = open_window()
    press("F11")
    until(window.isFullScreen)
    press("F1")
    assert window.help_sheet.isVisible()
    press("Esc")
    assert window.help_sheet.isHidden()
    assert window.isFullScreen()
    press("Esc")
    until(lambda: not window.isFullScreen())
    assert window.panel.isVisible()


def test_in_full_screen_the_panel_comes_for_the_moment_only(open_window: OpenWindow) -> None:
    window, session = open_window()
    press("F")
    until(lambda: window.panel.isHidden())
    press("P")
    assert window.panel.isVisible()
    assert session.settings.panel
    press("F")
    until(lambda: not window.isFullScreen())
    assert window.panel.isVisible()


def test_the_sheet_fits_into_a_window_of_common_size(open_window: OpenWindow) -> None:
    window, _ = open_window()
    wanted = window.help_sheet.sizeHint()
    assert wanted.width() <= 1000
    assert wanted.height() <= 650


def test_a_plus_is_shown_as_itself() -> None:
    assert (shown("+"), shown("Ctrl+O")) == ("+", "Ctrl O")
