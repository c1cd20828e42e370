"""A pinhole camera and the flat surfaces it sees. World: metres, x right, y up, z ahead; pictures: y down."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FixedPoints = NDArray[np.int32]  # (..., 2), sixteenths of a pixel, as OpenCV takes polygons
Picture4 = NDArray[np.uint8]  # (H, W, 4): RGB and a spare channel, with which OpenCV warps three times as fast
Region = tuple[slice, slice]  # rows and columns
NEAR_M = 0.05  # what is nearer is cut away
SHIFT = 4  # bits of a fixed-point number behind the point
SUB_PX = 1 << SHIFT
MARGIN_PX = 2
GROWN_PX = 1.5
_THIRD_COLUMN = np.array((0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Where the camera stands and how it looks."""

    width_px: int
    height_px: int
    focal_px: float
    position: Array  # (3,)
    rotation: Array  # (3, 3), world to camera: rows are the camera's right, down and ahead

    @classmethod
    def looking_at(cls, size_px: tuple[int, int], focal_px: float, position: Array, target: Array) -> "View":
        ahead = (target - position) / np.linalg.norm(target - position)
        right = np.cross((0.0, 1.0, 0.0), ahead)
        right /= np.linalg.norm(right)
        return cls(*size_px, focal_px, position, np.stack((right, np.cross(right, ahead), ahead)))

    @property
    def intrinsics(self) -> Array:
        return np.array(
            ((self.focal_px, 0, self.width_px / 2), (0, self.focal_px, self.height_px / 2), (0, 0, 1.0))
        )

    def to_camera(self, points: Array) -> Array:
        """World (..., 3) -> camera (..., 3)."""
        seen: Array = (points - self.position) @ self.rotation.T
        return seen

    def project(self, points_camera: Array) -> Array:
        """Camera (..., 3), all in front -> pixels (..., 2)."""
        centre = np.array((self.width_px / 2, self.height_px / 2))
        pixels: Array = self.focal_px * points_camera[..., :2] / points_camera[..., 2:] + centre
        return pixels

    def outline(self, corners: Array) -> Array:
        """A convex polygon in the world (N, 3), cut at the near plane, in pixels: (M, 2), empty where unseen."""
        seen = self.to_camera(corners)
        if seen[:, 2].min() >= NEAR_M:
            return self.project(seen)
        kept = []
        for here, after in zip(seen, np.roll(seen, -1, axis=0), strict=True):
            if here[2] >= NEAR_M:
                kept.append(here)
            if (here[2] >= NEAR_M) != (after[2] >= NEAR_M):
                kept.append(here + (after - here) * (NEAR_M - here[2]) / (after[2] - here[2]))
        return self.project(np.array(kept)) if len(kept) >= 3 else np.empty((0, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Quad:
    """A flat, textured rectangle: world place = origin + across * s + along * t, with s and t from 0 to 1."""

    origin: Array
    across: Array  # along a texture row
    along: Array  # down the texture
    texture: Picture4  # with its light painted in

    @property
    def corners(self) -> Array:
        """(4, 3), in order round the rectangle."""
        return self.origin + np.stack((0 * self.across, self.across, self.across + self.along, self.along))

    @property
    def to_world(self) -> Array:
        """(3, 3): (column, row, 1) of a texture pixel -> world."""
        height, width = self.texture.shape[:2]
        return np.stack((self.across / width, self.along / height, self.origin), axis=1)

    def inverse_depth_slopes(self, view: View) -> Array:
        """(a, b, c): on this plane 1 / depth = a x + b y + c at picture pixel (x, y), exactly."""
        normal = view.rotation @ np.cross(self.across, self.along)
        distance = float(normal @ view.to_camera(self.origin))
        slopes: Array = np.linalg.inv(view.intrinsics).T @ normal / distance
        return slopes


class SeenQuad(NamedTuple):
    """A rectangle as it appears in the picture."""

    region: Region  # the rows and columns it lies in
    outline: FixedPoints  # (M, 2), sixteenths of a pixel
    wider: FixedPoints  # the same, grown by a little more than a pixel
    to_texture: Array  # (3, 3), from pixels of the region to texture pixels


class Quads:
    """Many rectangles, projected together, as numpy is slow on one at a time."""

    def __init__(self, quads: list[Quad]) -> None:
        self.quads = quads
        self._corners = np.stack([quad.corners for quad in quads])  # (N, 4, 3)
        self._to_world = np.stack([quad.to_world for quad in quads])  # (N, 3, 3)

    def seen_by(self, view: View, numbers: list[int]) -> dict[int, SeenQuad]:
        """Those of the rectangles called for that are neither behind the camera nor beside the picture."""
        corners, to_world = self._corners[numbers], self._to_world[numbers]
        in_camera = view.to_camera(corners)
        whole = in_camera[..., 2].min(axis=1) >= NEAR_M
        outlines = view.project(np.where(whole[:, None, None], in_camera, 1.0))  # (N, 4, 2)
        low, high, fixed, wider = _measured(outlines)
        cut: dict[int, tuple[FixedPoints, FixedPoints]] = {}
        for index in np.flatnonzero(~whole).tolist():
            outline = view.outline(corners[index])
            if len(outline):
                low[index], high[index], *points = _measured(outline)
                cut[index] = (points[0], points[1])
        start = np.maximum(low.astype(int) - MARGIN_PX, 0)
        stop = np.minimum(high.astype(int) + MARGIN_PX + 1, (view.width_px, view.height_px))
        homographies = _inverse_but_for_scale(
            view.intrinsics @ view.rotation @ (to_world - _THIRD_COLUMN * view.position[:, None])
        )
        homographies[..., 2] += np.einsum("nij,nj->ni", homographies[..., :2], start)
        seen = {}
        for index, ((left, top), (right, bottom)) in enumerate(zip(start.tolist(), stop.tolist(), strict=True)):
            if left < right and top < bottom and (whole[index] or index in cut):
                region = (slice(top, bottom), slice(left, right))
                exact, grown = cut.get(index) or (fixed[index], wider[index])
                seen[numbers[index]] = SeenQuad(region, exact, grown, homographies[index])
        return seen


def _inverse_but_for_scale(matrices: Array) -> Array:
    """Of (N, 3, 3), which is enough for homographies, and is there for planes seen edge-on too: the adjugates."""
    first, second, third = np.moveaxis(matrices, -1, 0)
    return np.cross((second, third, first), (third, first, second)).swapaxes(0, 1)


def _measured(outlines: Array) -> tuple[Array, Array, FixedPoints, FixedPoints]:
    """Of polygons (..., M, 2) in pixels: least and greatest place, fixed-point outlines, and grown ones."""
    outwards = outlines - outlines.mean(axis=-2, keepdims=True)
    grown = outlines + GROWN_PX * outwards / np.maximum(np.abs(outwards).max(axis=-1, keepdims=True), 1e-6)
    fixed, wider = (np.rint(SUB_PX * points).astype(np.int32) for points in (outlines, grown))
    return outlines.min(axis=-2), outlines.max(axis=-2), fixed, wider


def faces_of_box(low: Array, high: Array, textures: dict[str, Picture4]) -> dict[str, Quad]:
    """The outer sides of an upright box by their names: left, right, bottom, top, front (-z), back."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    w, h, d = high - low
    places = {
        "left": ((x0, y1, z1), (0, 0, -d), (0, -h, 0)),
        "right": ((x1, y1, z0), (0, 0, d), (0, -h, 0)),
        "bottom": ((x0, y0, z0), (w, 0, 0), (0, 0, d)),
        "top": ((x0, y1, z1), (w, 0, 0), (0, 0, -d)),
        "front": ((x0, y1, z0), (w, 0, 0), (0, -h, 0)),
        "back": ((x1, y1, z1), (-w, 0, 0), (0, -h, 0)),
    }
    return {
        name: Quad(np.array(origin, float), np.array(across, float), np.array(along, float), textures[name])
        for name, (origin, across, along) in places.items()
    }
