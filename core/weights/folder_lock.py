"""One process and thread at a time in the folder of a fetched model; a kill releases it."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

FILE_NAME = ".lock"


class Busy(Exception):  # noqa: N818 - a state, not a failure
    """Somebody else has the folder."""


@contextlib.contextmanager
def alone_in(folder: Path, wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold `folder` until the block ends. While another has it, `wait` is called again and again and may raise.

    Raises: Busy where another has it and there is no `wait`; OSError.
    """
    path = folder / FILE_NAME
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            if _try_lock(file):
                if _is_still(path, file):
                    yield
                    return  # closing the file releases the lock
                continue
        if wait is None:
            raise Busy
        wait()


def _is_still(path: Path, file: IO[bytes]) -> bool:
    """Whether who had it before did not take the file away with the whole folder."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _try_lock(file: IO[bytes]) -> bool:
    if os.name == "nt":
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
