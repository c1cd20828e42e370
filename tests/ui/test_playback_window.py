"""A real window plays a recording: its depth without a model, frame by frame, and a model on it by one click."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from core.messages import DepthResult, ModelState, SourceInfo, SourceKind, SourceState
from support.fake_session import RUNNING, FakeSession
from support.recordings import depth, write_recording
from support.waiting import until
from ui.main_window import MainWindow
from ui.probe import Probe

pytestmark = pytest.mark.window
PlayWindow = Callable[..., MainWindow]
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]

RECORDED = SourceInfo(
    SourceKind.RECORDING, "a.mkv", "/a.mkv", 64, 48, 25.0, 2.0, 50, seekable=True,
    detail="16-bit depth", recorded_with=replace(RUNNING, name="swin2-base-384"),
)  # fmt: skip


@pytest.fixture
def window(play_window: PlayWindow, tmp_path: Path) -> MainWindow:
    recording = write_recording(tmp_path / "a.mkv", [index / 25 for index in range(50)], picture_hw=(120, 160))
    return play_window(source=str(recording), view="depth")


def newest(window: MainWindow) -> DepthResult:
    assert window.newest is not None
    return window.newest


def index_of(window: MainWindow) -> int:
    time_s = newest(window).frame.media_time_s
    assert time_s is not None
    return round(time_s * 25)


def pause(window: MainWindow) -> int:
    QTest.keyClick(window, Qt.Key.Key_Space)
    until(lambda: window.status.source_state is SourceState.PAUSED)
    until(lambda: newest(window).frame.media_time_s == window.session.position_s())
    return index_of(window)


def test_recorded_depth_plays_steps_is_recoloured_and_probed_without_a_model(window: MainWindow) -> None:
    model = window.panel.model
    until(lambda: window.painted >= 5)
    assert newest(window).is_recorded
    assert (window.status.model, window.status.model_state) == (None, ModelState.NONE)
    assert model.picker.choice() == "fathom-nano (recorded)"
    assert model.network.isHidden()
    index = pause(window)
    QTest.keyClick(window, Qt.Key.Key_Right)
    until(lambda: index_of(window) == index + 1)
    QTest.keyClick(window, Qt.Key.Key_Left)
    QTest.keyClick(window, Qt.Key.Key_Left)
    until(lambda: index_of(window) == index - 1)
    window.transport.seek_bar.go_to(30 / 25)
    until(lambda: index_of(window) == 30)
    window.session.step(-1)
    until(lambda: index_of(window) == 29)
    true = depth(29)
    assert np.abs(newest(window).inverse_depth - true).max() <= np.ptp(true) / 20_000
    window.refresh()
    viewport, found = window.stage.viewport, []
    viewport.probed.connect(found.append)
    before = viewport.picture()
    QTest.mouseMove(viewport, QPoint(viewport.width() // 2, viewport.height() // 2))
    until(lambda: found and found[-1] is not None)
    probe: Probe = found[-1]
    rows, columns = true.shape
    assert probe.inverse_depth == pytest.approx(
        true[probe.y_px * rows // 120, probe.x_px * columns // 160], abs=60
    ), "the value of that place, or one between it and the next"
    QTest.keyClick(window, Qt.Key.Key_M)
    assert viewport.picture() != before, "the same frame in other colours"
    assert index_of(window) == 29
    assert window.status.faults == ()


def test_one_click_runs_a_model_on_the_frame_that_stands_and_one_shows_the_recorded_depth(
    window: MainWindow,
) -> None:
    button = window.panel.model.recorded.button
    index = pause(window)
    rgb, recorded = newest(window).frame.rgb, newest(window).inverse_depth
    assert (button.text(), button.isVisible()) == ("Run a model on it", True)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    until(lambda: not newest(window).is_recorded)
    assert newest(window).network_hw == (64, 64)
    assert newest(window).frame.rgb is rgb
    until(lambda: button.text() == "Show the recorded depth" and window.panel.model.network.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    until(lambda: newest(window).is_recorded)
    assert newest(window).inverse_depth is recorded
    assert index_of(window) == index
    QTest.keyClick(window, Qt.Key.Key_N)  # whoever picks a model wants to see it run, also the one that ran before
    until(lambda: not newest(window).is_recorded)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: newest(window).is_recorded)
    QTest.keyClick(window, Qt.Key.Key_BracketRight)  # who changes how the network runs wants to see it run
    until(lambda: newest(window).network_hw == (96, 128))


def test_the_panel_says_whose_depth_it_is(open_window: OpenWindow) -> None:
    window, session = open_window(model="/models/mine.pt")
    line, picker = window.panel.model.recorded, window.panel.model.picker
    session.play_source()
    until(lambda: window.status.source is not None)
    assert line.isHidden()
    session.say(source=RECORDED, model=None, model_state=ModelState.NONE)
    until(lambda: line.isVisible())
    assert picker.choice() == "swin2-base-384 (recorded)"
    window.change(colormap="turbo")
    assert picker.choice() == "swin2-base-384 (recorded)", "whatever else is chosen"
    assert line.button.text() == "Run mine.pt on it"
    assert "50 frames · 16-bit depth" in window.panel.source.detail.whole()
    QTest.mouseClick(line.button, Qt.MouseButton.LeftButton)
    session.say(runs_model=True)
    until(lambda: line.button.text() == "Show the recorded depth")
    assert picker.choice() == "mine.pt"
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert session.asked("run_model") == [(True,), (False,)]
