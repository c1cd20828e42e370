"""Moves an MP4's index in front of its pictures, so that a browser shows the first before it has the last."""

import errno
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

_HOLDERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")  # on the way to the positions of pictures
_POSITIONS = {b"stco": ">u4", b"co64": ">u8"}
_TABLE_AT = 8  # in these two, behind version, flags and the number of positions


class _Box(NamedTuple):
    name: bytes
    start: int  # of its header
    body: int  # and of what it holds
    end: int


def put_index_first(path: Path) -> None:
    """Write the file anew where its index is the last part of it, and put it in its place when it is whole.

    Raises: OSError, ValueError where it is built in another way; the file is as it was then.
    Source: ISO/IEC 14496-12, 4.2 and 8.7.5.
    """
    path = path.resolve()  # a link stays a link
    part = path.with_name(f".part-{path.name}")
    with path.open("rb") as file:
        boxes = list(_boxes(file, 0, file.seek(0, os.SEEK_END)))
        if [boxes[0].name, boxes[-1].name] != [b"ftyp", b"moov"]:
            raise ValueError("the index is not at the end")
        kind, index = boxes[0], boxes[-1]
        if shutil.disk_usage(path.parent).free < 2 * index.end:
            raise OSError(errno.ENOSPC, "there is no room for a second copy")
        moved = _moved(_bytes(file, index.start, index.end), index.end - index.start)
        try:
            with part.open("wb") as anew:
                anew.write(_bytes(file, 0, kind.end) + moved)
                file.seek(kind.end)
                shutil.copyfileobj(file, anew, 2**20)
                anew.truncate(index.end)  # without the index at the end
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


def _moved(index: bytes, by: int) -> bytes:
    """The index of pictures that lie `by` bytes farther back. Raises: ValueError."""
    changed = bytearray(index)
    for box in _inside(index, 0, len(index)):
        table = np.frombuffer(index[box.body + _TABLE_AT : box.end], _POSITIONS[box.name]).astype(np.uint64) + by
        if table.size and int(table.max()) > np.iinfo(_POSITIONS[box.name]).max:
            raise ValueError("there is no room for positions that large")
        changed[box.body + _TABLE_AT : box.end] = table.astype(_POSITIONS[box.name]).tobytes()
    return bytes(changed)


def _inside(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """The tables of positions, wherever in the index they are."""
    while start < end:
        box = _box(data[start : start + 16], start, end)
        if box.name in _HOLDERS:
            yield from _inside(data, box.body, box.end)
        elif box.name in _POSITIONS:
            yield box
        start = box.end


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    while start < end:
        box = _box(_bytes(file, start, start + 16), start, end)
        yield box
        start = box.end


def _box(head: bytes, start: int, limit: int) -> _Box:
    """Raises: ValueError."""
    if len(head) < 8:
        raise ValueError("a part of the file is cut off")
    size, name = struct.unpack(">I4s", head[:8])
    body = 8
    if size == 1 and len(head) == 16:
        size, body = int.from_bytes(head[8:], "big"), 16
    if not body <= size <= limit - start:
        raise ValueError("a part of the file has a size that cannot be")
    return _Box(name, start, start + body, start + size)


def _bytes(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)
