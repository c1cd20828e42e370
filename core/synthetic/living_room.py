"""The demo's room as it stands: floor, walls and furniture, with light and shadow painted on once."""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.synthetic import textures
from core.synthetic.scene import Box, Colour, Figure, Limb, Place, Room
from core.synthetic.textures import Surface
from core.synthetic.view import Array, Picture4, Quad, faces_of_box

LEFT, RIGHT, HEIGHT, BEHIND, FAR = -2.8, 2.8, 2.7, -1.8, 6.2  # the room, in metres
_RUG = (-0.95, 1.85, 2.45, 4.4)  # x from, x to, z from, z to
_WINDOW = (0.95, 2.35, 3.5, 5.5)  # y from, y to, z from, z to, in the left wall
_FLOOR_PX_PER_M = 150
_WALL_PX_PER_M = 90
_BOX_PX_PER_M = 110
_SIDE_LIGHT = {"left": 1.02, "right": 0.56, "bottom": 0.4, "top": 1.1, "front": 0.78, "back": 0.6}

# What stands in the room: (x, y, z) of the lowest and of the highest corner, surface, colour.
_FURNITURE: tuple[tuple[Place, Place, str, Colour], ...] = (
    ((-2.4, 0.0, 4.75), (-0.35, 0.42, 5.75), "cloth", (62, 92, 116)),  # sofa: seat, back, arms
    ((-2.4, 0.42, 5.5), (-0.35, 0.9, 5.75), "cloth", (58, 86, 110)),
    ((-2.65, 0.0, 4.7), (-2.4, 0.62, 5.75), "cloth", (56, 84, 106)),
    ((-0.35, 0.0, 4.7), (-0.1, 0.62, 5.75), "cloth", (56, 84, 106)),
    ((-2.25, 0.42, 5.25), (-1.8, 0.8, 5.5), "cloth", (206, 150, 62)),  # cushions
    ((-0.95, 0.42, 5.25), (-0.5, 0.78, 5.5), "cloth", (196, 186, 168)),
    ((0.0, 0.36, 3.1), (1.0, 0.42, 3.7), "wood", (176, 124, 78)),  # table top, two books
    ((0.2, 0.42, 3.25), (0.5, 0.46, 3.47), "wood", (150, 62, 54)),
    ((0.24, 0.46, 3.27), (0.48, 0.49, 3.45), "wood", (66, 92, 96)),
    ((2.4, 0.0, 1.9), (2.8, 2.05, 4.3), "books", (128, 92, 62)),  # bookshelf on the right
    ((0.35, 0.0, 5.75), (1.75, 0.55, 6.2), "drawers", (204, 198, 186)),  # sideboard and what is on it
    ((1.3, 0.55, 5.95), (1.5, 0.78, 6.02), "wood", (70, 60, 54)),
    ((2.1, 0.0, 5.25), (2.5, 0.5, 5.65), "cloth", (196, 120, 84)),  # the plant's pot
    ((-1.75, 0.0, 2.2), (-1.2, 0.42, 2.75), "cloth", (194, 104, 78)),  # a pouf
)
# Round things that stand: (x, z) of the axis, then heights with the radius there, from below; and the colour.
_TURNED: tuple[tuple[tuple[float, float], tuple[tuple[float, float], ...], Colour], ...] = (
    *(((x, z), ((0.0, 0.02), (0.36, 0.034)), (126, 86, 54)) for x in (0.06, 0.94) for z in (3.16, 3.64)),  # legs
    ((0.76, 3.36), ((0.44, 0.032), (0.51, 0.042)), (232, 228, 218)),  # a cup
    ((0.68, 6.0), ((0.6, 0.055), (0.7, 0.085), (0.8, 0.04), (0.86, 0.05)), (186, 96, 68)),  # a vase
)


def build_room() -> Room:
    """Everything that stands still. Takes a fraction of a second; the same each time."""
    rng = np.random.default_rng(20)
    furniture = tuple(_box(rng, *piece) for piece in _FURNITURE)
    return Room(_walls(rng), (*furniture, *(_turned(*piece) for piece in _TURNED), _plant(rng)))


def _turned(axis: tuple[float, float], profile: tuple[tuple[float, float], ...], colour: Colour) -> Figure:
    """Rods one above the other, cut off where the first stands."""
    x, z = axis
    rods = [
        Limb((x, low, z), (x, high, z), low_m, high_m, colour)
        for (low, low_m), (high, high_m) in pairwise(profile)
    ]
    widest = max(radius for _, radius in profile)
    low, high = (
        np.array((x - widest, profile[0][0], z - widest)),
        np.array((x + widest, profile[-1][0], z + widest)),
    )
    return Figure(low, high, (tuple(rods),), shades=3)


def _plant(rng: np.random.Generator) -> Figure:
    """Long leaves that rise from the pot and bend outwards."""
    root = np.array((2.3, 0.5, 5.45))
    leaves = []
    for number in range(13):
        around, reach = number * 2.4, rng.uniform(0.14, 0.42)
        rise = 1.15 - 1.1 * reach + rng.uniform(-0.08, 0.08)
        green = (58 + 20 * rng.random(), 108 + 36 * rng.random(), 56.0)
        middle = _beside(root, 0.45 * reach, 0.7 * rise, around)
        low = Limb(_beside(root, 0.0, 0.0, around), middle, 0.02, 0.06, green)
        leaves.append((low, Limb(middle, _beside(root, reach, rise, around), 0.06, 0.01, green)))
    half, height = np.array((0.5, 0.0, 0.5)), np.array((0.0, 1.5, 0.0))
    return Figure(root - half, root + half + height, tuple(leaves), shades=2)


def _beside(root: Array, out_m: float, up_m: float, around: float) -> Place:
    return (
        float(root[0] + out_m * math.cos(around)),
        float(root[1] + up_m),
        float(root[2] + out_m * math.sin(around)),
    )


def _box(rng: np.random.Generator, low: Place, high: Place, kind: str, colour: Colour) -> Box:
    """Each side with its surface, lit by where it faces, darker towards the floor."""
    low_m, high_m = np.array(low), np.array(high)
    width, height, depth = high_m - low_m
    sides = {
        "left": (height, depth),
        "right": (height, depth),
        "front": (height, width),
        "back": (height, width),
        "top": (depth, width),
        "bottom": (depth, width),
    }
    skins = {}
    for name, (down_m, across_m) in sides.items():
        down, across = (max(8, round(_BOX_PX_PER_M * size)) for size in (down_m, across_m))
        light = np.full((down, across), _SIDE_LIGHT[name], np.float32)
        if name not in ("top", "bottom"):
            above_floor = low_m[1] + down_m * np.linspace(1, 0, down, dtype=np.float32)
            light *= (0.62 + 0.38 * (1 - np.exp(-above_floor / 0.18)))[:, None]
            light *= (1 - 0.16 * np.linspace(0, 1, down, dtype=np.float32))[:, None]
        skins[name] = textures.lit(_bevelled(_surface(rng, kind, name, down, across, colour)), light)
    return Box(low_m, high_m, faces_of_box(low_m, high_m, skins))


def _surface(rng: np.random.Generator, kind: str, side: str, down: int, across: int, colour: Colour) -> Surface:
    if kind == "books" and side == "left":
        return textures.bookshelf(rng, down, across, 5)
    if kind == "drawers" and side == "front":
        return textures.drawers(rng, down, across, colour)
    return (textures.cloth if kind == "cloth" else textures.wood)(rng, down, across, colour)


def _bevelled(surface: Surface) -> Surface:
    """A light edge above and a dark one below, as worn edges have."""
    surface[:2] *= 1.12
    surface[-2:] *= 0.82
    surface[:, :1] *= 0.9
    surface[:, -1:] *= 0.9
    return surface


def _walls(rng: np.random.Generator) -> tuple[Quad, ...]:
    """The floor in two parts, the nearer of them finer, then ceiling and walls."""
    floor = _floor(rng)
    split = 2 * floor.shape[0] // 3  # rows run from the far wall to behind the camera
    deep, wide = FAR - BEHIND, RIGHT - LEFT
    split_m = deep * split / floor.shape[0]
    far_floor = cv2.resize(floor[:split], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    side_h, side_w = round(_WALL_PX_PER_M * HEIGHT), round(_WALL_PX_PER_M * deep)
    back_w = round(_WALL_PX_PER_M * wide)

    def quad(origin: Place, across: Place, along: Place, texture: Picture4) -> Quad:
        return Quad(np.array(origin), np.array(across), np.array(along), texture)

    return (
        quad((LEFT, 0.0, FAR), (wide, 0.0, 0.0), (0.0, 0.0, -split_m), np.asarray(far_floor, np.uint8)),
        quad((LEFT, 0.0, FAR - split_m), (wide, 0.0, 0.0), (0.0, 0.0, split_m - deep), floor[split:].copy()),
        quad((LEFT, HEIGHT, BEHIND), (wide, 0.0, 0.0), (0.0, 0.0, deep), _ceiling(rng)),
        quad((LEFT, HEIGHT, BEHIND), (0.0, 0.0, deep), (0.0, -HEIGHT, 0.0), _left_wall(rng, side_h, side_w)),
        quad((RIGHT, HEIGHT, FAR), (0.0, 0.0, -deep), (0.0, -HEIGHT, 0.0), _right_wall(rng, side_h, side_w)),
        quad((LEFT, HEIGHT, FAR), (wide, 0.0, 0.0), (0.0, -HEIGHT, 0.0), _back_wall(rng, side_h, back_w)),
    )


def _floor(rng: np.random.Generator) -> Picture4:
    scale = _FLOOR_PX_PER_M
    height, width = round(scale * (FAR - BEHIND)), round(scale * (RIGHT - LEFT))
    surface = textures.planks(rng, height, width, round(0.16 * scale))
    x0, x1, z0, z1 = _RUG
    rug = textures.rug(rng, round(scale * (z1 - z0)), round(scale * (x1 - x0)))
    top, left = round(scale * (FAR - z1)), round(scale * (x0 - LEFT))
    surface[top - 3 : top + rug.shape[0] + 5, left - 3 : left + rug.shape[1] + 5] *= 0.7
    surface[top : top + rug.shape[0], left : left + rug.shape[1]] = rug
    return textures.lit(surface, _floor_light(height, width))


def _floor_light(height: int, width: int) -> NDArray[np.float32]:
    """The room's light, less the shadows of the furniture, plus the sun that falls through the window."""
    scale = _FLOOR_PX_PER_M
    shade = np.ones((height, width), np.float32)
    for low, high, _, _ in _FURNITURE:
        if low[1] <= 0.4:
            stands = low[1] == 0
            drop = 0.06 if stands else 0.22  # the window is on the left: shadows fall to the right
            near_left = (round(scale * (low[0] - LEFT)), round(scale * (FAR - low[2] + 0.04)))
            far_right = (round(scale * (high[0] + drop - LEFT)), round(scale * (FAR - high[2])))
            cv2.rectangle(shade, near_left, far_right, 0.42 if stands else 0.62, -1)
    for (x, z), profile, _ in _TURNED:
        if profile[0][0] == 0:
            cv2.circle(
                shade, (round(scale * (x + 0.02 - LEFT)), round(scale * (FAR - z))), round(0.05 * scale), 0.4, -1
            )
    soft = cv2.GaussianBlur(shade, (0, 0), 0.085 * scale)
    sun = np.zeros((height, width), np.float32)
    for pane in range(3):
        z = _WINDOW[2] - 1.1 + 0.72 * pane
        corners = ((-2.0, z), (-0.95, z - 0.35), (-0.95, z + 0.25), (-2.0, z + 0.6))
        cv2.fillConvexPoly(
            sun, np.array([(scale * (x - LEFT), scale * (FAR - z)) for x, z in corners], np.int32), 1.0
        )
    lit = soft * (1 + 0.5 * cv2.GaussianBlur(sun, (0, 0), 0.03 * scale))
    return np.asarray(lit * _light_from_above(height, width, 0.82), np.float32)


def _light_from_above(height: int, width: int, level: float) -> NDArray[np.float32]:
    """On floor and ceiling: brightest beside the window, dim in the corners. Row 0 is the far wall."""
    z, x = np.mgrid[FAR : BEHIND : height * 1j, LEFT : RIGHT : width * 1j].astype(np.float32)
    near_window = np.exp(-(x - LEFT) / 3.2) * np.exp(-(((z - 4.2) / 2.8) ** 2))
    corners = np.minimum(np.minimum(x - LEFT, RIGHT - x), np.minimum(FAR - z, z - BEHIND))
    light = (level + 0.32 * near_window) * (0.66 + 0.34 * (1 - np.exp(-np.maximum(corners, 0) / 0.28)))
    return np.asarray(light, np.float32)


def _wall_light(height: int, width: int, level: float) -> NDArray[np.float32]:
    """Dim towards the ceiling, the floor and the corners."""
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    edge = np.minimum(np.minimum(down, 1 - down) * HEIGHT, np.minimum(across, 1 - across) * width / _WALL_PX_PER_M)
    return np.asarray(level * (0.68 + 0.32 * (1 - np.exp(-edge / 0.24))), np.float32)


def _ceiling(rng: np.random.Generator) -> Picture4:
    height, width = round(60 * (FAR - BEHIND)), round(60 * (RIGHT - LEFT))
    light = np.flipud(_light_from_above(height, width, 0.8))
    return textures.lit(textures.plaster(rng, height, width, (226, 222, 212)), light)


def _left_wall(rng: np.random.Generator, height: int, width: int) -> Picture4:
    surface = textures.skirted(textures.plaster(rng, height, width, (196, 198, 184)), round(0.1 * _WALL_PX_PER_M))
    light = _wall_light(height, width, 0.7)
    rows, columns = _cells(*_WINDOW, start=BEHIND)
    surface[rows, columns] = textures.window(rows.stop - rows.start, columns.stop - columns.start)
    light[rows, columns] = 1.12
    for from_z in (_WINDOW[2] - 0.42, _WINDOW[3] + 0.02):  # curtains
        rows, columns = _cells(0.12, 2.55, from_z, from_z + 0.4, start=BEHIND)
        folds = 0.84 + 0.16 * np.cos(np.linspace(0, 9 * math.pi, columns.stop - columns.start, dtype=np.float32))
        surface[rows, columns] = np.array((214, 196, 160), np.float32) * folds[None, :, None]
        light[rows, columns] = 0.92
    return textures.lit(surface, light)


def _right_wall(rng: np.random.Generator, height: int, width: int) -> Picture4:
    surface = textures.skirted(textures.plaster(rng, height, width, (202, 200, 188)), round(0.1 * _WALL_PX_PER_M))
    return textures.lit(surface, _wall_light(height, width, 0.9))


def _back_wall(rng: np.random.Generator, height: int, width: int) -> Picture4:
    surface = textures.skirted(textures.plaster(rng, height, width, (148, 166, 158)), round(0.1 * _WALL_PX_PER_M))
    light = _wall_light(height, width, 0.86) * np.linspace(1.14, 0.86, width, dtype=np.float32)
    for x0, x1, y0, y1 in ((-1.95, -0.75, 1.3, 2.1), (0.55, 1.05, 1.35, 2.05), (1.2, 1.6, 1.5, 2.0)):
        rows, columns = _cells(y0, y1, x0, x1, start=LEFT)
        light[rows.start + 4 : rows.stop + 8, columns.start + 5 : columns.stop + 9] *= 0.72
        surface[rows, columns] = textures.painting(rng, rows.stop - rows.start, columns.stop - columns.start)
        light[rows, columns] = 0.95
    return textures.lit(surface, np.asarray(cv2.GaussianBlur(light, (0, 0), 1.2), np.float32))


def _cells(y0: float, y1: float, from_m: float, to_m: float, *, start: float) -> tuple[slice, slice]:
    """Rows and columns of a wall's texture between two heights and two places along it; it begins at `start`."""
    scale = _WALL_PX_PER_M
    return (
        slice(round(scale * (HEIGHT - y1)), round(scale * (HEIGHT - y0))),
        slice(round(scale * (from_m - start)), round(scale * (to_m - start))),
    )
