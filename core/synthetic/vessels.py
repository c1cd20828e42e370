"""Hollow things and their like: mugs, bottles, bowls, rolls, baskets; each stands on its frame's origin."""

from math import cos, pi, sin, tau
from random import Random

from core.synthetic.parts import Parts


def add_ring(
    parts: Parts,
    material: int,
    height: float,
    bottom_radius: float,
    top_radius: float,
    wall: float,
    sides: int = 12,
) -> None:
    """A hollow vessel's wall: boxes round the axis."""
    middle, lean = 0.5 * (bottom_radius + top_radius) - 0.5 * wall, (top_radius - bottom_radius) / height
    wide = 2.15 * max(bottom_radius, top_radius) * sin(pi / sides)
    for side in range(sides):
        angle = tau * side / sides
        place = (middle * sin(angle), 0.5 * height, middle * cos(angle))
        parts.box(material, place, (wide, height, wall), angle, lean=(0.0, lean * height))


def add_mug(parts: Parts, rng: Random) -> None:
    body = parts.material(rng.choice(("ceramic", "ceramic", "plastic", "metal", "paper", "glass")))
    height, radius = rng.uniform(0.07, 0.13), rng.uniform(0.032, 0.048)
    foot = radius * rng.uniform(0.65, 1.0)
    add_ring(parts, body, height, foot, radius, 0.005)
    parts.upright(parts.material("dark"), 0, 0, 0, height * rng.uniform(0.1, 0.9), 0.9 * foot, 0.9 * foot)
    if rng.random() < 0.75:
        out, thin = radius + rng.uniform(0.022, 0.035), 0.006
        parts.limb(body, (radius, 0.8 * height, 0), (out, 0.72 * height, 0), thin, thin)
        parts.limb(body, (out, 0.72 * height, 0), (out, 0.4 * height, 0), thin, thin)
        parts.limb(body, (out, 0.4 * height, 0), (foot, 0.22 * height, 0), thin, thin)


def add_bottle(parts: Parts, rng: Random) -> None:
    body = parts.material(rng.choice(("glass", "plastic", "glossy", "ceramic")))
    height, radius = rng.uniform(0.16, 0.34), rng.uniform(0.028, 0.045)
    shoulder, neck = rng.uniform(0.5, 0.7) * height, rng.uniform(0.3, 0.45) * radius
    parts.upright(body, 0, 0, 0, shoulder, radius, radius)
    parts.upright(body, 0, shoulder, 0, 0.2 * height, radius, neck)
    parts.upright(body, 0, shoulder + 0.2 * height, 0, 0.8 * height - shoulder, neck, neck)
    parts.upright(parts.material("plastic"), 0, 0.97 * height, 0, 0.07 * height, 1.2 * neck, 1.2 * neck)
    if rng.random() < 0.7:
        parts.upright(
            parts.material(rng.choice(("poster", "paper"))),
            0,
            0.2 * shoulder,
            0,
            0.55 * shoulder,
            1.01 * radius,
            1.01 * radius,
        )


def add_can(parts: Parts, rng: Random) -> None:
    side, lid = parts.material(rng.choice(("poster", "glossy", "metal", "plastic"))), parts.material("metal")
    height, radius = rng.uniform(0.04, 0.16), rng.uniform(0.025, 0.06)
    parts.upright(side, 0, 0.004, 0, height - 0.008, radius, radius)
    parts.upright(lid, 0, 0, 0, height, 0.93 * radius, 0.93 * radius)


def add_bowl(parts: Parts, rng: Random) -> None:
    """A bowl or a plate, often with fruit."""
    radius = rng.uniform(0.06, 0.16)
    height = radius * rng.uniform(0.2, 0.7)
    body = parts.material(rng.choice(("ceramic", "wood", "glossy", "metal")))
    add_ring(parts, body, height, 0.55 * radius, radius, 0.006, 14)
    parts.upright(body, 0, 0, 0, 0.3 * height, 0.6 * radius, 0.68 * radius)
    if rng.random() < 0.6:
        fruit = parts.material(rng.choice(("plastic", "foliage", "glossy")))
        for _ in range(rng.randint(1, 8)):
            size = radius * rng.uniform(0.22, 0.36)
            angle, out = rng.uniform(0, tau), rng.uniform(0, 0.55) * radius
            place = (out * cos(angle), 0.3 * height + size * rng.uniform(0.8, 1.6), out * sin(angle))
            parts.ellipsoid(
                fruit, place, (size, size * rng.uniform(0.8, 1.1), size * rng.uniform(0.9, 1.5)), angle
            )


def add_roll(parts: Parts, rng: Random) -> None:
    """A roll of tape or paper."""
    radius, height = rng.uniform(0.03, 0.07), rng.uniform(0.02, 0.12)
    body = parts.material(rng.choice(("plastic", "paper", "metal")))
    if rng.random() < 0.4:
        parts.enter(0, radius, 0, rng.uniform(0, pi), pi / 2)
    else:
        parts.enter(0, 0, 0)
    add_ring(parts, body, height, radius, radius, 0.45 * radius, 16)
    parts.leave()


def add_pens(parts: Parts, rng: Random) -> None:
    pot = parts.material(rng.choice(("metal", "plastic", "ceramic", "wood")))
    add_ring(parts, pot, 0.1, 0.036, 0.038, 0.003, 10)
    for pen in range(rng.randint(2, 7)):
        angle = pen * 1.3
        end = (0.06 * cos(angle), rng.uniform(0.13, 0.18), 0.06 * sin(angle))
        parts.frustum(parts.material("plastic"), (-0.02 * cos(angle), 0.01, -0.02 * sin(angle)), end, 0.004, 0.004)


def add_basket(parts: Parts, rng: Random) -> None:
    """Also a bin, a bucket or a laundry basket, some with things in them."""
    height, radius = rng.uniform(0.15, 0.5), rng.uniform(0.1, 0.25)
    body = parts.material(rng.choice(("plastic", "metal", "fabric", "wood")))
    add_ring(parts, body, height, radius * rng.uniform(0.7, 1.0), radius, 0.008, 14)
    parts.upright(body, 0, 0, 0, 0.015, 0.7 * radius, 0.7 * radius)
    if rng.random() < 0.5:
        cloth = parts.material("fabric")
        for _ in range(rng.randint(2, 6)):
            size = radius * rng.uniform(0.4, 0.7)
            place = (rng.gauss(0, 0.25) * radius, height * rng.uniform(0.5, 1.0), rng.gauss(0, 0.25) * radius)
            parts.ellipsoid(cloth, place, (size, 0.5 * size, size), rng.uniform(0, pi))
