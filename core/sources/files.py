"""What can be said of a path before, and instead of, decoding it. One clear line for each way it can be wrong."""

import os
from pathlib import Path

from core.errors import SourceError
from core.sources.address import WHAT_A_SOURCE_MAY_BE

_SNIFFED_BYTES = 1024
_TOP_LEVEL_BOXES = 10_000  # a real MP4 has a handful; fragmented ones have more, hostile ones without end


def check_is_readable_file(path: Path) -> None:
    """Raises: SourceError unless `path` is a regular, readable file with something in it."""
    try:
        if not path.exists():
            raise SourceError(f"{path} does not exist: {WHAT_A_SOURCE_MAY_BE}")
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not a regular file"
            raise SourceError(f"a video or picture file was wanted, but {path} is {what}: {WHAT_A_SOURCE_MAY_BE}")
        if not os.access(path, os.R_OK):
            raise SourceError(f"{path} may not be read by this user: change its permissions or copy it")
        if path.stat().st_size == 0:
            raise SourceError(f"{path} is empty (0 bytes): copy or record it again")
    except (OSError, ValueError) as error:  # a name that is too long or holds a zero byte, a drive that is gone
        raise SourceError(f"{_shortened(str(path))} cannot be read ({_reason(error)}): check the path") from error


def why_no_video(path: Path) -> str:
    """What ails a file that no demuxer opens: the rest of a sentence that begins with its name."""
    try:
        with path.open("rb") as file:
            head = file.read(_SNIFFED_BYTES)
        if _is_text(head):
            return "is a text file, not a video: check that the right file was saved under this name"
        if head[4:8] == b"ftyp":
            end, has_index = _walk_boxes(path)
            size = path.stat().st_size
            if end > size:
                return f"is cut off ({size:,} of at least {end:,} bytes): copy or download it again in full"
            if not has_index:
                return "has no index, as its recording was never finished: record it again, or repair it first"
    except OSError as error:
        return f"cannot be read ({_reason(error)}): check the disk"
    return "holds no video that can be decoded: it is damaged or not a video; try to play it in another player"


def _is_text(head: bytes) -> bool:
    """Text has no zero bytes and hardly any control characters."""
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return b"\0" not in head and controls * 50 <= len(head)


def _walk_boxes(path: Path) -> tuple[int, bool]:
    """Where the last top-level box of an MP4 claims to end, and whether one of them is the index (`moov`)."""
    position, has_index = 0, False
    size = path.stat().st_size
    with path.open("rb") as file:
        for _ in range(_TOP_LEVEL_BOXES):
            if position > size:  # cut off, or a length that no file has
                break
            file.seek(position)
            header = file.read(16)
            if len(header) < 8:
                break
            length = int.from_bytes(header[:4], "big")
            if length == 1:  # a 64-bit length follows the type
                length = int.from_bytes(header[8:16], "big")
            if length == 0:  # reaches to the end of the file
                break
            if length < 8:
                break
            has_index |= header[4:8] == b"moov"
            position += length
    return position, has_index


def _shortened(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:60]}…{text[-50:]}"


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
