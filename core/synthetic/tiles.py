"""Which solids each tile of each view has to look at. Numpy on the host, for a whole batch at once.

A view is cut into square tiles. A pair is a tile and a solid that may be seen in it: pairs that miss, or that lie
behind a box which fills the tile, are left out. What is left is sorted into passes that a device can go through
without a look back: pass k holds at most one pair of each tile.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.synthetic.rays import Rays
from core.synthetic.solids import BOX, ELLIPSOID, FRUSTUM, Array, Index, Solids

TILE_PX = 16
SLACK_PX = 1e-3  # for rounding
HALF_PX = 0.5 * (TILE_PX - 1)  # from a tile's centre to the outermost pixels' centres


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """Pairs of like shape, in rounds: round k takes `rounds[k]` pairs, for the first `rounds[k]` of `tiles`."""

    entry_planes: int
    start: int | None  # of rays against the quadric: as `Rays.quadrics` says; None where there is none
    tiles: Index  # (T,) numbers of the tiles, those with most pairs first
    rounds: list[int]
    solid: NDArray[np.int32]  # (P,)
    planes: NDArray[np.float32]  # (entry + exit, 3, P) coefficients of x, y, 1; x and y from the tile's centre
    line: NDArray[np.float32]  # (3, P), empty without quadric
    curve: NDArray[np.float32]  # (6, P)


def tile_grid(size_hw: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of tiles."""
    return -(-size_hw[0] // TILE_PX), -(-size_hw[1] // TILE_PX)


def passes_of(rays: Rays, view: Index, solids: Solids) -> list[Pass]:
    """All that has to be looked at; `view` (N,) is the view in which each solid is."""
    near = np.flatnonzero(rays.within_reach(view, solids))
    view, solids = view[near], solids.taken(near)
    planes, entered = rays.planes(view, *solids.bounding_planes())
    fronts = entered.sum(axis=1)
    seen = (fronts > 0) | (solids.kind != BOX)
    order = np.argsort(~entered, axis=1, kind="stable")
    planes = np.take_along_axis(planes, order[:, :, None], axis=1)  # those rays enter through come first
    pair_solid, pair_tile, centre = _candidates(rays, view, solids, seen)
    keep = _visible(planes, fronts, solids.kind == BOX, pair_solid, pair_tile, centre)
    pair_solid, pair_tile, centre = pair_solid[keep], pair_tile[keep], centre[keep]
    is_box, pair_fronts = solids.kind[pair_solid] == BOX, fronts[pair_solid]
    passes = []
    for least, most in ((1, 1), (2, 2), (3, 3), (4, 5)):
        chosen = np.flatnonzero(is_box & (pair_fronts >= least) & (pair_fronts <= most))
        who = pair_solid[chosen]
        slots = _slots(fronts[who], most, 6 - least)
        coefficients = _moved_planes(np.take_along_axis(planes[who], slots[:, :, None], axis=1), centre[chosen])
        passes += _pass(most, None, pair_tile[chosen], near[who], coefficients)
    passes += _round_passes(rays, view, solids, pair_solid, pair_tile, centre, near)
    return passes


def _candidates(rays: Rays, view: Index, solids: Solids, seen: NDArray[np.bool_]) -> tuple[Index, Index, Array]:
    """All tiles in which a solid's rectangle holds a pixel: solid (P,), tile (P,), its centre in pixels (P, 2)."""
    rows, columns = tile_grid(rays.size_hw)
    last = np.array(rays.size_hw[::-1]) - 1
    extents = rays.extents(view, solids)
    first_px = np.clip(np.ceil(extents[:, :2] - 0.5 - SLACK_PX), 0, last + 1)
    last_px = np.clip(np.floor(extents[:, 2:] - 0.5 + SLACK_PX), -1, last)
    index = np.flatnonzero(seen & np.all(first_px <= last_px, axis=1))
    first_tile = first_px[index].astype(np.int64) // TILE_PX
    across, down = (last_px[index].astype(np.int64) // TILE_PX - first_tile + 1).T
    count = across * down
    rank = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    of = np.repeat(np.arange(len(index)), count)
    row, column = first_tile[of, 1] + rank // across[of], first_tile[of, 0] + rank % across[of]
    solid = index[of]
    tile = (view[solid] * rows + row) * columns + column
    centre = np.stack((column, row), axis=1) * TILE_PX + 0.5 * TILE_PX
    return solid, tile, centre


def _visible(
    planes: Array, fronts: Index, is_box: NDArray[np.bool_], solid: Index, tile: Index, centre: Array
) -> NDArray[np.bool_]:
    """Which pairs neither miss the solid nor lie behind a box that fills the tile."""
    values = planes[:, :, 2][solid]
    values += planes[:, :, 0][solid] * centre[:, :1]
    values += planes[:, :, 1][solid] * centre[:, 1:]
    swing = HALF_PX * (np.abs(planes[:, :, 0]) + np.abs(planes[:, :, 1]))  # over half a tile
    keep = np.zeros(len(solid), np.bool_)
    nearest = np.full(len(solid), np.inf)
    covered = np.zeros(int(tile.max(initial=0)) + 1)
    pair_fronts = fronts[solid]
    keep[(pair_fronts == 0) | (pair_fronts == 6)] = True  # the ray starts within what encloses the solid
    place = np.zeros(len(fronts), np.int64)
    for count in range(1, 6):
        chosen, group = np.flatnonzero(pair_fronts == count), np.flatnonzero(fronts == count)
        place[group] = np.arange(len(group))
        some = planes[group][:, :, :2]
        slopes = np.abs(some[:, :count, None] - some[:, None, count:])
        room = HALF_PX * (slopes[..., 0] + slopes[..., 1])  # how much entry and exit change against each other
        who = solid[chosen]
        enter, leave, rooms = values[chosen, :count], values[chosen, count:], room[place[who]]
        gap = enter[:, :, None] - leave[:, None]
        nearest[chosen] = np.min(enter + swing[who, :count], axis=1)
        keep[chosen] = (nearest[chosen] > 0) & np.all(gap > -rooms, axis=(1, 2))
        lowest = np.min(enter - swing[who, :count], axis=1)
        fills = np.flatnonzero(is_box[who] & (lowest > 0) & np.all(gap > rooms, axis=(1, 2)))
        np.maximum.at(covered, tile[chosen[fills]], lowest[fills])
    return keep & (nearest >= covered[tile])


def _slots(fronts: Index, entries: int, exits: int) -> Index:
    """Which of a solid's sorted planes go where (P, slots), so that all have as many: some twice."""
    enter = np.minimum(np.arange(entries), np.maximum(fronts, 1)[:, None] - 1)
    leave = np.maximum(np.arange(6 - exits, 6), np.minimum(fronts, 5)[:, None])
    return np.concatenate((enter, leave), axis=1)


def _moved_planes(planes: Array, centre: Array) -> Array:
    """Coefficients (P, K, 3) about a tile's centre instead of the picture's corner."""
    moved = planes.copy()
    moved[:, :, 2] += planes[:, :, 0] * centre[:, :1] + planes[:, :, 1] * centre[:, 1:]
    return moved


def _round_passes(
    rays: Rays, view: Index, solids: Solids, pair_solid: Index, pair_tile: Index, centre: Array, numbers: Index
) -> list[Pass]:
    """The pairs of ellipsoids and frustums; `numbers`: what the solids are called outside."""
    passes: list[Pass] = []
    index = np.flatnonzero(solids.kind != BOX)
    if not len(index):
        return passes
    some = solids.taken(index)
    line, curve, start = rays.quadrics(view[index], some)
    ends, entered = _ends(rays, view[index], some)
    row_of = np.zeros(len(solids), np.int64)
    row_of[index] = np.arange(len(index))
    kind = solids.kind[pair_solid]
    row = row_of[pair_solid]
    for wanted, begins in ((ELLIPSOID, 0), (FRUSTUM, 0), (FRUSTUM, 1), (FRUSTUM, 2)):
        chosen = (kind == wanted) & (start[row] == begins)
        if wanted == FRUSTUM and begins == 1:
            chosen &= entered[row]  # else the ray starts within the solid
        who, place = row[chosen], centre[chosen]
        moved_line = _moved_planes(line[who][:, None], place)[:, 0]
        moved_curve = _moved_curves(curve[who], place)
        caps = _moved_planes(ends[who], place) if wanted == FRUSTUM else np.empty((len(who), 0, 3))
        passes += _pass(
            1 if wanted == FRUSTUM else 0,
            begins,
            pair_tile[chosen],
            numbers[pair_solid[chosen]],
            caps,
            line=moved_line,
            curve=moved_curve,
        )
    return passes


def _ends(rays: Rays, view: Index, solids: Solids) -> tuple[Array, NDArray[np.bool_]]:
    """The planes of frustums' ends as (entry, exit, exit) (N, 3, 3), and whether rays start beyond one of them."""
    normals, offsets = solids.bounding_planes()
    planes, entered = rays.planes(view, normals[:, (1, 4)], offsets[:, (1, 4)])
    outside = entered.any(axis=1)
    entry = np.where(entered[:, :1], planes[:, 0], planes[:, 1])
    leave = np.where(entered[:, :1], planes[:, 1], planes[:, 0])
    never = np.array((0.0, 0.0, 1e9))  # as near as can be: the slab does not hold the ray back
    slab = np.stack((entry, leave, leave), axis=1)
    slab[~outside] = np.stack((np.broadcast_to(never, planes[:, 0].shape), planes[:, 0], planes[:, 1]), axis=1)[
        ~outside
    ]
    return slab, np.asarray(outside)


def _moved_curves(curve: Array, centre: Array) -> Array:
    x, y = centre.T
    xx, xy, yy, cx, cy, constant = curve.T
    return np.stack(
        (
            xx,
            xy,
            yy,
            cx + 2 * xx * x + xy * y,
            cy + 2 * yy * y + xy * x,
            constant + (xx * x + xy * y + cx) * x + (yy * y + cy) * y,
        ),
        axis=1,
    )


def _pass(
    entries: int,
    start: int | None,
    tile: Index,
    solid: Index,
    planes: Array,
    line: Array | None = None,
    curve: Array | None = None,
) -> list[Pass]:
    """The pairs in rounds; no pass where there are none."""
    if not len(tile):
        return []
    names, where, count = np.unique(tile, return_inverse=True, return_counts=True)
    busiest = np.argsort(-count, kind="stable")
    place = np.empty_like(busiest)
    place[busiest] = np.arange(len(busiest))
    by_tile = np.argsort(where, kind="stable")
    begins = np.cumsum(count) - count
    rank = np.empty(len(tile), np.int64)
    rank[by_tile] = np.arange(len(tile)) - begins[where[by_tile]]
    order = np.lexsort((place[where], rank))
    nothing = np.empty((0, 0), np.float32)
    return [
        Pass(
            entries,
            start,
            names[busiest],
            np.bincount(rank).tolist(),
            solid[order].astype(np.int32),
            np.ascontiguousarray(planes[order].transpose(1, 2, 0), np.float32),
            nothing if line is None else np.ascontiguousarray(line[order].T, np.float32),
            nothing if curve is None else np.ascontiguousarray(curve[order].T, np.float32),
        )
    ]
