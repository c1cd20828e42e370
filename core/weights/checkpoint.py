"""A file of named tensors, whatever wrote it: what it holds is known before a byte of it is loaded."""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Protocol

import torch
from torch import Tensor

from core.errors import WeightsError
from core.weights.safetensors_header import SafetensorsHeader, looks_like_safetensors, parse_header
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
    try:
        file = path.open("rb")
    except OSError as error:
        raise WeightsError(_why_not_opened(path, error)) from error
    try:
        start = file.read(64)
        if looks_like_safetensors(start):
            return SafetensorsFile(file, path.name, parse_header(file, path.name))
        if start.startswith(b"PK\x03\x04"):
            archive = TorchArchive(path)
            file.close()
            return archive
        raise WeightsError(_what_else(path.name, start))
    except OSError as error:
        file.close()
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    except BaseException:
        file.close()
        raise


def _why_not_opened(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no file {path}; `models list` shows the models there are"
    if path.is_dir():
        return f"{path} is a folder; name the model file in it"
    return f"{path} cannot be opened: {error.strerror or error}"


def _what_else(name: str, start: bytes) -> str:
    """What a file is that is no weights file, as far as its first bytes tell."""
    wanted = "wanted MiDaS .pt weights or a .safetensors file"
    if not start:
        return f"{name} is empty; {wanted}"
    if start.startswith(b"version https://git-lfs"):
        return f"{name} is a Git LFS pointer, not the weights themselves: run `git lfs pull` where it came from"
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return f"{name} is a web page, not weights: download it again"
    if start.startswith(b"\x80"):
        return f"{name} is a bare pickle, as torch before 1.6 wrote; save it again with a newer torch. {wanted}"
    return f"{name} is not a model file Fathom knows; {wanted}"
