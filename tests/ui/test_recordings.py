"""What the window shows of a recording and asks for it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtTest import QTest

from app import paths
from core.messages import RecordingState, RecordingStatus
from support.fake_session import CLIP, FakeSession
from support.waiting import until
from ui import file_dialogs
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]

RUNNING = RecordingStatus(
    RecordingState.RECORDING,
    number=1,
    paths=("/videos/fathom-1.mkv",),
    duration_s=75.2,
    frames=1234,
    bytes_written=56_000_000,
    dropped=7,
    disk_free_bytes=48 * 10**9,
)


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def recording(open_window: OpenWindow, status: RecordingStatus = RUNNING) -> tuple[MainWindow, FakeSession]:
    window, session = open_window()
    session.play_source(CLIP, recording=status)
    until(lambda: window.status.recording is status)
    return window, session


def says(window: MainWindow) -> str:
    toast = window.stage.toast
    return "" if toast.isHidden() else toast.text.text()


def test_r_and_the_button_start_and_end_a_recording(open_window: OpenWindow) -> None:
    window, session = open_window()
    QTest.keyClick(window, Qt.Key.Key_R)
    click(window.transport.record)
    assert session.asked("toggle_recording") == [(), ()]


def test_a_running_recording_cannot_be_overlooked(open_window: OpenWindow) -> None:
    window, session = recording(open_window)
    badge = window.stage.badge
    assert badge.isVisible()
    assert badge.time.text() == "1:15"
    assert badge.facts.text() == "1234 frames · 56 MB · 7 dropped"
    assert badge.disk.text() == "· 48.0 GB free"
    assert badge.geometry().right() <= window.stage.viewport.width()
    assert window.windowTitle().startswith("● clip.mp4")
    assert window.transport.record.accessibleName() == "End the recording"
    red = badge.grab().toImage().pixelColor(badge.dot.geometry().center())
    assert red.red() > 180
    assert red.green() < 120
    session.say(recording=replace(RUNNING, state=RecordingState.FINISHING))
    until(lambda: badge.time.text() == "Finishing")
    session.say(recording=replace(RUNNING, state=RecordingState.SAVED))
    until(lambda: not badge.isVisible())
    assert window.windowTitle() == "clip.mp4 – Fathom"
    assert window.transport.record.accessibleName() == "Record colour and depth"


def test_before_the_first_frame_it_says_what_it_waits_for(open_window: OpenWindow) -> None:
    window, _ = recording(open_window, RecordingStatus(RecordingState.RECORDING, number=1))
    assert window.stage.badge.facts.text() == "waiting for depth"
    assert not window.stage.badge.disk.isVisible()


def test_the_end_says_where_it_lies_and_shows_the_folder(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    window, session = recording(open_window)
    saved = replace(RUNNING, state=RecordingState.SAVED, view_paths=("/videos/fathom-1.mp4",))
    session.say(recording=saved)
    until(lambda: says(window))
    assert says(window) == "Saved to /videos/fathom-1.mkv, with the view beside it"
    click(window.stage.toast.button)
    assert opened == ["/videos"]
    session.say(kept_s=1.0)
    until(lambda: window.status.kept_s == 1.0)
    assert says(window) == "", "said once"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"paths": ("/v/a.mkv", "/v/a-2.mkv")}, "Saved to /v/a.mkv in 2 parts"),
        ({"paths": (), "frames": 0}, "Nothing was recorded: no depth came meanwhile"),
    ],
)
def test_other_ends(open_window: OpenWindow, changes: dict[str, object], said: str) -> None:
    window, session = recording(open_window)
    session.say(recording=replace(RUNNING, state=RecordingState.SAVED, **changes))  # type: ignore[arg-type]
    until(lambda: says(window) == said)


def test_little_room_is_said_once_and_stands_out(open_window: OpenWindow) -> None:
    window, session = recording(open_window, replace(RUNNING, disk_free_bytes=400_000_000))
    assert says(window) == "Only 400 MB are free on the disk of the recording"
    assert window.stage.badge.disk.property("role") == "error"
    window.stage.toast.hide()
    session.say(recording=replace(RUNNING, disk_free_bytes=399_000_000))
    until(lambda: window.stage.badge.disk.text() == "· 399 MB free")
    assert says(window) == ""


def test_the_panel_sets_what_a_recording_is(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window, session = open_window()
    section = window.panel.recording
    assert Path(section.folder.whole()) == paths.videos_dir()
    assert section.depth.value() == "gray16"
    section.depth.buttons["float32"].click()
    section.view.click()
    section.keep.click()
    section.seconds.setValue(25)
    assert {name: value for (values,) in session.asked("change") for name, value in values.items()} == {
        "record_depth": "float32",
        "record_view": True,
        "keep_last": True,
        "keep_last_s": 25.0,
    }
    monkeypatch.setattr(file_dialogs, "pick_record_folder", lambda *_: "/elsewhere")
    section.choose_folder.click()
    assert session.settings.record_folder == "/elsewhere"
    assert section.folder.whole() == "/elsewhere"
    monkeypatch.setattr(file_dialogs, "pick_record_folder", lambda *_: "")
    section.choose_folder.click()
    assert session.settings.record_folder == "/elsewhere"


def test_the_last_seconds_are_saved_where_there_are_any(open_window: OpenWindow) -> None:
    window, session = open_window()
    save = window.panel.recording.save
    assert not save.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert "not kept" in says(window)
    window.change(keep_last=True)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert says(window) == "Nothing is kept yet"
    assert session.asked("save_last") == []
    session.say(kept_s=3.0)
    until(save.isEnabled)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    save.click()
    assert session.asked("save_last") == [(), ()]
