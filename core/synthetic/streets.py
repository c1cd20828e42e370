"""Streets: a road between facades, hedges or open ground, with vehicles, trees, lamps, signs and people."""

from math import pi
from random import Random

from core.synthetic.layout import Pose, Scene, any_tilt, any_view
from core.synthetic.parts import Parts, Vector
from core.synthetic.people import add_person
from core.synthetic.plants import add_bush, add_hedge, add_tree
from core.synthetic.vehicles import add_cycle, add_vehicle

AHEAD_M = 90.0
FINE_M, FINE_TREES_M = 9.0, 16.0  # faces and fingers, clumps of leaves are left away beyond


def lay_out_street(rng: Random) -> Scene:
    """The road runs along z; the camera is on it, beside it, or above."""
    parts = Parts()
    road, verge = rng.uniform(3.0, 8.0), rng.uniform(1.2, 5.0)  # half the road's width; the pavement's width
    kerb = rng.choice((0.0, 0.12, 0.15))
    parts.stand(parts.material("road"), 0, -1.0, 0, 2 * road, 1.0, 1200)
    paved = parts.material(rng.choice(("pavement", "pavement", "grass", "ground")))
    beyond = parts.material(rng.choice(("grass", "ground", "pavement")))
    parts.stand(beyond, 0, -1.5, 0, 1600, 1.49, 1600)
    for side in (-1, 1):
        parts.stand(paved, side * (road + verge / 2), -1.0, 0, verge, 1.0 + kerb, 1200)
        _add_side(parts, rng, side, road + verge, kerb)
        _add_pavement_things(parts, rng, side, road, verge, kerb)
    _add_markings(parts, rng, road)
    pose = _camera(rng, road, verge)
    _add_traffic(parts, rng, road, pose.position)
    lamps = _add_lamps(parts, rng, road, kerb)
    if rng.random() < 0.5:
        _add_far_hills(parts, rng)
    return Scene(parts, pose, indoor=False, reach_m=rng.uniform(25, 40), lamps=lamps)


def _camera(rng: Random, road: float, verge: float) -> Pose:
    where = rng.random()
    if where < 0.4:
        position = (rng.uniform(-0.6, 0.6) * road, rng.uniform(1.1, 1.9), 0.0)
        yaw, pitch = rng.gauss(0, 0.18), rng.gauss(0.03, 0.06)
    elif where < 0.85:
        side = rng.choice((-1, 1))
        position = (side * (road + rng.uniform(0.2, 0.9) * verge), rng.uniform(0.8, 2.2), 0.0)
        yaw, pitch = -side * rng.uniform(-0.2, 1.4), rng.gauss(0.04, 0.12)
    else:
        position = (rng.uniform(-1, 1) * (road + verge), rng.uniform(3.0, 14.0), 0.0)
        yaw, pitch = rng.gauss(0, 0.5), rng.uniform(0.1, 0.6)
    if rng.random() < 0.3:
        yaw += pi
    return Pose(position, yaw, pitch, any_tilt(rng), any_view(rng))


def _add_side(parts: Parts, rng: Random, side: int, edge: float, kerb: float) -> None:
    """Houses, walls, hedges, fences and gaps from one end to the other."""
    z = -40.0
    open_ground = rng.random() < 0.3
    materials = [parts.material("facade") for _ in range(3)]
    while z < AHEAD_M:
        what = rng.random() * (2.5 if open_ground else 1.0)
        length = rng.uniform(6, 22)
        setback = rng.choice((0.0, 0.0, rng.uniform(1, 8)))
        if what < 0.72:
            parts.enter(side * (edge + setback), 0, z + length / 2, side * pi / 2)
            add_house(parts, rng, rng.choice(materials), length, near=-15 < z < 30)
            parts.leave()
        elif what < 0.95:
            length *= 0.5
            parts.enter(side * (edge + 0.4), kerb, z + length / 2, pi / 2)
            if rng.random() < 0.5:
                add_hedge(parts, rng, length)
            else:
                add_fence(parts, rng, length)
            parts.leave()
        else:
            for _ in range(rng.randint(0, 2)):
                parts.enter(side * (edge + rng.uniform(2, 14)), 0, z + rng.uniform(0, length))
                add_tree(parts, rng, rng.uniform(4, 14), fine=abs(z) < FINE_TREES_M)
                parts.leave()
        z += length + rng.choice((0.0, 0.0, rng.uniform(1, 10)))


def add_house(parts: Parts, rng: Random, wall: int, length: float, *, near: bool) -> None:
    """Its front along x at z = 0, facing -z; windows in rows, a door, perhaps a shop, balconies, a roof."""
    floors = rng.choices((1, 2, 3, 4, 6, 9), (2, 3, 3, 2, 1, 1))[0]
    storey, depth = rng.uniform(2.6, 3.6), rng.uniform(6, 14)
    height = floors * storey + rng.uniform(0.2, 1.2)
    parts.stand(wall, 0, 0, depth / 2, length, height, depth)
    roof = parts.material("roof")
    if rng.random() < 0.5:
        rise = rng.uniform(1.2, 4.0)
        parts.box(
            roof,
            (0, height + rise / 2, depth / 2),
            (length + 0.6, rise, depth + 0.8),
            taper=(rng.choice((0, 0.4)), 1.0),
        )
    else:
        parts.stand(roof, 0, height, depth / 2, length + 0.3, 0.25, depth + 0.3)
    window, frame, trim = parts.material("window"), parts.material("plastic"), parts.material("facade")
    across = max(1, round(length / rng.uniform(1.8, 3.6)))
    pitch, wide = length / across, min(rng.uniform(0.8, 1.8), 0.75 * length / across)
    tall = rng.uniform(0.45, 0.62) * storey
    shop = rng.random() < 0.3
    balconies = near and rng.random() < 0.3
    for floor in range(floors):
        for column in range(across):
            x, y = -length / 2 + (column + 0.5) * pitch, floor * storey + 0.3 * storey
            if floor == 0 and shop:
                continue
            parts.stand(window, x, y, 0, wide, tall, 0.04)
            if near:
                parts.stand(frame, x, y, -0.02, 0.05, tall, 0.04)
                parts.stand(trim, x, y - 0.1, -0.06, wide + 0.2, 0.1, 0.16)
            if balconies and floor and column % 2 == 0:
                parts.stand(trim, x, floor * storey, -0.5, pitch * 0.8, 0.14, 1.0)
                parts.stand(frame, x, floor * storey + 0.9, -0.98, pitch * 0.8, 0.06, 0.05)
                for bar in range(7):
                    parts.stand(frame, x + (bar - 3) * pitch * 0.13, floor * storey, -0.98, 0.03, 0.9, 0.03)
    if shop:
        parts.stand(window, 0, 0.4, 0, 0.92 * length, storey - 1.0, 0.05)
        sign = parts.material("poster")
        parts.stand(sign, 0, storey - 0.6, -0.08, 0.9 * length, 0.5, 0.16)
        if rng.random() < 0.6:
            parts.box(parts.material("curtain"), (0, storey - 0.55, -0.7), (0.9 * length, 0.05, 1.4), pitch=0.4)
        for column in range(across + 1):
            parts.stand(trim, -length / 2 + column * pitch, 0, -0.03, 0.25, storey - 0.6, 0.1)
    else:
        x = -length / 2 + (rng.randrange(across) + 0.5) * pitch
        parts.stand(parts.material("wood"), x + 0.2, 0, -0.01, 1.0, 2.1, 0.06)
        parts.stand(trim, x + 0.2, 0, -0.4, 1.4, 0.15, 0.8)
    if near and rng.random() < 0.5:
        parts.upright(parts.material("metal"), length / 2 - 0.2, 0, -0.08, height, 0.05, 0.05)


def add_fence(parts: Parts, rng: Random, length: float) -> None:
    """Along x: pales, rails, wires or a wall."""
    post = parts.material(rng.choice(("wood", "metal", "dark", "plastic")))
    height = rng.uniform(0.7, 1.9)
    kind = rng.choice(("pales", "rails", "wires", "wall"))
    if kind == "wall":
        parts.stand(parts.material("facade"), 0, 0, 0, length, height * 0.8, 0.25)
        return
    step = {"pales": rng.uniform(0.11, 0.25), "rails": 1.8, "wires": 2.2}[kind]
    thin = 0.04 if kind == "pales" else 0.09
    for number in range(min(90, int(length / step) + 1)):
        parts.stand(post, -length / 2 + number * step, 0, 0, thin, height, thin)
    for share in (0.3, 0.85) if kind == "pales" else (0.25, 0.5, 0.75, 0.96):
        tall = 0.012 if kind == "wires" else 0.07
        parts.stand(post, 0, share * height, 0.03, length, tall, 0.02 if kind == "wires" else 0.04)


def _add_markings(parts: Parts, rng: Random, road: float) -> None:
    paint = parts.material("paper")
    style = rng.random()
    if style < 0.6:
        for number in range(14):
            parts.stand(paint, 0, 0, -16 + 6.0 * number, 0.14, 0.004, 3.0)
    if style < 0.8:
        for side in (-1, 1):
            parts.stand(paint, side * (road - 0.35), 0, 20, 0.12, 0.004, 200)
    if rng.random() < 0.3:
        z = rng.uniform(4, 20)
        for bar in range(int(2 * road / 0.9)):
            parts.stand(paint, -road + 0.5 + 0.9 * bar, 0, z, 0.45, 0.005, 2.6)


def _add_traffic(parts: Parts, rng: Random, road: float, eye: Vector) -> None:
    parked = rng.random() < 0.75
    for side in (-1, 1):
        z = rng.uniform(-20, -5)
        while z < AHEAD_M * 0.8:
            gap = rng.choice((0.6, 1.0, 6.0, 14.0)) * rng.uniform(0.7, 1.5)
            if (
                parked
                and rng.random() < 0.7
                and not (abs(z - eye[2]) < 4.5 and abs(side * (road - 1.1) - eye[0]) < 1.8)
            ):
                parts.enter(side * (road - 1.1), 0, z, pi * (side > 0) + rng.gauss(0, 0.04))
                _, length = add_vehicle(parts, rng)
                parts.leave()
                z += length
            z += 4.0 + gap
    for _ in range(rng.choice((0, 1, 1, 2, 3, 4))):
        z, side = rng.uniform(6, 60) * rng.choice((-0.5, 1, 1)), rng.choice((-1, 1))
        parts.enter(side * 0.38 * road, 0, eye[2] + z, pi * (side > 0) + rng.gauss(0, 0.06))
        add_vehicle(parts, rng)
        parts.leave()


def _add_pavement_things(parts: Parts, rng: Random, side: int, road: float, verge: float, kerb: float) -> None:
    middle = road + verge / 2
    for _ in range(rng.randint(0, 7)):
        z = rng.choice((rng.uniform(2.0, 14), rng.uniform(-12, 45)))
        parts.enter(side * (middle + rng.uniform(-0.35, 0.35) * verge), kerb, z, rng.uniform(0, 2 * pi))
        add_person(parts, rng, fine=abs(z) < FINE_M)
        parts.leave()
    if rng.random() < 0.6:
        step, height = rng.uniform(5, 14), rng.uniform(3, 9)
        for number in range(int(70 / step)):
            z = -12 + rng.uniform(0, 1) + number * step
            parts.enter(side * (road + 0.7), kerb, z, rng.uniform(0, pi))
            add_tree(parts, rng, height * rng.uniform(0.8, 1.2), fine=abs(z) < FINE_TREES_M)
            parts.leave()
    for _ in range(rng.randint(0, 6)):
        z = rng.uniform(-8, 30)
        parts.enter(side * (road + rng.uniform(0.3, 0.95) * verge), kerb, z, side * pi / 2 + rng.gauss(0, 0.2))
        add_street_thing(parts, rng)
        parts.leave()


def add_street_thing(parts: Parts, rng: Random) -> None:
    kind = rng.choice(("sign", "sign", "bin", "bench", "box", "bollards", "cycle", "bush", "hydrant", "table"))
    metal = parts.material(rng.choice(("metal", "dark", "plastic")))
    if kind == "sign":
        height = rng.uniform(2.0, 3.2)
        parts.upright(metal, 0, 0, 0, height, 0.035, 0.03)
        face = parts.material("poster")
        if rng.random() < 0.5:
            parts.frustum(face, (0, height, -0.04), (0, height, -0.02), 0.3, 0.3)
        else:
            parts.box(face, (0, height - 0.1, -0.04), (rng.uniform(0.4, 1.1), rng.uniform(0.3, 0.8), 0.02))
    elif kind == "bin":
        parts.upright(metal, 0, 0, 0, 0.9, 0.22, 0.27)
        parts.ellipsoid(metal, (0, 0.9, 0), (0.27, 0.12, 0.27))
    elif kind == "bench":
        wood = parts.material("wood")
        for slat in range(4):
            parts.stand(wood, 0, 0.43, -0.2 + 0.12 * slat, 1.6, 0.03, 0.09)
            parts.box(wood, (0, 0.55 + 0.11 * slat, 0.25 + 0.02 * slat), (1.6, 0.08, 0.03), pitch=-0.15)
        for side in (-1, 1):
            parts.stand(metal, 0.7 * side, 0, 0, 0.05, 0.43, 0.45)
    elif kind == "box":
        parts.stand(metal, 0, 0, 0, rng.uniform(0.4, 1.2), rng.uniform(0.8, 1.5), rng.uniform(0.3, 0.6))
    elif kind == "bollards":
        for number in range(4):
            parts.upright(metal, 1.3 * number, 0, 0, 0.85, 0.07, 0.06)
    elif kind == "cycle":
        add_cycle(parts, rng, motor=rng.random() < 0.5)
    elif kind == "bush":
        add_bush(parts, rng, rng.uniform(0.3, 0.9))
    elif kind == "hydrant":
        parts.upright(metal, 0, 0, 0, 0.6, 0.12, 0.1)
        parts.ball(metal, (0, 0.62, 0), 0.13)
    else:
        parts.upright(metal, 0, 0, 0, 0.72, 0.03, 0.03)
        parts.upright(parts.material("wood"), 0, 0.72, 0, 0.03, 0.4, 0.4)


def _add_lamps(parts: Parts, rng: Random, road: float, kerb: float) -> list[Vector]:
    """Street lamps and overhead wires; where the lamps shine from."""
    places: list[Vector] = []
    metal, glow = parts.material("metal"), parts.material("lamp")
    if rng.random() < 0.7:
        step, height, side = rng.uniform(14, 30), rng.uniform(4, 9), rng.choice((-1, 1))
        reach = rng.uniform(0.5, 2.0)
        for number in range(5):
            z = -14 + number * step
            x = side * (road + 0.5)
            parts.upright(metal, x, kerb, z, height, 0.09, 0.06)
            parts.frustum(metal, (x, height, z), (x - side * reach, height + 0.3, z), 0.045, 0.035)
            parts.box(glow, (x - side * reach, height + 0.26, z), (0.5, 0.09, 0.2))
            places.append((x - side * reach, height - 0.1, z))
    if rng.random() < 0.3:
        wood = parts.material("bark")
        x, height = rng.choice((-1, 1)) * (road + 1.0), rng.uniform(7, 10)
        for number in range(4):
            z = -20 + 28 * number
            parts.upright(wood, x, 0, z, height, 0.14, 0.1)
            parts.stand(wood, x, height - 0.6, z, 1.8, 0.12, 0.12)
        for wire in (-0.8, 0.0, 0.8):
            parts.frustum(metal, (x + wire, height - 0.45, -20), (x + wire, height - 0.45, 64), 0.012, 0.012)
    return places


def _add_far_hills(parts: Parts, rng: Random) -> None:
    hill = parts.material(rng.choice(("foliage", "grass", "ground")))
    for _ in range(rng.randint(2, 7)):
        x, z, size = rng.uniform(-500, 500), rng.choice((-1, 1)) * rng.uniform(220, 560), rng.uniform(60, 200)
        parts.ellipsoid(hill, (x, -5, z), (size * 1.6, size * rng.uniform(0.15, 0.45), size))
