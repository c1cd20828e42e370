import argparse

import pytest

import app.commands.cameras as command
from core.messages import CameraInfo, CameraMode

CAMERAS = (
    CameraInfo(
        "camera:/dev/v4l/by-id/c920",
        "HD Pro Webcam C920",
        (
            CameraMode(640, 480, 30.0, "MJPG"),
            CameraMode(1280, 720, 30.0, "MJPG"),
            CameraMode(1280, 720, 7.5, "MJPG"),
            CameraMode(640, 480, 30.0, "YUYV"),
        ),
    ),
    CameraInfo("camera:2", "Virtual"),
)


def test_the_table_is_aligned() -> None:
    assert command.table(CAMERAS) == [
        "NAME                ADDRESS                     MODES",
        "HD Pro Webcam C920  camera:/dev/v4l/by-id/c920  MJPG 1280x720@7.5,30 640x480@30",
        "                                                YUYV 640x480@30",
        "Virtual             camera:2                    not told before it is opened",
    ]


def run() -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["cameras"])
    code: int = args.run(args)
    return code


def test_cameras_are_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "list_cameras", lambda: CAMERAS)
    assert run() == 0
    assert "HD Pro Webcam C920" in capsys.readouterr().out


def test_no_camera_is_an_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "list_cameras", tuple)
    assert run() == 0
    printed = capsys.readouterr().out
    assert printed.startswith("No camera was found.")
    assert printed.count("\n") == 1
