"""How the C library keeps memory between frames. Linux with glibc; elsewhere nothing here does anything.

Every frame of the network allocates and frees the same tens of megabytes. glibc, left alone, gives large pieces
back to the system at once and gets them anew, zeroed page by page: 4,900 page faults in each frame of
fathom-nano, a fifth of its time. Keeping what was freed until an engine is closed costs no more than the peak
that was there anyway.

Source: mallopt(3), malloc_trim(3).
"""

import ctypes
import platform

# From glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
_KEPT_BYTES = 2**30
_GROWN_BY_BYTES = 2**26


def keep_memory() -> None:
    """Let freed memory wait for the next frame. Called once, before the threads start that are to profit."""
    if libc := _glibc():
        libc.mallopt(_ARENA_MAX, 1)  # the arenas of other threads are too small for what a network asks for
        libc.mallopt(_MMAP_MAX, 0)  # what is mapped by itself is unmapped when it is freed
        libc.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_TOP_PAD, _GROWN_BY_BYTES)


def give_back() -> None:
    """Return what is free to the system; 7 ms for a gigabyte."""
    if libc := _glibc():
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
