"""Rays on solids in float64, one solid at a time over all pixels, from the shapes' plain definitions."""

import numpy as np
from numpy.typing import NDArray

from core.synthetic.rays import Rays
from core.synthetic.solids import BOX, ELLIPSOID, Solids

Array = NDArray[np.float64]
_FACES = ((0, 1, 2, 3), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))


def rays_of(rays: Rays, view: int) -> tuple[Array, Array]:
    """Origins and directions (H, W, 3); directions have depth 1."""
    height, width = rays.size_hw
    y, x = np.mgrid[:height, :width] + 0.5
    right, down, ahead = rays.rotation[view]
    scale = rays.scale[view]
    if rays.parallel:
        start = rays.position[view] + scale * (x[..., None] * right + y[..., None] * down)
        return start, np.broadcast_to(ahead, start.shape)
    across, below = (x - width / 2) / scale, (y - height / 2) / scale
    direction = ahead + across[..., None] * right + below[..., None] * down
    return np.broadcast_to(rays.position[view], direction.shape), direction


def nearest(rays: Rays, solids: Solids, view: int, number: int) -> tuple[Array, NDArray[np.int64]]:
    """Depth (H, W), infinite where nothing is hit, and which of picture `number`'s solids, -1 for none."""
    start, direction = rays_of(rays, view)
    depth, who = np.full(rays.size_hw, np.inf), np.full(rays.size_hw, -1)
    for row in np.flatnonzero(solids.picture == number):
        axes = solids.axes[row]
        hit = _hit(solids, row, (start - solids.centre[row]) @ axes.T, direction @ axes.T)
        nearer = hit < depth
        depth[nearer], who[nearer] = hit[nearer], row
    return depth, who


def _hit(solids: Solids, row: int, start: Array, direction: Array) -> Array:
    """Where rays enter one solid from outside, in its own axes; infinite where they do not."""
    with np.errstate(all="ignore"):
        if solids.kind[row] == BOX:
            return _enter_box(solids.half[row], solids.shape[row], start, direction)
        if solids.kind[row] == ELLIPSOID:
            scaled, along = start / solids.half[row], direction / solids.half[row]
            a, b, c = _dot(along, along), _dot(along, scaled), _dot(scaled, scaled) - 1
            depth = (-b - np.sqrt(b * b - a * c)) / a
            return np.where((depth > 0) & (c > 0), depth, np.inf)
        return _enter_frustum(solids.half[row], solids.shape[row], start, direction)


def _enter_box(half: Array, shape: Array, start: Array, direction: Array) -> Array:
    corners = []
    for end in (-1, 1):
        taper, lean = (shape[:2] if end > 0 else np.zeros(2)), shape[2:] * end
        for side_x, side_z in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            x, z = side_x * half[0] * (1 - taper[0]), side_z * half[2] * (1 - taper[1])
            corners.append((x + lean[0], end * half[1], z + lean[1]))
    points = np.array(corners)
    enter, leave = np.full(start.shape[:2], -np.inf), np.full(start.shape[:2], np.inf)
    for face in _FACES:
        normal = np.cross(points[face[2]] - points[face[0]], points[face[3]] - points[face[1]])
        middle = points[list(face)].mean(axis=0)
        normal = normal * np.sign(normal @ (middle - points.mean(axis=0)))
        towards, beyond = direction @ normal, (start - middle) @ normal
        depth = -beyond / towards
        enter = np.where(towards < 0, np.maximum(enter, depth), enter)
        leave = np.where(towards > 0, np.minimum(leave, depth), leave)
        leave = np.where((towards == 0) & (beyond > 0), -np.inf, leave)
    return np.where((enter < leave) & (enter > 0), enter, np.inf)


def _enter_frustum(half: Array, shape: Array, start: Array, direction: Array) -> Array:
    middle, growth, flatness = shape[:3]
    squash = np.array((1.0, 0.0, 1 / flatness))
    flat, flat_along = start * squash, direction * squash
    radius, radius_along = middle + growth * start[..., 1], growth * direction[..., 1]
    a = _dot(flat_along, flat_along) - radius_along**2
    b = _dot(flat_along, flat) - radius_along * radius
    c = _dot(flat, flat) - radius**2
    if np.all((c <= 0) & (np.abs(start[..., 1]) <= half[1]) & (radius >= 0)):
        return np.full(start.shape[:2], np.inf)  # from within
    root, best = np.sqrt(b * b - a * c), np.full(start.shape[:2], np.inf)
    for depth in ((-b - root) / a, (-b + root) / a):
        fits = (depth > 0) & (np.abs(start[..., 1] + depth * direction[..., 1]) <= half[1])
        best = np.where(fits, np.minimum(best, depth), best)
    for end in (-half[1], half[1]):
        depth = (end - start[..., 1]) / direction[..., 1]
        at = flat + depth[..., None] * flat_along
        fits = (depth > 0) & (_dot(at, at) <= (middle + growth * end) ** 2)
        best = np.where(fits, np.minimum(best, depth), best)
    return best


def _dot(a: Array, b: Array) -> Array:
    return np.einsum("...i,...i->...", a, b)
