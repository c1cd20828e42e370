"""The button for size `auto`, and what the panel shows of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.messages import DepthResult
from support.fake_session import FakeSession, a_result
from support.waiting import until
from ui.main_window import MainWindow
from ui.size_slider import SizeSlider

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def at_size(height: int, width: int) -> DepthResult:
    return replace(a_result(), inverse_depth=np.ones((height, width), np.float32))


def slider_of(window: MainWindow) -> SizeSlider:
    return window.panel.model.network.size_slider


def test_the_size_in_use_is_shown(open_window: OpenWindow) -> None:
    window, session = open_window(size="auto")
    size = slider_of(window)
    assert size.auto.isChecked()
    assert size.detail.text() == "auto"
    session.play_source()
    session.give(at_size(192, 320))
    until(lambda: size.detail.text() == "auto, network sees 320 × 192")
    assert (size.value_label.text(), size.slider.value()) == ("256", 8)
    assert session.asked("change") == []  # following it is no choice


def test_the_button_turns_it_on_and_off_at_the_size_in_use(open_window: OpenWindow) -> None:
    window, session = open_window(size="384")
    size, rate = slider_of(window), window.panel.model.network.rate
    assert not rate.isVisible()
    QTest.mouseClick(size.auto, Qt.MouseButton.LeftButton)
    assert session.asked("change") == [({"size": "auto"},)]
    assert rate.isVisible()
    session.play_source()
    session.give(at_size(288, 512))
    until(lambda: size.slider.value() == 12)
    QTest.mouseClick(size.auto, Qt.MouseButton.LeftButton)
    assert session.asked("change")[-1] == ({"size": "384"},)
    assert not rate.isVisible()


def test_moving_the_slider_takes_over(open_window: OpenWindow) -> None:
    window, session = open_window(size="auto")
    size = slider_of(window)
    session.play_source()
    session.give(at_size(256, 256))
    until(lambda: size.slider.value() == 8)
    window.actions_by_name["larger"].trigger()
    assert not size.auto.isChecked()
    until(lambda: session.asked("change"))
    assert session.asked("change") == [({"size": "288"},)]


def test_the_rate_to_hold_is_typed(open_window: OpenWindow) -> None:
    window, session = open_window(size="auto", target_fps=24.0)
    rate = window.panel.model.network.rate
    assert rate.text() == "24 fps"
    rate.setFocus()
    rate.selectAll()
    QTest.keyClicks(rate, "60")
    assert session.asked("change") == []  # not before Enter
    QTest.keyClick(rate, Qt.Key.Key_Return)
    assert session.asked("change") == [({"target_fps": 60.0},)]
