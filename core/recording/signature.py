"""Knows a recording by its first bytes, with nothing heavy imported."""

from pathlib import Path

from core.recording.ebml import Id, id_bytes
from core.recording.facts import TAG_PREFIX

_SNIFFED_BYTES = 2**16


def is_recording(path: Path) -> bool:
    """Whether the file begins as a recording does. Never raises."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            start = file.read(_SNIFFED_BYTES)
    except (OSError, ValueError):
        return False
    return start.startswith(id_bytes(Id.EBML)) and f"{TAG_PREFIX}FORMAT_VERSION".encode() in start
