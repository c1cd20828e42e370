"""Patterns of grown, weathered and broken things: wood, stone, leaves, rust. What they return: `pattern.py`."""

import numpy as np

from core.opencv import cv2
from core.synthetic.fields import (
    ACROSS,
    DOWN,
    TEXELS,
    Canvas,
    Cells,
    Field,
    fractal,
    look_up,
    ramp,
    repeated,
    unit,
)
from core.synthetic.pattern import Pattern, pattern


def plaster(rng: np.random.Generator) -> Pattern:
    fine = fractal(rng, 0.3, band=(12, 128))
    patches = fractal(rng, 0.7, band=(3, 128))  # nothing as large as the field, which would show that it repeats
    return pattern(tone=0.6 * patches + 0.4 * fine, height=0.6 * fine + 0.4 * patches)


def fractal_detail(rng: np.random.Generator) -> Pattern:
    """What is laid over every material: as tone and height near detail, as the other two stains of metres."""
    near = (fractal(rng, 0.6, band=(6, 128)), fractal(rng, 0.5, band=(6, 128)))
    return pattern(near[0], fractal(rng, 1.2, band=(2, 128)), fractal(rng, 1.4), near[1])


def clouds(rng: np.random.Generator) -> Pattern:
    heap = fractal(rng, 1.5)
    return pattern(tone=fractal(rng, 1.2), first=ramp(heap, 0.45, 0.75), height=heap)


def grain(rng: np.random.Generator) -> Pattern:
    """Wood along the field's down direction: rings, cut lengthways, and pores."""
    bent = ACROSS * 1.0 + 0.10 * fractal(rng, 1.6, stretch=(5, 1)) + 0.02 * fractal(rng, 1.0, stretch=(12, 1))
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (int(rng.integers(7, 15)) * bent))
    pores = fractal(rng, 0.2, stretch=(24, 1), band=(8, 400))
    tone = unit(0.35 * rings + 0.65 * pores)
    return pattern(tone, first=unit(rings**2 * 0.8), second=ramp(pores, 0.72, 0.95) * 0.6, height=pores)


def marble(rng: np.random.Generator) -> Pattern:
    bend = fractal(rng, 1.3)
    veins = 1 - np.abs(np.sin(np.pi * (2 * ACROSS + DOWN + 3.2 * bend)))
    thin = 1 - np.abs(np.sin(np.pi * (ACROSS - 3 * DOWN + 4.0 * fractal(rng, 1.2))))
    return pattern(tone=fractal(rng, 1.2), first=ramp(veins, 0.72, 1.0), second=ramp(thin, 0.93, 1.0) * 0.6)


def leaves(rng: np.random.Generator) -> Pattern:
    """Leaf over leaf, with dark between them."""
    tone: Canvas = np.full((TEXELS, TEXELS), 30, np.uint8)
    hue: Canvas = np.zeros((TEXELS, TEXELS), np.uint8)
    height: Canvas = np.zeros((TEXELS, TEXELS), np.uint8)
    count = 420
    for number in range(count):
        x, y = rng.integers(0, TEXELS, 2).tolist()
        long = int(rng.integers(9, 20))
        axes, angle = (long, max(2, long * int(rng.integers(30, 60)) // 100)), float(rng.uniform(0, 360))
        high = 60 + 195 * number // count
        light = int(np.clip(0.35 * high + rng.normal(80, 34), 0, 255))
        shade = int(rng.integers(0, 256))
        along = (round(long * np.cos(np.radians(angle))), round(long * np.sin(np.radians(angle))))
        for at in repeated(x, y, 22):
            cv2.ellipse(tone, at, axes, angle, 0, 360, light, -1, cv2.LINE_AA)
            cv2.line(tone, at, (at[0] + along[0], at[1] + along[1]), min(255, light + 34), 1, cv2.LINE_AA)
            cv2.ellipse(hue, at, axes, angle, 0, 360, shade, -1, cv2.LINE_AA)
            cv2.ellipse(height, at, axes, angle, 0, 360, high, -1, cv2.LINE_AA)
    return pattern(tone / 255, first=hue / 255 * 0.8, second=ramp(1 - height / 255, 0.6, 1.0), height=height / 255)


def grass(rng: np.random.Generator) -> Pattern:
    """Blades as they are seen from above and aside."""
    tone: Canvas = np.full((TEXELS, TEXELS), 50, np.uint8)
    hue: Canvas = np.zeros((TEXELS, TEXELS), np.uint8)
    for number in range(1500):
        x, y = rng.integers(0, TEXELS, 2).tolist()
        dx, dy = (rng.normal(0, 6), rng.normal(-9, 5))
        light = int(np.clip(60 + 90 * number / 1500 + rng.normal(0, 40), 0, 255))
        dry = int(255 * (rng.random() < 0.2))
        for at in repeated(x, y, 26):
            end = (round(at[0] + dx), round(at[1] + dy))
            cv2.line(tone, at, end, light, 1, cv2.LINE_AA)
            cv2.line(hue, at, end, dry, 1, cv2.LINE_AA)
    bare = ramp(fractal(rng, 1.0, band=(3, 40)), 0.62, 0.9) * 0.6
    return pattern(tone / 255, first=hue / 255 * 0.7, second=bare, height=tone / 255)


def pebbles(rng: np.random.Generator) -> Pattern:
    cells = Cells(rng, 220)
    stone = ramp(cells.from_edge, 0.06, 0.28)
    tone = unit(0.25 + 0.45 * cells.tone + 0.3 * (fractal(rng, 0.4) - 0.5)) * (0.35 + 0.65 * stone)
    return pattern(tone, first=(cells.tone > 0.6) * stone, second=1 - stone, height=stone)


def asphalt(rng: np.random.Generator) -> Pattern:
    """Stones in tar, patched and cracked."""
    speck = fractal(rng, 0.0, band=(30, 128))
    cells = Cells(rng, 9)
    crack = 1 - ramp(cells.from_edge + 0.03 * (fractal(rng, 0.5) - 0.5), 0.0, 0.02)
    crack *= ramp(fractal(rng, 0.9, band=(2, 20)), 0.5, 0.7)
    tone = unit(0.5 + 0.9 * (speck - 0.5) + 0.3 * (fractal(rng, 1.0, band=(2, 60)) - 0.5))
    return pattern(tone, first=ramp(speck, 0.75, 0.95), second=crack * 0.8, height=unit(speck - 0.5 * crack))


def bark(rng: np.random.Generator) -> Pattern:
    ridges = fractal(rng, 0.8, stretch=(5, 1), band=(5, 128))
    deep = 1 - ramp(np.abs(ridges - 0.5), 0.0, 0.14)
    return pattern(unit(0.6 * ridges + 0.4 * fractal(rng, 0.3)), fractal(rng, 1.2), deep * 0.8, 1 - deep)


def fur(rng: np.random.Generator) -> Pattern:
    """Strands along the field's down direction, also hair."""
    bend = 0.05 * fractal(rng, 1.5)
    strands = look_up(fractal(rng, 0.3, stretch=(14, 1), band=(6, 400)), ACROSS + bend, DOWN)
    locks = look_up(fractal(rng, 0.9, stretch=(6, 1), band=(3, 60)), ACROSS + bend, DOWN)
    return pattern(unit(0.5 * strands + 0.5 * locks), first=ramp(strands, 0.6, 0.9), height=locks)


def rust(rng: np.random.Generator) -> Pattern:
    """Paint that flakes: the first colour where it is gone, the second where dirt has run down."""
    gone = ramp(fractal(rng, 1.1), 0.58, 0.63)
    runs = ramp(fractal(rng, 0.8, stretch=(8, 1)), 0.55, 0.9)
    tone = unit(fractal(rng, 0.8) * (1 - 0.2 * gone))
    return pattern(tone, first=gone, second=runs * 0.5, height=unit(0.8 - 0.5 * gone + 0.2 * fractal(rng, 0.3)))


def leather(rng: np.random.Generator) -> Pattern:
    cells = Cells(rng, 500)
    bumps = ramp(cells.from_edge, 0.0, 0.35)
    return pattern(unit(0.4 + 0.3 * bumps + 0.3 * fractal(rng, 1.2)), second=0.4 * (1 - bumps), height=bumps)


def crumpled(rng: np.random.Generator) -> Pattern:
    """Folds with sharp ridges, large and small: clothes, bedding, curtains, paper."""
    folds = np.zeros((TEXELS, TEXELS), np.float32)
    for octave, share in ((2.0, 0.5), (5.0, 0.32), (12.0, 0.18)):
        bent = fractal(rng, 1.0, band=(1.0, octave))
        folds += share * (1 - np.clip(np.abs(2 * bent - 1) * 2.0, 0, 1))
    return pattern(tone=unit(0.2 + 0.6 * folds + 0.1 * fractal(rng, 0.3)), height=unit(folds))


def soil(rng: np.random.Generator) -> Pattern:
    crumbs = Cells(rng, 700)
    tone = unit(0.3 * crumbs.tone + 0.4 * fractal(rng, 0.5) + 0.3 * fractal(rng, 1.3))
    litter = ramp(fractal(rng, 1.2, stretch=(1, 2)), 0.6, 0.8)
    return pattern(tone, first=litter, second=(crumbs.tone > 0.93), height=unit(crumbs.from_edge * 2))


def terrazzo(rng: np.random.Generator) -> Pattern:
    cells = Cells(rng, 400)
    chip = ramp(cells.from_edge, 0.08, 0.12) * (cells.tone > 0.35)
    return pattern(unit(0.4 + 0.3 * cells.tone), chip * (cells.tone > 0.7), chip * (cells.tone < 0.5))


def strata(rng: np.random.Generator) -> Pattern:
    """Layered rock, wind on sand, brushed metal when it is drawn out."""
    lines: Field = look_up(fractal(rng, 0.8, stretch=(1, 9)), ACROSS, DOWN + 0.05 * fractal(rng, 1.3))
    return pattern(unit(0.7 * lines + 0.3 * fractal(rng, 0.4)), ramp(lines, 0.5, 0.62), height=lines)
