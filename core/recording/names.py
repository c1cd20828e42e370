"""Names of recordings that take nobody's place."""

from datetime import datetime
from itertools import count
from pathlib import Path


def dated(folder: Path, now: datetime) -> Path:
    """`fathom-20261122-221530.mkv` in `folder`, or the next free number of it."""
    return free(folder / f"fathom-{now:%Y%m%d-%H%M%S}.mkv")


def free(path: Path) -> Path:
    """`path` where nothing is there, else `name-2.mkv`, `name-3.mkv` and so on."""
    if not path.exists():
        return path
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(candidate for candidate in numbered if not candidate.exists())
