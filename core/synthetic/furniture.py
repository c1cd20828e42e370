"""Furniture built of parts. Each piece stands on its frame's origin and faces -z; w, d: its width and depth."""

from math import cos, pi, sin
from random import Random

from core.synthetic.parts import Parts


def add_table(parts: Parts, rng: Random, w: float, d: float) -> float:
    """A dining table, desk or low table, four legs or other feet; returns the height of its top."""
    height = rng.choice((0.42, 0.72, 0.74, 0.76)) * rng.uniform(0.95, 1.05)
    thick = rng.uniform(0.018, 0.06)
    top = parts.material(rng.choice(("wood", "wood", "wood", "glossy", "plastic", "glass", "ceramic")))
    legs = top if rng.random() < 0.5 else parts.material(rng.choice(("wood", "metal", "dark", "plastic")))
    round_top = rng.random() < 0.2
    if round_top:
        parts.frustum(top, (0, height - thick, 0), (0, height, 0), w / 2, w / 2, d / w)
    else:
        parts.stand(top, 0, height - thick, 0, w, thick, d)
    feet = rng.choice(("posts", "posts", "tapered", "splayed", "column", "panels", "trestles"))
    inset = rng.uniform(0.0, 0.12) + (0.15 * w if round_top else 0)
    thin = rng.uniform(0.02, 0.045)
    under = height - thick
    corners = [(sx * (w / 2 - inset - thin), sz * (d / 2 - inset - thin)) for sx in (-1, 1) for sz in (-1, 1)]
    if feet == "column" or (round_top and feet == "panels"):
        parts.upright(legs, 0, 0.03, 0, under - 0.03, 0.05, 0.04)
        parts.upright(legs, 0, 0, 0, 0.03, 0.28 * min(w, d) + 0.1, 0.2 * min(w, d))
    elif feet == "panels":
        for side in (-1, 1):
            parts.stand(legs, side * (w / 2 - thin), 0, 0, thin, under, d * 0.95)
        parts.stand(legs, 0, under * 0.45, d * 0.3, w - 2 * thin, under * 0.5, 0.018)
    elif feet == "trestles":
        for side in (-1, 1):
            x = side * (w / 2 - inset - 0.1)
            for lean in (-1, 1):
                parts.frustum(legs, (x, 0, lean * d * 0.4), (x, under, lean * d * 0.1), thin * 0.7, thin * 0.7)
    else:
        for x, z in corners:
            if feet == "posts":
                parts.stand(legs, x, 0, z, 2 * thin, under, 2 * thin)
            else:
                spread = 1.12 if feet == "splayed" else 1.0
                parts.frustum(legs, (x * spread, 0, z * spread), (x, under, z), thin * 0.55, thin)
        if rng.random() < 0.5 and not round_top:
            for side in (-1, 1):
                parts.stand(legs, 0, under - 0.08, side * (d / 2 - inset - thin), w - 2 * inset, 0.08, 0.02)
    if rng.random() < 0.3 and not round_top and feet != "column":
        x = rng.choice((-1, 1)) * (w / 2 - 0.25)
        parts.stand(legs, x, under * 0.25, 0, 0.4, under * 0.75, d * 0.85)
        for drawer in range(3):
            parts.stand(top, x, under * (0.28 + 0.24 * drawer), -d * 0.43, 0.36, under * 0.2, 0.02)
    return height


def add_chair(parts: Parts, rng: Random, w: float, d: float) -> float:
    """A chair with a back, of one of several makes; returns the height of its seat."""
    seat_height = rng.uniform(0.42, 0.5)
    back_height = rng.uniform(0.35, 0.55)
    seat = parts.material(rng.choice(("wood", "fabric", "leather", "plastic")))
    frame = seat if rng.random() < 0.4 else parts.material(rng.choice(("wood", "metal", "dark")))
    tilt = rng.uniform(0.05, 0.25)
    if rng.random() < 0.3:
        _add_office_chair(parts, rng, seat, w, d, seat_height, tilt)
        return seat_height
    parts.stand(seat, 0, seat_height - 0.04, 0, w, 0.04, d)
    thin = rng.uniform(0.012, 0.022)
    spread = rng.uniform(1.0, 1.2)
    for sx in (-1, 1):
        for sz in (-1, 1):
            x, z = sx * (w / 2 - thin), sz * (d / 2 - thin)
            parts.frustum(frame, (x * spread, 0, z * spread), (x, seat_height - 0.03, z), thin, thin * 1.2)
    back_z, top_z = d / 2 - thin, d / 2 - thin + tilt * back_height
    back = rng.choice(("panel", "slats", "bars", "shell"))
    top_y = seat_height + back_height
    if back == "shell":
        parts.ellipsoid(
            seat, (0, seat_height + 0.5 * back_height, d / 2), (w / 2, 0.55 * back_height, 0.035), 0, -tilt
        )
        return seat_height
    for sx in (-1, 1):
        x = sx * (w / 2 - thin)
        parts.frustum(frame, (x, seat_height - 0.04, back_z), (x, top_y, top_z), thin, thin)
    if back == "panel":
        middle = (0, seat_height + 0.65 * back_height, back_z + 0.65 * tilt * back_height)
        parts.box(seat, middle, (w - 2 * thin, 0.6 * back_height, 0.02), pitch=-tilt)
    elif back == "slats":
        for share in (0.35, 0.65, 0.92):
            middle = (0, seat_height + share * back_height, back_z + share * tilt * back_height)
            parts.box(frame, middle, (w - 2 * thin, 0.15 * back_height, 0.014), pitch=-tilt)
    else:
        parts.box(frame, (0, top_y - 0.02, top_z), (w, 0.06, 0.022), pitch=-tilt)
        for bar in range(-2, 3):
            x = bar * w / 6
            parts.frustum(frame, (x, seat_height, back_z), (x, top_y - 0.03, top_z), 0.008, 0.008)
    if rng.random() < 0.2:
        for sx in (-1, 1):
            parts.stand(frame, sx * w / 2, seat_height + 0.2, 0, 0.04, 0.025, d)
            parts.stand(frame, sx * w / 2, seat_height, -0.4 * d, 0.025, 0.2, 0.025)
    return seat_height


def _add_office_chair(
    parts: Parts, rng: Random, seat: int, w: float, d: float, seat_height: float, tilt: float
) -> None:
    dark = parts.material("dark")
    parts.ellipsoid(seat, (0, seat_height - 0.03, 0), (w / 2, 0.05, d / 2))
    tall = rng.uniform(0.25, 0.42)
    parts.ellipsoid(seat, (0, seat_height + 0.1 + tall, d / 2), (w * 0.47, tall, 0.05), 0, -tilt)
    if rng.random() < 0.3:
        parts.ellipsoid(seat, (0, seat_height + 0.22 + 2 * tall, d / 2 + 0.06), (0.14, 0.09, 0.04))
    parts.upright(dark, 0, 0.08, 0, seat_height - 0.1, 0.03, 0.025)
    parts.box(dark, (0, seat_height + 0.05, d / 2 + 0.03), (0.06, 0.3, 0.02), pitch=-tilt)
    turn = rng.uniform(0, pi)
    for leg in range(5):
        angle = turn + 2 * pi * leg / 5
        x, z = 0.3 * cos(angle), 0.3 * sin(angle)
        parts.frustum(dark, (0, 0.1, 0), (x, 0.06, z), 0.025, 0.015)
        parts.ball(dark, (x, 0.03, z), 0.03)
    if rng.random() < 0.6:
        for side in (-1, 1):
            parts.stand(dark, side * w / 2, seat_height + 0.18, 0.02, 0.06, 0.03, 0.25)
            parts.stand(dark, side * w / 2, seat_height - 0.03, 0.02, 0.03, 0.22, 0.04)


def add_sofa(parts: Parts, rng: Random, w: float, d: float) -> float:
    """An armchair where narrow; returns the height of its seat."""
    cover = parts.material(rng.choice(("fabric", "fabric", "leather")))
    seat, back, arm = rng.uniform(0.36, 0.46), rng.uniform(0.7, 0.95), rng.uniform(0.5, 0.66)
    thick, arm_wide = rng.uniform(0.16, 0.25), rng.uniform(0.1, 0.24)
    parts.stand(cover, 0, 0.1, 0, w, seat - 0.22, d)
    tilt = rng.uniform(0.0, 0.2)
    parts.box(cover, (0, 0.5 * (back + 0.15), d / 2 - thick / 2), (w, back - 0.15, thick), pitch=-tilt)
    rounded = rng.random() < 0.5
    for side in (-1, 1):
        x = side * (w / 2 - arm_wide / 2)
        parts.stand(cover, x, 0.1, 0, arm_wide, arm - 0.1, d)
        if rounded:
            parts.frustum(cover, (x, arm, -d / 2), (x, arm, d / 2), arm_wide * 0.55, arm_wide * 0.55)
    inner = w - 2 * arm_wide
    count = max(1, round(inner / 0.7))
    for number in range(count):
        x = -inner / 2 + (number + 0.5) * inner / count
        parts.stand(cover, x, seat - 0.13, -thick / 2, inner / count - 0.01, 0.13, d - thick)
        parts.ellipsoid(
            cover, (x, seat + 0.22, d / 2 - thick - 0.04), (inner / count * 0.52, 0.24, 0.11), 0, -0.15 - tilt
        )
    feet = parts.material("wood")
    for sx in (-1, 1):
        parts.stand(feet, sx * (w / 2 - 0.07), 0, -d / 2 + 0.07, 0.05, 0.1, 0.05)
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        pillow = parts.material("fabric")
        x, size = rng.uniform(-0.4, 0.4) * inner, rng.uniform(0.17, 0.26)
        turned = (rng.uniform(-0.4, 0.4), rng.uniform(-0.6, -0.2), rng.uniform(-0.5, 0.5))
        parts.ellipsoid(pillow, (x, seat + 0.8 * size, -0.02), (size, size, 0.08), *turned)
    if rng.random() < 0.25:
        _add_throw(parts, rng, w, d, seat, arm)
    return seat


def _add_throw(parts: Parts, rng: Random, w: float, d: float, seat: float, arm: float) -> None:
    """A blanket over one arm, in folds."""
    cloth = parts.material("fabric")
    side = rng.choice((-1, 1))
    for fold in range(rng.randint(4, 8)):
        z = -d / 2 + 0.1 + fold * 0.08
        top = (side * (w / 2 - 0.12), arm + 0.04, z)
        parts.limb(cloth, (side * (w / 2 + 0.05), 0.15, z + rng.uniform(-0.04, 0.04)), top, 0.05, 0.06)
        parts.limb(cloth, top, (side * (w / 2 - 0.45), seat + 0.02, z + rng.uniform(-0.05, 0.05)), 0.06, 0.05)


def add_bed(parts: Parts, rng: Random, w: float, d: float) -> float:
    """Its head is at +z; returns the height of the mattress."""
    frame, sheet, cover = parts.material("wood"), parts.material("fabric"), parts.material("fabric")
    height = rng.uniform(0.4, 0.6)
    parts.stand(frame, 0, 0.1, 0, w, height - 0.3, d)
    parts.stand(sheet, 0, height - 0.2, 0, w - 0.04, 0.2, d - 0.04)
    head = rng.uniform(0.7, 1.3)
    parts.stand(frame if rng.random() < 0.6 else cover, 0, 0, d / 2, w + 0.06, head, 0.07)
    length = rng.uniform(0.5, 0.75) * d
    parts.stand(cover, 0, height - 0.18, -d / 2 + length / 2 - 0.02, w + 0.05, 0.22, length)
    for _ in range(rng.randint(3, 9)):
        x, z = rng.uniform(-0.4, 0.4) * w, -d / 2 + rng.uniform(0.1, 0.9) * length
        size = (rng.uniform(0.15, 0.45), rng.uniform(0.03, 0.09), rng.uniform(0.08, 0.3))
        parts.ellipsoid(cover, (x, height + 0.02, z), size, rng.uniform(0, pi))
    count = 1 if w < 1.2 else 2
    for number in range(count):
        x = (number - 0.5 * (count - 1)) * w / 2
        turned = (rng.uniform(-0.2, 0.2), rng.uniform(-0.5, 0.1))
        parts.ellipsoid(sheet, (x, height + 0.08, d / 2 - 0.25), (0.34, 0.1, 0.2), *turned)
    return height


def add_cupboard(parts: Parts, rng: Random, w: float, d: float) -> float:
    """A wardrobe, sideboard, chest of drawers or kitchen row; returns its height."""
    height = rng.choice((0.45, 0.75, 0.9, 0.9, 1.2, 1.8, 2.1)) * rng.uniform(0.92, 1.08)
    body = parts.material(rng.choice(("wood", "wood", "glossy", "plastic", "metal")))
    front = body if rng.random() < 0.6 else parts.material(rng.choice(("wood", "glossy", "dark")))
    knob = parts.material(rng.choice(("metal", "dark")))
    plinth = rng.uniform(0.02, 0.12)
    parts.stand(body, 0, plinth, 0, w, height - plinth, d)
    parts.stand(knob, 0, 0, 0.02, w * 0.96, plinth, d * 0.9)
    across = max(1, round(w / rng.uniform(0.4, 0.7)))
    down = 1 if height > 1.5 and rng.random() < 0.6 else max(1, round(height / rng.uniform(0.2, 0.5)))
    cell_w, cell_h = w / across, (height - plinth) / down
    for column in range(across):
        for row in range(down):
            x, y = -w / 2 + (column + 0.5) * cell_w, plinth + row * cell_h
            parts.stand(front, x, y + 0.006, -d / 2, cell_w - 0.012, cell_h - 0.012, 0.03)
            side = x + (0.0 if down > 1 else rng.choice((-0.38, 0.38)) * cell_w)
            if rng.random() < 0.5:
                parts.ball(knob, (side, y + 0.6 * cell_h, -d / 2 - 0.03), 0.014)
            else:
                parts.stand(knob, side, y + 0.6 * cell_h, -d / 2 - 0.03, 0.1, 0.012, 0.02)
    if rng.random() < 0.4:
        parts.stand(parts.material("wood"), 0, height, 0, w + 0.03, 0.03, d + 0.03)
    return height


def add_shelf(parts: Parts, rng: Random, w: float, d: float) -> float:
    """An open bookcase with books and things; returns its height."""
    height = rng.uniform(0.8, 2.3)
    wood = parts.material(rng.choice(("wood", "wood", "wood", "metal", "glossy")))
    board = rng.uniform(0.016, 0.035)
    boards = max(2, round(height / rng.uniform(0.26, 0.42)))
    closed = rng.random() < 0.6
    if closed:
        parts.stand(wood, 0, 0, d / 2, w, height, 0.015)
    for side in (-1, 1):
        if closed or rng.random() < 0.5:
            parts.stand(wood, side * (w / 2 - board / 2), 0, 0, board, height, d)
        else:
            for end in (-1, 1):
                parts.stand(wood, side * (w / 2 - 0.02), 0, end * (d / 2 - 0.02), 0.035, height, 0.035)
    step = (height - board) / boards
    for number in range(boards + 1):
        y = number * step
        parts.stand(wood, 0, y, 0, w, board, d)
        if number < boards:
            _fill_board(parts, rng, w - 2 * board, d, y + board, step - board)
    return height


def _fill_board(parts: Parts, rng: Random, w: float, d: float, y: float, room: float) -> None:
    x = -w / 2 + rng.uniform(0, 0.2 * w)
    books = [parts.material("book") for _ in range(3)]
    while x < w / 2 - 0.04:
        what = rng.random()
        if what < 0.78:
            run = min(w / 2 - x, rng.uniform(0.1, 0.5))
            tall = rng.uniform(0.55, 0.92) * room
            while run > 0.02:
                thick = min(run, rng.uniform(0.015, 0.06))
                high = tall * rng.uniform(0.85, 1.08)
                deep = min(0.9 * d, high * rng.uniform(0.6, 0.8))
                leans = rng.random() < 0.06
                middle = (x + thick / 2, y + high / 2, -d / 2 + 0.02 + deep / 2)
                parts.box(rng.choice(books), middle, (0.96 * thick, high, deep), roll=-0.2 if leans else 0.0)
                x, run = x + thick, run - thick
        elif what < 0.86:
            wide = min(w / 2 - x, rng.uniform(0.12, 0.35))
            kind = rng.choice(("box", "plastic", "wood", "poster", "paper"))
            parts.stand(
                parts.material(kind), x + wide / 2, y, 0, wide * 0.95, rng.uniform(0.3, 0.8) * room, 0.7 * d
            )
            x += wide
        elif what < 0.92:
            radius = min(0.1, rng.uniform(0.03, 0.4 * d))
            kind = rng.choice(("ceramic", "glossy", "metal", "glass"))
            parts.ellipsoid(
                parts.material(kind), (x + radius, y + radius, 0), (radius, min(radius * 1.3, room / 2), radius)
            )
            x += 2 * radius
        else:
            x += rng.uniform(0.05, 0.3)


def add_stairs(parts: Parts, rng: Random, w: float, d: float) -> float:
    """A flight that rises towards +z, with a rail; returns how high it goes."""
    rise, run = rng.uniform(0.15, 0.2), rng.uniform(0.24, 0.32)
    steps = max(3, int(d / run))
    tread = parts.material(rng.choice(("wood", "floor", "pavement", "carpet")))
    side = parts.material("wall") if rng.random() < 0.5 else tread
    solid = rng.random() < 0.6
    for step in range(steps):
        y, z = step * rise, -d / 2 + (step + 0.5) * run
        if solid:
            parts.stand(side, 0, 0, z, w, y + rise - 0.03, run)
        parts.stand(tread, 0, y + rise - 0.04, z - 0.01, w + 0.02, 0.04, run + 0.02)
    rail = parts.material(rng.choice(("wood", "metal", "dark")))
    for edge in rng.choice(((-1,), (1,), (-1, 1))):
        x = edge * w / 2
        start, end = (x, 0.95, -d / 2), (x, 0.95 + steps * rise, -d / 2 + steps * run)
        parts.frustum(rail, start, end, 0.025, 0.025)
        for step in range(0, steps, rng.choice((1, 2, 3))):
            z = -d / 2 + (step + 0.5) * run
            parts.frustum(rail, (x, (step + 1) * rise, z), (x, 0.95 + (step + 0.5) * rise, z), 0.012, 0.012)
    return steps * rise
