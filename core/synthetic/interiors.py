"""The shell of rooms: walls with windows and doorways, what hangs on them, ceiling lamps, the world outside."""

from math import cos, pi, sin
from random import Random

from core.synthetic.parts import Parts, Vector
from core.synthetic.plants import add_bush, add_tree

THICK_M = 0.2


def add_shell(parts: Parts, rng: Random, w: float, d: float, h: float) -> None:
    """A room w (x) by d (z) by h, its floor's middle at the frame's origin."""
    floor, ceiling, wall = parts.material("floor"), parts.material("ceiling"), parts.material("wall")
    parts.stand(floor, 0, -0.3, 0, w + 2 * THICK_M, 0.3, d + 2 * THICK_M)
    parts.stand(ceiling, 0, h, 0, w + 2 * THICK_M, 0.3, d + 2 * THICK_M)
    accent = parts.material("wall") if rng.random() < 0.3 else wall
    trim = parts.material(rng.choice(("wall", "wood", "plastic"))) if rng.random() < 0.7 else None
    windows = rng.choice((0.0, 0.2, 0.5, 0.9))
    for number, (width, away) in enumerate(((w, d / 2), (d, w / 2), (w, d / 2), (d, w / 2))):
        turn = number * pi / 2
        parts.enter(round(sin(turn)) * away, 0, round(cos(turn)) * away, turn)
        add_wall(parts, rng, accent if number == 0 else wall, width, h, trim, windows)
        parts.leave()
    if rng.random() < 0.2:
        beam = parts.material(rng.choice(("wood", "ceiling")))
        step = rng.uniform(0.6, 1.4)
        for number in range(int(d / step)):
            parts.stand(beam, 0, h - 0.18, -d / 2 + (number + 0.5) * step, w, 0.18, 0.12)
    if rng.random() < 0.5:
        rug = parts.material("carpet")
        place = (rng.uniform(-0.2, 0.2) * w, rng.uniform(-0.2, 0.2) * d)
        parts.stand(rug, place[0], 0, place[1], rng.uniform(0.3, 0.7) * w, 0.012, rng.uniform(0.3, 0.6) * d)


def add_outside(parts: Parts, rng: Random, w: float, d: float) -> None:
    """What is seen through the windows: ground, perhaps of a lower storey, houses, trees."""
    low = rng.choice((-0.15, -0.4, -3.0, -9.0))
    ground = parts.material(rng.choice(("grass", "grass", "road", "pavement", "ground")))
    parts.stand(ground, 0, low - 3.0, 0, 600, 3.0, 600)
    for _ in range(rng.randint(2, 8)):
        turn, away = rng.uniform(0, 2 * pi), rng.uniform(6, 40) + max(w, d)
        parts.enter(away * sin(turn), low, away * cos(turn), turn + rng.gauss(0, 0.3))
        what = rng.random()
        if what < 0.5:
            height = rng.uniform(3, 18)
            parts.stand(parts.material("facade"), 0, 0, 5, rng.uniform(6, 20), height, 8)
            parts.stand(parts.material("window"), rng.uniform(-2, 2), 0.4 * height, 1.0, 1.2, 1.5, 0.1)
        elif what < 0.85:
            add_tree(parts, rng, rng.uniform(4, 12), fine=False)
        else:
            add_bush(parts, rng, rng.uniform(0.5, 1.5))
        parts.leave()


def add_wall(
    parts: Parts, rng: Random, wall: int, width: float, h: float, trim: int | None, windows: float
) -> None:
    """Along x, its inner side at z = 0 facing -z. `windows`: how likely an opening is at each place for one."""
    openings: list[tuple[float, float, float, float]] = []  # left, right, low, high
    hung: list[tuple[float, float]] = []  # left and right of what is left of the wall
    x = -width / 2 + rng.uniform(0.1, 1.0)
    while x < width / 2 - 0.7:
        free = width / 2 - 0.1 - x
        wide = min(rng.uniform(0.6, 2.4), free)
        what = rng.random()
        if what < 0.5 * windows:
            low = rng.choice((0.1, 0.8, 0.9, 1.1)) * rng.uniform(0.9, 1.1)
            openings.append((x, x + wide, low, min(h - 0.12, low + rng.uniform(0.8, 2.0))))
        elif what < 0.5 * windows + 0.12:
            wide = min(rng.uniform(0.75, 1.0), free)
            openings.append((x, x + wide, 0.0, min(h - 0.1, rng.uniform(1.95, 2.2))))
        else:
            hung.append((x, x + wide))
        x += wide + rng.uniform(0.1, 0.8)
    edge = -width / 2 - THICK_M
    for left, right, low, high in openings:
        _stand_between(parts, wall, edge, left, 0, h)
        _stand_between(parts, wall, left, right, 0, low)
        _stand_between(parts, wall, left, right, high, h)
        if low > 0:
            _add_window(parts, rng, left, right, low, high, h)
        else:
            _add_door(parts, rng, left, right, high)
        edge = right
    _stand_between(parts, wall, edge, width / 2 + THICK_M, 0, h)
    for left, right in hung:
        _hang(parts, rng, left, right, h)
    if trim is not None:
        edge = -width / 2
        for left, right, low, _ in (*openings, (width / 2, width / 2, 0.0, 0.0)):
            if low == 0.0:
                parts.stand(trim, (edge + left) / 2, 0, -0.008, max(0.01, left - edge), 0.09, 0.016)
                edge = right


def _stand_between(parts: Parts, material: int, left: float, right: float, low: float, high: float) -> None:
    if right > left and high > low:
        parts.stand(material, (left + right) / 2, low, THICK_M / 2, right - left, high - low, THICK_M)


def _add_window(parts: Parts, rng: Random, left: float, right: float, low: float, high: float, h: float) -> None:
    """Frame, bars, sill, curtains or blinds, a radiator below."""
    frame = parts.material(rng.choice(("plastic", "wood", "dark")))
    middle, wide, tall = (left + right) / 2, right - left, high - low
    z, thin = rng.uniform(0.05, 0.15), rng.uniform(0.04, 0.08)
    for x in (left + thin / 2, right - thin / 2):
        parts.stand(frame, x, low, z, thin, tall, 0.05)
    for y in (low, high - thin):
        parts.stand(frame, middle, y, z, wide, thin, 0.05)
    for bar in range(1, rng.choice((1, 2, 2, 3))):
        parts.stand(frame, left + wide * bar / 2, low, z, 0.8 * thin, tall, 0.05)
    if rng.random() < 0.35:
        parts.stand(frame, middle, low + rng.uniform(0.3, 0.7) * tall, z, wide, 0.7 * thin, 0.05)
    parts.stand(parts.material("ceramic"), middle, low - 0.04, -0.05, wide + 0.1, 0.04, 0.2)
    if rng.random() < 0.15:
        parts.stand(parts.material("window"), middle, low, z + 0.03, wide, tall, 0.01)
    cover = rng.random()
    if cover < 0.4:
        _add_curtains(parts, rng, left, right, low, min(h - 0.05, high + 0.15))
    elif cover < 0.6:
        slats = parts.material("plastic")
        down = rng.uniform(0.2, 1.0) * tall
        for slat in range(min(30, int(down / 0.045))):
            parts.box(
                slats, (middle, high - 0.045 * slat, -0.02), (wide, 0.004, 0.04), pitch=rng.uniform(0.2, 0.4)
            )
    if low > 0.5 and rng.random() < 0.4:
        metal = parts.material("plastic")
        for rib in range(int(wide / 0.09)):
            parts.stand(metal, left + 0.045 + 0.09 * rib, 0.12, -0.08, 0.06, min(0.6, low - 0.2), 0.09)


def _add_curtains(parts: Parts, rng: Random, left: float, right: float, low: float, top: float) -> None:
    """In folds, drawn more or less, to the sill or to the floor."""
    cloth, rail = parts.material("curtain"), parts.material(rng.choice(("metal", "wood")))
    foot = rng.choice((0.03, low - 0.1))
    share = rng.choice((0.15, 0.25, 0.45))
    fold = rng.uniform(0.035, 0.07)
    for side, start in ((1, left - 0.15), (-1, right + 0.15)):
        for number in range(max(2, int(share * (right - left) / (1.5 * fold)))):
            x = start + side * 1.5 * fold * number
            z = -0.09 + rng.uniform(-0.02, 0.02)
            parts.frustum(cloth, (x + rng.gauss(0, 0.015), foot, z), (x, top, z), fold, 0.8 * fold)
    parts.frustum(rail, (left - 0.3, top, -0.09), (right + 0.3, top, -0.09), 0.014, 0.014)


def _add_door(parts: Parts, rng: Random, left: float, right: float, high: float) -> None:
    """A doorway: closed, ajar into the room, or open on a corridor."""
    frame = parts.material(rng.choice(("wood", "plastic", "wall")))
    middle, wide = (left + right) / 2, right - left
    for x in (left - 0.03, right + 0.03):
        parts.stand(frame, x, 0, 0, 0.07, high + 0.06, 0.03)
    parts.stand(frame, middle, high, 0, wide + 0.13, 0.07, 0.03)
    way = rng.random()
    leaf = parts.material("wood") if rng.random() < 0.6 else frame
    opened = 0.0 if way < 0.45 else rng.uniform(0.3, 2.0)
    if way < 0.8:
        parts.enter(left, 0, 0.02, opened)
        parts.stand(leaf, wide / 2, 0.01, 0, wide, high - 0.02, 0.04)
        parts.ball(parts.material("metal"), (wide - 0.07, 1.0, -0.05), 0.028)
        if rng.random() < 0.5:
            for low, tall in ((0.15, 0.3), (0.55, 0.35)):
                parts.stand(leaf, wide / 2, low * high, -0.025, 0.7 * wide, tall * high, 0.012)
        parts.leave()
    if opened:
        depth, behind = rng.uniform(1.0, 5.0), parts.material("wall")
        floor = parts.material("floor")
        parts.stand(behind, middle, -0.1, THICK_M + depth, 4.0, 3.0, 0.1)
        parts.stand(floor, middle, -0.28, THICK_M + depth / 2, 4.0, 0.28, depth)
        parts.stand(behind, middle, 2.5, THICK_M + depth / 2, 4.0, 0.1, depth)
        for side in (-1, 1):
            parts.stand(behind, middle + side * 1.6, 0, THICK_M + depth / 2, 0.1, 2.6, depth)


def _hang(parts: Parts, rng: Random, left: float, right: float, h: float) -> None:
    """Something on the wall between two places, or nothing."""
    x, room = (left + right) / 2, right - left
    y = rng.uniform(1.25, 1.75)
    what = rng.random()
    if what < 0.45:
        for number in range(rng.choice((1, 1, 1, 2, 3))):
            wide, tall = min(room, rng.uniform(0.2, 1.1)), rng.uniform(0.2, 0.9)
            middle = (
                x + (number - 0.5) * 0.7 * room * (number > 0),
                min(h - 0.1 - tall / 2, y + rng.uniform(-0.2, 0.3)),
                0,
            )
            if rng.random() < 0.6:
                frame = parts.material(rng.choice(("wood", "dark", "metal", "plastic")))
                parts.box(frame, middle, (wide + 0.05, tall + 0.05, 0.035))
            parts.box(
                parts.material(rng.choice(("poster", "poster", "paper", "glass"))), middle, (wide, tall, 0.045)
            )
    elif what < 0.55:
        board = parts.material("wood")
        for number in range(rng.randint(1, 3)):
            parts.stand(board, x, y - 0.3 + 0.35 * number, -0.11, min(room, 1.0), 0.025, 0.22)
            for _ in range(rng.randint(1, 6)):
                thing = parts.material(rng.choice(("book", "ceramic", "box", "glass", "plastic")))
                thing_x = x + rng.uniform(-0.4, 0.4) * min(room, 1.0)
                wide, tall = rng.uniform(0.03, 0.12), rng.uniform(0.06, 0.24)
                parts.stand(thing, thing_x, y - 0.275 + 0.35 * number, -0.11, wide, tall, 0.13)
    elif what < 0.62:
        radius = rng.uniform(0.1, 0.2)
        parts.frustum(parts.material("dark"), (x, y + 0.3, 0), (x, y + 0.3, -0.04), radius, radius)
        parts.frustum(parts.material("paper"), (x, y + 0.3, 0), (x, y + 0.3, -0.042), 0.9 * radius, 0.9 * radius)
    elif what < 0.7:
        wide = min(room, rng.uniform(0.8, 1.6))
        parts.box(parts.material("dark"), (x, y, -0.03), (wide, 0.57 * wide, 0.05))
        parts.box(
            parts.material("screen" if rng.random() < 0.5 else "glass"),
            (x, y, -0.05),
            (wide * 0.97, 0.54 * wide, 0.02),
        )
    elif what < 0.76:
        cloth = parts.material("clothes")
        for hook in range(rng.randint(1, 4)):
            hook_x = x + 0.18 * (hook - 1)
            parts.frustum(cloth, (hook_x, y - 0.75, -0.1), (hook_x, y + 0.1, -0.06), 0.13, 0.06, 0.6)
    else:
        plate = parts.material("plastic")
        parts.box(plate, (left + 0.1, 1.15, 0), (0.08, 0.08, 0.02))


def add_ceiling_lamps(parts: Parts, rng: Random, w: float, d: float, h: float) -> list[Vector]:
    """Hanging, flat, or in rows; where their light comes from."""
    metal = parts.material(rng.choice(("metal", "dark", "plastic")))
    kind = rng.choice(("hanging", "hanging", "flat", "rows", "none"))
    places: list[Vector] = []
    if kind == "rows":
        glow = parts.material("lamp")
        for row in range(max(1, int(d / 2.0))):
            z = -d / 2 + (row + 0.5) * d / max(1, int(d / 2.0))
            parts.stand(glow, 0, h - 0.04, z, min(1.2, 0.5 * w), 0.04, rng.choice((0.15, 0.6)))
            places.append((0.0, h - 0.15, z))
        return places[:3]
    x, z = rng.uniform(-0.25, 0.25) * w, rng.uniform(-0.25, 0.25) * d
    if kind == "hanging":
        drop = rng.uniform(0.3, 1.0)
        shade = parts.material(rng.choice(("lamp", "metal", "fabric", "plastic")))
        parts.frustum(metal, (x, h - drop, z), (x, h, z), 0.005, 0.005)
        form = rng.random()
        wide = rng.uniform(0.1, 0.28)
        if form < 0.4:
            parts.ball(shade, (x, h - drop - 0.5 * wide, z), 0.8 * wide)
        else:
            parts.upright(shade, x, h - drop - 0.7 * wide, z, 0.9 * wide, wide, wide * rng.uniform(0.2, 0.9))
        return [(x, h - drop - 1.8 * wide, z)]
    if kind == "flat":
        parts.upright(parts.material("lamp"), x, h - 0.09, z, 0.09, 0.16, 0.2)
    return [(x, h - 0.25, z)]
