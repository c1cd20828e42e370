"""How much memory models may hold beside each other while they are compared."""

import ctypes
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

SHARE = 0.5  # of a device's memory, unless a person says how much
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")  # what a container may use


def budget_mb(wanted_mb: float, device: str) -> float | None:
    """What a person set; 0: half of what `device` has. None where nobody knows: then there is no limit."""
    if wanted_mb > 0:
        return wanted_mb
    total = of_device(device)
    return None if total is None else SHARE * total / 2**20


@cache
def of_device(device: str) -> int | None:
    """Bytes of memory a device has; None where nobody knows. It does not change, and is asked for often."""
    return _of_gpu(device) if device.startswith("cuda") else of_system()


def of_system() -> int | None:
    """Bytes of memory this process may use; None where the system does not tell."""
    found = _of_windows() if sys.platform == "win32" else _of_posix()
    with suppress(OSError, ValueError):  # no container, or one without a limit
        limit = int(_CGROUP_LIMIT.read_text())
        return limit if found is None else min(found, limit)
    return found


def _of_posix() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _of_gpu(device: str) -> int | None:
    import torch

    try:
        return int(torch.cuda.mem_get_info(torch.device(device))[1])
    except RuntimeError:  # the device is lost
        return None


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load_percent", ctypes.c_uint32),
        ("total_physical", ctypes.c_uint64),
        ("others", ctypes.c_uint64 * 6),
    )


def _of_windows() -> int | None:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    if not ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status)):  # type: ignore[attr-defined,unused-ignore]
        return None
    return int(status.total_physical)
