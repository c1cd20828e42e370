"""What the encoder needs to know of a size, worked out once: how each grid is cut, and every position bias.

A frame's work starts from a plan and repeats none of this. The plans of the last few sizes are kept, so two sizes
that alternate build theirs once each; sizes with the same windows share the biases, which are the bulk of a plan.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from core.model.attention import AttentionPlan, WindowAttention
from core.model.config import PATCH_PX, DPTConfig
from core.model.windows import cut, window_side

SIZES_KEPT = 4
BYTES_KEPT = 2 << 30  # of biases, all kept sizes together
CUDA_ROW = 8  # fused attention on CUDA wants each row of a bias to begin at a multiple of so many values

_BiasKey = tuple[int, tuple[int, int]]  # which block, counted through all stages, and the window


@dataclass(frozen=True, slots=True, eq=False)
class SizePlan:
    """Everything about one size, for every stage and block. Immutable, so any number of threads may use it."""

    blocks: tuple[tuple[AttentionPlan, ...], ...]  # by stage, then block
    biases: dict[_BiasKey, Tensor]
    stamp: object  # of the weights the plan was made from


class PlanOwner(Protocol):
    """What a plan is made for: the encoder."""

    config: DPTConfig

    @property
    def device(self) -> torch.device: ...

    def attentions(self) -> Iterator[WindowAttention]:
        """Of all blocks, in order."""


def make_plan(
    owner: PlanOwner, image_hw: tuple[int, int], room_bytes: int, known: dict[_BiasKey, Tensor], stamp: object
) -> SizePlan:
    """Cut the grids for pictures of `image_hw` and work out their biases, as far as `room_bytes` holds them.

    `known` are biases that another size has and this one may share.
    """
    attentions = enumerate(owner.attentions())
    biases: dict[_BiasKey, Tensor] = {}
    stages = []
    for stage, (depth, trained) in enumerate(zip(owner.config.depths, owner.config.trained_windows, strict=True)):
        grid_h, grid_w = (side // (PATCH_PX * 2**stage) for side in image_hw)
        window_hw = window_side(grid_h, trained), window_side(grid_w, trained)
        device = owner.device
        cuts = [cut((grid_h, grid_w), window_hw, shifted=shifted, device=device) for shifted in (False, True)]
        blocks = []
        for block in range(depth):
            number, attention = next(attentions)
            here = cuts[block % 2]  # every odd block's windows are shifted
            for run in here.runs:
                key = number, run.window_hw
                room_bytes -= attention.position_bias.nbytes(run.window_hw)
                if room_bytes >= 0:
                    biases[key] = known[key] if key in known else _kept_bias(attention, run.window_hw)
            kept = tuple(biases.get((number, run.window_hw)) for run in here.runs)
            blocks.append(AttentionPlan(here, kept, attention.qkv_bias(), attention.qk_scale()))
        stages.append(tuple(blocks))
    return SizePlan(tuple(stages), biases, stamp)


def _kept_bias(attention: WindowAttention, window_hw: tuple[int, int]) -> Tensor:
    bias: Tensor = attention.position_bias(window_hw)
    return in_rows_of(CUDA_ROW, bias) if bias.is_cuda else bias


def in_rows_of(multiple: int, bias: Tensor) -> Tensor:
    """The same (heads, N, N), each row beginning at a multiple of `multiple` values; torch would copy it into that
    form in every frame. Where N is a multiple itself, it lies so already."""
    tokens = bias.shape[-1]
    if tokens % multiple == 0:
        return bias
    roomy = bias.new_empty(*bias.shape[:-1], tokens + -tokens % multiple)
    roomy[..., :tokens] = bias
    return roomy[..., :tokens]


class PlanCache:
    """The plans of the sizes used last. Used by: any thread; a size at hand waits for no other being built."""

    def __init__(self) -> None:
        self.built = 0  # plans made so far
        self._plans: OrderedDict[tuple[int, int], SizePlan] = OrderedDict()  # the size used last comes last
        self._lock = threading.Lock()  # guards the table, held for moments
        self._building = threading.Lock()  # one builder at a time, so a size is built once

    def get(self, owner: PlanOwner, image_hw: tuple[int, int]) -> SizePlan:
        """The plan for pictures of this size; made anew where the weights changed since."""
        stamp = _stamp(owner)
        plan = self._find(image_hw, stamp)
        if plan is not None:
            return plan
        with self._building:
            plan = self._find(image_hw, stamp)
            if plan is not None:
                return plan
            with self._lock:
                known = {
                    key: bias
                    for kept in self._plans.values()
                    if kept.stamp == stamp
                    for key, bias in kept.biases.items()
                }
            with torch.inference_mode(False), torch.no_grad():  # usable later with and without gradients
                plan = make_plan(owner, image_hw, BYTES_KEPT, known, stamp)
            with self._lock:
                self._keep(image_hw, plan)
            return plan

    def clear(self) -> None:
        with self._lock:
            self._plans.clear()

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The sizes kept, the one used last at the end."""
        with self._lock:
            return tuple(self._plans)

    def bytes(self) -> int:
        """Memory of the biases kept, each counted once."""
        with self._lock:
            return self._bytes()

    def _find(self, image_hw: tuple[int, int], stamp: object) -> SizePlan | None:
        with self._lock:
            plan = self._plans.get(image_hw)
            if plan is None or plan.stamp != stamp:
                return None
            self._plans.move_to_end(image_hw)
            return plan

    def _keep(self, image_hw: tuple[int, int], plan: SizePlan) -> None:
        self.built += 1
        for size in [size for size, kept in self._plans.items() if kept.stamp != plan.stamp]:
            del self._plans[size]
        self._plans[image_hw] = plan
        self._plans.move_to_end(image_hw)
        while len(self._plans) > SIZES_KEPT or self._bytes() > BYTES_KEPT:
            self._plans.popitem(last=False)

    def _bytes(self) -> int:
        biases = {id(bias): bias for plan in self._plans.values() for bias in plan.biases.values()}
        return sum(bias.nbytes for bias in biases.values())

    def __reduce__(self) -> tuple[Callable[[], "PlanCache"], tuple[()]]:
        """A copy of a network starts with an empty cache of its own: plans belong to one set of weights."""
        return PlanCache, ()


def _stamp(owner: PlanOwner) -> object:
    """Differs once the weights that the biases come from were loaded, moved, cast or changed in place."""
    return tuple(attention.stamp() for attention in owner.attentions())
