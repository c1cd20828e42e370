"""How a grid of tokens is cut into attention windows, plain and shifted, at any size.

A shifted grid is not rolled round and masked, as the published code does it. Rolling only brings together pieces
that the mask then keeps apart, so here the grid is cut where the shifted windows end: full windows inside and
smaller ones along the border, each attending within itself. Same result, no mask, less work.

Source: Swin Transformer, section 3.2, "Efficient batch computation for shifted configuration".
"""

from itertools import product
from typing import NamedTuple

from torch import Tensor


class Region(NamedTuple):
    """A rectangle of the token grid that windows of one size tile."""

    rows: slice
    columns: slice
    window_hw: tuple[int, int]


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


def as_windows(tokens_bhwc: Tensor, window_hw: tuple[int, int]) -> Tensor:
    """Look at a token map as windows: (B, H, W, C) -> (B, nH, nW, h, w, C), sharing memory, so that writing to the
    windows writes to the map. H and W must be multiples of h and w."""
    b, height, width, c = tokens_bhwc.shape
    h, w = window_hw
    return tokens_bhwc.view(b, height // h, h, width // w, w, c).transpose(2, 3)
