"""The convex solids of a batch of scenes as flat tables, float64 on the host.

A solid is what six planes enclose, what a quadric encloses, or both. All lie in axes of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.synthetic.parts import Parts, Row

Array = NDArray[np.float64]
Index = NDArray[np.int64]
BOX, ELLIPSOID, FRUSTUM = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Solids:
    """N solids. `shape` is of a box: taper x, taper z, lean x, lean z; of a frustum: radius in its middle, its
    growth along y, flatness."""

    picture: Index  # (N,)
    kind: Index  # (N,) BOX, ELLIPSOID or FRUSTUM
    material: Index  # (N,) row among the materials of the whole batch
    centre: Array  # (N, 3) world
    axes: Array  # (N, 3, 3) rows: the solid's own x, y and z in the world
    half: Array  # (N, 3) half sizes in its own axes; of a box at its foot, of a frustum at its wider end
    shape: Array  # (N, 4)

    def __len__(self) -> int:
        return len(self.picture)

    def taken(self, which: Index | NDArray[np.bool_]) -> "Solids":
        return Solids(*(getattr(self, name)[which] for name in self.__slots__))

    def radii(self) -> Array:
        """Of spheres round their centres that hold them, (N,)."""
        box = (self.kind == BOX)[:, None]
        widest = np.where(box, np.maximum(1, 1 - self.shape[:, :2]), 1.0)  # of a box that grows upwards, its top
        lean = np.where(box, np.abs(self.shape[:, 2:]), 0.0)
        across = self.half[:, 0::2] * widest + lean
        return np.asarray(np.sqrt(np.sum(across**2, axis=1) + self.half[:, 1] ** 2))

    def bounding_planes(self) -> tuple[Array, Array]:
        """Outward normals (N, 6, 3) and offsets (N, 6) in the world: inside is normal . p <= offset.

        Of a box they are its faces. Of the others they enclose it closely. Normals are not of unit length.
        """
        taper, lean = self.shape[:, :2].copy(), self.shape[:, 2:].copy()
        taper[self.kind == ELLIPSOID] = lean[self.kind != BOX] = 0
        round_ = self.kind == FRUSTUM
        growth = self.shape[round_, 1] * 2 * self.half[round_, 1]  # of the radius from foot to top
        taper[round_] = (-growth / self.half[round_, 0])[:, None]
        normals = np.zeros((len(self), 6, 3))
        offsets = np.empty((len(self), 6))
        height = self.half[:, 1]
        for axis, column in ((0, 0), (2, 1)):
            reach = self.half[:, axis]
            for sign, plane in ((1.0, axis), (-1.0, axis + 3)):
                normals[:, plane, axis] = sign
                normals[:, plane, 1] = (0.5 * reach * taper[:, column] - sign * lean[:, column]) / height
                offsets[:, plane] = reach * (1 - 0.5 * taper[:, column])
        normals[:, 1, 1], normals[:, 4, 1] = 1, -1
        offsets[:, 1] = offsets[:, 4] = height
        in_world = normals @ self.axes
        return in_world, offsets + np.einsum("nij,nj->ni", in_world, self.centre)

    def quadrics(self) -> tuple[Array, Array, Array]:
        """Of ellipsoids and frustums, in their own axes: x.x . squares + 2 linear y + constant <= 0 inside.

        Squares (N, 3), linear (N,), constant (N,).
        """
        squares = 1 / self.half**2
        linear, constant = np.zeros(len(self)), np.full(len(self), -1.0)
        round_ = self.kind == FRUSTUM
        middle, growth, flatness = self.shape[round_, 0], self.shape[round_, 1], self.shape[round_, 2]
        unit = 1 / self.half[round_, 0] ** 2  # so that values are about one
        squares[round_] = np.stack((np.ones_like(unit), -(growth**2), 1 / flatness**2), axis=1) * unit[:, None]
        linear[round_] = -middle * growth * unit
        constant[round_] = -(middle**2) * unit
        return squares, linear, constant


def solids_of(scenes: Sequence[Parts]) -> Solids:
    """The tables of a batch; the materials of all scenes stand one scene after the other."""
    first_frame = np.cumsum([0, *(len(scene.frames) for scene in scenes)])
    first_material = np.cumsum([0, *(len(scene.kinds) for scene in scenes)])
    frames = np.array([frame for scene in scenes for frame in scene.frames]).reshape(-1, 4, 3)
    tables = []
    for kind, width in ((BOX, 15), (ELLIPSOID, 11), (FRUSTUM, 11)):
        lists = [(scene.boxes, scene.ellipsoids, scene.frustums)[kind] for scene in scenes]
        rows = _table(lists, width)
        picture = np.repeat(np.arange(len(scenes)), [len(rows_of_one) for rows_of_one in lists])
        frame = frames[rows[:, 0].astype(np.int64) + first_frame[picture]]
        material = rows[:, 1].astype(np.int64) + first_material[picture]
        local = _frustums(rows) if kind == FRUSTUM else _turned(rows, kind)
        centre, axes, half, shape = local
        world = np.einsum("nij,ni->nj", frame[:, :3], centre) + frame[:, 3]
        tables.append(Solids(picture, np.full(len(rows), kind), material, world, axes @ frame[:, :3], half, shape))
    columns = [np.concatenate([getattr(table, name) for table in tables]) for name in Solids.__slots__]
    return Solids(*columns)


def _table(lists: Sequence[list[Row]], width: int) -> Array:
    return np.array([row for rows in lists for row in rows], np.float64).reshape(-1, width)


def _turned(rows: Array, kind: int) -> tuple[Array, Array, Array, Array]:
    """Centre, axes, half sizes and shape of boxes or ellipsoids, within their frames."""
    shape = rows[:, 11:15] if kind == BOX else np.zeros((len(rows), 4))
    return rows[:, 2:5], _axes(rows[:, 8:11]), rows[:, 5:8], shape


def _axes(angles: Array) -> Array:
    """Yaw, pitch, roll (N, 3) -> the turned axes as rows (N, 3, 3); the same turn as `Frame.at`."""
    cy, cp, cr = np.cos(angles).T
    sy, sp, sr = np.sin(angles).T
    across = (cy * cr + sy * sp * sr, cp * sr, -sy * cr + cy * sp * sr)
    up = (-cy * sr + sy * sp * cr, cp * cr, sy * sr + cy * sp * cr)
    along = (sy * cp, -sp, cy * cp)
    return np.stack([np.stack(axis, axis=1) for axis in (across, up, along)], axis=1)


def _frustums(rows: Array) -> tuple[Array, Array, Array, Array]:
    """The same of frustums: y runs from the wider end to the narrower."""
    start, end, start_radius, end_radius, flatness = (
        rows[:, 2:5],
        rows[:, 5:8],
        rows[:, 8],
        rows[:, 9],
        rows[:, 10],
    )
    swapped = end_radius > start_radius
    foot = np.where(swapped[:, None], end, start)
    top = np.where(swapped[:, None], start, end)
    wide, narrow = np.maximum(start_radius, end_radius), np.minimum(start_radius, end_radius)
    length = np.maximum(np.linalg.norm(top - foot, axis=1), 1e-6)
    up = (top - foot) / length[:, None]
    up[~np.any(top != foot, axis=1)] = (0.0, 1.0, 0.0)
    reference = np.where(np.abs(up[:, :1]) > 0.9, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    across = reference - up * np.sum(up * reference, axis=1, keepdims=True)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    axes = np.stack((across, up, np.cross(across, up)), axis=1)
    half = np.stack((wide, length / 2, wide * flatness), axis=1)
    shape = np.stack(((wide + narrow) / 2, (narrow - wide) / length, flatness, np.zeros_like(wide)), axis=1)
    return (start + end) / 2, axes, half, shape
