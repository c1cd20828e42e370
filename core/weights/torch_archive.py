"""What `torch.save` writes, its tensors mapped from the file rather than allocated. Nothing in it is ever run.

The container is judged first (`torch_zip`), and only then torch reads it, with `weights_only=True`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.errors import WeightsError
from core.weights.torch_zip import TorchZip, refusing_damage, weights_in
from core.weights.wording import shown

WEIGHT_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


class TorchArchive:
    """An open archive of tensors, mapped read-only from the file. Raises: WeightsError."""

    def __init__(self, path: Path) -> None:
        self.metadata: Mapping[str, str] = {}
        self._path = path
        self._zip = TorchZip(path)
        with refusing_damage(path.name):
            content = self._load()
        self._tensors = weights_in(content, path.name, Tensor, lambda tensor: tensor.layout is torch.strided)
        self._check_extents()
        self.shapes: Mapping[str, tuple[int, ...]] = {k: tuple(t.shape) for k, t in self._tensors.items()}

    def load(self, key: str) -> Tensor:
        tensor = self._tensors[key]
        if tensor.dtype not in WEIGHT_DTYPES:
            kind = str(tensor.dtype).removeprefix("torch.")
            raise WeightsError(f"{self._path.name} holds {key} as {kind}; weights are floating-point numbers")
        return tensor.detach().clone(memory_format=torch.contiguous_format)

    def check(self) -> None:
        """Every byte against the zip's checksums; mapping the tensors alone would not look at them."""
        self._zip.check()

    def close(self) -> None:
        self._tensors = {}

    def _load(self) -> Any:
        try:
            return torch.load(self._path, map_location="cpu", weights_only=True, mmap=True)
        except OSError:
            raise
        except Exception as error:  # the pickle is a stranger's: anything can come of reading it
            raise WeightsError(f"{self._path.name} is damaged or holds more than weights: refused") from error

    def _check_extents(self) -> None:
        """No tensor may claim more numbers than it has in the file: a stride of 0 repeats one a trillion times."""
        stored_bytes = set(self._zip.records.values())
        total = 0
        for key, tensor in self._tensors.items():
            claimed = tensor.numel() * tensor.element_size()
            total += claimed
            stored = tensor.untyped_storage().nbytes()
            if claimed > stored or (claimed and stored not in stored_bytes):
                claim = f"{shown(key)} the shape {shown(tuple(tensor.shape))}"
                raise WeightsError(f"{self._path.name} gives {claim} without the data for it: refused")
        if total > self._path.stat().st_size:
            raise WeightsError(f"{self._path.name} claims more data than the file holds: refused")
