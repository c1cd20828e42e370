"""What the panel's source section asks of the session, and what it shows of the source that is open."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.messages import CameraInfo, SourceState
from support.fake_session import CAMERA, CLIP, LIVE, FakeSession
from support.menus import click, last_change, lines, pick
from support.waiting import until
from ui import file_dialogs
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def test_the_source_menu_names_cameras_and_follows_plugging(open_window: OpenWindow) -> None:
    window, session = open_window(recent_sources=("/media/a.mp4", "rtsp://me:secret@10.0.0.2/live", "camera:0"))
    menu = window.panel.source.picker.menu()
    assert lines(menu) == [
        "HD Pro Webcam C920",
        "Demo scene",
        "Open file…",
        "Open folder of pictures…",
        "Open address…",
        "a.mp4",
        "10.0.0.2/live",
    ]
    assert all("secret" not in action.text() + action.toolTip() for action in menu.actions())
    session.known_cameras = (CAMERA, CameraInfo("camera:2", "Microscope & Co"))
    until(lambda: "Microscope && Co" in lines(menu))
    pick(menu, "Microscope")
    pick(menu, "a.mp4")
    pick(menu, "Demo")
    assert session.asked("open_source") == [("camera:2",), ("/media/a.mp4",), ("demo",)]
    session.known_cameras = ()
    until(lambda: "No camera found; plug one in" in lines(menu))


def test_a_recent_file_that_is_gone_is_greyed_out(open_window: OpenWindow, tmp_path: object) -> None:
    there = tmp_path / "there.mp4"
    there.touch()
    gone = tmp_path / "gone.mp4"
    window, _ = open_window(recent_sources=(str(there), str(gone), "rtsp://10.0.0.2/live"))
    menu = window.panel.source.picker.menu()
    enabled = {action.text(): action for action in menu.actions()}
    menu.aboutToShow.emit()
    until(lambda: not enabled["gone.mp4"].isEnabled())
    assert enabled["there.mp4"].isEnabled()
    assert enabled["10.0.0.2/live"].isEnabled()


def test_files_and_folders_come_from_a_dialog(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window, session = open_window(recent_sources=("/media/holiday/a.mp4",))
    starts = []
    monkeypatch.setattr(file_dialogs, "pick_media", lambda _, folder: starts.append(folder) or "/media/b.mp4")
    monkeypatch.setattr(file_dialogs, "pick_folder", lambda _, folder: "")
    monkeypatch.setattr(file_dialogs, "pick_weights", lambda _, folder: "/models/dpt.pt")
    pick(window.panel.source.picker.menu(), "Open file")
    pick(window.panel.source.picker.menu(), "Open folder")  # left without a choice
    pick(window.panel.model.picker.menu(), "Open weights file")
    assert starts == ["/media/holiday"]
    assert session.asked("open_source") == [("/media/b.mp4",)]
    assert session.asked("open_model_file") == [("/models/dpt.pt", True)]


def test_an_address_is_checked_before_it_is_opened(open_window: OpenWindow) -> None:
    window, session = open_window()
    pick(window.panel.source.picker.menu(), "Open address")
    line = window.panel.source.address
    QTest.keyClicks(line.field, "ftp://10.0.0.2/a")
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    assert "rtsp://" in line.problem.text()
    assert line.problem.isVisible()
    assert session.asked("open_source") == []
    line.field.clear()
    QTest.keyClicks(line.field, " rtsp://10.0.0.2:554/a ")
    assert not line.problem.isVisible()
    click(line.open)
    assert session.asked("open_source") == [("rtsp://10.0.0.2:554/a",)]
    assert line.isHidden()


def test_the_open_source_is_shown_with_what_it_delivers(open_window: OpenWindow) -> None:
    window, session = open_window(source="/media/other.mp4")
    source = window.panel.source
    session.say(source_state=SourceState.OPENING, source_detail="opening /media/other.mp4")
    until(lambda: source.detail.whole() == "Opening /media/other.mp4")
    assert source.picker.choice() == "other.mp4"
    session.play_source(CLIP, source_detail="")
    until(lambda: source.picker.choice() == "clip.mp4")
    assert source.detail.whole() == "640 × 360 · 30 fps · 360 frames · h264"
    assert not source.mode.isVisible()


def test_a_cameras_modes_can_be_chosen(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.play_source(LIVE)
    mode = window.panel.source.mode
    until(mode.isVisible)
    offered = [mode.itemText(index) for index in range(mode.count())]
    assert offered == [
        "1920 × 1080, 30 fps",
        "640 × 480, 30 fps",
        "1280 × 720, 30 fps",
    ]
    mode.activated.emit(0)
    assert last_change(session) == {"camera_mode": "1920x1080@30"}
