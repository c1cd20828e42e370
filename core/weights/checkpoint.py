"""An open file of named tensors, whatever wrote it: what it holds is known before a byte of it is loaded."""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Protocol

import torch
from torch import Tensor

from core.errors import WeightsError
from core.weights.container import Container, container_of
from core.weights.safetensors_header import SafetensorsHeader, parse_header
from core.weights.torch_archive import TorchArchive

_DTYPES = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64}


class Checkpoint(Protocol):
    """An open file. Used by: one thread, which closes it; tensors it gave stay valid afterwards."""

    shapes: Mapping[str, tuple[int, ...]]
    metadata: Mapping[str, str]

    def load(self, key: str) -> Tensor:
        """The tensor, contiguous, in memory of its own. Raises: WeightsError, OSError."""

    def check(self) -> None:
        """Compare the bytes with the checksums the container carries, if any. Raises: WeightsError, OSError."""

    def close(self) -> None: ...


class SafetensorsFile:
    """A safetensors file, read with plain reads: a device that vanishes is an error, not a crash."""

    def __init__(self, file: BinaryIO, name: str, header: SafetensorsHeader) -> None:
        self.shapes: Mapping[str, tuple[int, ...]] = {key: tensor.shape for key, tensor in header.tensors.items()}
        self.metadata = header.metadata
        self._file = file
        self._name = name
        self._tensors = header.tensors

    def load(self, key: str) -> Tensor:
        stored = self._tensors[key]
        dtype = _DTYPES.get(stored.dtype)
        if dtype is None:
            raise WeightsError(f"{self._name} holds {key} as {stored.dtype}; weights are floating-point numbers")
        tensor = torch.empty(stored.shape, dtype=dtype)
        self._file.seek(stored.offset)
        if self._file.readinto(tensor.view(-1).view(torch.uint8).numpy()) != stored.bytes:  # type: ignore[attr-defined]
            raise WeightsError(f"{self._name} became shorter while it was read; try again")
        return tensor

    def check(self) -> None:
        """The format has no checksums; our own layout adds one, which `own_format` checks."""

    def close(self) -> None:
        self._file.close()


def open_checkpoint(path: Path) -> Checkpoint:
    """Open `path` by its content, whatever its name ends in. Raises: WeightsError."""
    container = container_of(path)
    try:
        if container is Container.TORCH:
            return TorchArchive(path)
        file = path.open("rb")
        try:
            return SafetensorsFile(file, path.name, parse_header(file, path.name))
        except BaseException:
            file.close()
            raise
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
