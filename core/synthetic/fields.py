"""Square fields of numbers that repeat in both directions: what patterns are drawn from.

A field is float32 (TEXELS, TEXELS), mostly 0 to 1, and its right edge goes on at its left, its bottom at its top.
"""

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2

TEXELS = 256
Field = NDArray[np.float32]
Canvas = NDArray[np.uint8]  # (TEXELS, TEXELS), for what OpenCV draws with soft edges

_DOWN, _ACROSS = np.meshgrid(np.arange(TEXELS), np.arange(TEXELS), indexing="ij")
ACROSS: Field = ((_ACROSS + 0.5) / TEXELS).astype(np.float32)  # 0..1 from left to right
DOWN: Field = ((_DOWN + 0.5) / TEXELS).astype(np.float32)
_FREQUENCY_DOWN = np.fft.fftfreq(TEXELS)[:, None] * TEXELS  # cycles per field
_FREQUENCY_ACROSS = np.fft.rfftfreq(TEXELS)[None, :] * TEXELS


def fractal(
    rng: np.random.Generator,
    slope: float = 1.0,
    stretch: tuple[float, float] = (1.0, 1.0),
    band: tuple[float, float] = (1.0, TEXELS / 2),
) -> Field:
    """Noise whose amplitude falls as frequency**-slope within `band` (cycles per field); mean 0.5, spread 0.2.

    `stretch` (down, across): above 1 it is drawn out that way, as grain is along a board.
    """
    frequency = np.hypot(_FREQUENCY_DOWN * stretch[0], _FREQUENCY_ACROSS * stretch[1])
    low, high = band
    weight = np.maximum(frequency, 1.0) ** -(slope + 0.5)  # half a power for the ring that grows with frequency
    weight *= (frequency >= 0.99 * low) / (1.0 + (frequency / high) ** 8)
    weight[0, 0] = 0.0
    rough = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((TEXELS, TEXELS))) * weight, s=(TEXELS, TEXELS))
    return unit(rough / max(float(rough.std()), 1e-9) * 0.2 + 0.5)


def unit(values: NDArray[np.floating]) -> Field:
    """Kept within 0..1, as float32."""
    return np.asarray(np.clip(values, 0.0, 1.0), np.float32)


def ramp(values: NDArray[np.floating], low: float, high: float) -> Field:
    """0 up to `low`, 1 from `high`, smooth between."""
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def look_up(field: Field, across: NDArray[np.floating], down: NDArray[np.floating]) -> Field:
    """The field at places (0..1, repeating), which may be bent: how marble and grain are made."""
    columns = np.mod(across, 1.0).astype(np.float32) * TEXELS
    rows = np.mod(down, 1.0).astype(np.float32) * TEXELS
    taken = cv2.remap(field, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(taken, np.float32)


class Cells:
    """The field cut into cells around scattered points, each as far as it is nearer than the others."""

    def __init__(self, rng: np.random.Generator, count: int) -> None:
        places = rng.integers(0, TEXELS, (count, 2))
        seeds = np.ones((3 * TEXELS, 3 * TEXELS), np.uint8)
        for rows in range(3):
            for columns in range(3):
                seeds[places[:, 0] + rows * TEXELS, places[:, 1] + columns * TEXELS] = 0
        _, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        owner = np.zeros(int(labels.max()) + 1, np.int64)
        at = np.argwhere(seeds == 0)
        tile = np.mod(at, TEXELS)
        owner[labels[at[:, 0], at[:, 1]]] = tile[:, 0] * TEXELS + tile[:, 1]
        names = owner[labels]
        edges = (names != np.roll(names, 1, 0)) | (names != np.roll(names, 1, 1))
        inside = cv2.distanceTransform((~edges).astype(np.uint8), cv2.DIST_L2, 5)
        middle = slice(TEXELS, 2 * TEXELS)
        typical = TEXELS / np.sqrt(count)
        self.from_edge: Field = (inside[middle, middle] / typical).astype(np.float32)  # in cell sizes
        number = np.unique(names[middle, middle], return_inverse=True)[1].reshape(TEXELS, TEXELS)
        self.tone: Field = rng.random(int(number.max()) + 1).astype(np.float32)[number]  # one a cell


def repeated(x: int, y: int, radius: int) -> list[tuple[int, int]]:
    """Where a thing at (x, y) has to be drawn for it to go on at the other side of the field."""
    xs = [x] + [x + TEXELS] * (x < radius) + [x - TEXELS] * (x > TEXELS - radius)
    ys = [y] + [y + TEXELS] * (y < radius) + [y - TEXELS] * (y > TEXELS - radius)
    return [(left, top) for left in xs for top in ys]


def grid(columns: int, rows: int, shift: float = 0.0) -> tuple[Field, Field, NDArray[np.int64]]:
    """Cells of `columns` by `rows`, every second row moved by `shift` of a cell.

    Returns the place in the cell, (across, down) 0..1, and the cell's number, 0 up to columns * rows.
    """
    down = DOWN * rows
    row = np.floor(down).astype(np.int64)
    across = ACROSS * columns + shift * (row % 2)
    column = np.floor(across).astype(np.int64) % columns
    return (across - np.floor(across)).astype(np.float32), (down - row).astype(np.float32), row * columns + column


def border(across: Field, down: Field, wide: float, tall: float) -> Field:
    """1 inside a cell, 0 in the gap of the given shares of the cell's width and height around it."""
    x = np.minimum(across, 1 - across) / wide
    y = np.minimum(down, 1 - down) / tall
    return ramp(np.minimum(x, y), 0.35, 0.75)
