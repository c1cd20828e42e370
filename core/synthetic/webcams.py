"""Somebody before a webcam or a phone: head and shoulders, hands at times, a chair's back, the room behind."""

from math import pi
from random import Random

from core.synthetic.furnishing import Place, furnish
from core.synthetic.interiors import add_ceiling_lamps, add_outside, add_shell
from core.synthetic.items import scatter
from core.synthetic.layout import Pose, Scene, any_tilt, any_view
from core.synthetic.parts import Parts
from core.synthetic.people import Build, Clothes, add_arm, add_leg, add_neck_and_head, add_person, add_torso
from core.synthetic.points import add, hanging


def lay_out_webcam(rng: Random) -> Scene:
    """The camera stands near the world's origin and looks along z at a person at most 1.6 m away."""
    parts = Parts()
    near, behind = rng.uniform(0.4, 1.1), rng.choice((rng.uniform(0.35, 1.2), rng.uniform(1.0, 5.5)))
    w, d, h = rng.uniform(2.4, 7.0), near + behind + rng.uniform(0.8, 2.5), rng.uniform(2.3, 3.2)
    height = rng.uniform(0.85, 1.5)
    middle_x, middle_z = rng.uniform(-0.3, 0.3) * w, near + behind - d / 2
    parts.enter(middle_x, 0, middle_z)
    add_shell(parts, rng, w, d, h)
    add_outside(parts, rng, w, d)
    lamps = add_ceiling_lamps(parts, rng, w, d, h)
    # The camera, the person and what is between them keep their place.
    taken = [Place(-middle_x, near / 2 - middle_z, 0.55, near / 2 + 0.55, 2.0)]
    furnish(parts, rng, w, d, taken, at_walls=rng.randint(4, 14), amid=rng.randint(0, 4), floor_things=3)
    parts.leave()
    chin = height + rng.gauss(-0.03, 0.1)
    parts.enter(rng.gauss(0, 0.1) * near, 0, near, rng.gauss(0, 0.25))
    _add_sitter(parts, rng, chin)
    parts.leave()
    if rng.random() < 0.15:
        parts.enter(
            rng.choice((-1, 1)) * rng.uniform(0.45, 0.6), 0, near + rng.uniform(-0.1, 0.2), rng.gauss(0, 0.3)
        )
        _add_sitter(parts, rng, chin + rng.gauss(0, 0.06))
        parts.leave()
    elif behind > 1.6 and rng.random() < 0.25:
        parts.enter(
            rng.uniform(-0.3, 0.3) * w + middle_x, 0, near + rng.uniform(0.9, behind - 0.4), rng.gauss(0, 1.2)
        )
        add_person(parts, rng)
        parts.leave()
    if rng.random() < 0.4:
        _add_desk_edge(parts, rng, height, near)
    pose = Pose((0.0, height, 0.0), rng.gauss(0, 0.12), rng.gauss(-0.03, 0.1), any_tilt(rng), any_view(rng))
    places = [add(lamp, (middle_x, 0.0, middle_z)) for lamp in lamps]
    return Scene(parts, pose, indoor=True, reach_m=min(8.0, 2 * (near + behind)), lamps=places)


def _add_sitter(parts: Parts, rng: Random, chin: float) -> None:
    """From the hips up, facing -z, the chin at that height; on a chair, mostly."""
    build, clothes = Build.sampled(rng, child=rng.random() < 0.08), Clothes.sampled(parts, rng)
    hips = (0.0, chin - 0.35 * build.height, 0.02)
    for side in (-1, 1):
        add_leg(
            parts,
            build,
            clothes,
            hips,
            side,
            rng.gauss(1.45, 0.1),
            side * rng.uniform(0.05, 0.3),
            rng.gauss(1.5, 0.2),
        )
    lean = rng.gauss(0.03, 0.1)
    neck = add_torso(parts, rng, build, clothes, hips, hanging(lean + pi, rng.gauss(0, 0.07)))
    add_neck_and_head(parts, rng, build, clothes.skin, neck, fine=True)
    for side in (-1, 1):
        what = rng.random()
        if what < 0.6:  # on the keyboard or in the lap
            angles = (rng.uniform(0.1, 0.7), rng.uniform(0.05, 0.35), rng.uniform(0.8, 1.6))
        elif what < 0.8:  # talking with the hands
            angles = (rng.uniform(0.3, 0.9), rng.uniform(0.1, 0.7), rng.uniform(1.5, 2.3))
        elif what < 0.9:  # at the chin, the ear, the hair
            angles = (rng.uniform(0.5, 0.9), rng.uniform(0.0, 0.3), rng.uniform(2.2, 2.6))
        else:  # stretched towards the camera
            angles = (rng.uniform(1.0, 1.5), rng.uniform(0.0, 0.4), rng.uniform(0.0, 0.6))
        hand = add_arm(parts, rng, build, clothes, neck, side, angles, fine=True)
        if rng.random() < 0.12:
            _hold_something(parts, rng, hand)
    if rng.random() < 0.75:
        _add_chair_back(parts, rng, hips, build)


def _hold_something(parts: Parts, rng: Random, hand: tuple[float, float, float]) -> None:
    thing = parts.material(rng.choice(("paper", "ceramic", "dark", "book", "plastic", "screen")))
    x, y, z = hand
    if rng.random() < 0.5:
        parts.upright(thing, x, y - 0.03, z - 0.05, rng.uniform(0.08, 0.2), 0.035, 0.04)
    else:
        size = (rng.uniform(0.07, 0.25), rng.uniform(0.1, 0.3), rng.uniform(0.008, 0.03))
        parts.box(thing, (x, y + 0.05, z - 0.06), size, rng.gauss(0, 0.4), rng.gauss(0, 0.3), rng.gauss(0, 0.3))


def _add_chair_back(parts: Parts, rng: Random, hips: tuple[float, float, float], build: Build) -> None:
    cover = parts.material(rng.choice(("fabric", "leather", "dark", "plastic", "wood")))
    tall, wide = rng.uniform(0.5, 1.0), rng.uniform(0.38, 0.62)
    x, y, z = rng.gauss(0, 0.04), hips[1] - 0.05, 0.22 * build.girth
    form = rng.random()
    if form < 0.45:
        parts.ellipsoid(cover, (x, y + tall / 2, z + 0.03), (wide / 2, tall / 2, 0.05), rng.gauss(0, 0.1), -0.12)
        if rng.random() < 0.4:
            parts.ellipsoid(cover, (x, y + tall + 0.1, z + 0.09), (0.15, 0.09, 0.04), 0, -0.15)
    elif form < 0.75:
        parts.box(
            cover, (x, y + tall / 2, z + 0.05), (wide, tall, 0.07), rng.gauss(0, 0.1), -0.12, taper=(0.15, 0)
        )
    else:
        for side in (-1, 0, 1):
            parts.box(cover, (x + 0.45 * side * wide, y + tall / 2, z + 0.04), (0.045, tall, 0.03), pitch=-0.12)
        parts.box(cover, (x, y + tall, z + 0.1), (wide, 0.08, 0.035), pitch=-0.12)
    if rng.random() < 0.3:
        metal = parts.material("dark")
        for side in (-1, 1):
            parts.stand(metal, side * (wide / 2 + 0.03), y + 0.15, -0.05, 0.06, 0.035, 0.28)


def _add_desk_edge(parts: Parts, rng: Random, height: float, near: float) -> None:
    """The desk the camera stands on, with what lies there."""
    top = parts.material(rng.choice(("wood", "plastic", "glossy")))
    y = height - rng.uniform(0.12, 0.5)
    d = max(0.25, near - 0.22)
    parts.stand(top, 0, y - 0.03, d / 2 - 0.1, 1.6, 0.03, d + 0.2)
    parts.enter(0, y, d / 2, pi)
    scatter(parts, rng, 1.4, 0.8 * d, rng.randint(0, 8), taken=[(0.0, 0.5 * d, 0.2), (0.0, 0.0, 0.15)])
    parts.leave()
