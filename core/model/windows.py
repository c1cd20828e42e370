"""How a grid of tokens is cut into attention windows, plain and shifted, at any size.

A shifted grid is not rolled round and masked, as the published code does it. Rolling only brings together pieces
that the mask then keeps apart, so here the grid is cut where the shifted windows end: full windows inside and
smaller ones along the border, each attending within itself. Same result, no mask, less work.

Tokens are brought into an order in which those of a window lie side by side, and the windows of one size too: one
gather before attention and one after it, whatever the number of regions.

Source: Swin Transformer, section 3.2, "Efficient batch computation for shifted configuration".
"""

from functools import lru_cache
from itertools import groupby, product
from typing import NamedTuple

import torch
from torch import Tensor

CUTS_KEPT = 64  # plain and shifted for four stages at eight sizes: a few hundred kilobytes


class Region(NamedTuple):
    """A rectangle of the token grid that windows of one size tile."""

    rows: slice
    columns: slice
    window_hw: tuple[int, int]


class Run(NamedTuple):
    """Tokens from `start` to `stop` in the order of a `Cut`: windows of one size, one after the other."""

    start: int
    stop: int
    window_hw: tuple[int, int]


class Cut(NamedTuple):
    """A grid of tokens in windows. `order` says for each place which token of the grid, counted row by row, lies
    there, `back` is its inverse: (H*W,) int64 each, None where the tokens lie in order as they are."""

    order: Tensor | None
    back: Tensor | None
    runs: tuple[Run, ...]


class _Band(NamedTuple):
    """Rows (or columns) from `start` to `stop` that windows of `window` tokens tile."""

    start: int
    stop: int
    window: int


def window_side(grid: int, trained: int) -> int:
    """The window for a side of `grid` tokens: the divisor of it nearest to the trained window, so that the grid
    tiles without padding; the whole side where that is smaller; the smaller of two divisors equally near."""
    divisors = [d for d in range(1, grid + 1) if grid % d == 0]
    return min(divisors, key=lambda d: (abs(d - trained), d))


def regions(grid_hw: tuple[int, int], window_hw: tuple[int, int], *, shifted: bool) -> tuple[Region, ...]:
    """The whole grid as one region, or, shifted by half a window, as the up to nine that the shift makes."""
    rows, columns = (
        _bands(grid, window, window // 2 if shifted and window < grid else 0)
        for grid, window in zip(grid_hw, window_hw, strict=True)
    )
    return tuple(
        Region(slice(row.start, row.stop), slice(column.start, column.stop), (row.window, column.window))
        for row, column in product(rows, columns)
    )


def _bands(grid: int, window: int, shift: int) -> list[_Band]:
    """Cut a side of the grid: `shift` tokens, whole windows, and what is left of the last one."""
    last = grid - (window - shift) if shift else grid
    bands = [_Band(0, shift, shift), _Band(shift, last, window), _Band(last, grid, window - shift)]
    return [band for band in bands if band.start < band.stop]


@lru_cache(maxsize=CUTS_KEPT)  # a training asks in every step, and would wait for the device to have them
@torch.inference_mode(mode=False)  # usable later with and without gradients
def cut(grid_hw: tuple[int, int], window_hw: tuple[int, int], *, shifted: bool, device: torch.device) -> Cut:
    """The order of tokens for these windows, plain or shifted by half a window; the tensors lie on `device`."""
    height, width = grid_hw
    grid = torch.arange(height * width).view(1, height, width, 1)
    runs, pieces, start = [], [], 0
    by_window = sorted(regions(grid_hw, window_hw, shifted=shifted), key=lambda region: region.window_hw)
    for size, alike in groupby(by_window, key=lambda region: region.window_hw):
        tokens = torch.cat([_as_windows(grid[:, r.rows, r.columns], size).flatten() for r in alike])
        pieces.append(tokens)
        runs.append(Run(start, start + len(tokens), size))
        start += len(tokens)
    order = torch.cat(pieces)
    if torch.equal(order, grid.flatten()):
        return Cut(None, None, tuple(runs))
    return Cut(order.to(device), order.argsort().to(device), tuple(runs))


def _as_windows(tokens_bhwc: Tensor, window_hw: tuple[int, int]) -> Tensor:
    """(B, H, W, C) -> (B, nH, nW, h, w, C), sharing memory. H and W must be multiples of h and w."""
    b, height, width, c = tokens_bhwc.shape
    h, w = window_hw
    return tokens_bhwc.view(b, height // h, h, width // w, w, c).transpose(2, 3)
