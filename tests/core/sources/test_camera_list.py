import errno
import struct
from pathlib import Path

import pytest

from core.errors import SourceError
from core.messages import CameraMode
from core.sources.cameras import LinuxCameras, find_camera
from core.sources.v4l2 import V4l2Device, query_device

MODES = (CameraMode(1280, 720, 30.0, "MJPG"), CameraMode(640, 480, 30.0, "YUYV"))
C920 = V4l2Device(captures=True, name="HD Pro Webcam C920", modes=MODES)


class Machine:
    """A made-up /sys and /dev: cameras are plugged in and out by making and removing files."""

    def __init__(self, root: Path) -> None:
        self.sys, self.dev = root / "sys", root / "dev"
        self.sys.mkdir()
        self.dev.mkdir()
        self.asked: list[str] = []
        self.answers: dict[str, V4l2Device | OSError] = {}
        self.lister = LinuxCameras(self.sys, self.dev, self.query)

    def plug(
        self, number: int, device: V4l2Device | OSError, by_id: str = "", name: str = "", place: int = 0
    ) -> None:
        node = self.dev / f"video{number}"
        node.touch()
        about = self.sys / node.name
        about.mkdir()
        (about / "name").write_text(f"{name or getattr(device, 'name', '')}\n")
        (about / "index").write_text(f"{place}\n")
        self.answers[node.name] = device
        if by_id:
            folder = self.dev / "v4l" / "by-id"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / by_id).symlink_to(node)

    def unplug(self, number: int) -> None:
        (self.dev / f"video{number}").unlink()
        for file in (self.sys / f"video{number}").iterdir():
            file.unlink()
        (self.sys / f"video{number}").rmdir()

    def query(self, node: Path) -> V4l2Device:
        self.asked.append(node.name)
        answer = self.answers[node.name]
        if isinstance(answer, OSError):
            raise answer
        return answer


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_cameras_are_listed_by_name_and_lasting_address(machine: Machine) -> None:
    machine.plug(10, V4l2Device(captures=True, name="Built-in", modes=()))
    machine.plug(2, C920, by_id="usb-046d_C920-video-index0")
    machine.plug(
        3, V4l2Device(captures=False, name="HD Pro Webcam C920", modes=()), by_id="usb-046d_C920-video-index1"
    )
    first, second = (camera.info for camera in machine.lister.cameras())
    assert (first.name, first.modes) == ("HD Pro Webcam C920", MODES)
    assert first.address == f"camera:{machine.dev}/v4l/by-id/usb-046d_C920-video-index0"
    assert (second.name, second.address) == ("Built-in", "camera:10")


def test_a_device_is_asked_once_until_it_is_replugged(machine: Machine) -> None:
    machine.plug(0, C920)
    for _ in range(3):
        assert len(machine.lister.cameras()) == 1
    assert machine.asked == ["video0"]
    machine.unplug(0)
    assert machine.lister.cameras() == ()
    machine.plug(0, V4l2Device(captures=True, name="another", modes=()))
    assert [camera.info.name for camera in machine.lister.cameras()] == ["another"]


def test_a_device_of_another_user_is_listed_but_its_metadata_node_is_not(machine: Machine) -> None:
    denied = PermissionError(errno.EACCES, "Permission denied")
    machine.plug(0, denied, name="Somebody's camera")
    machine.plug(1, denied, name="Somebody's camera", place=1)
    assert [camera.info.name for camera in machine.lister.cameras()] == ["Somebody's camera"]


def test_no_sysfs_no_cameras(tmp_path: Path) -> None:
    assert LinuxCameras(tmp_path / "none", tmp_path / "none either").cameras() == ()


@pytest.mark.parametrize(
    ("wanted", "index"),
    [("", 0), ("4", 4), ("c920", 4), ("LIFECAM hd-3000", 0), ("by-id/lifecam", 0), ("/dev", 2)],
)
def test_a_camera_is_found_by(machine: Machine, wanted: str, index: int) -> None:
    machine.plug(0, V4l2Device(captures=True, name="LifeCam HD-3000", modes=()), by_id="lifecam")
    machine.plug(2, V4l2Device(captures=True, name="LifeCam HD-3000 (virtual)", modes=()))
    machine.plug(4, C920)
    if wanted == "by-id/lifecam":
        wanted = f"{machine.dev}/v4l/by-id/lifecam"
    elif wanted == "/dev":
        wanted = f"{machine.dev}/video2"
    assert find_camera(wanted, machine.lister).index == index


def test_what_matches_no_camera_or_several_is_said_with_the_names(machine: Machine) -> None:
    with pytest.raises(SourceError, match="no camera was found: plug one in"):
        find_camera("", machine.lister)
    machine.plug(0, C920)
    machine.plug(1, C920)
    with pytest.raises(SourceError, match=r"no camera matches 'lumia': there is HD Pro .*camera:0.*, HD"):
        find_camera("lumia", machine.lister)
    with pytest.raises(SourceError, match=r"several cameras match 'pro': .*camera:0.*camera:1.*; give one"):
        find_camera("pro", machine.lister)
    with pytest.raises(SourceError, match="no camera matches '7'"):
        find_camera("7", machine.lister)


class Kernel:
    """Answers V4L2's questions as <linux/videodev2.h> lays them out, for one UVC camera."""

    FORMATS = (b"MJPG", b"YUYV")
    SIZES = ((1280, 720), (640, 480))
    INTERVALS = ((1, 30), (1, 15))

    def __init__(self, device_caps: int = 0x04200001) -> None:
        self.device_caps = device_caps

    def __call__(self, descriptor: int, request: int, answer: bytearray) -> None:
        assert len(answer) == request >> 16 & 0x3FFF  # the size that the request's number carries
        number = request & 0xFF
        index = struct.unpack_from("=I", answer)[0]
        if number == 0:  # QUERYCAP
            answer[16 : 16 + 11] = b"Test camera"
            struct.pack_into("=II", answer, 84, 0x84A00001, self.device_caps)
        elif number == 2:  # ENUM_FMT
            answer[44:48] = self._at(self.FORMATS, index)
        elif number == 74:  # ENUM_FRAMESIZES
            struct.pack_into("=III", answer, 8, 1, *self._at(self.SIZES, index))
        else:  # ENUM_FRAMEINTERVALS
            struct.pack_into("=III", answer, 16, 1, *self._at(self.INTERVALS, index))

    def _at(self, values: tuple, index: int):  # type: ignore[no-untyped-def, type-arg]
        if index >= len(values):
            raise OSError(errno.EINVAL, "no more")
        return values[index]


def test_the_kernel_is_understood(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    device = query_device(tmp_path / "video0", Kernel())
    assert device.name == "Test camera"
    assert device.captures
    assert len(device.modes) == 8
    assert device.modes[0] == CameraMode(1280, 720, 30.0, "MJPG")
    assert device.modes[-1] == CameraMode(640, 480, 15.0, "YUYV")


def test_a_metadata_node_does_not_capture(tmp_path: Path) -> None:
    (tmp_path / "video1").touch()
    assert not query_device(tmp_path / "video1", Kernel(device_caps=0x04A00000)).captures


def test_no_video_device_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    with pytest.raises(OSError, match="ioctl"):
        query_device(tmp_path / "video0")
    with pytest.raises(FileNotFoundError):
        query_device(tmp_path / "video9")
