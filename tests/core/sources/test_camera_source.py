from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import SourceError
from core.messages import CameraInfo, CameraMode, SourceKind
from core.opencv import cv2
from core.sources.camera import CameraSource, parse_camera_mode
from core.sources.cameras import Camera

CAMERA = Camera(CameraInfo("camera:by-id/x", "Test camera"), 0)
MODE = CameraMode(1280, 720, 30.0)


class FakeDevice:
    """Gives pictures from `pictures`; None stands for a read that timed out."""

    def __init__(self, pictures: Iterator[Any], *, opened: bool = True) -> None:
        self.pictures = pictures
        self.opened = opened
        self.asked: list[tuple[int, float]] = []
        self.released = 0
        self.answers = {cv2.CAP_PROP_FPS: 25.0, cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"YUYV"))}

    def isOpened(self) -> bool:
        return self.opened

    def get(self, prop: int) -> float:
        return self.answers.get(prop, 0.0)

    def set(self, prop: int, value: float) -> bool:
        self.asked.append((prop, value))
        return True

    def read(self) -> tuple[bool, Any]:
        picture = next(self.pictures, None)
        return picture is not None, picture

    def release(self) -> None:
        self.released += 1


def changing() -> Iterator[Any]:
    for number in count():
        yield np.full((48, 64, 3), (number % 256, 0, 200), np.uint8)


def still() -> Iterator[Any]:
    while True:
        yield np.full((48, 64, 3), 7, np.uint8)


class Clock:
    def __init__(self, step_s: float) -> None:
        self.now_s, self.step_s = 0.0, step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


def open_with(device: FakeDevice, *, connected: bool = True, step_s: float = 1 / 30) -> CameraSource:
    return CameraSource(
        CAMERA, MODE, open_device=lambda _: device, is_connected=lambda _: connected, clock=Clock(step_s)
    )


def test_format_size_and_rate_are_asked_for_in_that_order_and_read_back() -> None:
    device = FakeDevice(changing())
    source = open_with(device)
    assert device.asked == [
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, 1280),
        (cv2.CAP_PROP_FRAME_HEIGHT, 720),
        (cv2.CAP_PROP_FPS, 30.0),
    ]
    info = source.info
    assert (info.width_px, info.height_px, info.fps, info.detail) == (64, 48, 25.0, "YUYV")
    assert (info.kind, info.live, info.name) == (SourceKind.CAMERA, True, "Test camera")
    assert info.address == "camera:by-id/x"
    source.close()
    assert device.released


def test_every_picture_is_given_once_in_rgb() -> None:
    source = open_with(FakeDevice(changing()))
    pictures = [source.read() for _ in range(5)]
    assert [picture.rgb[0, 0].tolist() for picture in pictures] == [[200, 0, number] for number in range(5)]
    assert pictures[0].media_time_s is None


def test_a_camera_that_cannot_be_opened_is_released() -> None:
    device = FakeDevice(changing(), opened=False)
    with pytest.raises(SourceError, match=r"Test camera \(camera:by-id/x\) could not be opened"):
        open_with(device)
    assert device.released == 1


def test_a_camera_that_never_delivers_is_released() -> None:
    device = FakeDevice(iter([]))
    with pytest.raises(SourceError, match="Test camera gives no pictures"):
        open_with(device)
    assert device.released == 1


def test_an_unplugged_camera_is_lost() -> None:
    source = open_with(FakeDevice(iter([*[np.zeros((8, 8, 3), np.uint8)] * 2, None])))
    source.read()
    source.read()
    with pytest.raises(SourceError, match="was unplugged"):
        source.read()


def reads_until_lost(source: CameraSource, at_most: int) -> int:
    for number in range(at_most):
        try:
            source.read()
        except SourceError:
            return number
    return at_most


def test_a_repeated_picture_means_lost_when_the_camera_is_gone() -> None:
    """Some systems give the last picture for ever after an unplug."""
    lost_after = reads_until_lost(open_with(FakeDevice(still()), connected=False), 1000)
    assert 55 <= lost_after <= 65  # two seconds at 30 per second


def test_a_repeated_picture_without_waiting_means_lost_also_when_it_is_listed() -> None:
    assert reads_until_lost(open_with(FakeDevice(still()), step_s=0.001), 10_000) < 2100


def test_a_still_scene_is_no_loss() -> None:
    assert reads_until_lost(open_with(FakeDevice(still())), 1000) == 1000


def test_a_changing_picture_is_never_doubted() -> None:
    assert reads_until_lost(open_with(FakeDevice(changing()), connected=False), 300) == 300


def test_a_device_without_permission_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "video0"
    node.touch()
    monkeypatch.setattr("os.access", lambda path, mode: False)
    camera = Camera(CAMERA.info, 0, node)
    device = FakeDevice(changing(), opened=False)
    with pytest.raises(SourceError, match="may not be opened by this user"):
        CameraSource(camera, MODE, open_device=lambda _: device)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("1280x720@30", CameraMode(1280, 720, 30.0)),
        ("640x480", CameraMode(640, 480, 0.0)),
        (" 320x240@29.97 ", CameraMode(320, 240, 29.97)),
    ],
)
def test_a_mode_is_read(text: str, mode: CameraMode) -> None:
    assert parse_camera_mode(text) == mode


@pytest.mark.parametrize("text", ["", "720p", "1280x", "0x480", "1280*720", "-1x4", "1280x720@fast"])
def test_a_mode_that_is_none_says_how_to_write_one(text: str) -> None:
    with pytest.raises(SourceError, match="try 1280x720@30"):
        parse_camera_mode(text)


@pytest.mark.camera
def test_a_real_camera_delivers() -> None:
    from core.sources.opener import open_source

    source = open_source("camera")
    try:
        picture = source.read()
        assert picture is not None
        assert picture.rgb.shape == (source.info.height_px, source.info.width_px, 3)
    finally:
        source.close()
