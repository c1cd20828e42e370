"""Families of rays, one a view: through a pinhole, or parallel as those of the sun; and how they meet solids.

Along a ray everything is told by its nearness w: 1 / depth through a pinhole, reach - depth for parallel rays. In
w a plane is a linear function of the pixel's place (x, y), without a division, and a quadric is linear +- the root
of a quadratic one. Both are worked out in float64 here and evaluated in float32 close to where they are needed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.synthetic.solids import FRUSTUM, Array, Index, Solids

NEAREST_M = 0.02  # solids nearer than this are taken to fill the whole view
STEEPEST = 1e7  # slopes beyond this are edge-on


@dataclass(frozen=True, slots=True, eq=False)
class Rays:
    """V views of one size. The ray of pixel (column, row) goes through (x, y) = (column + 0.5, row + 0.5)."""

    size_hw: tuple[int, int]
    position: Array  # (V, 3) the pinhole, or where (0, 0, depth 0) of parallel rays lies
    rotation: Array  # (V, 3, 3) rows: right, down, ahead in the world
    scale: Array  # (V,) focal length in pixels, or metres a pixel of parallel rays
    reach_m: Array  # (V,) how far parallel rays go; not used by pinholes
    parallel: bool

    def __len__(self) -> int:
        return len(self.position)

    def steps(self) -> tuple[Array, Array]:
        """Origin and direction of rays as functions of (x, y, 1): two (V, 3, 3). Directions have depth 1."""
        right, down, ahead = (self.rotation[:, row] for row in range(3))
        zero = np.zeros_like(right)
        if self.parallel:
            step = self.scale[:, None]
            return np.stack((right * step, down * step, self.position), axis=2), np.stack(
                (zero, zero, ahead), axis=2
            )
        height, width = self.size_hw
        step = 1 / self.scale[:, None]
        corner = ahead - step * (0.5 * width * right + 0.5 * height * down)
        return np.stack((zero, zero, self.position), axis=2), np.stack((right * step, down * step, corner), axis=2)

    def planes(self, view: Index, normals: Array, offsets: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Of planes (N, K, 3), (N, K) seen by views (N,): w as coefficients of x, y, 1 (N, K, 3), and which planes
        have the ray's start on their outer side, so that rays enter through them (N, K)."""
        origin, direction = self.steps()
        outside = normals @ origin[view]
        outside[..., 2] -= offsets
        along = normals @ direction[view]
        if self.parallel:
            slope = along[..., 2]
            slope = np.where(np.abs(slope) < 1 / STEEPEST, np.where(slope > 0, 1, -1) / STEEPEST, slope)
            w = outside / slope[..., None]
            w[..., 2] += self.reach_m[view][:, None]
            return w, slope < 0
        distance = outside[..., 2]
        distance = np.where(np.abs(distance) < 1 / STEEPEST, np.where(distance > 0, 1, -1) / STEEPEST, distance)
        return -along / distance[..., None], distance > 0

    def quadrics(self, view: Index, solids: Solids) -> tuple[Array, Array, Index]:
        """Of ellipsoids or frustums (N): w = line +- root(curve).

        Line: coefficients of x, y, 1 (N, 3). Curve: of x*x, x*y, y*y, x, y, 1 (N, 6). Where the rays start (N,):
        0 outside, 1 inside, 2 inside the mirror image beyond a cone's tip.
        """
        origin, direction = self.steps()
        begin = solids.axes @ origin[view]
        begin[..., 2] -= np.einsum("nij,nj->ni", solids.axes, solids.centre)
        along = solids.axes @ direction[view]
        squares, linear, constant = solids.quadrics()
        weighted = squares[:, :, None] * begin
        if self.parallel:
            ahead = along[:, :, 2]
            scale = np.einsum("ni,ni->n", squares * ahead, ahead)
            scale = np.where(np.abs(scale) < 1e-9, 1e-9, scale)
            middle = np.einsum("nij,ni->nj", weighted, ahead)
            middle[:, 2] += linear * ahead[:, 1]
            curve = begin.transpose(0, 2, 1) @ weighted
            curve[:, 2] += linear[:, None] * begin[:, 1]
            curve[:, :, 2] += linear[:, None] * begin[:, 1]
            curve[:, 2, 2] += constant
            radius_at_start = -solids.shape[:, 1] * ahead[:, 1]  # its sign, far out where rays come from
            line = middle / scale[:, None]
            line[:, 2] += self.reach_m[view]
        else:
            start = begin[:, :, 2]
            scale = np.einsum("ni,ni->n", weighted[:, :, 2], start) + 2 * linear * start[:, 1] + constant
            scale = np.where(np.abs(scale) < 1e-12, 1e-12, scale)
            gradient = weighted[:, :, 2]
            gradient[:, 1] += linear
            middle = np.einsum("nij,ni->nj", along, gradient)
            curve = along.transpose(0, 2, 1) @ (squares[:, :, None] * along)
            radius_at_start = solids.shape[:, 0] + solids.shape[:, 1] * start[:, 1]
            line = -middle / scale[:, None]
        curve = (middle[:, :, None] * middle[:, None] - scale[:, None, None] * curve) / (scale**2)[:, None, None]
        coefficients = np.stack(
            (
                curve[:, 0, 0],
                2 * curve[:, 0, 1],
                curve[:, 1, 1],
                2 * curve[:, 0, 2],
                2 * curve[:, 1, 2],
                curve[:, 2, 2],
            ),
            axis=1,
        )
        mirrored = (solids.kind == FRUSTUM) & (radius_at_start < 0)
        return line, coefficients, np.where(scale > 0, 0, np.where(mirrored, 2, 1))

    def within_reach(self, view: Index, solids: Solids) -> NDArray[np.bool_]:
        """Which solids may be seen at all (N,), from spheres round them: quick, and not strict."""
        x, y, z = np.einsum("nij,nj->in", self.rotation[view], solids.centre - self.position[view])
        radii, scale = solids.radii(), self.scale[view]
        height, width = self.size_hw
        if self.parallel:
            seen_x = np.abs(x - 0.5 * width * scale) < 0.5 * width * scale + radii
            return np.asarray(seen_x & (np.abs(y - 0.5 * height * scale) < 0.5 * height * scale + radii))
        seen = z + radii > NEAREST_M
        for place, side in ((x, 0.5 * width), (y, 0.5 * height)):
            seen &= np.abs(place) * scale - z * side < radii * np.hypot(scale, side)
        return np.asarray(seen)

    def extents(self, view: Index, solids: Solids) -> Array:
        """A rectangle of pixels (x from, y from, x to, y to) that holds each solid's picture, (N, 4).

        It is empty (from > to) where the solid lies behind the view, and endless where it reaches the pinhole.
        """
        rotation = self.rotation[view]
        centre = np.einsum("nij,nj->ni", rotation, solids.centre - self.position[view])
        axes = solids.axes @ rotation.transpose(0, 2, 1)  # rows: the solid's axes as the view sees them
        rims = _rims(solids, centre, axes)
        extents = [self._extent(view, *rim) for rim in rims]
        low = np.minimum(extents[0][0], extents[1][0])
        high = np.maximum(extents[0][1], extents[1][1])
        if not self.parallel:
            reach = [np.sqrt(spread[:, 2, 2]) for _, spread in rims]
            depths = np.stack([rim[0][:, 2] for rim in rims])
            behind = np.max(depths + reach, axis=0) <= NEAREST_M
            touching = (np.min(depths - reach, axis=0) <= NEAREST_M) & ~behind
            low[behind], high[behind] = np.inf, -np.inf
            low[touching], high[touching] = -np.inf, np.inf
        return np.concatenate((low, high), axis=1)

    def _extent(self, view: Index, centre: Array, spread: Array) -> tuple[Array, Array]:
        """Least and greatest (x, y) of ellipsoids (or discs) in front, with that centre and that spread, which is
        the sum of their half axes squared (N, 3, 3)."""
        flat = spread[:, (0, 1), (0, 1)]
        if self.parallel:
            reach = np.sqrt(flat)
            step = self.scale[view][:, None]
            return (centre[:, :2] - reach) / step, (centre[:, :2] + reach) / step
        depth = np.minimum(spread[:, 2, 2] - centre[:, 2] ** 2, -1e-9)[:, None]
        cross = spread[:, (0, 1), 2] - centre[:, :2] * centre[:, 2:]
        root = np.sqrt(np.maximum(cross**2 - (flat - centre[:, :2] ** 2) * depth, 0))
        height, width = self.size_hw
        focal, middle = self.scale[view][:, None], np.array((width / 2, height / 2))
        return (cross + root) / depth * focal + middle, (cross - root) / depth * focal + middle


def _rims(solids: Solids, centre: Array, axes: Array) -> list[tuple[Array, Array]]:
    """Ellipsoids whose common hull holds the solid: (centre (N, 3), spread (N, 3, 3)), seen from the view.

    Both ends of a frustum as discs; an ellipsoid twice; of a box its foot and its top as the ellipses round them.
    """
    half, shape = solids.half, solids.shape
    ellipsoid, frustum = solids.kind == 1, solids.kind == FRUSTUM
    rims = []
    for end in (-1.0, 1.0):
        wide = np.where(frustum, (shape[:, 0] + end * half[:, 1] * shape[:, 1]) / half[:, 0], np.sqrt(2.0))
        across = np.where(ellipsoid, 1.0, wide) * half[:, 0]
        along = np.where(ellipsoid, 1.0, wide) * half[:, 2]
        box = ~(ellipsoid | frustum)
        if end > 0:
            across = np.where(box, across * (1 - shape[:, 0]), across)
            along = np.where(box, along * (1 - shape[:, 1]), along)
        lean = np.where(box[:, None], shape[:, 2:4], 0.0) * end
        up = np.where(ellipsoid, 0.0, end * half[:, 1])
        middle = centre + axes[:, 1] * up[:, None] + axes[:, 0] * lean[:, :1] + axes[:, 2] * lean[:, 1:]
        lengths = np.stack((across, np.where(ellipsoid, half[:, 1], 0.0), along), axis=1)
        scaled = axes * lengths[:, :, None]
        rims.append((middle, scaled.transpose(0, 2, 1) @ scaled))
    return rims
