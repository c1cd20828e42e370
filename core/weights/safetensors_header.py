"""The header of a safetensors file, read and checked before anything is allocated. Imports no torch.

A safetensors file is 8 bytes of header length, a JSON header, then the tensors' bytes back to back.
Source: the format's description in the safetensors repository.
"""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import WeightsError
from core.weights.wording import shown

MAX_HEADER_BYTES = 8 << 20  # the large published model's is 70 kB
ITEM_BYTES = {  # of every type the format knows; which of them are weights is the reader's business
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1,
    "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
    "U32": 4, "I32": 4, "F32": 4,
    "U64": 8, "I64": 8, "F64": 8, "C64": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor of the file: its type, shape and where its bytes lie, counted from the start of the file."""

    dtype: str
    shape: tuple[int, ...]
    offset: int
    bytes: int


@dataclass(frozen=True, slots=True)
class SafetensorsHeader:
    metadata: Mapping[str, str]
    tensors: Mapping[str, StoredTensor]


def looks_like_safetensors(start: bytes) -> bool:
    """True where the first 9 bytes of a file could begin a safetensors header."""
    return len(start) >= 9 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 1 << 48


def read_header(path: Path) -> SafetensorsHeader:
    """The header of `path`. Raises: WeightsError for a file that cannot be read or does not hold together."""
    try:
        with path.open("rb") as file:
            return parse_header(file, path.name)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error


def parse_header(file: BinaryIO, name: str) -> SafetensorsHeader:
    """As `read_header`, from an open file; `name` is what the messages call it. Raises: WeightsError, OSError."""
    file_bytes = os.fstat(file.fileno()).st_size
    file.seek(0)
    header_bytes = int.from_bytes(file.read(8), "little")
    if file_bytes < 8 or header_bytes > file_bytes - 8:
        raise WeightsError(f"{name} is cut off: its header would end after the file does; fetch or copy it again")
    if header_bytes > MAX_HEADER_BYTES:
        raise WeightsError(f"{name} has a header of {header_bytes} bytes, more than any model needs: refused")
    try:
        header = json.loads(file.read(header_bytes).decode("utf-8"), object_pairs_hook=_no_doubles)
    except (ValueError, RecursionError) as error:
        raise WeightsError(f"{name} has a damaged safetensors header ({shown(error)}); fetch it again") from error
    if not isinstance(header, dict):
        raise WeightsError(f"{name} has a safetensors header that is no table; fetch it again")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise WeightsError(f"{name} has safetensors metadata that is not text; fetch it again")
    data_start = 8 + header_bytes
    tensors = {key: _stored_tensor(name, key, entry, data_start) for key, entry in header.items()}
    _check_tiling(name, tensors, data_start, file_bytes)
    return SafetensorsHeader(metadata, tensors)


def _stored_tensor(name: str, key: str, entry: Any, data_start: int) -> StoredTensor:
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [*shape, begin, end]
        if any(type(number) is not int or not 0 <= number < 1 << 60 for number in numbers) or len(shape) > 8:
            raise ValueError
        item_bytes = ITEM_BYTES[dtype]
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{name} describes {shown(key)} in a way no model does; fetch it again") from error
    if math.prod(shape) * item_bytes != end - begin:
        raise WeightsError(
            f"{name} says {shown(key)} has the shape {shown(shape)} but gives it {end - begin} bytes: refused"
        )
    return StoredTensor(dtype, tuple(shape), data_start + begin, end - begin)


def _check_tiling(name: str, tensors: Mapping[str, StoredTensor], data_start: int, file_bytes: int) -> None:
    """The tensors must fill the rest of the file exactly, without a gap or an overlap."""
    expected = data_start
    for key, tensor in sorted(tensors.items(), key=lambda item: (item[1].offset, item[1].bytes)):
        if tensor.offset != expected:
            raise WeightsError(f"{name} places {shown(key)} over or apart from its neighbour: refused")
        expected += tensor.bytes
    if expected > file_bytes:
        raise WeightsError(
            f"{name} is cut off: it should be {expected} bytes long and is {file_bytes}; fetch or copy it again"
        )
    if expected < file_bytes:
        raise WeightsError(f"{name} has {file_bytes - expected} bytes after its last tensor: refused")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name twice")
    return table
