"""Which tensors a torch archive holds, read without torch: a look that costs milliseconds and no memory.

The pickle is run by Python's own unpickler, in which every name stands for a piece of a table: nothing else can be
looked up, and nothing that is called does more than note a dtype and a shape.
"""

import io
import math
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from core.errors import WeightsError
from core.weights.torch_zip import ITEM_BYTES, TorchZip, refusing_damage, weights_in
from core.weights.wording import shown

_STORAGE_DTYPES = {
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "DoubleStorage": "float64",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
_MAX_DIMENSIONS = 8


@dataclass(frozen=True, slots=True)
class TensorNote:
    """What is known of one tensor: its numbers lie in the archive's part `record`."""

    dtype: str
    shape: tuple[int, ...]
    record: str


@dataclass(frozen=True, slots=True)
class _Dtype:
    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    dtype: str
    record: str


class _Rebuild:
    """Stands for torch's functions that make a tensor of a storage, and a parameter of a tensor."""

    __slots__ = ()

    def __call__(self, thing: Any, *arguments: Any) -> TensorNote:
        if isinstance(thing, TensorNote):  # a parameter around it
            return thing
        if not isinstance(thing, _Storage) or len(arguments) < 3:
            raise ValueError("a tensor of nothing")
        shape = arguments[1]
        if not isinstance(shape, tuple) or len(shape) > _MAX_DIMENSIONS or not all(map(_is_size, shape)):
            raise ValueError("a shape that is none")
        return TensorNote(thing.dtype, shape, thing.record)


class _TableUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name == "OrderedDict" and module == "collections":
            return OrderedDict
        if module == "torch._utils":
            return _Rebuild()
        return _Dtype(_STORAGE_DTYPES.get(name, name))

    def persistent_load(self, reference: Any) -> _Storage:
        _, kind, record, *_ = reference
        if not isinstance(kind, _Dtype) or not isinstance(record, str):
            raise ValueError("a storage that is none")
        return _Storage(kind.name, record)


def tensors_in(archive: TorchZip) -> dict[str, TensorNote]:
    """The archive's table of weights. Raises: WeightsError."""
    name = archive.path.name
    with refusing_damage(name):
        try:
            content = _TableUnpickler(io.BytesIO(archive.pickle)).load()
        except Exception as error:  # the pickle is a stranger's: anything can come of reading it
            raise WeightsError(f"{name} is damaged or holds more than weights: refused") from error
    table = weights_in(content, name, TensorNote, lambda note: True)
    total = 0
    for key, note in table.items():
        item_bytes = ITEM_BYTES.get(note.dtype)
        if item_bytes is None:
            raise WeightsError(f"{name} holds {shown(key)} as {shown(note.dtype)}: weights are numbers")
        claimed = math.prod(note.shape) * item_bytes
        total += claimed
        if claimed > archive.records.get(note.record, 0):
            claim = f"{shown(key)} the shape {shown(note.shape)}"
            raise WeightsError(f"{name} gives {claim} without the data for it: refused")
    if total > archive.path.stat().st_size:
        raise WeightsError(f"{name} claims more data than the file holds: refused")
    return table


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 60
