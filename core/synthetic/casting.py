"""Casts the rays of many views on convex solids, tile by tile: for each ray the nearest solid and how near it is.

Nothing here waits for the device, and all it does is elementwise, so the same numbers come out with every setting
of matrix precision.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from core.synthetic.planes import moved
from core.synthetic.rays import Rays
from core.synthetic.solids import Index, Solids
from core.synthetic.tiles import HALF_PX, TILE_PX, Pass, passes_of, tile_grid

AT_ONCE = 2048  # pairs; more would need more memory and save nothing


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the rays of V views hit."""

    nearness: Tensor  # (V, H, W) float32, see core/synthetic/rays.py; 0 where nothing is
    solid: Tensor  # (V, H, W) int32 row of the solids, -1 where nothing is


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All that has to be looked at in V views of one size; on the host, and cheap to send between processes."""

    views: int
    size_hw: tuple[int, int]
    passes: list[Pass]


class _Loaded(NamedTuple):
    """A pass's tables on the device."""

    step: Pass
    tiles: Tensor
    solid: Tensor
    planes: Tensor
    line: Tensor
    curve: Tensor


def plan_of(rays: Rays, view: Index, solids: Solids) -> Plan:
    """Each solid in the one view it is in (`view`, (N,))."""
    return Plan(len(rays), rays.size_hw, passes_of(rays, view, solids))


def cast(plan: Plan, device: torch.device) -> Seen:
    rows, columns = tile_grid(plan.size_hw)
    tiles = plan.views * rows * columns
    loaded = [
        _Loaded(step, *(moved(getattr(step, name), device) for name in _Loaded._fields[1:]))
        for step in plan.passes
    ]
    nearness = torch.zeros(TILE_PX * TILE_PX, tiles, device=device)
    solid = torch.full((TILE_PX * TILE_PX, tiles), -1, dtype=torch.int32, device=device)
    offsets = torch.arange(TILE_PX, device=device, dtype=torch.float32)[:, None] - HALF_PX
    for some in loaded:
        _go_through(some, offsets, nearness, solid)
    return Seen(*(_as_pictures(tensor, plan.views, plan.size_hw) for tensor in (nearness, solid)))


def _as_pictures(tiled: Tensor, views: int, size_hw: tuple[int, int]) -> Tensor:
    """(256, tiles) -> (V, H, W)."""
    rows, columns = tile_grid(size_hw)
    whole = tiled.view(TILE_PX, TILE_PX, views, rows, columns).permute(2, 3, 0, 4, 1)
    return whole.reshape(views, rows * TILE_PX, columns * TILE_PX)[:, : size_hw[0], : size_hw[1]]


def _go_through(loaded: _Loaded, offsets: Tensor, nearness: Tensor, solid: Tensor) -> None:
    """Take one pass's pairs into what is known of the tiles so far, in place.

    Who is nearer is told by the sign bit of a difference, as masks of bits: on processors torch's `where` takes
    ten times as long as anything else here.
    """
    step, tiles, numbers, planes, line, curve = loaded
    best, who = nearness.index_select(1, tiles), solid.index_select(1, tiles)
    start = 0
    for rounds in _together(step.rounds):
        pairs = slice(start, start + sum(rounds))
        entry, leave = _interval(step, planes[..., pairs], line[:, pairs], curve[:, pairs], offsets)
        hit = _sign_bits(leave.sub_(entry))
        entry.view(torch.int32).bitwise_and_(hit)  # 0 where the ray misses
        by_round = torch.split(entry.flatten(0, 1), rounds, dim=1), torch.split(numbers[pairs], rounds)
        for near, names in zip(*by_round, strict=True):
            here, who_here = best[:, : len(names)], who[:, : len(names)]
            nearer = _sign_bits(here - near)
            torch.maximum(here, near, out=here)
            who_here.bitwise_xor_((who_here ^ names).bitwise_and_(nearer))
        start = pairs.stop
    nearness.index_copy_(1, tiles, best)
    solid.index_copy_(1, tiles, who)


def _together(rounds: list[int]) -> Iterator[list[int]]:
    """Rounds whose pairs are met by the rays in one go: most take but a few tiles, and starting an operation costs
    more than a few tiles do."""
    some: list[int] = []
    for count in rounds:
        if some and sum(some) + count > AT_ONCE:
            yield some
            some = []
        some.append(count)
    yield some


def _sign_bits(difference: Tensor) -> Tensor:
    """All bits set where it is below 0; in its place."""
    return difference.view(torch.int32).bitwise_right_shift_(31)


def _interval(step: Pass, planes: Tensor, line: Tensor, curve: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor]:
    """Where rays enter and leave one solid in each tile, as nearness, (16, 16, P) each: not less for leaving than
    for entering where they miss it."""
    if step.start is None:
        return _between_planes(step, planes, offsets)
    middle, root = _at_quadric(line, curve, offsets)
    if not len(planes):
        return middle + root, middle.sub_(root)
    entry, leave = _between_planes(step, planes, offsets)
    if step.start == 0:
        torch.minimum(entry, middle + root, out=entry)
        return entry, torch.maximum(leave, middle.sub_(root), out=leave)
    if step.start == 1:
        return entry, torch.maximum(leave, middle.add_(root), out=leave)
    return torch.minimum(entry, middle.sub_(root), out=entry), leave


def _between_planes(step: Pass, planes: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor]:
    """The last plane entered and the first one left."""
    across = torch.addcmul(planes[:, 2, None], planes[:, 0, None], offsets)[:, None]  # (K, 1, 16, P)
    down = (planes[:, 1, None] * offsets)[:, :, None]  # (K, 16, 1, P)
    entry = across[0] + down[0]
    for plane in range(1, step.entry_planes):
        torch.minimum(entry, across[plane] + down[plane], out=entry)
    leave = across[step.entry_planes] + down[step.entry_planes]
    for plane in range(step.entry_planes + 1, len(planes)):
        torch.maximum(leave, across[plane] + down[plane], out=leave)
    return entry, leave


def _at_quadric(line: Tensor, curve: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor]:
    """The middle between the two places where rays cross a quadric, and half their distance: 0 where they miss."""
    middle = torch.addcmul(line[2], line[0], offsets)[None] + (line[1] * offsets)[:, None]
    xx, xy, yy, x, y, constant = curve
    root = ((xx * offsets + x) * offsets + constant)[None] + ((yy * offsets + y) * offsets)[:, None]
    return middle, root.addcmul_((xy * offsets)[:, None], offsets[None]).relu_().sqrt_()
