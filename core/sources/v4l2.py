"""What a Linux video device says of itself, through the kernel's V4L2 interface. Nothing is streamed.

Numbers and layouts are those of <linux/videodev2.h>, which the kernel keeps stable.
"""

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.messages import CameraMode

Ioctl = Callable[[int, int, bytearray], object]  # descriptor, request, structure filled in place; raises OSError

_QUERYCAP, _QUERYCAP_BYTES = 0x80685600, 104
_ENUM_FMT, _ENUM_FMT_BYTES = 0xC0405602, 64
_ENUM_FRAMESIZES, _ENUM_FRAMESIZES_BYTES = 0xC02C564A, 44
_ENUM_FRAMEINTERVALS, _ENUM_FRAMEINTERVALS_BYTES = 0xC034564B, 52
_CAPTURES = 0x1
_HAS_DEVICE_CAPS = 0x80000000
_BUF_TYPE_CAPTURE = 1
_DISCRETE = 1
_MANY = 256  # no device lists this many of anything; a driver that never says "no more" is left


@dataclass(frozen=True, slots=True)
class V4l2Device:
    captures: bool  # False: a metadata, output or radio node of some device
    name: str
    modes: tuple[CameraMode, ...]


def query_device(path: Path, ioctl: Ioctl | None = None) -> V4l2Device:
    """Ask the node at `path`. Raises: OSError where it is gone, not ours to open, or no video device."""
    if ioctl is None:
        import fcntl  # absent on Windows, where nobody comes here

        ioctl = fcntl.ioctl
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        answer = bytearray(_QUERYCAP_BYTES)
        ioctl(descriptor, _QUERYCAP, answer)
        name = bytes(answer[16:48]).split(b"\0")[0].decode("utf-8", "replace").strip()
        all_caps, device_caps = struct.unpack_from("=II", answer, 84)
        captures = bool((device_caps if all_caps & _HAS_DEVICE_CAPS else all_caps) & _CAPTURES)
        modes = tuple(_modes(descriptor, ioctl)) if captures else ()
        return V4l2Device(captures, name, modes)
    finally:
        os.close(descriptor)


def _modes(descriptor: int, ioctl: Ioctl) -> Iterator[CameraMode]:
    for fourcc in _formats(descriptor, ioctl):
        for width_px, height_px in _sizes(descriptor, ioctl, fourcc):
            for fps in _rates(descriptor, ioctl, fourcc, width_px, height_px):
                yield CameraMode(width_px, height_px, fps, fourcc.decode("ascii", "replace").strip())


def _formats(descriptor: int, ioctl: Ioctl) -> Iterator[bytes]:
    for index in range(_MANY):
        answer = bytearray(_ENUM_FMT_BYTES)
        struct.pack_into("=II", answer, 0, index, _BUF_TYPE_CAPTURE)
        try:
            ioctl(descriptor, _ENUM_FMT, answer)
        except OSError:  # the list's end
            return
        yield bytes(answer[44:48])


def _sizes(descriptor: int, ioctl: Ioctl, fourcc: bytes) -> Iterator[tuple[int, int]]:
    """Discrete sizes; of a continuous range, its largest."""
    for index in range(_MANY):
        answer = bytearray(_ENUM_FRAMESIZES_BYTES)
        struct.pack_into("=I4s", answer, 0, index, fourcc)
        try:
            ioctl(descriptor, _ENUM_FRAMESIZES, answer)
        except OSError:
            return
        kind, *numbers = struct.unpack_from("=I6I", answer, 8)
        if kind != _DISCRETE:
            yield numbers[1], numbers[4]  # min, max, step of the width, then of the height
            return
        yield numbers[0], numbers[1]


def _rates(descriptor: int, ioctl: Ioctl, fourcc: bytes, width_px: int, height_px: int) -> Iterator[float]:
    """Discrete rates; of a continuous range, the fastest."""
    for index in range(_MANY):
        answer = bytearray(_ENUM_FRAMEINTERVALS_BYTES)
        struct.pack_into("=I4sII", answer, 0, index, fourcc, width_px, height_px)
        try:
            ioctl(descriptor, _ENUM_FRAMEINTERVALS, answer)
        except OSError:
            return
        kind, seconds, parts = struct.unpack_from("=III", answer, 16)  # the shortest interval comes first
        if seconds:
            yield round(parts / seconds, 3)
        if kind != _DISCRETE:
            return
