"""Rooms: walls with windows and doorways, furniture along them and in the middle, people, and a camera within."""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, sin, tau
from random import Random
from typing import NamedTuple

from core.synthetic import furniture
from core.synthetic.layout import Pose, Scene
from core.synthetic.parts import Parts
from core.synthetic.people import add_person

Maker = Callable[[Parts, Random, float, float], float]


class Piece(NamedTuple):
    """A kind of furniture: who makes it, its widths and depths, and how often it is taken."""

    make: Maker
    width: tuple[float, float]
    depth: tuple[float, float]
    often: float


AT_WALLS = (
    Piece(furniture.add_shelf, (0.5, 2.2), (0.22, 0.4), 3),
    Piece(furniture.add_cupboard, (0.5, 3.0), (0.35, 0.65), 3),
    Piece(furniture.add_sofa, (0.8, 2.4), (0.8, 1.0), 2),
    Piece(furniture.add_table, (0.8, 1.8), (0.5, 0.8), 2),
    Piece(furniture.add_bed, (0.9, 1.8), (1.9, 2.1), 1),
    Piece(furniture.add_stairs, (0.8, 1.2), (2.0, 3.2), 0.4),
)
AMID = (
    Piece(furniture.add_table, (0.5, 2.0), (0.5, 1.0), 3),
    Piece(furniture.add_chair, (0.42, 0.5), (0.4, 0.5), 3),
    Piece(furniture.add_sofa, (0.75, 2.0), (0.75, 0.95), 1.5),
    Piece(furniture.add_cupboard, (0.4, 1.4), (0.4, 0.6), 0.5),
)


class Place(NamedTuple):
    """A rectangle of floor that is taken."""

    x: float
    z: float
    half_x: float
    half_z: float
    height: float

    def meets(self, other: "Place", gap: float = 0.0) -> bool:
        return (
            abs(self.x - other.x) < self.half_x + other.half_x + gap
            and abs(self.z - other.z) < self.half_z + other.half_z + gap
        )


def lay_out_room(rng: Random) -> Scene:
    parts = Parts()
    w, d, h = rng.uniform(2.4, 8.0), rng.uniform(2.6, 9.0), rng.uniform(2.3, 3.6)
    _add_shell(parts, rng, w, d, h)
    taken: list[Place] = []
    _furnish(parts, rng, w, d, taken)
    _add_people(parts, rng, w, d, taken)
    pose = _camera(rng, w, d, h, taken)
    lamps = [(rng.uniform(-0.3, 0.3) * w, h - 0.3, rng.uniform(-0.3, 0.3) * d)]
    return Scene(parts, pose, indoor=True, reach_m=max(w, d), lamps=lamps)


def _add_shell(parts: Parts, rng: Random, w: float, d: float, h: float) -> None:
    floor, ceiling, wall = parts.material("floor"), parts.material("ceiling"), parts.material("wall")
    parts.stand(floor, 0, -0.3, 0, w + 0.4, 0.3, d + 0.4)
    parts.stand(ceiling, 0, h, 0, w + 0.4, 0.3, d + 0.4)
    accent = parts.material("wall") if rng.random() < 0.3 else wall
    parts.stand(parts.material(rng.choice(("grass", "road", "pavement"))), 0, -3.5, 0, 300, 3.0, 300)
    for number, (width, away) in enumerate(((w, d / 2), (d, w / 2), (w, d / 2), (d, w / 2))):
        turn = number * pi / 2
        parts.enter(round(sin(turn)) * away, 0, round(cos(turn)) * away, turn)
        _add_wall(parts, rng, accent if number == 0 else wall, width, h)
        parts.leave()


def _add_wall(parts: Parts, rng: Random, wall: int, width: float, h: float) -> None:
    """Along x, its inner side at z = 0 facing -z, with openings and what hangs on it."""
    openings: list[tuple[float, float, float, float]] = []
    x = -width / 2 + rng.uniform(0.2, 1.5)
    while x < width / 2 - 0.7:
        what = rng.random()
        if what < 0.25:
            wide = min(rng.uniform(0.6, 2.0), width / 2 - 0.1 - x)
            low = rng.uniform(0.3, 1.1)
            openings.append((x, x + wide, low, min(h - 0.15, low + rng.uniform(0.8, 1.6))))
            x += wide
        elif what < 0.35:
            openings.append((x, x + 0.9, 0.0, min(h - 0.1, 2.1)))
            x += 0.9
        x += rng.uniform(0.3, 1.5)
    thick = 0.2
    edge = -width / 2 - thick
    for left, right, low, high in openings:
        parts.stand(wall, (edge + left) / 2, 0, thick / 2, left - edge, h, thick)
        if low > 0:
            parts.stand(wall, (left + right) / 2, 0, thick / 2, right - left, low, thick)
        parts.stand(wall, (left + right) / 2, high, thick / 2, right - left, h - high, thick)
        edge = right
    parts.stand(wall, (edge + width / 2 + thick) / 2, 0, thick / 2, width / 2 + thick - edge, h, thick)


def _pick(rng: Random, pieces: tuple[Piece, ...]) -> Piece:
    return rng.choices(pieces, [piece.often for piece in pieces])[0]


def _furnish(parts: Parts, rng: Random, w: float, d: float, taken: list[Place]) -> None:
    for _ in range(rng.randint(3, 9)):
        piece = _pick(rng, AT_WALLS)
        wide, deep = rng.uniform(*piece.width), rng.uniform(*piece.depth)
        side = rng.randrange(4)
        length, away = (w, d / 2) if side % 2 == 0 else (d, w / 2)
        if wide > length - 0.1 or deep > away:
            continue
        along, inwards = rng.uniform(-1, 1) * (length - wide) / 2, away - deep / 2 - 0.01
        x, z = ((along, inwards), (inwards, along), (along, -inwards), (-inwards, along))[side]
        half = (wide / 2, deep / 2) if side % 2 == 0 else (deep / 2, wide / 2)
        _try(parts, rng, piece, wide, deep, Place(x, z, *half, 0.0), side * pi / 2, taken)
    for _ in range(rng.randint(1, 6)):
        piece = _pick(rng, AMID)
        wide, deep = rng.uniform(*piece.width), rng.uniform(*piece.depth)
        reach = 0.5 * hypot(wide, deep)
        if w / 2 - reach < 0.2 or d / 2 - reach < 0.2:
            continue
        place = Place(
            rng.uniform(-1, 1) * (w / 2 - reach), rng.uniform(-1, 1) * (d / 2 - reach), reach, reach, 0.0
        )
        _try(parts, rng, piece, wide, deep, place, rng.uniform(0, tau), taken)


def _try(
    parts: Parts, rng: Random, piece: Piece, wide: float, deep: float, place: Place, yaw: float, taken: list[Place]
) -> None:
    if any(place.meets(other) for other in taken):
        return
    parts.enter(place.x, 0, place.z, yaw)
    height = piece.make(parts, rng, wide, deep)
    parts.leave()
    taken.append(place._replace(height=height))


def _add_people(parts: Parts, rng: Random, w: float, d: float, taken: list[Place]) -> None:
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        place = Place(rng.uniform(-0.45, 0.45) * w, rng.uniform(-0.45, 0.45) * d, 0.3, 0.3, 1.9)
        if any(place.meets(other) for other in taken):
            continue
        parts.enter(place.x, 0, place.z, rng.uniform(0, tau))
        add_person(parts, rng)
        parts.leave()
        taken.append(place)


def _camera(rng: Random, w: float, d: float, h: float, taken: list[Place]) -> Pose:
    for _ in range(40):
        x, z = rng.uniform(-0.47, 0.47) * w, rng.uniform(-0.47, 0.47) * d
        y = min(h - 0.25, rng.choice((rng.uniform(0.3, 1.0), rng.uniform(1.0, 1.8), rng.uniform(1.3, 2.6))))
        here = Place(x, z, 0.25, 0.25, 0.0)
        if not any(here.meets(other) and y < max(1.2, other.height + 0.3) for other in taken):
            break
    aim_x, aim_z = rng.uniform(-0.35, 0.35) * w, rng.uniform(-0.35, 0.35) * d
    if hypot(aim_x - x, aim_z - z) < 1.0:
        aim_x, aim_z = -0.5 * x, -0.5 * z
    away = max(0.5, hypot(aim_x - x, aim_z - z))
    pitch = atan2(y - rng.uniform(0.3, 1.6), away)
    roll = rng.gauss(0, 0.03) if rng.random() < 0.8 else rng.gauss(0, 0.15)
    return Pose((x, y, z), atan2(aim_x - x, aim_z - z), pitch, roll, rng.uniform(0.61, 1.75))
