"""Which cameras there are: by name and by an address that survives replugging, without starting any of them."""

import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.errors import SourceError
from core.messages import CameraInfo
from core.sources.v4l2 import V4l2Device, query_device

_NODE = re.compile(r"video(\d+)")
_BY_IDENTITY = ("by-id", "by-path")  # udev's links: by maker and serial number, else by socket
_HOW_ELSE = "plug one in, or open a file, an rtsp:// or http:// address, or demo"


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera and how OpenCV opens it now; the index may be another after replugging."""

    info: CameraInfo
    index: int
    node: Path | None = None  # its device file, on Linux


class CameraLister(Protocol):
    def cameras(self) -> tuple[Camera, ...]: ...


class LinuxCameras:
    """Reads sysfs and udev's links; a node is asked once when it appears, as asking wakes the device up.

    Used by: any thread.
    """

    def __init__(
        self,
        sys_folder: Path = Path("/sys/class/video4linux"),
        dev_folder: Path = Path("/dev"),
        query: Callable[[Path], V4l2Device] = query_device,
    ) -> None:
        self._sys_folder = sys_folder
        self._dev_folder = dev_folder
        self._query = query
        self._lock = threading.Lock()
        self._known: dict[tuple[str, int, int], V4l2Device] = {}  # by node name, inode and time of appearance

    def cameras(self) -> tuple[Camera, ...]:
        with self._lock:
            links = self._links()
            nodes = sorted(
                (int(match[1]), path) for path in self._nodes() if (match := _NODE.fullmatch(path.name))
            )
            known, found = {}, []
            for index, node in nodes:
                try:
                    stat = node.stat()
                except OSError:
                    continue  # unplugged a moment ago
                key = (node.name, stat.st_ino, stat.st_ctime_ns)
                device = self._known.get(key) or self._ask(node)
                if device is None:
                    device = self._from_sysfs(node)
                else:
                    known[key] = device
                if device.captures:
                    address = f"camera:{links.get(node, index)}"
                    found.append(Camera(CameraInfo(address, device.name, device.modes), index, node))
            self._known = known
            return tuple(found)

    def _nodes(self) -> list[Path]:
        try:
            return [self._dev_folder / entry.name for entry in self._sys_folder.iterdir()]
        except OSError:  # no sysfs in this container, or no video driver at all
            return list(self._dev_folder.glob("video*"))

    def _links(self) -> dict[Path, Path]:
        """Device node -> the link that names it for good."""
        links: dict[Path, Path] = {}
        for kind in _BY_IDENTITY:
            for link in sorted((self._dev_folder / "v4l" / kind).glob("*")):
                links.setdefault(link.resolve(), link)
        return links

    def _ask(self, node: Path) -> V4l2Device | None:
        try:
            return self._query(node)
        except OSError:
            return None

    def _from_sysfs(self, node: Path) -> V4l2Device:
        """For a node this user may not open: it is listed, so that opening it can say why it fails."""
        about = self._sys_folder / node.name
        try:
            name, place = (about / "name").read_text().strip(), (about / "index").read_text().strip()
        except OSError:
            name, place = node.name, "0"
        return V4l2Device(captures=place == "0", name=name, modes=())


class SystemCameras:
    """Windows and macOS, through cv2-enumerate-cameras, which lists in the order of OpenCV's own indexes."""

    def cameras(self) -> tuple[Camera, ...]:
        from core.opencv import cv2  # before the package below, which imports it too

        # isort: split
        from cv2_enumerate_cameras import enumerate_cameras

        backend = cv2.CAP_MSMF if sys.platform == "win32" else cv2.CAP_AVFOUNDATION
        return tuple(
            Camera(CameraInfo(f"camera:{device.path or device.index}", device.name), device.index)
            for device in enumerate_cameras(backend)
        )


_system: CameraLister = LinuxCameras() if sys.platform == "linux" else SystemCameras()


def list_cameras() -> tuple[CameraInfo, ...]:
    """Every camera of this computer, in the system's order. Quick once they are known; starts none."""
    return tuple(camera.info for camera in _system.cameras())


def find_camera(wanted: str, lister: CameraLister | None = None) -> Camera:
    """The camera that `wanted` means: "" the first, an index, an identity as in its address, or part of its name.

    Raises: SourceError naming the cameras there are.
    """
    cameras = (lister or _system).cameras()
    if not cameras:
        raise SourceError(f"no camera was found: {_HOW_ELSE}")
    if not wanted:
        return cameras[0]
    if wanted.isdecimal():
        matches = [camera for camera in cameras if camera.index == int(wanted)]
    else:
        node = Path(wanted).resolve() if wanted.startswith("/") else None
        matches = [
            camera
            for camera in cameras
            if camera.info.address == f"camera:{wanted}" or (node is not None and camera.node == node)
        ]
        matches = matches or _named(wanted, cameras)
    if len(matches) == 1:
        return matches[0]
    listed = ", ".join(f"{camera.info.name} ({camera.info.address})" for camera in matches or cameras)
    if matches:
        raise SourceError(f"several cameras match {wanted!r}: {listed}; give one of these addresses")
    raise SourceError(f"no camera matches {wanted!r}: there is {listed}")


def _named(wanted: str, cameras: tuple[Camera, ...]) -> list[Camera]:
    """Cameras of just this name, else with it as part of theirs; case does not count."""
    wanted = wanted.casefold()
    same = [camera for camera in cameras if camera.info.name.casefold() == wanted]
    return same or [camera for camera in cameras if wanted in camera.info.name.casefold()]
