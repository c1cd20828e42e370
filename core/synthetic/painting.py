"""Paints a moment of a scene: far things first, edges smoothed, soft shadows under what moves."""

from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.messages import RgbArray
from core.opencv import cv2
from core.synthetic.geometry import far_to_near, region_around, rods_far_to_near, sphere_seen, to_fixed
from core.synthetic.scene import Ball, Box, Figure, Moment, Room
from core.synthetic.view import SHIFT, Array, FixedPoints, Picture4, Quads, Region, SeenQuad, View

_TO_LIGHT = np.array((-0.62, 0.66, -0.42)) / np.linalg.norm(
    (-0.62, 0.66, -0.42)
)  # the window, and the room behind
_LIT_SIDE = np.array((-0.3, -0.28))  # where on a rod the light falls, in radii, in the picture
_STRIPES = np.array(((232, 92, 52), (246, 240, 226)), np.float32)
_RIM = np.linspace(0, 2 * np.pi, 24, endpoint=False)


class Painter:
    """Used by: one thread."""

    def __init__(self, room: Room, size_px: tuple[int, int]) -> None:
        self._room = room
        self._shape = (size_px[1], size_px[0])
        self._mask = np.zeros(self._shape, np.uint8)
        self._patch = np.zeros((*self._shape, 4), np.uint8)
        quads = list(room.walls)
        self._walls = list(range(len(quads)))
        self._faces: dict[Box, dict[str, int]] = {}  # the numbers of a box's sides among the quads
        for item in room.items:
            if isinstance(item, Box):
                self._faces[item] = {name: len(quads) + place for place, name in enumerate(item.faces)}
                quads += item.faces.values()
        self._quads = Quads(quads)

    def paint(self, moment: Moment) -> RgbArray:
        """(H, W, 3) RGB."""
        view = moment.view
        sides = {
            box: [face[side] for side in box.visible_faces(view.position)] for box, face in self._faces.items()
        }
        seen = self._quads.seen_by(view, [*self._walls, *chain.from_iterable(sides.values())])
        picture = np.zeros((*self._shape, 4), np.uint8)
        for number in self._walls:
            if wall := seen.get(number):
                self._fill(picture, number, wall.region, wall.outline, wall.to_texture)
        for mover in moment.movers:
            if mover.casts_shadow:
                self._paint_shadow(picture, mover, view)
        for item in far_to_near([*self._room.items, *moment.movers], view.position):
            if isinstance(item, Box):
                self._paint_box(picture, {number: seen[number] for number in sides[item] if number in seen})
            elif isinstance(item, Ball):
                self._paint_ball(picture, item, view)
            else:
                _paint_figure(picture, item, view)
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB), np.uint8)

    def _fill(
        self, canvas: Picture4, number: int, region: Region, outline: FixedPoints, to_texture: Array
    ) -> None:
        """One quad with hard edges: they lie on other quads, or beyond a smooth outline drawn later."""
        rows, columns = region
        mask = self._masked(region, outline, cv2.LINE_8)
        seen = cv2.warpPerspective(
            self._quads.quads[number].texture,
            to_texture,
            (columns.stop - columns.start, rows.stop - rows.start),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        cv2.copyTo(seen, mask, canvas[region])

    def _paint_box(self, picture: Picture4, faces: dict[int, SeenQuad]) -> None:
        """Its faces side by side on a patch, which is then laid on with smooth edges."""
        if not faces:
            return
        region = _around([face.region for face in faces.values()])
        patch = self._patch[region]
        patch[:] = picture[region]  # shows where a smooth edge reaches beyond the faces, at sharp corners
        for number, face in faces.items():
            self._fill(self._patch, number, face.region, face.wider, face.to_texture)
        hull = np.asarray(cv2.convexHull(np.concatenate([face.outline for face in faces.values()])), np.int32)
        _lay_on(picture[region], patch, self._masked(region, hull))

    def _paint_ball(self, picture: Picture4, ball: Ball, view: View) -> None:
        seen = sphere_seen(ball, view, self._shape)
        if seen is None:
            return
        facing = seen.normals @ (view.rotation @ _TO_LIGHT).astype(np.float32)
        lit = np.maximum(facing, 0)
        shade = 0.5 + 0.42 * lit + 0.12 * facing
        shade += ball.glow * (1 - shade)
        if ball.rotation is None:
            colours = np.broadcast_to(np.array(ball.colour, np.float32), seen.normals.shape)
        else:
            turned = seen.normals @ (view.rotation @ ball.rotation).astype(np.float32)
            sector = np.floor(3 * np.arctan2(turned[..., 1], turned[..., 0]) / np.pi)
            colours = _STRIPES[(sector % 2).astype(np.intp)]
            shade += 0.3 * np.square(np.square(np.square(np.square(lit))))
        patch = self._patch[seen.region]
        patch[..., :3] = np.clip(colours * shade[..., None], 0, 255)
        _lay_on(picture[seen.region], patch, self._masked(seen.region, to_fixed(seen.outline)))

    def _paint_shadow(self, picture: Picture4, mover: Ball | Figure, view: View) -> None:
        """A soft dark ellipse on the floor; what is higher throws a wider and fainter one."""
        height = max(0.0, float(mover.low[1]))
        spread = (mover.radius_m if isinstance(mover, Ball) else 0.27) * (1 + 0.8 * height)
        x, _, z = 0.5 * (mover.low + mover.high)
        rim = np.stack((x + 0.08 + spread * np.cos(_RIM), np.zeros(len(_RIM)), z + spread * np.sin(_RIM)), axis=1)
        outline = view.outline(rim)
        region = region_around(outline, self._shape, margin_px=20)
        if region is None:
            return
        darkness = 150 / (1 + 2.5 * height)
        mask = self._masked(region, to_fixed(outline), darkness=darkness)
        light = 255 - cv2.blur(cv2.blur(mask, (15, 9)), (15, 9))
        picture[region] = cv2.multiply(picture[region], cv2.merge([light] * 4), scale=1 / 255)

    def _masked(
        self, region: Region, outline: FixedPoints, line: int = cv2.LINE_AA, darkness: float = 255
    ) -> NDArray[np.uint8]:
        """The part of the mask in `region`, with a polygon filled in it; good until the next call."""
        mask = self._mask[region]
        mask[:] = 0
        cv2.fillConvexPoly(self._mask, outline, darkness, line, SHIFT)
        return mask


def _around(regions: list[Region]) -> Region:
    """The smallest region that holds all of them."""
    rows, columns = zip(*regions, strict=True)
    return (
        slice(min(part.start for part in rows), max(part.stop for part in rows)),
        slice(min(part.start for part in columns), max(part.stop for part in columns)),
    )


def _paint_figure(picture: Picture4, figure: Figure, view: View) -> None:
    """Strokes of growing brightness, each narrower and nearer to the light, make rods look round."""
    share = np.linspace(0, 1, figure.shades)
    tones = 0.52 + 0.56 * share
    for group, strokes in rods_far_to_near(figure, view, share, _LIT_SIDE):
        for tone, rims in zip(tones.tolist(), strokes, strict=True):
            for limb, rim in zip(group, rims, strict=True):
                red, green, blue = limb.colour
                colour = (min(255.0, red * tone), min(255.0, green * tone), min(255.0, blue * tone), 0.0)
                cv2.fillConvexPoly(picture, cv2.convexHull(rim), colour, cv2.LINE_AA, SHIFT)


def _lay_on(picture: Picture4, patch: Picture4, mask: NDArray[np.uint8]) -> None:
    """`patch` over `picture`, in place: whole where the mask is 255, mixed at its edges."""
    edges = cv2.inRange(mask, 1, 254)
    # OpenCV 4 has an axis more here than OpenCV 5, and both give None for "nowhere".
    columns, rows = np.asarray(cv2.findNonZero(edges) if edges.any() else [], np.int32).reshape(-1, 2).T
    share = mask[rows, columns][:, None].astype(np.uint16)
    mixed = (picture[rows, columns] * (255 - share) + patch[rows, columns] * share) // 255
    cv2.copyTo(patch, mask, picture)
    picture[rows, columns] = mixed
