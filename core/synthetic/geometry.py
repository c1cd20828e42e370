"""Where things appear in the picture: order, outlines, spheres and rods. Shared by colour and depth."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.synthetic.scene import Ball, Figure, Item, Limb
from core.synthetic.view import MARGIN_PX, SUB_PX, Array, FixedPoints, Region, View

_AROUND = np.linspace(0, 2 * np.pi, 16, endpoint=False)
_CIRCLE = np.stack((np.cos(_AROUND), np.sin(_AROUND)), axis=1)  # (16, 2)


class Sphere(NamedTuple):
    """A ball as it is seen within `region`."""

    region: Region
    outline: Array  # (N, 2) pixels in the whole picture
    normals: NDArray[np.float32]  # (h, w, 3) in camera space; beyond the rim those of the rim
    inverse_depth: NDArray[np.float32]  # (h, w)
    inside: NDArray[np.bool_]


def far_to_near(items: list[Item], eye: Array) -> list[Item]:
    """In the order of painting, for things whose upright boxes do not meet.

    Of two that an axis parts, the one on the eye's side can hide the other, and not the reverse.
    """
    low, high = np.stack([item.low for item in items]), np.stack([item.high for item in items])
    beyond = (low[:, None] >= high) & (eye <= low[:, None])  # [i, j]: i begins where j ends, the eye before i
    before = (high[:, None] <= low) & (eye >= high[:, None])
    cannot_hide: NDArray[np.bool_] = np.any(beyond | before, axis=2)
    comes_first = cannot_hide & ~cannot_hide.T
    distance = np.linalg.norm(0.5 * (low + high) - eye, axis=1)
    left, order = np.argsort(-distance).tolist(), []
    blockers = comes_first.sum(axis=0)  # how many must be painted before each
    while left:
        ready = next((index for index in left if not blockers[index]), left[0])
        left.remove(ready)
        blockers -= comes_first[ready]
        order.append(items[ready])
    return order


def rods_far_to_near(
    figure: Figure, view: View, share: Array, shift_radii: Array
) -> list[tuple[tuple[Limb, ...], FixedPoints]]:
    """Each group of a figure with points whose hulls are its rods, (strokes, limbs, 32, 2), fixed-point.

    At `share` 0 that is the whole rod; towards 1 it is narrower and moved by `shift_radii` of its radius.
    """
    limbs = [limb for group in figure.groups for limb in group]
    ends = view.to_camera(np.array([(limb.start, limb.end) for limb in limbs]))  # (L, 2, 3)
    radii = view.focal_px * np.array([(limb.start_m, limb.end_m) for limb in limbs]) / ends[..., 2]  # (L, 2)
    shares = share[:, None, None]
    centres = view.project(ends) + shares[..., None] * radii[..., None] * shift_radii  # (S, L, 2, 2)
    narrowed = radii * (1 - 0.72 * shares)  # (S, L, 2)
    rims = to_fixed(centres[..., None, :] + narrowed[..., None, None] * _CIRCLE)  # (S, L, 2, 16, 2)
    rims = rims.reshape(len(share), len(limbs), -1, 2)
    distances = ends[..., 2].sum(axis=1).tolist()
    groups, start = [], 0
    for group in figure.groups:
        stop = start + len(group)
        groups.append((sum(distances[start:stop]) / len(group), group, rims[:, start:stop]))
        start = stop
    groups.sort(key=lambda placed: -placed[0])
    return [(group, points) for _, group, points in groups]


def sphere_seen(ball: Ball, view: View, shape: tuple[int, ...]) -> Sphere | None:
    """None where it is out of sight or at the camera."""
    centre = view.to_camera(ball.centre)
    distance_squared = float(centre @ centre)
    if centre[2] <= 2 * ball.radius_m:
        return None
    # The rim is the circle where rays touch the sphere; it is seen as an ellipse.
    axis = centre / np.sqrt(distance_squared)
    side = np.cross(axis, (0.0, 1.0, 0.0))
    side /= np.linalg.norm(side)
    sine = ball.radius_m / np.sqrt(distance_squared)
    middle = centre * (1 - sine**2)
    reach = ball.radius_m * np.sqrt(1 - sine**2)
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)[:, None]
    outline = view.project(middle + reach * (np.cos(angles) * side + np.sin(angles) * np.cross(axis, side)))
    region = region_around(outline, shape)
    if region is None:
        return None
    rays, squared = (array[region] for array in _rays(view.width_px, view.height_px, view.focal_px))
    along = rays @ centre.astype(np.float32)
    room = along * along - squared * np.float32(distance_squared - ball.radius_m**2)
    depth = (along - np.sqrt(np.maximum(room, 0))) / squared
    normals = rays * depth[..., None] - centre.astype(np.float32)
    normals /= np.sqrt(np.einsum("hwc,hwc->hw", normals, normals))[..., None]
    return Sphere(region, outline, normals, np.asarray(1 / depth, np.float32), room > 0)


@lru_cache(maxsize=2)
def _rays(width_px: int, height_px: int, focal_px: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The direction each pixel looks in, (H, W, 3) in camera space with depth 1, and its squared length."""
    down, across = np.mgrid[:height_px, :width_px].astype(np.float32)
    sideways, downwards = (across - width_px / 2) / focal_px, (down - height_px / 2) / focal_px
    rays = np.stack((sideways, downwards, np.ones_like(down)), axis=-1, dtype=np.float32)
    return rays, np.einsum("hwc,hwc->hw", rays, rays)


def region_around(outline: Array, shape: tuple[int, ...], margin_px: int = MARGIN_PX) -> Region | None:
    """Rows and columns around an outline, within the picture; None where it is out of sight."""
    if not len(outline):
        return None
    (left, top), (right, bottom) = outline.min(axis=0).tolist(), outline.max(axis=0).tolist()
    rows = slice(max(0, int(top) - margin_px), min(shape[0], int(bottom) + margin_px + 1))
    columns = slice(max(0, int(left) - margin_px), min(shape[1], int(right) + margin_px + 1))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def to_fixed(outline: Array) -> FixedPoints:
    """Pixels -> sixteenths of a pixel, as OpenCV takes them."""
    return np.asarray(np.rint(SUB_PX * outline), np.int32)
