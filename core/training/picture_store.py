"""Rendered pictures waiting to be trained on: a bounded store in which new ones take the place of the oldest."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Generator, Tensor

from core.errors import TrainingError

Hw = tuple[int, int]
FIRST_SEED = 1  # of the pictures of a training; the evaluation's begin at FIRST_EVALUATED, which none reaches
SEEDS_OF_A_TRAINING = 1 << 24  # so that one of another seed sees other pictures
FIRST_EVALUATED = 1 << 40
RENDERED_AT_ONCE = 32


class Rendered(Protocol):
    """What the renderer gives."""

    @property
    def rgb(self) -> Tensor: ...  # (B, H, W, 3) uint8

    @property
    def inverse_depth(self) -> Tensor: ...  # (B, H, W) float32, 1/m, 0 for the sky


Render = Callable[[Sequence[int], Hw, str], Rendered]


class Batch(NamedTuple):
    rgb: Tensor  # (B, 3, H, W) uint8
    inverse_depth: Tensor  # (B, H, W) float16, 1/m


class PictureStore:
    """Holds up to `capacity` pictures on the device; picture n of training `seed`, from 1, is always the same one.

    Rendering costs more than training on what was rendered, so each picture is used several times, in other crops
    and colours. Used by: one thread.
    """

    def __init__(self, render: Render, hw: Hw, capacity: int, device: str, seed: int = 1) -> None:
        """Raises: TrainingError where the device has no room for so many."""
        self.capacity = capacity
        self.made = 0  # pictures rendered in this training so far
        self._render, self._hw, self._device = render, hw, device
        self._first_seed = FIRST_SEED + (seed - 1) * SEEDS_OF_A_TRAINING
        try:
            # float16 holds 1/m to 11 bits, twice as fine as half a percent of depth.
            self._rgb = torch.empty((capacity, 3, *hw), dtype=torch.uint8, device=device)
            self._inverse_depth = torch.empty((capacity, *hw), dtype=torch.float16, device=device)
        except (RuntimeError, TypeError) as error:  # TypeError: a number that no memory has
            height, width = hw
            raise TrainingError(
                f"{capacity} pictures of {height}x{width} do not fit into the memory of {device}: lower pictures"
            ) from error

    def __len__(self) -> int:
        return min(self.made, self.capacity)

    def go_to(
        self,
        made: int,
        progress: Callable[[int], None] = lambda count: None,
        ended: Callable[[], bool] = lambda: False,
    ) -> None:
        """Render so that the store is as it is after `made` pictures; `progress` is told of each few, and between
        them `ended()` ends it."""
        self.made = max(self.made, made - self.capacity)
        while self.made < made and not ended():
            count = min(RENDERED_AT_ONCE, made - self.made)
            numbers = range(self.made, self.made + count)
            self._put(render_some(self._render, numbers, self._hw, self._device, self._first_seed))
            progress(count)

    def draw(self, count: int, generator: Generator) -> Batch:
        """`count` of the pictures, by chance."""
        chosen = torch.randint(len(self), (count,), generator=generator).to(self._device)
        return Batch(self._rgb[chosen], self._inverse_depth[chosen])

    def _put(self, batch: Batch) -> None:
        places = torch.arange(self.made, self.made + len(batch.rgb), device=self._device) % self.capacity
        self._rgb[places] = batch.rgb
        self._inverse_depth[places] = batch.inverse_depth
        self.made += len(batch.rgb)


def render_some(render: Render, numbers: range, hw: Hw, device: str, first_seed: int = FIRST_SEED) -> Batch:
    """The pictures of these numbers, as a step takes them."""
    rendered = render([first_seed + number for number in numbers], hw, device)
    return Batch(rendered.rgb.permute(0, 3, 1, 2).contiguous(), rendered.inverse_depth.half())
