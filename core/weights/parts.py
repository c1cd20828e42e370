"""What has come of a download: a `.part` file, and beside it a note of which version of which file it is."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came whole. `sha256` and `bytes` are what the publisher says of it, where the publisher does."""

    url: str
    validator: str  # ETag or date of this version, for resuming; empty where the server gives none
    bytes: int | None
    sha256: str | None


def discard(part: Path) -> None:
    """Forget what has come so far. Raises: OSError."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def resumable_bytes(part: Path) -> int:
    """How much of a download lies there to be gone on with, whatever its address."""
    return size_of(part) if _known(part) is not None else 0


def kept_words(part: Path, url: str) -> str:
    """The end of a line about a failure after which the download can go on; else empty."""
    kept = size_of(part) if read_note(part, url) is not None else 0
    return f"; {kept / 1e6:.1f} MB are kept, it can go on from there later" if kept else ""


def size_of(path: Path) -> int:
    """0 where there is no such file."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def write_note(part: Path, received: Received) -> None:
    """Raises: OSError."""
    _note(part).write_text(json.dumps(asdict(received)), encoding="utf-8")


def read_note(part: Path, url: str) -> Received | None:
    """What is known of the part on disk; None where it is not a resumable part of `url`."""
    note = _known(part)
    return note if note is not None and note.url == url else None


def _known(part: Path) -> Received | None:
    try:
        note = Received(**json.loads(_note(part).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return note if note.validator and isinstance(note.validator, str) else None


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")
