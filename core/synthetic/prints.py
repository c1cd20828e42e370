"""Pictures that lie on flat things: posters, pages, screens, labels, views out of windows. RGB, invented here.

Each function takes a generator and returns uint8 (TEXELS, TEXELS, 3); x runs to the right, y down.
"""

import colorsys

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.synthetic.fields import DOWN, TEXELS, fractal, ramp

Print = NDArray[np.uint8]  # (TEXELS, TEXELS, 3) RGB
Colour = tuple[int, int, int]


def _hsv(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def _colour(rng: np.random.Generator, saturation: tuple[float, float], value: tuple[float, float]) -> Colour:
    """Of any hue."""
    return _hsv(rng.random(), rng.uniform(*saturation), rng.uniform(*value))


def _sheet(colour: Colour) -> Print:
    return np.full((TEXELS, TEXELS, 3), colour, np.uint8)


def _lines_of_text(
    picture: Print, rng: np.random.Generator, box: tuple[int, int, int, int], letter_px: int, ink: Colour
) -> None:
    """Marks that look like words, ragged at the right, within (left, top, right, bottom)."""
    left, top, right, bottom = box
    for line in range(top, bottom - letter_px, round(letter_px * 1.9)):
        x = left + (letter_px * 2 if rng.random() < 0.12 else 0)
        end = left + (right - left) * rng.uniform(0.35 if rng.random() < 0.18 else 0.86, 1.0)
        while x < end:
            for _ in range(int(rng.integers(2, 10))):
                wide = max(1, round(letter_px * rng.uniform(0.35, 0.7)))
                tall = letter_px if rng.random() < 0.3 else round(letter_px * 0.7)
                shape = rng.random()
                low, high = (x, line + letter_px - tall), (x + wide, line + letter_px)
                if letter_px < 4 or shape < 0.3:
                    cv2.rectangle(picture, low, high, ink, -1 if letter_px < 5 else max(1, letter_px // 5))
                elif shape < 0.7:
                    cv2.line(picture, low, (low[0], high[1]), ink, max(1, letter_px // 5), cv2.LINE_AA)
                    cv2.line(picture, low, high, ink, max(1, letter_px // 6), cv2.LINE_AA)
                else:
                    middle = ((low[0] + high[0]) // 2, (low[1] + high[1]) // 2)
                    cv2.ellipse(picture, middle, (max(1, wide // 2), tall // 2), 0, 30, 330, ink, 1, cv2.LINE_AA)
                x += wide + max(1, letter_px // 4)
                if x >= end:
                    break
            x += letter_px


def page(rng: np.random.Generator) -> Print:
    picture = _sheet((244, 242, 234))
    size = int(rng.integers(4, 7))
    _lines_of_text(picture, rng, (30, 20, 200, 44), 3 * size, (30, 30, 34))
    columns = int(rng.integers(1, 4))
    wide = (TEXELS - 40) // columns
    for column in range(columns):
        left = 20 + column * wide
        _lines_of_text(picture, rng, (left, 60, left + wide - 10, 245), size, (52, 52, 56))
    if rng.random() < 0.6:
        top = int(rng.integers(70, 150))
        cv2.rectangle(picture, (24, top), (24 + wide - 18, top + 66), _colour(rng, (0, 0.6), (0.3, 0.8)), -1)
    return picture


def landscape(rng: np.random.Generator) -> Print:
    """A sky, a low sun, ridges one behind the other, and a field."""
    evening = rng.random() < 0.35
    above = _hsv(0.58 + 0.06 * rng.random(), rng.uniform(0.25, 0.65), rng.uniform(0.55, 0.95))
    below = _hsv(0.07 if evening else 0.57, rng.uniform(0.1, 0.5 if evening else 0.2), rng.uniform(0.85, 1.0))
    down = np.clip(1.6 * DOWN, 0, 1)[..., None]
    clouds = ramp(fractal(rng, 1.4), 0.5, 0.8)[..., None] * 0.8
    sky = np.array(above) * (1 - down) + np.array(below) * down
    picture: Print = (sky * (1 - clouds) + 244 * clouds).clip(0, 255).astype(np.uint8)
    if evening or rng.random() < 0.3:
        sun = (int(rng.integers(40, 216)), int(rng.integers(40, 120)))
        cv2.circle(picture, sun, int(rng.integers(6, 20)), (255, 246, 214), -1, cv2.LINE_AA)
    base = _hsv(rng.uniform(0.08, 0.4), rng.uniform(0.15, 0.6), rng.uniform(0.25, 0.55))
    start = rng.uniform(0.35, 0.6)
    for ridge in range(4):
        skyline = start + 0.13 * ridge + 0.5 * (fractal(rng, 1.2)[0] - 0.5) * (0.5 - 0.08 * ridge)
        share = (3 - ridge) / 4
        tone = np.array(base) * (1 - share) + np.array(below) * share * 0.8
        land = tone * (0.7 + 0.6 * fractal(rng, 0.8)[..., None])
        inside = ramp(DOWN - skyline[None, :], 0.0, 0.01)[..., None]
        picture = (picture * (1 - inside) + land * inside).clip(0, 255).astype(np.uint8)
    return picture


def collage(rng: np.random.Generator) -> Print:
    """Shapes over shapes, large ones below: an abstract print, a painting, a busy poster."""
    picture = _sheet(_colour(rng, (0, 0.5), (0.3, 1.0)))
    for size in np.geomspace(90, 5, int(rng.integers(30, 90))):
        at = rng.integers(0, TEXELS, 2).tolist()
        colour, angle = _colour(rng, (0.05, 0.9), (0.1, 1.0)), float(rng.uniform(0, 180))
        long, short = max(1, round(size * rng.uniform(0.5, 1.3))), max(1, round(size * rng.uniform(0.2, 1.0)))
        match rng.integers(0, 4):
            case 0:
                cv2.ellipse(picture, at, (long, short), angle, 0, 360, colour, -1, cv2.LINE_AA)
            case 1:
                corners = cv2.boxPoints((tuple(map(float, at)), (2.0 * long, 2.0 * short), angle))
                cv2.fillConvexPoly(picture, corners.astype(np.int32), colour, cv2.LINE_AA)
            case 2:
                corners = rng.integers(-long, long + 1, (3, 2)) + at
                cv2.fillConvexPoly(picture, corners.astype(np.int32), colour, cv2.LINE_AA)
            case _:
                end = (at[0] + int(rng.integers(-80, 81)), at[1] + int(rng.integers(-80, 81)))
                cv2.line(picture, at, end, colour, max(1, short // 6), cv2.LINE_AA)
    return picture


def portrait(rng: np.random.Generator) -> Print:
    """Head and shoulders before a ground, framed by a mat."""
    picture = _sheet(_colour(rng, (0, 0.6), (0.2, 0.9)))
    skin = np.array((224, 172, 140)) * rng.uniform(0.35, 1.1)
    tone = tuple(int(channel) for channel in skin.clip(0, 255))
    middle = (int(rng.integers(100, 156)), int(rng.integers(90, 120)))
    cv2.ellipse(
        picture, (middle[0], 260), (92, 98), 0, 0, 360, _colour(rng, (0.1, 0.8), (0.1, 0.9)), -1, cv2.LINE_AA
    )
    cv2.ellipse(picture, (middle[0], middle[1] - 8), (50, 60), 0, 0, 360, (52, 38, 30), -1, cv2.LINE_AA)
    cv2.rectangle(picture, (middle[0] - 16, middle[1] + 30), (middle[0] + 16, middle[1] + 82), tone, -1)
    cv2.ellipse(picture, middle, (38, 52), 0, 0, 360, tone, -1, cv2.LINE_AA)
    for side in (-15, 15):
        cv2.ellipse(picture, (middle[0] + side, middle[1] - 6), (6, 3), 0, 0, 360, (34, 26, 24), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (middle[0], middle[1] + 24), (13, 4), 0, 0, 360, (150, 70, 66), -1, cv2.LINE_AA)
    cv2.rectangle(picture, (0, 0), (TEXELS - 1, TEXELS - 1), (240, 238, 230), int(rng.integers(1, 44)))
    return picture


def cover(rng: np.random.Generator) -> Print:
    """A book, a box or a bottle's label: a title, a picture or blocks, small print."""
    ground = _colour(rng, (0.1, 0.9), (0.15, 1.0))
    picture = _sheet(ground)
    ink: Colour = (250, 248, 240) if sum(ground) < 380 else (24, 24, 30)
    if rng.random() < 0.6:
        inset = (landscape, collage, portrait)[int(rng.integers(0, 3))](rng)
        top = int(rng.integers(70, 110))
        picture[top : top + 128, 20:236] = cv2.resize(inset, (216, 128), interpolation=cv2.INTER_AREA)
    for top in rng.integers(0, 200, 3).tolist():
        cv2.rectangle(picture, (0, top), (TEXELS, top + 9), _colour(rng, (0.2, 0.9), (0.2, 1.0)), -1)
    _lines_of_text(picture, rng, (16, 16, 240, 60), int(rng.integers(16, 30)), ink)
    _lines_of_text(picture, rng, (16, 212, 200, 250), 5, ink)
    return picture


def editor(rng: np.random.Generator) -> Print:
    """A dark screen full of coloured words, with a side bar."""
    picture = _sheet((30, 31, 36))
    cv2.rectangle(picture, (0, 0), (48, TEXELS), (40, 42, 50), -1)
    _lines_of_text(picture, rng, (6, 16, 44, 200), 4, (140, 144, 156))
    for top in range(10, 246, 8):
        left = 58 + 10 * int(rng.integers(0, 4))
        while left < rng.integers(90, 240):
            wide = int(rng.integers(8, 34))
            _lines_of_text(
                picture, rng, (left, top, left + wide, top + 8), 4, _colour(rng, (0.1, 0.6), (0.6, 0.95))
            )
            left += wide + 4
    return picture


def windows(rng: np.random.Generator) -> Print:
    """A desktop: a wallpaper, overlapping windows with title bars, a task bar."""
    picture = landscape(rng) if rng.random() < 0.6 else _sheet(_colour(rng, (0.3, 0.8), (0.2, 0.7)))
    for _ in range(int(rng.integers(1, 5))):
        x, y = rng.integers(0, 130, 2).tolist()
        wide, tall = rng.integers(70, 150, 2).tolist()
        light = rng.random() < 0.7
        cv2.rectangle(picture, (x, y), (x + wide, y + tall), (248, 248, 250) if light else (36, 38, 44), -1)
        cv2.rectangle(picture, (x, y), (x + wide, y + 9), _colour(rng, (0, 0.7), (0.3, 0.9)), -1)
        ink: Colour = (60, 62, 70) if light else (200, 204, 212)
        _lines_of_text(picture, rng, (x + 6, y + 16, x + wide - 6, y + tall - 6), int(rng.integers(3, 7)), ink)
        if rng.random() < 0.5:
            inset = collage(rng)[: max(8, tall // 2), : max(8, wide // 2)]
            picture[y + 14 : y + 14 + inset.shape[0], x + 5 : x + 5 + inset.shape[1]] = inset
    cv2.rectangle(picture, (0, 246), (TEXELS, TEXELS), (44, 46, 56), -1)
    return picture


def chart(rng: np.random.Generator) -> Print:
    """A slide, a map or a calendar: a title over curves, bars or a table."""
    picture = _sheet((250, 250, 250) if rng.random() < 0.7 else (38, 44, 60))
    ink: Colour = (40, 44, 60) if picture[0, 0, 0] > 128 else (232, 234, 240)
    _lines_of_text(picture, rng, (20, 14, 220, 40), 14, ink)
    kind = rng.random()
    if kind < 0.35:
        for left in range(30, 230, 26):
            top = int(rng.integers(70, 210))
            cv2.rectangle(picture, (left, top), (left + 17, 230), _colour(rng, (0.4, 0.9), (0.4, 0.95)), -1)
    elif kind < 0.7:
        for _ in range(4):
            heights = 60 + 160 * fractal(rng, 1.0)[0, ::8]
            points = np.stack((np.linspace(24, 236, 32), heights), axis=1).astype(np.int32)
            cv2.polylines(picture, [points], False, _colour(rng, (0.5, 0.9), (0.3, 0.9)), 2, cv2.LINE_AA)
    else:
        for row in range(56, 246, 27):
            for column in range(20, 236, 31):
                cv2.rectangle(picture, (column, row), (column + 31, row + 27), ink, 1)
                _lines_of_text(picture, rng, (column + 4, row + 4, column + 26, row + 20), 5, ink)
    return picture


def sign(rng: np.random.Generator) -> Print:
    """A few large letters on one colour, with a rim."""
    ground = _colour(rng, (0.3, 1.0), (0.2, 1.0))
    picture = _sheet(ground)
    ink: Colour = (250, 250, 250) if sum(ground) < 400 else (20, 20, 24)
    cv2.rectangle(picture, (8, 8), (247, 247), ink, int(rng.integers(1, 10)))
    _lines_of_text(picture, rng, (26, 60, 236, 190), int(rng.integers(36, 70)), ink)
    return picture


def outside(rng: np.random.Generator) -> Print:
    """What a window shows by day: a bright sky, trees or houses, and the bars of the window."""
    picture = landscape(rng)
    for _ in range(int(rng.integers(0, 5))):
        left, wide, top = int(rng.integers(0, 220)), int(rng.integers(30, 80)), int(rng.integers(80, 170))
        wall = _colour(rng, (0.05, 0.35), (0.5, 0.9))
        cv2.rectangle(picture, (left, top), (left + wide, TEXELS), wall, -1)
        for x in range(left + 5, left + wide - 6, 13):
            for y in range(top + 8, 250, 18):
                cv2.rectangle(picture, (x, y), (x + 6, y + 9), (70, 80, 96), -1)
    for _ in range(int(rng.integers(0, 90))):
        at = (int(rng.integers(0, TEXELS)), int(rng.integers(130, 260)))
        cv2.circle(picture, at, int(rng.integers(5, 22)), (40, int(rng.integers(70, 140)), 44), -1, cv2.LINE_AA)
    bars = int(rng.integers(0, 3))
    for bar in range(1, bars + 1):
        x = bar * TEXELS // (bars + 1)
        cv2.line(picture, (x, 0), (x, TEXELS), (236, 234, 228), 8)
    cv2.rectangle(picture, (0, 0), (TEXELS - 1, TEXELS - 1), (236, 234, 228), 12)
    return picture


def front(rng: np.random.Generator) -> Print:
    """Part of a house's front: rows of windows with sills, frames, curtains and reflections of the sky."""
    wall = _colour(rng, (0.02, 0.45), (0.45, 0.95))
    picture = _sheet(wall)
    picture[:] = (picture * (0.86 + 0.28 * fractal(rng, 0.7)[..., None])).clip(0, 255)
    columns, rows = int(rng.integers(2, 6)), int(rng.integers(2, 6))
    wide, tall = TEXELS // columns, TEXELS // rows
    narrow, low = rng.uniform(0.3, 0.75), rng.uniform(0.4, 0.75)
    trim = _colour(rng, (0, 0.3), (0.2, 1.0))
    for row in range(rows):
        for column in range(columns):
            left = column * wide + round(wide * (1 - narrow) / 2)
            top = row * tall + round(tall * (1 - low) / 2)
            right, bottom = left + round(wide * narrow), top + round(tall * low)
            glass = np.array((60, 72, 88)) * rng.uniform(0.4, 2.2)
            tone = tuple(int(channel) for channel in glass.clip(0, 255))
            cv2.rectangle(picture, (left, top), (right, bottom), tone, -1)
            if rng.random() < 0.4:
                cv2.rectangle(picture, (left, top), (right, (top + bottom) // 2), (200, 196, 186), -1)
            cv2.rectangle(picture, (left, top), (right, bottom), trim, 2)
            cv2.line(picture, ((left + right) // 2, top), ((left + right) // 2, bottom), trim, 2)
            cv2.rectangle(picture, (left - 3, bottom), (right + 3, bottom + 3), trim, -1)
        if rng.random() < 0.5:
            cv2.line(picture, (0, row * tall), (TEXELS, row * tall), tuple(int(c * 0.8) for c in wall), 2)
    return picture


def room(rng: np.random.Generator) -> Print:
    """What a shiny thing mirrors indoors: walls, bright windows and lamps, dark furniture; wraps at its sides."""
    picture = _sheet(_colour(rng, (0, 0.25), (0.35, 0.7)))
    picture[170:] = _colour(rng, (0.1, 0.5), (0.15, 0.4))
    picture[:40] = _colour(rng, (0, 0.1), (0.6, 0.85))
    for _ in range(5):
        x, wide = int(rng.integers(0, 220)), int(rng.integers(14, 60))
        cv2.rectangle(
            picture, (x, int(rng.integers(110, 150))), (x + wide, 190), _colour(rng, (0, 0.6), (0.05, 0.4)), -1
        )
    for _ in range(int(rng.integers(1, 4))):
        x = int(rng.integers(0, 200))
        cv2.rectangle(picture, (x, 60), (x + int(rng.integers(14, 44)), 130), (255, 255, 255), -1)
    for _ in range(int(rng.integers(1, 4))):
        cv2.circle(picture, (int(rng.integers(0, TEXELS)), int(rng.integers(8, 50))), 8, (255, 250, 236), -1)
    return picture


def open_ground(rng: np.random.Generator) -> Print:
    """What a shiny thing mirrors outdoors: sky over a skyline over ground."""
    picture = landscape(rng)
    picture[150:] = _colour(rng, (0.05, 0.4), (0.2, 0.5))
    return picture
