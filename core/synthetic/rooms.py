"""Rooms: furnished, lived in, and seen from anywhere within."""

from math import atan2, hypot, tau
from random import Random

from core.synthetic.animals import add_animal
from core.synthetic.furnishing import Place, furnish
from core.synthetic.interiors import add_ceiling_lamps, add_outside, add_shell
from core.synthetic.layout import Pose, Scene, any_tilt, any_view
from core.synthetic.parts import Parts
from core.synthetic.people import add_person

LEAST_AHEAD_M = 1.1  # the camera looks at nothing nearer than this


def lay_out_room(rng: Random) -> Scene:
    """From a closet to a hall, bare to crammed; the world's origin is the middle of its floor."""
    parts = Parts()
    hall = rng.random() < 0.12
    w, d = (rng.uniform(7, 16), rng.uniform(8, 24)) if hall else (rng.uniform(2.4, 7.0), rng.uniform(2.6, 8.0))
    h = rng.uniform(3.2, 6.0) if hall else rng.uniform(2.3, 3.4)
    add_shell(parts, rng, w, d, h)
    add_outside(parts, rng, w, d)
    lamps = add_ceiling_lamps(parts, rng, w, d, h)
    crowd = rng.choice((0.5, 1.0, 1.0, 1.6))
    area = w * d
    taken: list[Place] = []
    _add_people(parts, rng, w, d, taken)
    furnish(
        parts,
        rng,
        w,
        d,
        taken,
        at_walls=int(crowd * min(24, 4 + 0.35 * area)),
        amid=int(crowd * min(16, 2 + 0.2 * area)),
        floor_things=int(crowd * rng.uniform(0, 8)),
    )
    return Scene(parts, _camera(rng, w, d, h, taken), indoor=True, reach_m=min(12.0, max(w, d)), lamps=lamps)


def _add_people(parts: Parts, rng: Random, w: float, d: float, taken: list[Place]) -> None:
    for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
        place = Place(rng.uniform(-0.42, 0.42) * w, rng.uniform(-0.42, 0.42) * d, 0.3, 0.3, 1.9)
        if any(place.meets(other) for other in taken):
            continue
        parts.enter(place.x, 0, place.z, rng.uniform(0, tau))
        if rng.random() < 0.12:
            add_animal(parts, rng, rng.choice((0.22, 0.3, 0.5, 0.6)))
        else:
            add_person(parts, rng)
        parts.leave()
        taken.append(place)


def _camera(rng: Random, w: float, d: float, h: float, taken: list[Place]) -> Pose:
    """Free of furniture, looking across the room at something in it."""
    best, most = (0.0, h - 0.4, 0.0, 0.0, 0.0), -1.0
    for _ in range(24):
        x, z = rng.uniform(-0.47, 0.47) * w, rng.uniform(-0.47, 0.47) * d
        y = min(h - 0.25, rng.choice((rng.uniform(0.25, 1.0), rng.uniform(1.0, 1.8), rng.uniform(1.3, 2.6))))
        aim = rng.choice(taken) if taken and rng.random() < 0.7 else None
        aim_x, aim_z = (aim.x, aim.z) if aim else (rng.uniform(-0.4, 0.4) * w, rng.uniform(-0.4, 0.4) * d)
        here = Place(x, z, 0.3, 0.3)
        if any(here.meets(other) and y < max(1.2, other.height + 0.3) for other in taken):
            continue
        room = min(_clear_ahead(x, z, aim_x, aim_z, y, taken), hypot(aim_x - x, aim_z - z))
        if room > most:
            best, most = (x, y, z, aim_x, aim_z), room
        if room > LEAST_AHEAD_M:
            break
    x, y, z, aim_x, aim_z = best
    away = max(0.6, hypot(aim_x - x, aim_z - z))
    pitch = atan2(y - rng.uniform(0.3, 1.5), away) * rng.uniform(0.4, 1.1)
    return Pose((x, y, z), atan2(aim_x - x, aim_z - z) + rng.gauss(0, 0.15), pitch, any_tilt(rng), any_view(rng))


def _clear_ahead(x: float, z: float, aim_x: float, aim_z: float, y: float, taken: list[Place]) -> float:
    """How far one can go towards the aim, at that height, before something stands in the way."""
    away = hypot(aim_x - x, aim_z - z) or 1.0
    steps = max(1, int(away / 0.3))
    for step in range(1, steps):
        share = step / steps
        here = Place(x + share * (aim_x - x), z + share * (aim_z - z), 0.1, 0.1)
        if any(here.meets(other) and y < other.height for other in taken):
            return share * away
    return away
