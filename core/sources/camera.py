"""A webcam through OpenCV: asked for a mode, told apart from a dead one, released by the thread that opened it."""

import os
import re
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol, cast

import numpy as np

from core.errors import SourceError
from core.messages import CameraMode, RgbArray, SourceInfo, SourceKind
from core.opencv import cv2
from core.sources.cameras import Camera, find_camera
from core.sources.source import Picture

_MODE = re.compile(r"(\d{1,5})x(\d{1,5})(?:@(\d{1,4}(?:\.\d+)?))?")
_FROZEN_S = 2.0  # the same picture for this long: look whether the camera is still there
_EAGER = 4.0  # a dead camera that returns its last picture at once is this much faster than its rate
_ASSUMED_FPS = 30.0
_SAMPLED_EVERY_PX = 8
_BACKENDS = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}


class Device(Protocol):
    """What of `cv2.VideoCapture` is used."""

    def isOpened(self) -> bool: ...  # noqa: N802
    def get(self, prop: int, /) -> float: ...
    def set(self, prop: int, value: float, /) -> bool: ...
    def read(self) -> tuple[bool, Any]: ...
    def release(self) -> None: ...


def parse_camera_mode(text: str) -> CameraMode:
    """`"1280x720@30"`, or without a rate: 0 frames per second then stands for the camera's own.

    Raises: SourceError.
    """
    match = _MODE.fullmatch(text.strip())
    if match is None or not int(match[1]) or not int(match[2]):
        raise SourceError(f"a camera mode must be WxH@FPS, got {text!r}: try 1280x720@30")
    return CameraMode(int(match[1]), int(match[2]), float(match[3] or 0))


def open_camera(wanted: str, mode: str) -> "CameraSource":
    """Raises: SourceError."""
    return CameraSource(find_camera(wanted), parse_camera_mode(mode))


def open_device(camera: Camera) -> Device:
    backend = _BACKENDS.get(sys.platform, cv2.CAP_ANY)
    if camera.node is not None:
        return cast(Device, cv2.VideoCapture(str(camera.node), backend))
    return cast(Device, cv2.VideoCapture(camera.index, backend))


def is_connected(camera: Camera) -> bool:
    """Whether the system still lists this camera."""
    if camera.node is not None:
        return camera.node.exists()
    try:
        return find_camera(camera.info.address.removeprefix("camera:")).info == camera.info
    except SourceError:
        return False


class CameraSource:
    """Used by: the capture thread, which opens, reads and releases the device."""

    def __init__(
        self,
        camera: Camera,
        mode: CameraMode,
        *,
        open_device: Callable[[Camera], Device] = open_device,
        is_connected: Callable[[Camera], bool] = is_connected,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Asks for `mode` and reads one picture, which tells what the camera really gives. Raises: SourceError."""
        self._camera = camera
        self._is_connected = is_connected
        self._clock = clock
        self._device = open_device(camera)
        try:
            if not self._device.isOpened():
                raise SourceError(_why_closed(camera))
            # The pixel format comes first: it decides which sizes and rates there are.
            self._device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            self._device.set(cv2.CAP_PROP_FRAME_WIDTH, mode.width_px)
            self._device.set(cv2.CAP_PROP_FRAME_HEIGHT, mode.height_px)
            if mode.fps:
                self._device.set(cv2.CAP_PROP_FPS, mode.fps)
            fps = self._device.get(cv2.CAP_PROP_FPS)
            self._fps = fps if 0 < fps < 1000 else None
            self._still_since_s = clock()
            self._still_reads = 0
            self._last_sample: RgbArray | None = None
            self._first: Picture | None = self._grab()
            height_px, width_px = self._first.rgb.shape[:2]
            self.info = SourceInfo(
                kind=SourceKind.CAMERA,
                name=camera.info.name,
                address=camera.info.address,
                width_px=width_px,
                height_px=height_px,
                fps=self._fps,
                live=True,
                detail=_fourcc_text(self._device.get(cv2.CAP_PROP_FOURCC)),
            )
        except BaseException:
            self._device.release()
            raise

    def read(self) -> Picture:
        """The next picture, when it arrives. Raises: SourceError where the camera is gone or silent."""
        first, self._first = self._first, None
        return first or self._grab()

    def seek(self, time_s: float) -> None:
        """A camera has no other time than now."""

    def close(self) -> None:
        self._device.release()

    def _grab(self) -> Picture:
        arrived, bgr = self._device.read()
        if not arrived or bgr is None:
            raise SourceError(
                f"{self._camera.info.name} gives no pictures: it was unplugged, or another program uses it"
            )
        rgb = cast(RgbArray, cv2.cvtColor(bgr, cv2.COLOR_GRAY2RGB if bgr.ndim == 2 else cv2.COLOR_BGR2RGB))
        self._check_alive(rgb)
        return Picture(rgb, None)

    def _check_alive(self, rgb: RgbArray) -> None:
        """After an unplug some systems repeat the last picture for ever, and some as fast as it is asked for.

        Real pictures carry noise and differ. Raises: SourceError.
        """
        sample = rgb[::_SAMPLED_EVERY_PX, ::_SAMPLED_EVERY_PX].copy()
        now_s = self._clock()
        if self._last_sample is None or not np.array_equal(sample, self._last_sample):
            self._last_sample, self._still_since_s, self._still_reads = sample, now_s, 0
            return
        self._still_reads += 1
        still_s = now_s - self._still_since_s
        if still_s < _FROZEN_S:
            return
        too_fast = self._still_reads / still_s > _EAGER * (self._fps or _ASSUMED_FPS)
        if too_fast or not self._is_connected(self._camera):
            raise SourceError(
                f"{self._camera.info.name} repeats its last picture: it was unplugged; plug it in again"
            )
        self._still_since_s, self._still_reads = (
            now_s,
            0,
        )  # a still scene from a virtual camera, or a closed shutter


def _why_closed(camera: Camera) -> str:
    name = f"{camera.info.name} ({camera.info.address})"
    if camera.node is not None and not os.access(camera.node, os.R_OK | os.W_OK):
        return f"{name} may not be opened by this user: add them to the group that owns {camera.node}, often video"
    if sys.platform == "darwin":
        return f"{name} could not be opened: allow it in System Settings > Privacy & Security > Camera"
    return f"{name} could not be opened: another program may be using it; close that one or unplug and replug it"


def _fourcc_text(code: float) -> str:
    letters = int(code).to_bytes(4, "little", signed=True) if -(2**31) <= code < 2**31 else b""
    text = letters.decode("ascii", "replace").strip("\0 ")
    return text if text.isprintable() else ""
