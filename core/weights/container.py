"""A model file told apart by its content, and the table of tensors it holds. Imports no torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from core.errors import WeightsError
from core.weights.safetensors_header import looks_like_safetensors, read_header
from core.weights.torch_table import tensors_in
from core.weights.torch_zip import TorchZip

_SAFETENSORS_NAMES = {"F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64"}


class Container(Enum):
    SAFETENSORS = "safetensors"
    TORCH = "torch.save"


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says it holds; of its numbers none has been read."""

    shapes: Mapping[str, tuple[int, ...]]
    dtypes: frozenset[str]  # "float16" …, of all tensors
    metadata: Mapping[str, str]


def container_of(path: Path) -> Container:
    """By the first bytes, whatever the name ends in. Raises: WeightsError."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise WeightsError(_why_not_opened(path, error)) from error
    if looks_like_safetensors(start):
        return Container.SAFETENSORS
    if start.startswith(b"PK\x03\x04"):
        return Container.TORCH
    raise WeightsError(_what_else(path.name, start))


def read_table(path: Path) -> Table:
    """The names, shapes and dtypes of a file's tensors. Raises: WeightsError."""
    container = container_of(path)
    try:
        if container is Container.SAFETENSORS:
            header = read_header(path)
            shapes = {key: tensor.shape for key, tensor in header.tensors.items()}
            dtypes = frozenset(_SAFETENSORS_NAMES.get(t.dtype, t.dtype) for t in header.tensors.values())
            return Table(shapes, dtypes, header.metadata)
        notes = tensors_in(TorchZip(path))
        return Table(
            {key: note.shape for key, note in notes.items()}, frozenset(n.dtype for n in notes.values()), {}
        )
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error


def check_bytes(path: Path, progress: Callable[[float], None]) -> None:
    """Compare every byte with the checksums that a torch archive carries; safetensors has none.

    `progress` gets 0 to 1; what it raises ends the check. Raises: WeightsError.
    """
    try:
        if container_of(path) is Container.TORCH:
            TorchZip(path).check(progress)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error


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
