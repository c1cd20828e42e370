"""Puts furniture into a room: along its walls and amid it, with things on it, never two pieces in one place."""

from collections.abc import Callable
from math import hypot, pi, tau
from random import Random
from typing import NamedTuple

from core.synthetic import furniture
from core.synthetic.items import ON_FLOORS, scatter
from core.synthetic.office import add_desk
from core.synthetic.parts import Parts
from core.synthetic.people import add_person
from core.synthetic.plants import add_potted_plant

Maker = Callable[[Parts, Random, float, float], float]


class Place(NamedTuple):
    """A rectangle of floor that is taken, up to a height."""

    x: float
    z: float
    half_x: float
    half_z: float
    height: float = 0.0

    def meets(self, other: "Place") -> bool:
        return (
            abs(self.x - other.x) < self.half_x + other.half_x
            and abs(self.z - other.z) < self.half_z + other.half_z
        )


class Piece(NamedTuple):
    """A kind of furniture: who makes it, its widths and depths, how often it is taken, what can be on it."""

    make: Maker
    width: tuple[float, float]
    depth: tuple[float, float]
    often: float
    holds: str = ""  # "things" on its top, "somebody" on its seat


def add_plant(parts: Parts, rng: Random, w: float, d: float) -> float:
    height = rng.uniform(0.5, 1.9)
    add_potted_plant(parts, rng, height)
    return height


def add_floor_lamp(parts: Parts, rng: Random, w: float, d: float) -> float:
    height, metal = rng.uniform(1.3, 1.8), parts.material(rng.choice(("metal", "dark", "wood")))
    parts.upright(metal, 0, 0, 0, 0.03, 0.14, 0.13)
    parts.upright(metal, 0, 0.03, 0, height - 0.2, 0.014, 0.012)
    parts.upright(
        parts.material("lamp"), 0, height - 0.25, 0, 0.3, rng.uniform(0.14, 0.24), rng.uniform(0.08, 0.16)
    )
    return height


def add_box_pile(parts: Parts, rng: Random, w: float, d: float) -> float:
    y = 0.0
    for _ in range(rng.randint(1, 5)):
        height = rng.uniform(0.15, 0.4)
        share = rng.uniform(0.6, 0.95)
        parts.stand(
            parts.material("box"), rng.gauss(0, 0.03), y, 0, w * share, height, d * share, rng.gauss(0, 0.15)
        )
        y += height
    return y


AT_WALLS = (
    Piece(furniture.add_shelf, (0.5, 2.2), (0.22, 0.4), 3),
    Piece(furniture.add_cupboard, (0.5, 3.0), (0.35, 0.65), 3, "things"),
    Piece(furniture.add_sofa, (0.8, 2.4), (0.8, 1.0), 2, "somebody"),
    Piece(add_desk, (1.0, 1.9), (0.6, 0.85), 2),
    Piece(furniture.add_bed, (0.9, 1.8), (1.9, 2.1), 1),
    Piece(furniture.add_stairs, (0.8, 1.2), (2.0, 3.2), 0.3),
    Piece(furniture.add_chair, (0.42, 0.5), (0.42, 0.5), 1),
    Piece(add_plant, (0.4, 0.6), (0.4, 0.6), 1),
    Piece(add_floor_lamp, (0.4, 0.5), (0.4, 0.5), 0.8),
    Piece(add_box_pile, (0.3, 0.6), (0.3, 0.5), 0.6),
)
AMID = (
    Piece(furniture.add_table, (0.5, 2.0), (0.5, 1.0), 3, "things"),
    Piece(furniture.add_chair, (0.42, 0.5), (0.42, 0.5), 3, "somebody"),
    Piece(furniture.add_sofa, (0.75, 2.0), (0.75, 0.95), 1.5, "somebody"),
    Piece(furniture.add_cupboard, (0.4, 1.4), (0.4, 0.6), 0.4, "things"),
    Piece(add_desk, (1.0, 1.8), (0.6, 0.9), 0.6),
    Piece(add_plant, (0.4, 0.6), (0.4, 0.6), 0.4),
    Piece(add_floor_lamp, (0.4, 0.5), (0.4, 0.5), 0.4),
)


def furnish(
    parts: Parts, rng: Random, w: float, d: float, taken: list[Place], at_walls: int, amid: int, floor_things: int
) -> None:
    """Up to so many pieces in a room w by d round the frame's origin; fewer where there is no place."""
    for _ in range(at_walls):
        piece = _pick(rng, AT_WALLS)
        wide, deep = rng.uniform(*piece.width), rng.uniform(*piece.depth)
        side = rng.randrange(4)
        length, away = (w, d / 2) if side % 2 == 0 else (d, w / 2)
        if wide > length - 0.1 or deep > away:
            continue
        along, inwards = rng.uniform(-1, 1) * (length - wide) / 2, away - deep / 2 - 0.03
        x, z = ((along, inwards), (inwards, along), (along, -inwards), (-inwards, along))[side]
        half = (wide / 2, deep / 2) if side % 2 == 0 else (deep / 2, wide / 2)
        _try(parts, rng, piece, wide, deep, Place(x, z, *half), side * pi / 2, taken)
    for _ in range(amid):
        piece = _pick(rng, AMID)
        wide, deep = rng.uniform(*piece.width), rng.uniform(*piece.depth)
        reach = 0.5 * hypot(wide, deep)
        if min(w, d) / 2 - reach < 0.1:
            continue
        x, z = rng.uniform(-1, 1) * (w / 2 - reach), rng.uniform(-1, 1) * (d / 2 - reach)
        yaw = rng.choice((0.0, pi / 2, pi, -pi / 2, rng.uniform(0, tau)))
        if _try(parts, rng, piece, wide, deep, Place(x, z, reach, reach), yaw, taken) and piece.holds == "things":
            _seat_round(parts, rng, x, z, yaw, wide, deep, taken)
    spots = [(place.x, place.z, max(place.half_x, place.half_z)) for place in taken]
    scatter(parts, rng, w - 0.2, d - 0.2, floor_things, ON_FLOORS, spots)


def _pick(rng: Random, pieces: tuple[Piece, ...]) -> Piece:
    return rng.choices(pieces, [piece.often for piece in pieces])[0]


def _try(
    parts: Parts, rng: Random, piece: Piece, wide: float, deep: float, place: Place, yaw: float, taken: list[Place]
) -> bool:
    if any(place.meets(other) for other in taken):
        return False
    parts.enter(place.x, 0, place.z, yaw)
    height = piece.make(parts, rng, wide, deep)
    if piece.holds == "things" and height < 1.4:
        parts.enter(0, height, 0)
        scatter(parts, rng, 0.95 * wide, 0.95 * deep, rng.randint(0, 9))
        parts.leave()
    elif piece.holds == "somebody" and rng.random() < 0.2:
        parts.enter(rng.uniform(-0.2, 0.2) * (wide - 0.5), height - 0.46, -0.05)
        add_person(parts, rng, "sitting", child=False)
        parts.leave()
        height = 1.3
    parts.leave()
    taken.append(place._replace(height=height))
    return True


def _seat_round(
    parts: Parts, rng: Random, x: float, z: float, yaw: float, wide: float, deep: float, taken: list[Place]
) -> None:
    """Chairs at a table, drawn up or pushed back."""
    for turn in (0.0, pi, pi / 2, -pi / 2):
        if rng.random() < 0.5:
            continue
        out = (deep if turn in (0.0, pi) else wide) / 2 + rng.uniform(0.0, 0.35)
        parts.enter(x, 0, z, yaw + turn)
        parts.enter(rng.uniform(-0.15, 0.15), 0, out, rng.gauss(0, 0.25))
        place_x, _, place_z = parts.frame.place
        place = Place(place_x, place_z, 0.28, 0.28, 1.0)
        if not any(place.meets(other) for other in taken[:-1]):
            seat = furniture.add_chair(parts, rng, rng.uniform(0.42, 0.5), rng.uniform(0.42, 0.5))
            if rng.random() < 0.2:
                parts.enter(0, seat - 0.46, 0.02)
                add_person(parts, rng, "sitting", child=False)
                parts.leave()
            taken.append(place)
        parts.leave()
        parts.leave()
