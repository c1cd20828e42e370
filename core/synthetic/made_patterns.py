"""Patterns people make: planks, tiles, bricks, cloth, roofs. See `pattern.py` for what they return."""

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.synthetic.fields import (
    ACROSS,
    DOWN,
    TEXELS,
    Canvas,
    Field,
    border,
    fractal,
    grid,
    ramp,
    repeated,
    unit,
)
from core.synthetic.natural_patterns import grain
from core.synthetic.pattern import Pattern, pattern


def _of_each(rng: np.random.Generator, number: NDArray[np.int64]) -> Field:
    """One random value a cell."""
    return np.asarray(rng.random(int(number.max()) + 1)[number], np.float32)


def planks(rng: np.random.Generator) -> Pattern:
    """Boards along the field's down direction, each with its own tone and its own piece of grain."""
    wood = grain(rng)
    columns = int(rng.integers(5, 9))
    across = ACROSS * columns
    board = np.floor(across).astype(np.int64)
    down = np.mod(DOWN * 2 + rng.random(columns)[board], 2.0)
    number = board * 2 + np.floor(down).astype(np.int64)
    inside = border((across - board).astype(np.float32), np.mod(down, 1.0).astype(np.float32), 0.03, 0.006)
    rolled = np.stack([np.roll(wood, (37 * n, 11 * n), (1, 2)) for n in range(2 * columns)])  # (N, 4, T, T)
    piece = np.take_along_axis(rolled, number[None, None], axis=0)[0]
    tone = unit(0.45 + 0.5 * (piece[0] - 0.5) + 0.5 * (_of_each(rng, number) - 0.5))
    return pattern(tone, piece[1] * 0.7, 1 - inside, unit(inside * (0.7 + 0.3 * piece[3])))


def parquet(rng: np.random.Generator) -> Pattern:
    """Squares of five staves, every second one turned."""
    x, y, number = grid(4, 4)
    turned = ((number % 4) + (number // 4)) % 2 == 1
    along, over = np.where(turned, x, y), np.where(turned, y, x)
    stave = np.floor(over * 5).astype(np.int64)
    inside = border(np.mod(over * 5, 1).astype(np.float32), along, 0.06, 0.012)
    lengthways, sideways = fractal(rng, 0.3, stretch=(20, 1)), fractal(rng, 0.3, stretch=(1, 20))
    veins = np.where(turned, sideways, lengthways)
    tone = unit(0.3 + 0.4 * veins + 0.4 * (_of_each(rng, number * 5 + stave) - 0.3))
    return pattern(tone, veins, 1 - inside, inside)


def _tiles(rng: np.random.Generator, columns: int, rows: int, shift: float, gap: float, uneven: float) -> Pattern:
    x, y, number = grid(columns, rows, shift)
    inside = border(x, y, gap, gap * rows / columns)
    own = _of_each(rng, number)
    tone = unit(0.5 + uneven * (own - 0.5) + 0.3 * (fractal(rng, 0.8) - 0.5))
    accent = (own > 0.86) * inside * (uneven > 0.3)
    return pattern(tone, accent, 1 - inside, unit(inside * (0.8 + 0.2 * own)))


def large_tiles(rng: np.random.Generator) -> Pattern:
    return _tiles(rng, 4, 4, 0.0, 0.03, 0.15)


def small_tiles(rng: np.random.Generator) -> Pattern:
    return _tiles(rng, 14, 14, 0.0, 0.08, 0.5)


def metro_tiles(rng: np.random.Generator) -> Pattern:
    return _tiles(rng, 4, 8, 0.5, 0.03, 0.12)


def checkered(rng: np.random.Generator) -> Pattern:
    x, y, number = grid(6, 6)
    inside = border(x, y, 0.02, 0.02)
    dark = ((number % 6) + (number // 6)) % 2
    return pattern(unit(0.5 + 0.4 * (fractal(rng, 1.0) - 0.5)), dark * inside, 1 - inside, inside)


def bricks(rng: np.random.Generator) -> Pattern:
    x, y, number = grid(4, 10, 0.5)
    rough = 0.12 * (fractal(rng, 0.4, band=(8, 128)) - 0.5)
    inside = border(np.clip(x + rough, 0, 1), np.clip(y + 2 * rough, 0, 1), 0.06, 0.15)
    own = _of_each(rng, number)
    tone = unit(0.2 + 0.4 * own + 0.5 * fractal(rng, 0.4))
    return pattern(tone, (own > 0.75) * 0.7, 1 - inside, unit(inside * (0.6 + 0.4 * fractal(rng, 0.3))))


def hexagons(rng: np.random.Generator) -> Pattern:
    """A honeycomb: the nearer of two offset grids of centres."""
    columns, rows = 7, 4
    near: list[Field] = []
    for offset in (0.0, 0.5):
        x = np.mod(ACROSS * columns + offset, 1.0) - 0.5
        y = (np.mod(DOWN * rows + offset, 1.0) - 0.5) * np.sqrt(3)
        near.append(np.maximum(np.abs(x), 0.5 * np.abs(x) + 0.5 * np.sqrt(3) * np.abs(y)).astype(np.float32))
    inside = ramp(0.5 - np.minimum(*near), 0.02, 0.05)
    dark = (near[0] < near[1]) * inside
    return pattern(unit(0.5 + 0.3 * (fractal(rng, 0.9) - 0.5)), dark * 0.7, 1 - inside, inside)


def weave(rng: np.random.Generator) -> Pattern:
    """Threads over and under, as seen close by; blurs into cloth from afar."""
    n = 32
    x, y = ACROSS * n, DOWN * n
    over = (np.floor(x) + np.floor(y)) % 2
    bulge_x, bulge_y = np.sin(np.pi * np.mod(x, 1)), np.sin(np.pi * np.mod(y, 1))
    thread = np.where(over > 0, bulge_x, bulge_y)
    slubs = np.where(over > 0, fractal(rng, 0.4, stretch=(12, 1)), fractal(rng, 0.4, stretch=(1, 12)))
    return pattern(unit(0.25 + 0.35 * thread + 0.4 * slubs), over * 0.6, 1 - thread, thread)


def twill(rng: np.random.Generator) -> Pattern:
    line = 0.5 + 0.5 * np.sin(2 * np.pi * (32 * ACROSS + 32 * DOWN))
    worn = fractal(rng, 1.1, stretch=(2, 1))
    return pattern(
        unit(0.3 * line + 0.4 * fractal(rng, 0.2) + 0.3 * worn), ramp(worn, 0.5, 0.9), 0.3 * (1 - line), line
    )


def knit(rng: np.random.Generator) -> Pattern:
    """Rows of stitches like Vs."""
    n = 20
    lean = np.abs(np.mod(ACROSS * n, 1) - 0.5)
    stitch = 0.5 + 0.5 * np.sin(2 * np.pi * (DOWN * n + 1.2 * lean))
    column = np.sin(np.pi * np.mod(ACROSS * n * 2, 1))
    relief = unit(stitch * column)
    return pattern(unit(0.3 + 0.4 * relief + 0.3 * fractal(rng, 0.4)), second=0.5 * (1 - relief), height=relief)


def carpet(rng: np.random.Generator) -> Pattern:
    tufts = fractal(rng, -0.2, band=(20, 128))
    return pattern(unit(0.6 * tufts + 0.4 * fractal(rng, 1.2)), ramp(tufts, 0.6, 0.9) * 0.6, 0.0, tufts)


def rug(rng: np.random.Generator) -> Pattern:
    """Nested diamonds in steps of a knot, three colours."""
    knots = 64
    x, y = np.floor(ACROSS * knots) / knots, np.floor(DOWN * knots) / knots
    rings = np.abs(np.mod(2 * x, 1) - 0.5) + np.abs(np.mod(2 * y, 1) - 0.5)
    level = np.floor(rings * 9).astype(np.int64)
    colours = rng.integers(0, 3, 10)[level]
    tufts = fractal(rng, 0.0, band=(16, 128))
    return pattern(unit(0.3 + 0.5 * tufts), colours == 1, colours == 2, tufts)


def stripes(rng: np.random.Generator) -> Pattern:
    """Even stripes down the field."""
    band = ramp(np.sin(2 * np.pi * 8 * ACROSS), -0.12, 0.12)
    return pattern(0.4 + 0.2 * fractal(rng, 0.3, stretch=(1, 6)), band, 0.0, fractal(rng, 0.2))


def mixed_stripes(rng: np.random.Generator) -> Pattern:
    """Stripes of many widths in three colours."""
    which = np.zeros(TEXELS, np.int64)
    start = 0
    while start < TEXELS:
        wide = int(rng.choice((3, 6, 12, 24, 40)))
        which[start : start + wide] = rng.integers(0, 3)
        start += wide
    rows = np.broadcast_to(which, (TEXELS, TEXELS))
    return pattern(0.4 + 0.2 * fractal(rng, 0.3, stretch=(6, 1)), rows == 1, rows == 2, fractal(rng, 0.2))


def tartan(rng: np.random.Generator) -> Pattern:
    band = np.repeat(rng.random(16), TEXELS // 16)
    thin = (np.arange(TEXELS) % 64) < 3
    across, down = np.broadcast_to(band, (TEXELS, TEXELS)), np.broadcast_to(band[:, None], (TEXELS, TEXELS))
    line = np.maximum(np.broadcast_to(thin, (TEXELS, TEXELS)), np.broadcast_to(thin[:, None], (TEXELS, TEXELS)))
    return pattern(0.35 + 0.3 * fractal(rng, 0.1), unit(0.5 * (across > 0.5) + 0.5 * (down > 0.5)), line * 0.8)


def spots(rng: np.random.Generator) -> Pattern:
    x, y, _ = grid(8, 8, 0.5)
    disc = ramp(0.32 - np.hypot(x - 0.5, y - 0.5), -0.02, 0.02)
    return pattern(0.4 + 0.2 * fractal(rng, 0.3), disc, 0.0, fractal(rng, 0.2))


def floral(rng: np.random.Generator) -> Pattern:
    """Scattered flowers of petals, with stalks, as on wallpaper, dresses and curtains."""
    petals: Canvas = np.zeros((TEXELS, TEXELS), np.uint8)
    green: Canvas = np.zeros((TEXELS, TEXELS), np.uint8)
    for _ in range(26):
        x, y = rng.integers(0, TEXELS, 2).tolist()
        size, count, turn = int(rng.integers(6, 15)), int(rng.integers(4, 8)), float(rng.uniform(0, 6.3))
        for left, top in repeated(x, y, 40):
            cv2.ellipse(green, (left + size, top + size), (size, 2 * size), 0, 90, 200, 255, 2, cv2.LINE_AA)
            for petal in range(count):
                angle = turn + petal * 2 * np.pi / count
                at = (round(left + size * np.cos(angle)), round(top + size * np.sin(angle)))
                cv2.ellipse(
                    petals, at, (size * 2 // 3, size // 3), np.degrees(angle), 0, 360, 255, -1, cv2.LINE_AA
                )
            cv2.circle(green, (left, top), size // 3, 255, -1, cv2.LINE_AA)
    return pattern(0.4 + 0.2 * fractal(rng, 0.4), petals / 255, green / 255, fractal(rng, 0.3))


def corrugated(rng: np.random.Generator) -> Pattern:
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * 12 * ACROSS)
    dirt = ramp(fractal(rng, 1.0, stretch=(6, 1)), 0.5, 0.9)
    return pattern(unit(0.35 + 0.3 * wave), dirt * 0.5, dirt * (1 - wave), wave)


def siding(rng: np.random.Generator) -> Pattern:
    """Boards lying over one another, or the slats of a blind: each is dark at its lower edge."""
    place = np.mod(DOWN * 10, 1.0)
    shade = ramp(place, 0.88, 0.97)
    return pattern(unit(0.4 + 0.2 * fractal(rng, 0.4, stretch=(1, 10))), 0.0, shade, unit(place * (1 - shade)))


def shingles(rng: np.random.Generator) -> Pattern:
    x, y, number = grid(10, 8, 0.5)
    hidden = ramp(y - 0.12 * np.abs(x - 0.5), 0.78, 0.92)
    gap = border(x, np.full_like(y, 0.5), 0.08, 0.5)
    tone = unit(0.2 + 0.4 * _of_each(rng, number) + 0.4 * fractal(rng, 0.4))
    return pattern(tone, 0.0, np.maximum(hidden, 1 - gap), unit(y * gap * (1 - hidden)))


def panels(rng: np.random.Generator) -> Pattern:
    """Cast concrete: wide slabs with their joints, tie holes and stains."""
    x, y, _ = grid(2, 3)
    joint = border(x, y, 0.012, 0.018)
    holes = ramp(0.03 - np.hypot(np.abs(x - 0.5) - 0.3, np.abs(y - 0.5) - 0.3), 0.0, 0.01)
    stains = ramp(fractal(rng, 1.1, stretch=(4, 1)), 0.5, 0.95)
    tone = unit(0.5 * fractal(rng, 0.8) + 0.25 * fractal(rng, 0.2) + 0.2)
    return pattern(tone, stains * 0.5, np.maximum(1 - joint, holes), joint)


def mesh(rng: np.random.Generator) -> Pattern:
    """Punched or knotted: speaker fronts, baskets, net curtains."""
    x, y, _ = grid(24, 24, 0.5)
    hole = ramp(0.34 - np.hypot(x - 0.5, y - 0.5), -0.03, 0.05)
    return pattern(0.4 + 0.2 * fractal(rng, 0.5), 0.0, hole, 1 - hole)
