"""Lanes in a real window over the real session and network."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.comparing.view import ComparisonView, LaneState
from support.plain_clips import write_clip
from support.waiting import until
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
PlayWindow = Callable[..., MainWindow]


def view_of(window: MainWindow) -> ComparisonView:
    view = window.comparing.stage.view
    assert view is not None
    return view


def all_run(window: MainWindow, lanes: int) -> bool:
    view = window.comparing.stage.view
    return view is not None and len(view.lanes) == lanes and all(lane.result is not None for lane in view.lanes)


def test_lanes_run_on_a_clip_come_go_and_leave_the_live_view_as_it_was(
    play_window: PlayWindow, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mkv", [index / 30 for index in range(60)], 320, 180)
    lanes = ("64 fp32 cpu square fathom-nano", "96 fp32 cpu square fathom-nano")
    window = play_window(source=str(clip), lanes=lanes)
    QTest.keyClick(window, Qt.Key.Key_C)
    until(lambda: all_run(window, 2))
    stage = window.comparing.stage
    frames = {lane.result.frame.index for lane in view_of(window).lanes if lane.result is not None}
    assert len(frames) == 1
    shown = [stage.lanes.by_number[lane.number].viewport.result for lane in view_of(window).lanes]
    assert [result.network_hw for result in shown if result is not None] == [(64, 64), (96, 96)]

    stage.bar.add.chosen.emit("no-such-model")
    until(lambda: len(view_of(window).lanes) == 3 and view_of(window).lanes[2].state is LaneState.FAILED)
    failed = stage.lanes.of(view_of(window).lanes[2])
    assert "no-such-model" in failed.note.text.text()
    QTest.mouseClick(failed.header.close_button, Qt.MouseButton.LeftButton)
    until(lambda: all_run(window, 2))

    second = view_of(window).lanes[1].number
    QTest.keyClick(window, Qt.Key.Key_2)
    until(lambda: view_of(window).reference == second)
    until(lambda: view_of(window).lanes[0].agreement is not None)
    QTest.keyClick(window, Qt.Key.Key_E)
    until(lambda: stage.lanes.of(view_of(window).lanes[0]).viewport.result is not None)

    QTest.keyClick(window, Qt.Key.Key_Escape)
    painted = window.painted
    until(lambda: window.painted > painted + 1)
    assert window.stage.viewport.isVisible()
    assert window.newest is not None
    assert window.newest.network_hw == (64, 96)
    assert window.status.faults == ()
