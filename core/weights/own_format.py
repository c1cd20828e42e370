"""A complete set of weights in memory, and its way into Fathom's own file and back that notices a flipped bit."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from core.errors import WeightsError
from core.model.config import DPTConfig
from core.weights.own_metadata import OWN_FORMAT, TEXTS
from core.weights.provenance import replacing

WRITTEN_AS = {"float16": torch.float16, "float32": torch.float32}
METADATA_HASH = "metadata_sha256"
_DTYPE_NAMES = {
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float32: "F32",
    torch.float64: "F64",
}


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A complete, finite set of weights for `DPT(config)`, in the dtype they were stored in."""

    config: DPTConfig
    state: dict[str, Tensor]
    name: str
    origin: str = ""
    licence: str = ""  # empty: the file does not say
    note: str = ""
    source_sha256: str = ""  # of the publisher's file; empty where the file itself is that and was not hashed
    layout: str = ""  # for people: "MiDaS v3.1"

    @property
    def parameters(self) -> int:
        return sum(tensor.numel() for tensor in self.state.values())

    @property
    def dtype(self) -> str:
        """ "float16", or several where the file mixes them."""
        return ", ".join(sorted({str(tensor.dtype).removeprefix("torch.") for tensor in self.state.values()}))


def content_sha256(state: Mapping[str, Tensor]) -> str:
    """SHA-256 over every tensor's name, dtype, shape and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for key in sorted(state):
        tensor = state[key]
        digest.update(f"{key} {_DTYPE_NAMES[tensor.dtype]} {tuple(tensor.shape)}\n".encode())
        digest.update(_bytes_of(tensor))
    return digest.hexdigest()


def check_content(metadata: Mapping[str, str], state: Mapping[str, Tensor]) -> None:
    """Raises: WeightsError where tensors or metadata are not those that were written."""
    if metadata.get("content_sha256") != content_sha256(state):
        raise WeightsError("the weights are not those that were written (their hash differs): convert again")
    written = metadata.get(METADATA_HASH)  # files from before 2026-11-30 lack it
    if written is not None and written != metadata_sha256(metadata):
        raise WeightsError("the metadata are not those that were written (their hash differs): convert again")


def metadata_sha256(metadata: Mapping[str, str]) -> str:
    """SHA-256 over all metadata but this, as JSON in the order of their keys."""
    told = {key: text for key, text in metadata.items() if key != METADATA_HASH}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def write_weights(
    path: Path,
    weights: Weights,
    dtype: str,
    *,
    over: bool = True,
    progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Write `weights` to `path` as one of `WRITTEN_AS`, whole or not at all; the same weights give the same bytes.

    A file that is there is replaced, unless `over` is off. `progress` gets 0 to 1; what it raises ends the work.
    Raises: WeightsError where a weight does not fit the dtype or the file cannot be written.
    """
    state = {key: weights.state[key].to(WRITTEN_AS[dtype]).contiguous() for key in sorted(weights.state)}
    for key, tensor in state.items():
        if not torch.isfinite(tensor).all():
            raise WeightsError(f"{key} has values too large for {dtype}: convert to float32 instead")
    metadata = {
        "format": OWN_FORMAT,
        "config": json.dumps(asdict(weights.config)),
        **{key: getattr(weights, key) for key in TEXTS},
        "content_sha256": content_sha256(state),
    }
    metadata[METADATA_HASH] = metadata_sha256(metadata)
    header = json.dumps({"__metadata__": metadata, **_table(state)}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)  # the format wants the tensors aligned to 8 bytes
    try:
        with replacing(path, over=over) as file:
            file.write(len(header).to_bytes(8, "little") + header)
            for count, tensor in enumerate(state.values(), 1):
                file.write(_bytes_of(tensor))
                progress(count / len(state))
    except FileExistsError as error:
        raise WeightsError(f"{path} exists already; choose another name") from error
    except OSError as error:
        raise WeightsError(f"{path} cannot be written: {error.strerror or error}") from error


def _table(state: Mapping[str, Tensor]) -> dict[str, object]:
    table: dict[str, object] = {}
    begin = 0
    for key, tensor in state.items():
        end = begin + math.prod(tensor.shape) * tensor.element_size()
        table[key] = {
            "dtype": _DTYPE_NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
        begin = end
    return table


def _bytes_of(tensor: Tensor) -> memoryview:
    """The tensor's bytes, little-endian as every machine torch runs on, without a copy."""
    flat: memoryview = tensor.contiguous().view(-1).view(torch.uint8).numpy().data
    return flat
