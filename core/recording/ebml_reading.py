"""Takes EBML apart, trusting nothing: no size is believed that the bytes at hand do not bear out."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from core.recording.ebml import Id

LONGEST_HEADER = 12  # bytes of id and size


class Malformed(ValueError):  # noqa: N818 - what the bytes are
    """The bytes are not what the format says; `position` is where in the file."""

    def __init__(self, position: int, what: str) -> None:
        super().__init__(what)
        self.position = position


class Header(NamedTuple):
    element: int  # an Id, or one that is not used here
    size: int | None  # of the body; None: up to the end of the file
    length: int  # of the header itself


class Child(NamedTuple):
    element: int
    body: memoryview
    position: int  # of the body in the file


def parse_header(data: bytes | memoryview, position: int) -> Header:
    """The header at the start of `data`, which lies at `position` in the file. Raises: Malformed."""
    id_length = _vint_length(data, 0, 4, position)
    element = int.from_bytes(data[:id_length], "big")
    size_length = _vint_length(data, id_length, 8, position)
    length = id_length + size_length
    size = int.from_bytes(data[id_length:length], "big") & ((1 << 7 * size_length) - 1)
    is_unknown = size == (1 << 7 * size_length) - 1
    return Header(element, None if is_unknown else size, length)


def children(body: memoryview, position: int, most: int = 1000) -> Iterator[Child]:
    """The elements in `body`, which lies at `position` in the file. Raises: Malformed."""
    at = count = 0
    while at < len(body):
        count += 1
        if count > most:
            raise Malformed(position, f"there are more than {most:,} parts in it")
        head = parse_header(body[at : at + LONGEST_HEADER], position + at)
        start = at + head.length
        if head.size is None or head.size > len(body) - start:
            raise Malformed(position + at, "an element is longer than what holds it")
        yield Child(head.element, body[start : start + head.size], position + start)
        at = start + head.size


def is_intact(body: memoryview, *, has_sum: bool = False) -> bool:
    """Whether the CRC-32 in front of a master's children is theirs.

    Where there is none, that is well unless it is known that the master `has_sum`.
    """
    try:
        first = parse_header(body[:LONGEST_HEADER], 0)
    except Malformed:
        return len(body) == 0 and not has_sum
    if first.element != Id.CRC_32:
        return not has_sum
    end = first.length + 4
    stored = int.from_bytes(body[first.length : end], "little")
    return first.size == 4 and stored == zlib.crc32(body[end:])


def as_unsigned(child: Child) -> int:
    if len(child.body) > 8:
        raise Malformed(child.position, "a number has more than 8 bytes")
    return int.from_bytes(child.body, "big")


def as_real(child: Child) -> float:
    forms = {0: ">0s", 4: ">f", 8: ">d"}
    if len(child.body) not in forms:
        raise Malformed(child.position, "a real number has neither 4 nor 8 bytes")
    (value,) = struct.unpack(forms[len(child.body)], child.body)
    return value if isinstance(value, float) else 0.0


def as_text(child: Child, longest: int = 4096) -> str:
    """Up to the first zero, as EBML fills texts up with them."""
    return bytes(child.body[:longest]).split(b"\0", 1)[0].decode(errors="replace")


def _vint_length(data: bytes | memoryview, at: int, longest: int, position: int) -> int:
    """How many bytes the number at `at` takes, from the zeros that lead its first byte."""
    if at >= len(data):
        raise Malformed(position, "an element is cut off")
    length = 9 - data[at].bit_length()
    if length > longest:
        raise Malformed(position, "there is no element where one should be")
    if at + length > len(data):
        raise Malformed(position, "an element is cut off")
    return length
