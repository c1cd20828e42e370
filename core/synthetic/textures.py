"""Surfaces made of numbers: wood, plaster, cloth, books, a window. float32 RGB, 0 to 255, repeatable."""

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.synthetic.scene import Colour
from core.synthetic.view import Picture4

Surface = NDArray[np.float32]  # (H, W, 3)


def plain(height: int, width: int, colour: Colour) -> Surface:
    return np.full((height, width, 3), colour, np.float32)


def _tone(colour: Colour) -> NDArray[np.float32]:
    return np.array(colour, np.float32)


def noise(rng: np.random.Generator, height: int, width: int, cells: tuple[int, int]) -> NDArray[np.float32]:
    """Smooth noise of (H, W) around 0 with a spread of about 1; `cells` down and across."""
    rough = rng.standard_normal((max(cells[0], 2), max(cells[1], 2))).astype(np.float32)
    return cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def plaster(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Surface:
    """A painted wall: faint blotches and grain."""
    blotches = 2.0 * noise(rng, height, width, (6, 8)) + 1.2 * noise(rng, height, width, (height // 4, width // 4))
    return plain(height, width, colour) + blotches[..., None]


def planks(rng: np.random.Generator, height: int, width: int, plank_px: int) -> Surface:
    """An oak floor; planks run down the texture, each of its own tone, cut at its own places."""
    wood = plain(height, width, (164, 118, 78))
    wood += 5.0 * noise(rng, height, width, (height // 50, width // 3))[..., None]
    for left in range(0, width, plank_px):
        strip = wood[:, left : left + plank_px]
        cuts = np.cumsum(rng.integers(plank_px * 4, plank_px * 9, 64)) - int(rng.integers(0, plank_px * 6))
        start = 0
        for cut in [*cuts[(cuts > 0) & (cuts < height)].tolist(), height]:
            strip[start:cut] *= rng.uniform(0.84, 1.12)
            strip[max(cut - 1, 0) : cut + 1] *= 0.72
            start = cut
        strip[:, :2] *= 0.74
    return wood


def wood(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Surface:
    """A board with its grain across the texture."""
    grain = 7.0 * noise(rng, height, width, (max(height // 3, 4), 5)) + 3.0 * noise(rng, height, width, (4, 3))
    return plain(height, width, colour) + grain[..., None]


def cloth(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Surface:
    """Upholstery: weave and soft folds."""
    weave = 6.0 * noise(rng, height, width, (height // 2, width // 2)) + 5.0 * noise(rng, height, width, (4, 6))
    return plain(height, width, colour) + weave[..., None]


def rug(rng: np.random.Generator, height: int, width: int) -> Surface:
    """Rings of diamonds in terracotta, cream and blue."""
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    bands = np.floor((np.abs(down) * height + np.abs(across) * width) / 46).astype(int) % 4
    palette = np.array(((158, 70, 52), (214, 190, 156), (58, 76, 104), (190, 122, 78)), np.float32)
    picture: Surface = palette[bands]
    edge = np.maximum(np.abs(down) * height, np.abs(across) * width - (width - height))
    picture[edge > 0.86 * height] = (70, 46, 44)
    picture[edge > 0.94 * height] = (206, 184, 150)
    picture += 7.0 * noise(rng, height, width, (height // 2, width // 2))[..., None]
    return picture


def bookshelf(rng: np.random.Generator, height: int, width: int, shelves: int) -> Surface:
    """The open front of a shelf, full of books of many colours."""
    picture = plain(height, width, (58, 40, 30))
    palette = np.array(
        (
            (150, 60, 50),
            (52, 84, 110),
            (196, 168, 110),
            (84, 104, 78),
            (110, 78, 110),
            (210, 200, 184),
            (60, 60, 68),
        ),
        np.float32,
    )
    board = max(3, height // 70)
    storey = (height - board) // shelves
    for top in range(0, height - storey, storey):
        picture[top : top + board] = (120, 86, 58)
        left = board * 2
        while left < width - board * 3:
            thick, tall = int(rng.integers(5, 13)), rng.uniform(0.62, 0.9)
            if rng.random() < 0.1:
                left += thick * 2  # a gap
                continue
            right = min(left + thick, width - board * 2)
            upper = top + storey - int((storey - board) * tall)
            book = picture[upper : top + storey, left:right]
            book[:] = palette[rng.integers(len(palette))] * rng.uniform(0.75, 1.1)
            book *= np.hanning(right - left + 4)[2:-2, None].astype(np.float32) * 0.45 + 0.6
            book[len(book) // 5 : len(book) // 5 + 3] *= 1.35
            left = right + 1
    picture[-board:] = picture[:, :board] = picture[:, -board:] = (120, 86, 58)
    return picture


def painting(rng: np.random.Generator, height: int, width: int) -> Surface:
    """A landscape in a frame: sky, a sun, three ridges."""
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture = (1 - down) * _tone((120, 150, 180)) + down * _tone((244, 208, 160))
    picture = np.repeat(picture, width, axis=1).astype(np.float32)
    cv2.circle(picture, (int(0.68 * width), int(0.38 * height)), height // 9, (252, 226, 170), -1, cv2.LINE_AA)
    for base, colour in ((0.52, (140, 140, 150)), (0.66, (96, 110, 104)), (0.8, (58, 78, 66))):
        ridge = base * height + 0.07 * height * noise(rng, 1, width, (2, 7))[0]
        picture[np.arange(height)[:, None] > ridge[None, :]] = colour
    return framed(picture, max(6, height // 16), (44, 36, 32))


def window(height: int, width: int) -> Surface:
    """Daylight through six panes: sky, trees, a bright frame."""
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture = np.repeat((1 - down) * _tone((196, 222, 250)) + down * _tone((250, 250, 242)), width, axis=1)
    trees = noise(np.random.default_rng(5), 1, width, (2, 9))[0] * 0.06 * height + 0.74 * height
    picture[np.arange(height)[:, None] > trees[None, :]] = (150, 176, 128)
    picture = cv2.GaussianBlur(picture, (0, 0), 2.0)
    bar = max(4, width // 40)
    for column in (width // 3, 2 * width // 3):
        picture[:, column - bar // 2 : column + bar // 2] = (236, 232, 224)
    picture[height // 2 - bar // 2 : height // 2 + bar // 2] = (236, 232, 224)
    return framed(picture.astype(np.float32), bar * 2, (240, 237, 230))


def framed(picture: Surface, border_px: int, colour: Colour) -> Surface:
    picture[:border_px] = picture[-border_px:] = colour
    picture[:, :border_px] = picture[:, -border_px:] = colour
    inner = picture[border_px:-border_px, border_px:-border_px]
    inner[:3] *= 0.7  # the frame's shadow
    inner[:, :3] *= 0.8
    return picture


def skirted(surface: Surface, board_px: int) -> Surface:
    """A wall with a skirting board."""
    surface[-board_px:] = (228, 224, 214)
    surface[-board_px - 1] *= 0.8
    return surface


def drawers(rng: np.random.Generator, height: int, width: int, colour: Colour) -> Surface:
    """Painted fronts, three across and two down, with knobs."""
    front = plaster(rng, height, width, colour)
    for row in range(2):
        for column in range(3):
            top, left = row * height // 2, column * width // 3
            bottom, right = (row + 1) * height // 2 - 1, (column + 1) * width // 3 - 1
            cv2.rectangle(
                front, (left, top), (right, bottom), [0.62 * channel for channel in colour], 1, cv2.LINE_AA
            )
            cv2.circle(front, ((left + right) // 2, (top + bottom) // 2), 2, (110, 84, 56), -1, cv2.LINE_AA)
    return front


def lit(surface: Surface, light: NDArray[np.float32]) -> Picture4:
    """`surface` under `light`, (H, W), 1 being full; bright parts roll off softly."""
    glow = surface * light[..., None]
    soft = np.where(glow > 200, 255 - 55 * np.exp(-(glow - 200) / 55), glow)
    return np.dstack((np.clip(soft, 0, 255).astype(np.uint8), np.zeros(soft.shape[:2], np.uint8)))
