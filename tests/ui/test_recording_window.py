"""A real window with the real session records what it plays, and finishes the file when it is closed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from app import paths
from core.messages import RecordingState
from core.recording.reader import DepthVideoReader, RecordedFrame
from support.plain_clips import read_clip, write_clip
from support.waiting import until
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
PlayWindow = Callable[..., MainWindow]

TIMES_S = [index / 24 for index in range(10)]  # as many a second as the file says it has


@pytest.fixture
def window(play_window: PlayWindow, tmp_path: Path) -> MainWindow:
    clip = write_clip(tmp_path / "clip.mkv", TIMES_S, 160, 120)
    return play_window(source=str(clip), record_view=True)


def recorded(path: Path) -> tuple[DepthVideoReader, list[RecordedFrame]]:
    reader = DepthVideoReader(path)
    frames = list(iter(reader.read, None))
    reader.close()
    return reader, frames


def test_r_records_every_frame_with_depth_view_and_a_badge(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_R)
    until(lambda: window.stage.badge.isVisible() and window.status.recording.frames >= 14)  # over the file's end
    QTest.keyClick(window, Qt.Key.Key_2)
    QTest.keyClick(window, Qt.Key.Key_R)
    until(lambda: window.status.recording.state is RecordingState.SAVED)
    (path,) = paths.videos_dir().glob("*.mkv")
    assert window.status.recording.paths == (str(path),)
    reader, frames = recorded(path)
    steps = np.diff([frame.time_s for frame in frames])
    assert steps == pytest.approx([1 / 24] * (len(frames) - 1), abs=0.002), "no frame is missing, and time goes on"
    assert reader.facts.drops == 0
    assert len(reader.facts.weights_sha256) == 64
    assert len(read_clip(path.with_suffix(".mp4"))) == len(frames)
    assert str(path.name) in window.stage.toast.text.text()
    assert window.status.faults == ()


def test_closing_the_window_finishes_the_file(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_R)
    until(lambda: window.status.recording.frames >= 5)
    window.close()
    (path,) = paths.videos_dir().glob("*.mkv")
    reader, frames = recorded(path)
    assert reader.facts.finished
    assert len(frames) >= 5


def test_a_model_change_starts_a_part_and_the_last_seconds_can_be_had(window: MainWindow) -> None:
    window.change(keep_last=True, keep_last_s=1.0, record_view=False)
    until(lambda: window.status.kept_s > 0)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: window.status.recording.state is RecordingState.SAVED)
    (last,) = (Path(path) for path in window.status.recording.paths)
    assert recorded(last)[1]
    QTest.keyClick(window, Qt.Key.Key_R)
    until(lambda: window.status.recording.number == 2 and window.status.recording.frames >= 3)
    window.change(size="96")
    until(lambda: len(window.status.recording.paths) == 2)
    frames = window.status.recording.frames
    until(lambda: window.status.recording.frames > frames)
    QTest.keyClick(window, Qt.Key.Key_R)
    until(lambda: window.status.recording.state is RecordingState.SAVED)
    shapes = [{frame.inverse_depth.shape for frame in recorded(Path(p))[1]} for p in window.status.recording.paths]
    assert shapes == [{(64, 64)}, {(96, 128)}]
    assert last.exists()
