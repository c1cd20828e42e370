"""Where recordings lie: names that take nobody's place, and their folder."""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import count, islice
from pathlib import Path

from core.errors import RecordingError


def dated(folder: Path, now: datetime) -> Path:
    """`fathom-20261122-221530.mkv` in `folder`, or the next free number of it."""
    return free_names(folder / f"fathom-{now:%Y%m%d-%H%M%S}.mkv", 1)[0]


def free_names(path: Path, wanted: int) -> list[Path]:
    """So many of `path`, `name-2.mkv`, `name-3.mkv` and so on, at which there is nothing to be seen."""
    return list(islice((name for name in _numbered(path) if not os.path.lexists(name)), wanted))


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


def make_folder(folder: Path) -> None:
    """Raises: RecordingError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(f"{folder} cannot hold recordings: {error.strerror or error}") from error
