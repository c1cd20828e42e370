"""Parks, gardens, meadows, woods and shores: uneven ground, trees, rocks, fences, people, animals."""

from math import cos, hypot, pi, sin, tau
from random import Random

from core.synthetic.animals import add_animal
from core.synthetic.layout import Pose, Scene, any_tilt, any_view
from core.synthetic.parts import Parts
from core.synthetic.people import add_person
from core.synthetic.plants import add_bush, add_flowers, add_tree
from core.synthetic.streets import FINE_M, FINE_TREES_M, add_fence, add_house, add_street_thing
from core.synthetic.vehicles import add_cycle, add_vehicle


def lay_out_open_ground(rng: Random) -> Scene:
    """The camera looks roughly along z, over ground that is flat within a few metres of it."""
    parts = Parts()
    ground = parts.material(rng.choices(("grass", "ground", "pavement", "road"), (5, 3, 1, 1))[0])
    parts.stand(ground, 0, -1.0, 0, 1600, 1.0, 1600)
    _add_relief(parts, rng, ground)
    _add_path(parts, rng)
    height = rng.choice(
        (rng.uniform(0.15, 0.6), rng.uniform(0.9, 1.9), rng.uniform(0.9, 1.9), rng.uniform(2.5, 9.0))
    )
    pitch = rng.gauss(0.05, 0.1) + (0.04 * height if height > 2 else 0.0)
    pose = Pose((0.0, height, 0.0), rng.gauss(0, 0.15), pitch, any_tilt(rng), any_view(rng))
    wood = rng.random() < 0.35
    for _ in range(rng.randint(12, 26) if wood else rng.randint(0, 10)):
        x, z = _somewhere(rng, 3.5, 35 if wood else 60)
        parts.enter(x, 0, z, rng.uniform(0, tau))
        add_tree(parts, rng, rng.uniform(3, 16), fine=hypot(x, z) < FINE_TREES_M)
        parts.leave()
    for _ in range(rng.randint(0, 10)):
        x, z = _somewhere(rng, 1.6, 25)
        parts.enter(x, 0, z, rng.uniform(0, tau))
        add_bush(parts, rng, rng.uniform(0.25, 1.3))
        parts.leave()
    _add_stones(parts, rng)
    if rng.random() < 0.6:
        _add_tufts(parts, rng)
    for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
        x, z = _somewhere(rng, 1.4, 16)
        parts.enter(x, 0, z, rng.uniform(0, tau))
        add_person(parts, rng, rng.choice((None, None, "sitting")), fine=hypot(x, z) < FINE_M)
        parts.leave()
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        x, z = _somewhere(rng, 1.2, 12)
        parts.enter(x, 0, z, rng.uniform(0, tau))
        add_animal(parts, rng, rng.choice((0.25, 0.5, 0.6, 0.8, 1.5)) * rng.uniform(0.85, 1.15))
        parts.leave()
    _add_things(parts, rng)
    return Scene(parts, pose, indoor=False, reach_m=rng.uniform(18, 32))


def _somewhere(rng: Random, nearest: float, farthest: float) -> tuple[float, float]:
    """Within about 50 degrees of ahead, more often near than far."""
    angle, away = rng.gauss(0, 0.55), nearest + (farthest - nearest) * rng.random() ** 1.6
    return away * sin(angle), away * cos(angle)


def _add_relief(parts: Parts, rng: Random, ground: int) -> None:
    """Mounds near by, hills or woods on the horizon, water perhaps."""
    for _ in range(rng.choice((0, 0, 3, 6, 10))):
        x, z = _somewhere(rng, 6, 60)
        wide = rng.uniform(2, 12) * max(0.4, min(1.0, hypot(x, z) / 20))
        parts.ellipsoid(
            ground, (x, -0.15, z), (wide, rng.uniform(0.08, 0.22) * wide, wide * rng.uniform(0.6, 1.6))
        )
    hill = parts.material(rng.choice(("foliage", "grass", "ground", "foliage")))
    if rng.random() < 0.7:
        for _ in range(rng.randint(3, 12)):
            angle, away = rng.uniform(-1.3, 1.3), rng.uniform(60, 500)
            size = away * rng.uniform(0.1, 0.4)
            height = away * rng.uniform(0.02, 0.14)
            parts.ellipsoid(hill, (away * sin(angle), 0, away * cos(angle)), (size, height, 0.5 * size), angle)
    if rng.random() < 0.2:
        z = rng.uniform(7, 40)
        parts.stand(parts.material("glossy"), 0, 0, z + 150, 900, 0.02, 300)


def _add_path(parts: Parts, rng: Random) -> None:
    if rng.random() < 0.5:
        return
    path = parts.material(rng.choice(("ground", "pavement", "road")))
    x, z, heading, wide = rng.uniform(-3, 3), -3.0, rng.gauss(0, 0.4), rng.uniform(0.7, 3.0)
    for step in range(22):
        parts.stand(path, x, 0.001 * (step % 3), z, wide, 0.004, 3.6, heading)
        x, z = x + 2.6 * sin(heading), z + 2.6 * cos(heading)
        heading += rng.gauss(0, 0.12)


def _add_stones(parts: Parts, rng: Random) -> None:
    stone = parts.material(rng.choice(("pavement", "ground", "facade")))
    for _ in range(rng.choice((0, 4, 12, 30))):
        x, z = _somewhere(rng, 0.8, 14)
        size = rng.uniform(0.03, 0.3) * (1 + 0.1 * z)
        radii = (size * rng.uniform(0.7, 1.4), size * rng.uniform(0.4, 0.9), size)
        parts.ellipsoid(
            stone, (x, 0.25 * size, z), radii, rng.uniform(0, pi), rng.gauss(0, 0.3), rng.gauss(0, 0.3)
        )


def _add_tufts(parts: Parts, rng: Random) -> None:
    """Blades of grass and flowers close to the camera."""
    blade = parts.material("grass")
    for _ in range(rng.randint(4, 14)):
        x, z = _somewhere(rng, 0.9, 8)
        tall = rng.uniform(0.08, 0.5)
        for _ in range(rng.randint(4, 9)):
            tip = (x + rng.gauss(0, 0.35) * tall, tall * rng.uniform(0.6, 1.0), z + rng.gauss(0, 0.35) * tall)
            foot = (x + rng.gauss(0, 0.1) * tall, 0, z + rng.gauss(0, 0.1) * tall)
            parts.frustum(blade, foot, tip, 0.022 * tall + 0.002, 0.002, 0.4)


def _add_things(parts: Parts, rng: Random) -> None:
    """What people leave in parks and gardens."""
    if rng.random() < 0.3:
        parts.enter(rng.uniform(-4, 4), 0, rng.uniform(4, 25), rng.gauss(0, 0.6))
        add_fence(parts, rng, rng.uniform(6, 30))
        parts.leave()
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        x, z = _somewhere(rng, 2.2, 18)
        parts.enter(x, 0, z, rng.uniform(0, tau))
        add_street_thing(parts, rng)
        parts.leave()
    if rng.random() < 0.3:
        x, z = _somewhere(rng, 5, 25)
        parts.enter(x, 0, z, rng.uniform(0, tau))
        if rng.random() < 0.7:
            add_vehicle(parts, rng)
        else:
            add_cycle(parts, rng, motor=rng.random() < 0.4)
        parts.leave()
    if rng.random() < 0.35:
        x, z = _somewhere(rng, 18, 60)
        parts.enter(x, 0, z + 6, rng.gauss(0, 0.7))
        add_house(parts, rng, parts.material("facade"), rng.uniform(6, 16), near=z < 30)
        parts.leave()
    if rng.random() < 0.15:
        x, z = _somewhere(rng, 1.2, 5)
        parts.enter(x, 0, z)
        add_flowers(parts, rng, rng.uniform(0.5, 1.1))
        parts.leave()
