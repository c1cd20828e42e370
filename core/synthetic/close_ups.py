"""What fills a picture from near by: table tops, cloth, boards and boxes, figures in rows, shelves, pets."""

from collections.abc import Callable
from math import cos, pi, sin, tau
from random import Random

from core.synthetic import furniture
from core.synthetic.animals import add_animal
from core.synthetic.furnishing import Place, furnish
from core.synthetic.interiors import add_ceiling_lamps, add_outside, add_shell
from core.synthetic.items import ON_DESKS, add_turned, scatter
from core.synthetic.layout import Pose, Scene, any_tilt, any_view
from core.synthetic.office import dress_desk
from core.synthetic.parts import Parts, Vector
from core.synthetic.people import add_hand, add_person
from core.synthetic.plants import add_bush, add_flowers, add_potted_plant
from core.synthetic.points import add, along, unit
from core.synthetic.vehicles import add_cycle, add_vehicle

Subject = Callable[[Parts, Random], tuple[float, float, float]]


def lay_out_close_up(rng: Random) -> Scene:
    """A subject at the world's origin in a furnished room; the camera goes round it."""
    parts = Parts()
    make, _ = rng.choices(SUBJECTS, [often for _, often in SUBJECTS])[0]
    level, size, away = make(parts, rng)
    w, d, h = rng.uniform(4.0, 9.0), rng.uniform(4.5, 10.0), rng.uniform(2.4, 4.0)
    shift = (rng.uniform(-0.2, 0.2) * w, 0.0, rng.uniform(-0.1, 0.25) * d)
    pitch = rng.choice((rng.uniform(0.02, 0.35), rng.uniform(0.15, 0.8), rng.uniform(0.6, 1.35)))
    turn = rng.gauss(0, 0.5)
    reach = away * rng.uniform(0.8, 1.5)
    aim = (rng.gauss(0, 0.15) * size, level + rng.uniform(-0.05, 0.2) * size, rng.gauss(0, 0.15) * size)
    eye = add(aim, (-reach * sin(turn) * cos(pitch), reach * sin(pitch), -reach * cos(turn) * cos(pitch)))
    eye = (eye[0], max(0.08, min(h - 0.2, eye[1])), max(eye[2], shift[2] - d / 2 + 0.2))
    parts.enter(*shift)
    add_shell(parts, rng, w, d, h)
    add_outside(parts, rng, w, d)
    lamps = [add(lamp, shift) for lamp in add_ceiling_lamps(parts, rng, w, d, h)]
    free = max(size, 0.8) * 0.5 + reach
    furnish(
        parts,
        rng,
        w,
        d,
        [Place(-shift[0], -shift[2], free, free, 1.0)],
        at_walls=rng.randint(3, 12),
        amid=2,
        floor_things=4,
    )
    parts.leave()
    pose = Pose(eye, turn + rng.gauss(0, 0.06), pitch + rng.gauss(0, 0.05), any_tilt(rng), any_view(rng, 30, 85))
    return Scene(parts, pose, indoor=True, reach_m=max(1.5, 2.2 * reach), lamps=lamps)


def _table_top(parts: Parts, rng: Random) -> tuple[float, float, float]:
    """Returns, as all subjects do, metres: the height of its middle, its size, how far off the camera is to be."""
    w, d = rng.uniform(0.8, 2.0), rng.uniform(0.6, 1.1)
    parts.enter(0, 0, 0, rng.gauss(0, 0.3))
    level = furniture.add_table(parts, rng, w, d)
    parts.enter(0, level, 0)
    if rng.random() < 0.35:
        dress_desk(parts, rng, w, d, rng.randint(3, 14))
    else:
        scatter(parts, rng, 0.95 * w, 0.95 * d, rng.randint(4, 24))
    if rng.random() < 0.3:
        _add_hands(parts, rng, d)
    parts.leave()
    if rng.random() < 0.35:
        parts.enter(rng.uniform(-0.3, 0.3) * w, 0, d / 2 + 0.25)
        add_person(parts, rng, "sitting", child=False)
        parts.leave()
    parts.leave()
    return level, 0.6 * w, rng.uniform(0.45, 1.3)


def _add_hands(parts: Parts, rng: Random, d: float) -> None:
    """Forearms from one side of the table, reaching for something."""
    skin, sleeve = parts.material("skin"), parts.material("clothes")
    side = rng.choice((-1, 1))
    for x in rng.choice(((0.0,), (-0.14, 0.16))):
        elbow = (x * 2.2, 0.12, side * (d / 2 + 0.1))
        wrist = (x + rng.gauss(0, 0.05), rng.uniform(0.04, 0.12), side * rng.uniform(0.05, 0.2))
        parts.limb(sleeve if rng.random() < 0.5 else skin, elbow, wrist, 0.045, 0.03)
        palm = along(wrist, unit((wrist[0] - elbow[0], -0.05, wrist[2] - elbow[2])), 0.07)
        add_hand(parts, rng, skin, wrist, palm, 0.18)


def _cloth(parts: Parts, rng: Random) -> tuple[float, float, float]:
    """Blankets and clothes thrown over something: ridges and lumps of a few fabrics."""
    base = parts.material("fabric")
    wall = rng.random() < 0.5
    level = rng.uniform(0.3, 0.7)
    parts.stand(base, 0, 0, 0.2, 2.2, level - 0.04, 1.6)
    if wall:
        back = parts.material("fabric")
        parts.box(back, (0, level + 0.5, 0.75), (2.6, 1.4, 0.12), pitch=-0.25)
        _add_folds(parts, rng, back, (0, level + 0.5, 0.62), (0.9, 0.5, 0.06), upright=True)
    for _ in range(rng.randint(1, 4)):
        cloth = parts.material(rng.choice(("fabric", "fabric", "clothes", "carpet", "curtain")))
        middle = (rng.uniform(-0.6, 0.6), level, rng.uniform(-0.4, 0.4))
        _add_folds(parts, rng, cloth, middle, (rng.uniform(0.3, 0.7), 0.12, rng.uniform(0.25, 0.5)), upright=False)
    return level + 0.1, 1.0, rng.uniform(0.7, 1.4)


def _add_folds(parts: Parts, rng: Random, cloth: int, middle: Vector, reach: Vector, *, upright: bool) -> None:
    """Long lumps side by side that run into each other, within `reach` of the middle along each axis."""
    direction, spread = rng.uniform(0, pi), rng.uniform(0.1, 0.6)
    for _ in range(rng.randint(14, 34)):
        heading = direction + rng.gauss(0, spread)
        half = rng.uniform(0.12, 0.4)
        axis = (cos(heading), sin(heading), 0.0) if upright else (cos(heading), rng.gauss(0, 0.15), sin(heading))
        place = add(
            middle, (rng.gauss(0, 0.45) * reach[0], rng.gauss(0, 0.3) * reach[1], rng.gauss(0, 0.45) * reach[2])
        )
        thick, thin = rng.uniform(0.04, 0.1), rng.uniform(0.03, 0.08)
        start, end = along(place, axis, -half), along(place, axis, half)
        parts.ball(cloth, start, thick)
        parts.limb(cloth, start, end, thick, thin)
    for _ in range(rng.randint(4, 9)):
        place = add(middle, (rng.gauss(0, 0.45) * reach[0], 0.0, rng.gauss(0, 0.45) * reach[2]))
        radii = (rng.uniform(0.15, 0.45), rng.uniform(0.06, 0.15), rng.uniform(0.12, 0.4))
        parts.ellipsoid(cloth, place, radii, rng.uniform(0, pi), rng.gauss(0, 0.3))


def _boards(parts: Parts, rng: Random) -> tuple[float, float, float]:
    """Boards, planks and boxes leaning and lying on each other before a wall."""
    wood = [parts.material("wood") for _ in range(3)]
    level = rng.uniform(0.2, 0.9)
    parts.stand(rng.choice(wood), 0, 0, 0.4, 2.4, level, 1.2)
    depth = 0.75
    for layer in range(rng.randint(3, 8)):
        size = (rng.uniform(0.5, 2.4), rng.uniform(0.08, 0.5), rng.uniform(0.018, 0.06))
        kind = rng.choice(("board", "board", "box", "poster"))
        material = rng.choice(wood) if kind == "board" else parts.material(kind)
        place = (rng.gauss(0, 0.3), level + size[1] / 2 + rng.uniform(0, 0.45) * (layer < 3), depth)
        parts.box(material, place, size, rng.gauss(0, 0.08), -rng.uniform(0, 0.35), rng.gauss(0, 0.06))
        depth -= rng.uniform(0.06, 0.2)
    for _ in range(rng.randint(0, 5)):
        material = parts.material(rng.choice(("box", "wood", "plastic", "paper")))
        size = (rng.uniform(0.1, 0.5), rng.uniform(0.05, 0.3), rng.uniform(0.1, 0.4))
        parts.box(
            material,
            (rng.uniform(-0.7, 0.7), level + size[1] / 2, rng.uniform(-0.1, 0.3)),
            size,
            rng.uniform(0, pi),
        )
    return level + 0.2, 1.0, rng.uniform(0.7, 1.5)


def _figures(parts: Parts, rng: Random) -> tuple[float, float, float]:
    """Turned pieces, bottles or mugs in rows on a board, as in a game or a shop."""
    level = furniture.add_table(parts, rng, 1.2, 0.9)
    square = rng.uniform(0.045, 0.09)
    dark, light = parts.material("wood"), parts.material("wood")
    parts.stand(dark, 0, level, 0, 9 * square, 0.015, 9 * square)
    for cell in range(0, 64, 2):
        row, column = divmod(cell, 8)
        x, z = (column + row % 2 - 3.5) * square, (row - 3.5) * square
        parts.stand(light, x, level + 0.015, z, square, 0.001, square)
    make = add_turned if rng.random() < 0.7 else None
    for _ in range(rng.randint(6, 26)):
        x, z = (rng.randrange(8) - 3.5) * square, (rng.randrange(8) - 3.5) * square
        parts.enter(x, level + 0.016, z, rng.uniform(0, tau))
        if make:
            add_turned(parts, rng, square * rng.uniform(0.9, 1.9))
        else:
            parts.upright(
                parts.material(rng.choice(("plastic", "wood", "poster"))),
                0,
                0,
                0,
                square,
                0.36 * square,
                0.3 * square,
            )
        parts.leave()
    return level + 0.04, 8 * square, rng.uniform(0.25, 0.7)


def _shelf(parts: Parts, rng: Random) -> tuple[float, float, float]:
    parts.enter(0, 0, 0.5)
    height = furniture.add_shelf(parts, rng, rng.uniform(1.0, 2.4), rng.uniform(0.22, 0.4))
    parts.leave()
    return rng.uniform(0.3, 0.9) * height, 1.0, rng.uniform(0.6, 1.5)


def _vehicle(parts: Parts, rng: Random) -> tuple[float, float, float]:
    """In a garage: it, and what lies about."""
    parts.enter(0, 0, 0, rng.uniform(0, tau))
    what = rng.random()
    if what < 0.7:
        for number in range(rng.choice((1, 1, 2))):
            parts.enter(0.7 * number, 0, 0)
            add_cycle(parts, rng, motor=rng.random() < 0.6)
            parts.leave()
    else:
        add_vehicle(parts, rng, "car")
    parts.leave()
    return 0.6, 1.2, rng.uniform(1.6, 2.6) * (1.0 if what < 0.7 else 1.8)


def _pet(parts: Parts, rng: Random) -> tuple[float, float, float]:
    tall = rng.choice((0.22, 0.3, 0.5, 0.6))
    parts.enter(0, 0, 0, rng.uniform(0, tau))
    add_animal(parts, rng, tall)
    parts.leave()
    scatter(parts, rng, 2.0, 1.6, 4, taken=[(0, 0, tall)])
    if rng.random() < 0.4:
        parts.enter(rng.choice((-1, 1)) * (0.3 + tall), 0, rng.uniform(0, 0.5), rng.uniform(0, tau))
        add_person(parts, rng)
        parts.leave()
    return 0.6 * tall, 1.5 * tall, tall * rng.uniform(1.5, 3.5) + 0.4


def _plants(parts: Parts, rng: Random) -> tuple[float, float, float]:
    level = furniture.add_table(parts, rng, 1.6, 0.7)
    for number in range(rng.randint(2, 5)):
        parts.enter((number - 1.5) * 0.33, level, rng.gauss(0, 0.12), rng.uniform(0, tau))
        what = rng.random()
        if what < 0.6:
            add_potted_plant(parts, rng, rng.uniform(0.2, 0.7))
        elif what < 0.8:
            add_flowers(parts, rng, rng.uniform(0.25, 0.5))
        else:
            add_bush(parts, rng, 0.15)
        parts.leave()
    return level + 0.2, 0.8, rng.uniform(0.6, 1.3)


def _floor_things(parts: Parts, rng: Random) -> tuple[float, float, float]:
    """Much on the floor, seen from above."""
    scatter(parts, rng, 1.8, 1.8, rng.randint(8, 30), ON_DESKS)
    return 0.1, 1.2, rng.uniform(0.7, 1.6)


SUBJECTS: tuple[tuple[Subject, float], ...] = (
    (_table_top, 5), (_cloth, 1.6), (_boards, 1.6), (_figures, 1.2), (_shelf, 1.2), (_vehicle, 1.2), (_pet, 1),
    (_plants, 1), (_floor_things, 0.8),
)  # fmt: skip
