"""torch's meta device in place of a graphics processor: shapes without values.

What asks the device for a value, which is to wait for it, fails there, as there is none; and inside `OneDevice` so
does what mixes it with the host. CUDA refuses that too, meta by itself only in part.
"""

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

NO_DEVICE = torch.device("meta")
_MOVES = {torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default}


class OneDevice(TorchDispatchMode):
    """Inside, no operation may mix host and device but one that moves; `moved` counts those to the device."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = 0
        self.operations = 0  # on the device

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        tensors = [each for each in tree_leaves((args, kwargs)) if isinstance(each, torch.Tensor)]
        kinds = {each.device.type for each in tensors if each.dim() > 0}  # the host's numbers may go with all
        if len(kinds) > 1 and func not in _MOVES:
            raise AssertionError(f"{func} mixes {' and '.join(sorted(kinds))}")
        given = func(*args, **kwargs)
        results = [each for each in tree_leaves(given) if isinstance(each, torch.Tensor)]
        is_there = any(each.device.type == NO_DEVICE.type for each in results)
        self.operations += is_there
        self.moved += is_there and func in _MOVES and "cpu" in kinds
        return given
