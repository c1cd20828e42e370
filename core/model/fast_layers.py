"""Layers that may keep their weights a second time, laid out as a faster way of running them takes them."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import torch
from torch import Tensor, nn


class FastLayer(nn.Module):
    """Mixed in before a layer. Whatever moves, casts or loads weights drops what was made from the old ones."""

    _fast: Tensor | None = None

    @property
    def packed(self) -> Tensor | None:
        """The weights as oneDNN lays them out, which a traced network cannot hold by itself."""
        return self._fast if self._fast is not None and self._fast.is_mkldnn else None

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "FastLayer":
        self._fast = None
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        return self

    def _load_from_state_dict(self, *args: Any) -> None:
        self._fast = None
        super()._load_from_state_dict(*args)

    def __getstate__(self) -> dict[str, Any]:
        """A copy begins without: packed weights cannot be copied."""
        return {**self.__dict__, "_fast": None}


class Linear(FastLayer, nn.Linear):
    """A linear layer. After `make_fast` it gives the same, but for rounding, sooner."""

    def forward(self, x: Tensor, bias: Tensor | None = None, *, gelu: bool = False) -> Tensor:
        """`bias`: in place of its own. `gelu`: followed by one."""
        bias = self.bias if bias is None else bias
        if self._fast is None:
            out = nn.functional.linear(x, self.weight, bias)
            return nn.functional.gelu(out) if gelu else out
        return _packed(x, self._fast, bias, *(("gelu", "none") if gelu else ("none", "")))

    @torch.no_grad()
    def make_fast(self) -> None:
        """For inference in bfloat16 on the CPU: packed once as oneDNN multiplies it, not in every call. Does
        nothing where that is no gain. Costs the weights once more."""
        if can_pack(self.weight):
            self._fast = torch.ops.mkldnn._reorder_linear_weight(self.weight.detach(), None)


def traceable(run: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """`run`, and while a network is traced a copy of it in TorchScript: what is traced can hold no list of
    scalars, not even an empty one."""

    @wraps(run)
    def either(*args: object) -> Tensor:
        return (_scripted(run) if torch.jit.is_tracing() else run)(*args)  # type: ignore[attr-defined, no-untyped-call]

    return either


@cache
def _scripted(run: Callable[..., Tensor]) -> Callable[..., Tensor]:
    scripted: Callable[..., Tensor] = torch.jit.script(run)
    return scripted


@traceable
def _packed(x: Tensor, packed: Tensor, bias: Tensor | None, after: str, form: str) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(x, packed, bias, after, [], form)  # type: ignore[no-any-return]


def can_pack(weight: Tensor) -> bool:
    """Whether oneDNN takes this weight packed, and is the faster for it: in float32 it is not."""
    return (
        weight.dtype == torch.bfloat16
        and weight.device.type == "cpu"
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    )
