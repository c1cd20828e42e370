"""The panel but for its source: what each control asks of the session, and that it shows the settings."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.look import View
from support.fake_session import CLIP, LIVE, FakeSession, a_result
from support.menus import click, last_change
from support.waiting import until
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def test_all_controls_show_the_settings(open_window: OpenWindow) -> None:
    window, session = open_window(
        size="512",
        aspect="keep",
        precision="bf16",
        device="cpu",
        view="overlay",
        opacity=0.25,
        colormap="turbo",
        invert=True,
        ruler=False,
        loop=False,
        camera_mode="640x480@30",
        range_locked=True,
        range_low=2.0,
        range_high=9.5,
    )
    panel = window.panel
    assert panel.model.network.size_slider.slider.value() * 32 == 512
    assert panel.model.network.aspect.value() == "keep"
    assert panel.model.network.precision.currentData() == "bf16"
    assert panel.model.network.device.currentData() == "cpu"
    assert panel.view.view.value() == "overlay"
    assert panel.view.opacity.value() == 25
    assert panel.view.colormap.currentData() == "turbo"
    assert panel.view.invert.isChecked()
    assert not panel.view.ruler.isChecked()
    assert not window.transport.loop.isChecked()
    assert panel.source.mode.currentData() == "640x480@30"
    assert panel.range.lock.value() == "locked"
    assert (panel.range.low.value(), panel.range.high.value()) == (2.0, 9.5)
    assert session.asked("change") == []  # showing them is no choice


def test_the_size_is_asked_for_once_the_hand_rests(open_window: OpenWindow) -> None:
    window, session = open_window()
    size = window.panel.model.network.size_slider
    for steps in (9, 10, 11, 12):
        size.slider.setValue(steps)
    assert size.value_label.text() == "384"
    assert session.asked("change") == []
    until(lambda: session.asked("change"))
    assert session.asked("change") == [({"size": "384"},)]


def test_the_size_keeps_within_its_limits(open_window: OpenWindow) -> None:
    window, session = open_window(size="1536")
    window.actions_by_name["larger"].trigger()
    window.actions_by_name["smaller"].trigger()
    until(lambda: session.settings.size == "1504")


def test_the_network_size_follows_shape_and_picture(open_window: OpenWindow) -> None:
    window, session = open_window(size="384")
    size = window.panel.model.network.size_slider
    assert size.detail.text() == "network sees 384 × 384"
    click(window.panel.model.network.aspect.buttons["keep"])
    assert last_change(session) == {"aspect": "keep"}
    assert size.detail.text() == "in the shape of the picture"
    session.play_source(CLIP)
    until(lambda: size.detail.text() == "network sees 512 × 288")


def test_the_network_size_follows_the_shape_that_a_model_was_trained_with(open_window: OpenWindow) -> None:
    window, session = open_window(size="384")
    network = window.panel.model.network
    assert network.aspect.value() == "trained"
    session.play_source(CLIP)
    session.give(a_result())
    assert network.size_slider.detail.text() == "network sees 384 × 384"
    session.give(replace(a_result(1), aspect="keep"))
    until(lambda: network.size_slider.detail.text() == "network sees 512 × 288")
    click(network.aspect.buttons["square"])
    assert network.size_slider.detail.text() == "network sees 384 × 384"


def test_a_size_of_height_and_width_shows_both(open_window: OpenWindow) -> None:
    window, _ = open_window(size="288x512")
    assert window.panel.model.network.size_slider.slider.value() * 32 == 384, "as many pixels as 384 x 384"
    assert window.panel.model.network.size_slider.detail.text() == "network sees 512 × 288"


def test_a_double_click_on_the_slider_gives_the_size_back_to_the_model(open_window: OpenWindow) -> None:
    window, session = open_window(size="512")
    size = window.panel.model.network.size_slider
    QTest.mouseDClick(size.slider, Qt.MouseButton.LeftButton)
    assert last_change(session) == {"size": "trained"}
    assert size.detail.text() == "as trained"
    session.give(a_result())
    until(lambda: size.detail.text() == "as trained, network sees 256 × 256")
    assert size.slider.value() * 32 == 256
    assert not size.auto.isChecked()
    size.slider.setValue(10)
    until(lambda: last_change(session) == {"size": "320"})


def test_number_format_and_device(open_window: OpenWindow) -> None:
    window, session = open_window()
    network = window.panel.model.network
    session.known_devices = ("auto", "cpu", "cuda:0")
    until(lambda: network.device.findData("cuda:0") >= 0)
    for combo, value in ((network.precision, "fp16"), (network.device, "cuda:0")):
        combo.activated.emit(combo.findData(value))
    assert session.settings.precision == "fp16"
    assert session.settings.device == "cuda:0"


def test_a_device_that_is_gone_stays_chosen(open_window: OpenWindow) -> None:
    window, session = open_window(device="cuda:1")
    session.known_devices = ("auto", "cpu", "cuda:0")
    network = window.panel.model.network
    until(lambda: network.device.findData("cuda:0") >= 0)
    assert network.device.currentData() == "cuda:1"


def test_opacity_is_there_for_the_overlay_alone(open_window: OpenWindow) -> None:
    window, session = open_window(view="depth")
    view = window.panel.view
    assert not view.opacity.isVisible()
    click(view.view.buttons["overlay"])
    assert view.opacity.isVisible()
    view.opacity.setValue(30)
    assert last_change(session) == {"opacity": 0.3}
    assert window.look.look.opacity == 0.3


def test_opacity_is_not_there_while_lanes_are_compared(open_window: OpenWindow) -> None:
    window, _ = open_window(view="overlay")
    window.comparing.enter()
    window.commands.show_panel()
    view = window.panel.view
    assert view.colormap.isVisible()
    window.change(colormap="grey")
    assert not view.opacity.isVisible()
    window.comparing.leave()
    assert view.opacity.isVisible()


def test_colours_invert_and_ruler(open_window: OpenWindow) -> None:
    window, session = open_window()
    view = window.panel.view
    assert [view.colormap.itemIcon(index).isNull() for index in range(view.colormap.count())] == [False] * 9
    view.colormap.activated.emit(view.colormap.findData("viridis"))
    click(view.invert)
    click(view.ruler)
    assert window.look.look.colormap == "viridis"
    assert window.look.look.invert
    assert (session.settings.colormap, session.settings.invert, session.settings.ruler) == ("viridis", True, False)


def test_the_ruler_waits_for_depth(open_window: OpenWindow) -> None:
    window, session = open_window()
    assert not window.stage.ruler.isVisible()
    session.play_source(CLIP)
    session.give(a_result())
    until(window.stage.ruler.isVisible)


def test_locking_keeps_the_range_that_is_shown(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.play_source(CLIP)
    session.give(a_result(low=1.0, high=5.0))
    until(lambda: window.look.look.high == pytest.approx(5.0))
    click(window.panel.range.lock.buttons["locked"])
    assert session.settings.range_locked
    assert (session.settings.range_low, session.settings.range_high) == (pytest.approx(1.0), pytest.approx(5.0))
    session.give(a_result(low=100.0, high=900.0))
    until(lambda: session.result is None)
    assert (window.look.look.low, window.look.look.high) == (pytest.approx(1.0), pytest.approx(5.0))
    click(window.panel.range.fit)
    assert session.settings.range_high == pytest.approx(900.0)
    assert window.panel.range.high.text() == "900.0"
    click(window.panel.range.lock.buttons["auto"])
    assert not session.settings.range_locked
    assert not window.panel.range.fit.isVisible()


def test_typed_ends_of_the_range(open_window: OpenWindow) -> None:
    window, session = open_window(range_locked=True, range_low=1.0, range_high=2.0)
    field = window.panel.range.high
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "7.5")
    assert session.asked("change") == []  # not before Enter
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (session.settings.range_low, session.settings.range_high) == (1.0, 7.5)
    assert window.look.look.high == 7.5
    assert not field.hasFocus()


def test_a_range_the_wrong_way_round_is_marked_and_not_taken(open_window: OpenWindow) -> None:
    window, session = open_window(range_locked=True, range_low=1.0, range_high=2.0)
    window.panel.range.low.setValue(3.0)
    assert window.panel.range.low.property("role") == "wrong"
    assert session.settings.range_low == 1.0
    window.panel.range.low.setValue(1.5)
    assert window.panel.range.low.property("role") == ""
    assert session.settings.range_low == 1.5
    window.panel.range.low.setValue(3.0)
    window.commands.set_range(0.5, 4.0)
    window.show_range()
    assert (window.panel.range.low.value(), window.panel.range.low.property("role")) == (0.5, "")


def test_settings_that_the_session_changes_are_shown(open_window: OpenWindow) -> None:
    window, session = open_window(size="512")
    session.settings = replace(session.settings, size="256", view="depth")
    session.wake()
    until(lambda: window.panel.model.network.size_slider.slider.value() == 8)
    assert window.panel.view.view.value() == "depth"
    assert window.look.look.view is View.DEPTH


def test_every_control_explains_itself(open_window: OpenWindow) -> None:
    window, session = open_window(view="overlay", range_locked=True)
    session.play_source(LIVE)
    until(lambda: window.panel.source.mode.isVisible())
    panel = window.panel
    controls = [
        panel.source.picker,
        panel.source.mode,
        panel.source.address.field,
        panel.model.picker,
        panel.model.network.size_slider.slider,
        panel.model.network.precision,
        panel.model.network.device,
        panel.view.opacity,
        panel.view.colormap,
        panel.view.invert,
        panel.view.ruler,
        panel.range.low,
        panel.range.high,
        panel.range.fit,
        *panel.view.view.buttons.values(),
        *panel.model.network.aspect.buttons.values(),
        *panel.range.lock.buttons.values(),
    ]
    for control in controls:
        assert control.toolTip()
        assert control.accessibleName() or control.text()
