"""Who has the keyboard and the wheel: fields, buttons of which one is down, the panel, the picture."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from core.messages import SourceState
from support.fake_session import BASE, CLIP, FakeSession
from support.menus import click, last_change
from support.waiting import until
from ui.main_window import MainWindow
from ui.number_field import NumberField
from ui.panel import Panel

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]

CONTROLS: dict[str, Callable[[Panel], QWidget]] = {
    "size": lambda panel: panel.model.network.size_slider.slider,
    "rate": lambda panel: panel.model.network.rate,
    "precision": lambda panel: panel.model.network.precision,
    "opacity": lambda panel: panel.view.opacity,
    "colours": lambda panel: panel.view.colormap,
    "near end": lambda panel: panel.range.high,
    "kept seconds": lambda panel: panel.recording.seconds,
}


def takes_wheel(widget: QWidget) -> bool:
    """Turn it a notch over `widget`. What that does not take, Qt gives to what lies behind it."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


@pytest.mark.parametrize("name", CONTROLS)
def test_the_wheel_scrolls_the_panel_and_changes_no_setting(open_window: OpenWindow, name: str) -> None:
    window, session = open_window(size="auto", view="overlay", range_locked=True, range_low=1.0, range_high=9.0)
    control = CONTROLS[name](window.panel)
    assert not takes_wheel(control)
    assert control.focusPolicy() != Qt.FocusPolicy.WheelFocus
    assert session.asked("change") == []
    bar = window.panel.verticalScrollBar()
    window.resize(900, 500)
    until(lambda: bar.maximum() > 0)
    takes_wheel(window.panel.viewport())
    assert bar.value() > 0


def test_the_wheel_turns_what_the_keyboard_was_given_to(open_window: OpenWindow) -> None:
    window, session = open_window(view="overlay", opacity=0.5)
    window.panel.view.opacity.setFocus()
    assert takes_wheel(window.panel.view.opacity)
    assert session.settings.opacity < 0.5


def typed(field: NumberField, text: str) -> None:
    click(field.lineEdit())
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


@pytest.mark.parametrize("where", ["picture", "button", "box"])
def test_a_click_anywhere_else_takes_what_was_typed(open_window: OpenWindow, where: str) -> None:
    window, session = open_window(size="auto", keep_last_s=10.0)
    panel = window.panel
    typed(panel.recording.seconds, "25")
    assert session.asked("change") == []
    places = {
        "picture": window.stage.viewport,
        "button": panel.view.view.buttons["depth"],
        "box": panel.recording.keep,
    }
    click(places[where])
    assert session.asked("change")[0] == ({"keep_last_s": 25.0},)
    assert panel.recording.seconds.value() == 25.0
    assert not panel.recording.seconds.hasFocus()
    session.play_source(CLIP)
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Space)
    assert session.asked("toggle_pause") == [()]


def test_escape_drops_what_was_typed_and_closes_nothing_else(open_window: OpenWindow) -> None:
    window, session = open_window(size="auto", target_fps=30.0)
    window.commands.toggle_full_screen()
    window.commands.toggle_panel()
    rate = window.panel.model.network.rate
    until(rate.isVisible)
    typed(rate, "45")
    QTest.keyClick(rate, Qt.Key.Key_Escape)
    assert rate.value() == 30.0
    assert rate.text() == "30 fps"
    assert session.asked("change") == []
    assert window.isFullScreen()
    assert window.stage.viewport.hasFocus()


def test_what_the_session_says_does_not_disturb_typing(open_window: OpenWindow) -> None:
    window, _ = open_window()
    seconds = window.panel.recording.seconds
    typed(seconds, "25")
    window.change(colormap="grey")
    assert seconds.text() == "25 s", "with its unit"


def test_tab_comes_to_the_button_that_is_down_and_arrows_choose_another(open_window: OpenWindow) -> None:
    window, session = open_window(view="overlay", aspect="trained")
    session.play_source(CLIP)
    view, aspect = window.panel.view.view, window.panel.model.network.aspect
    seen = []
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert view.buttons["overlay"] in seen
    assert not {view.buttons["colour"], view.buttons["depth"]} & set(seen)
    aspect.buttons["trained"].setFocus()
    QTest.keyClick(aspect.buttons["trained"], Qt.Key.Key_Right)
    assert last_change(session) == {"aspect": "square"}
    assert aspect.buttons["square"].hasFocus()
    assert session.asked("step") == []
    click(aspect.buttons["keep"])
    assert aspect.buttons["keep"].hasFocus(), "the arrows go on from what was chosen"


def enter_address(window: MainWindow) -> None:
    line = window.panel.source.address
    line.ask()
    QTest.keyClicks(line.field, "rtsp://10.0.0.2/a")
    QTest.keyClick(line.field, Qt.Key.Key_Return)


def accept_download(window: MainWindow) -> None:
    window.panel.model.fetch.ask(BASE)
    QTest.keyClick(window.panel.model.fetch.download, Qt.Key.Key_Space)


def close_models(window: MainWindow) -> None:
    window.models.toggle()
    click(window.models.manager.close_button)


def close_keys(window: MainWindow) -> None:
    window.commands.toggle_help()
    window.commands.toggle_help()


@pytest.mark.parametrize("close", [enter_address, accept_download, close_models, close_keys])
def test_what_closes_gives_the_keys_back_to_the_picture(
    open_window: OpenWindow, close: Callable[[MainWindow], None]
) -> None:
    window, session = open_window()
    session.play_source(CLIP)
    until(lambda: window.status.source_state is SourceState.PLAYING)
    close(window)
    assert window.stage.viewport.hasFocus()
