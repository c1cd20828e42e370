"""People made of frustums and ellipsoids: standing, walking, sitting, reaching. They face -z of their frame."""

from dataclasses import dataclass
from math import pi
from random import Random

from core.synthetic.heads import add_head
from core.synthetic.parts import Parts, Vector
from core.synthetic.points import add, along, between, hanging

POSES = ("standing", "standing", "walking", "walking", "reaching", "waving", "talking")
SEAT_SHARE = 0.27  # height of a chair's seat that suits, as a share of the body's


@dataclass(frozen=True, slots=True)
class Build:
    """Lengths of a body in metres."""

    height: float
    girth: float  # 1 is slim
    shoulders: float  # half their breadth
    hips: float

    @classmethod
    def sampled(cls, rng: Random, *, child: bool = False) -> "Build":
        height = rng.uniform(0.95, 1.5) if child else min(2.0, max(1.45, rng.gauss(1.71, 0.1)))
        girth = rng.choice((0.9, 1.0, 1.1, 1.3)) * rng.uniform(0.92, 1.12)
        return cls(height, girth, height * rng.uniform(0.1, 0.12), height * rng.uniform(0.05, 0.06))


@dataclass(frozen=True, slots=True)
class Clothes:
    """Rows of materials."""

    skin: int
    top: int
    trousers: int
    shoes: int
    sleeves: int  # of the forearms: the top's or skin
    shins: int  # the trousers' or skin

    @classmethod
    def sampled(cls, parts: Parts, rng: Random) -> "Clothes":
        skin, top = parts.material("skin"), parts.material("clothes")
        trousers = parts.material("clothes") if rng.random() < 0.85 else top
        shoes = parts.material("leather" if rng.random() < 0.5 else "fabric")
        sleeves = top if rng.random() < 0.55 else skin
        return cls(skin, top, trousers, shoes, sleeves, trousers if rng.random() < 0.8 else skin)


def add_person(
    parts: Parts, rng: Random, pose: str | None = None, *, child: bool | None = None, fine: bool = True
) -> None:
    """Somebody on their feet at the frame's origin, in one of `POSES`, or "sitting" on a seat of their height.

    `fine` gives them faces and fingers, which only somebody near needs.
    """
    build = Build.sampled(rng, child=rng.random() < 0.12 if child is None else child)
    clothes = Clothes.sampled(parts, rng)
    pose = pose or rng.choice(POSES)
    hip_height = 0.52 * build.height
    lean = rng.gauss(0, 0.06)
    thighs = [(rng.gauss(0, 0.05), rng.gauss(0.04, 0.03)) for _ in range(2)]  # forwards, sideways
    shins = [max(0.0, rng.gauss(0.04, 0.04)) for _ in range(2)]  # bent backwards
    if pose == "walking":
        stride = rng.uniform(0.25, 0.6)
        thighs = [(stride, 0.02), (-0.7 * stride, 0.02)]
        shins = [rng.uniform(0.0, 0.2), rng.uniform(0.3, 0.8)]
        lean += 0.08
    elif pose == "sitting":
        hip_height = SEAT_SHARE * build.height + 0.05 * build.girth
        thighs = [(rng.gauss(1.5, 0.08), rng.uniform(0.02, 0.25)) for _ in range(2)]
        shins = [rng.uniform(1.2, 1.7) for _ in range(2)]
        lean += rng.uniform(-0.3, 0.25)
    hips = (0.0, hip_height, 0.0)
    for side, (forwards, sideways), bend in zip((-1, 1), thighs, shins, strict=True):
        add_leg(parts, build, clothes, hips, side, forwards, side * sideways, bend)
    up = hanging(lean + pi, rng.gauss(0, 0.04))
    neck = add_torso(parts, rng, build, clothes, hips, (up[0], up[1], up[2]))
    first = rng.choice((-1, 1))
    for side in (-1, 1):
        _add_posed_arm(parts, rng, build, clothes, neck, side, pose, busy=side == first, fine=fine)
    add_neck_and_head(parts, rng, build, clothes.skin, neck, fine=fine)


def add_torso(parts: Parts, rng: Random, build: Build, clothes: Clothes, hips: Vector, up: Vector) -> Vector:
    """From the hips to the base of the neck, which is returned."""
    height, girth = build.height, build.girth
    waist, chest = along(hips, up, 0.1 * height), along(hips, up, 0.22 * height)
    neck = along(hips, up, 0.305 * height)
    wide = 0.085 * height * (0.4 + 0.6 * girth)
    flat = rng.uniform(0.6, 0.75)
    parts.ellipsoid(clothes.trousers, hips, (1.05 * wide, 0.075 * height, wide * flat * 1.1))
    parts.limb(clothes.top, hips, waist, wide, 0.95 * wide * girth**0.5, flat)
    parts.limb(clothes.top, waist, chest, 0.95 * wide * girth**0.5, 1.1 * wide, flat)
    shoulders = along(chest, up, 0.055 * height)
    reach = 0.88 * build.shoulders
    parts.frustum(clothes.top, chest, shoulders, 1.1 * wide, 0.95 * wide, flat)
    for side in (-1, 1):
        tip = add(shoulders, (side * reach, -0.012 * height, 0.0))
        parts.limb(clothes.top, shoulders, tip, 0.042 * height, 0.033 * height * girth**0.5)
    parts.ellipsoid(clothes.top, shoulders, (0.7 * reach, 0.035 * height, wide * flat * 0.75))
    return neck


def add_neck_and_head(parts: Parts, rng: Random, build: Build, skin: int, neck: Vector, *, fine: bool) -> None:
    """On a body that ends at `neck`; the head turned and nodding a little."""
    size = max(0.2, 0.132 * build.height)
    chin = add(neck, (0.0, 0.035 * build.height, -0.015))
    parts.frustum(skin, add(neck, (0.0, -0.03, 0.005)), add(chin, (0.0, 0.06, 0.02)), 0.062, 0.052)
    parts.enter(*chin, rng.gauss(0, 0.35), rng.gauss(0, 0.12), rng.gauss(0, 0.08))
    add_head(parts, rng, skin, size, fine=fine)
    parts.leave()


def add_leg(
    parts: Parts,
    build: Build,
    clothes: Clothes,
    hips: Vector,
    side: int,
    forwards: float,
    sideways: float,
    bend: float,
) -> None:
    height, girth = build.height, build.girth**0.5
    hip = add(hips, (side * build.hips, 0.0, 0.0))
    knee = along(hip, hanging(forwards, sideways), 0.245 * height)
    ankle = along(knee, hanging(forwards - bend, sideways), 0.235 * height)
    parts.limb(clothes.trousers, hip, knee, 0.05 * height * girth, 0.034 * height * girth)
    parts.frustum(clothes.shins, knee, ankle, 0.034 * height * girth, 0.024 * height)
    toe = add(ankle, (side * 0.01, -0.018 * height, -0.06 * height))
    parts.ellipsoid(clothes.shoes, toe, (0.027 * height, 0.024 * height, 0.075 * height))


def _add_posed_arm(
    parts: Parts,
    rng: Random,
    build: Build,
    clothes: Clothes,
    neck: Vector,
    side: int,
    pose: str,
    *,
    busy: bool,
    fine: bool,
) -> None:
    forwards, sideways, bend = rng.gauss(0, 0.15), rng.uniform(0.05, 0.3), rng.uniform(0.05, 0.5)
    if pose == "walking":
        forwards = rng.uniform(-0.5, 0.6)
    elif pose == "sitting":
        forwards, bend = rng.uniform(0.1, 0.8), rng.uniform(0.7, 1.6)
    elif pose == "reaching" and busy:
        forwards, sideways, bend = rng.uniform(0.9, 2.4), rng.uniform(-0.1, 0.5), rng.uniform(0, 0.5)
    elif pose == "waving" and busy:
        forwards, sideways, bend = rng.uniform(0.2, 0.8), rng.uniform(0.4, 1.0), rng.uniform(1.6, 2.4)
    elif pose == "talking":
        forwards, sideways, bend = rng.uniform(0.1, 0.7), rng.uniform(0.1, 0.4), rng.uniform(0.9, 1.9)
    add_arm(parts, rng, build, clothes, neck, side, (forwards, sideways, bend), fine=fine)


def add_arm(
    parts: Parts,
    rng: Random,
    build: Build,
    clothes: Clothes,
    neck: Vector,
    side: int,
    angles: tuple[float, float, float],
    *,
    fine: bool,
) -> Vector:
    """From the shoulder to a hand, whose place is returned. Angles: upper arm forwards and outwards, elbow."""
    forwards, sideways, bend = angles
    height, girth = build.height, build.girth**0.5
    shoulder = add(neck, (side * 0.92 * build.shoulders, -0.042 * height, 0.0))
    elbow = along(shoulder, hanging(forwards, side * sideways), 0.175 * height)
    inwards = side * (sideways - 0.5 * min(bend, 1.0))
    wrist = along(elbow, hanging(forwards + bend, inwards), 0.145 * height)
    parts.limb(clothes.top, shoulder, elbow, 0.034 * height * girth, 0.025 * height * girth)
    parts.frustum(clothes.sleeves, elbow, wrist, 0.026 * height * girth, 0.017 * height)
    hand = along(wrist, hanging(forwards + bend, inwards), 0.04 * height)
    if fine:
        add_hand(parts, rng, clothes.skin, wrist, hand, 0.105 * height)
    else:
        parts.limb(
            clothes.skin,
            wrist,
            along(hand, hanging(forwards + bend, inwards), 0.04 * height),
            0.018 * height,
            0.02 * height,
            0.6,
        )
    return hand


def add_hand(parts: Parts, rng: Random, skin: int, wrist: Vector, palm: Vector, length: float) -> None:
    """A palm, a thumb and four fingers, more or less bent, going on from the wrist through the palm."""
    ahead = (palm[0] - wrist[0], palm[1] - wrist[1], palm[2] - wrist[2])
    parts.limb(skin, wrist, palm, 0.2 * length, 0.24 * length, 0.6)
    curl = rng.uniform(0.0, 0.6)
    for finger in range(4):
        side = (finger - 1.5) * 0.12 * length
        root = add(palm, (side, 0.0, 0.0))
        knuckle = add(along(root, ahead, 0.6), (0.0, -curl * 0.1 * length, 0.0))
        tip = add(between(root, knuckle, 1.7), (0.0, -curl * 0.3 * length, 0.0))
        parts.limb(skin, root, knuckle, 0.07 * length, 0.06 * length)
        parts.limb(skin, knuckle, tip, 0.06 * length, 0.045 * length)
    thumb = add(between(wrist, palm, 0.6), (rng.choice((-1, 1)) * 0.3 * length, 0.0, -0.1 * length))
    parts.limb(skin, between(wrist, palm, 0.3), thumb, 0.08 * length, 0.06 * length)
