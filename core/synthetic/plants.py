"""Trees, bushes, hedges, potted plants and flowers; each stands on its frame's origin."""

from math import cos, pi, sin, tau
from random import Random

from core.synthetic.parts import Parts, Vector
from core.synthetic.points import add, along, unit


def add_tree(parts: Parts, rng: Random, height: float, *, fine: bool = True) -> None:
    """Broad-leaved, conifer, poplar, palm, or bare; not `fine`: of few parts, for what is far away."""
    kind = rng.choices(("broad", "conifer", "poplar", "palm", "bare"), (5, 2, 1, 0.6, 1))[0]
    bark = parts.material("bark")
    radius = height * rng.uniform(0.014, 0.03)
    lean = (rng.gauss(0, 0.04) * height, height, rng.gauss(0, 0.04) * height)
    if kind == "conifer":
        _add_conifer(parts, rng, bark, height, radius, fine=fine)
    elif kind == "poplar":
        parts.upright(bark, 0, 0, 0, 0.5 * height, radius, 0.6 * radius)
        leaves = parts.material("foliage")
        for share in (0.35, 0.5, 0.65, 0.8):
            wide = height * 0.11 * (1.4 - share) * rng.uniform(0.9, 1.3)
            middle = (rng.gauss(0, 0.15) * wide, share * height, rng.gauss(0, 0.15) * wide)
            inner = 0.7 * wide if fine else wide
            parts.ellipsoid(leaves, middle, (inner, 0.24 * height, inner))
            for _ in range(14 if fine else 0):
                clump = add(
                    middle, (rng.gauss(0, 0.6) * wide, rng.gauss(0, 0.1) * height, rng.gauss(0, 0.6) * wide)
                )
                _add_leaves(parts, rng, leaves, clump, wide * rng.uniform(0.25, 0.5))
    elif kind == "palm":
        top = (lean[0] * 2, 0.8 * height, lean[2] * 2)
        parts.frustum(bark, (0, 0, 0), top, radius, 0.7 * radius)
        leaves = parts.material("foliage")
        for blade in range(rng.randint(7, 11)):
            angle = tau * blade / 9 + rng.uniform(-0.3, 0.3)
            out = (cos(angle), 0.45, sin(angle))
            knee = along(top, out, 0.16 * height)
            parts.frustum(leaves, top, knee, 0.03 * height, 0.022 * height, 0.2)
            parts.frustum(
                leaves, knee, along(knee, (out[0], -0.7, out[2]), 0.14 * height), 0.022 * height, 0.004, 0.2
            )
    else:
        _add_broad_tree(parts, rng, bark, height, radius, bare=kind == "bare", fine=fine)


def _add_conifer(parts: Parts, rng: Random, bark: int, height: float, radius: float, *, fine: bool) -> None:
    parts.upright(bark, 0, 0, 0, 0.3 * height, radius, radius)
    needles = parts.material("foliage")
    tiers = rng.randint(3, 7)
    wide = height * rng.uniform(0.13, 0.24)
    for tier in range(tiers):
        low = height * (0.12 + 0.8 * tier / tiers)
        scale = 1 - 0.85 * tier / tiers
        offset = rng.gauss(0, 0.04) * wide
        parts.upright(needles, offset, low, 0, height * 1.35 / tiers, wide * scale, 0.08 * wide * scale)
        for branch in range(9 if fine else 0):
            angle, reach = 0.7 * branch + tier, wide * scale * rng.uniform(0.95, 1.25)
            tip = (reach * cos(angle), low + rng.uniform(-0.02, 0.03) * height, reach * sin(angle))
            parts.frustum(needles, (0, low + 0.06 * height, 0), tip, 0.2 * wide * scale, 0.02 * wide, 0.5)


def _add_broad_tree(
    parts: Parts, rng: Random, bark: int, height: float, radius: float, *, bare: bool, fine: bool
) -> None:
    fork = (rng.gauss(0, 0.03) * height, rng.uniform(0.25, 0.45) * height, rng.gauss(0, 0.03) * height)
    parts.frustum(bark, (0, 0, 0), fork, radius * 1.2, 0.8 * radius)
    leaves = [parts.material("foliage") for _ in range(rng.choice((1, 1, 2)))]
    crown = height * rng.uniform(0.18, 0.34)
    branches = rng.randint(3, 6)
    for branch in range(branches):
        angle = tau * (branch + rng.random()) / branches
        out = unit((cos(angle), rng.uniform(0.5, 1.8), sin(angle)))
        tip = along(fork, out, rng.uniform(0.25, 0.45) * height)
        parts.frustum(bark, fork, tip, 0.55 * radius, 0.2 * radius)
        if bare:
            for _ in range(rng.randint(2, 5)):
                aim = unit(add(out, (rng.gauss(0, 0.6), rng.uniform(-0.1, 0.6), rng.gauss(0, 0.6))))
                start = along(fork, out, rng.uniform(0.12, 0.4) * height)
                twig = along(start, aim, rng.uniform(0.12, 0.25) * height)
                parts.frustum(bark, start, twig, 0.2 * radius, 0.06 * radius)
            continue
        for _ in range(rng.randint(10, 16) if fine else rng.randint(2, 5)):
            size = crown * (rng.uniform(0.1, 0.27) if fine else rng.uniform(0.3, 0.55))
            _add_leaves(parts, rng, rng.choice(leaves), add(tip, _offset(rng, 0.42 * crown)), size)
    for _ in range(0 if bare else 16 if fine else 3):
        top = add((fork[0], 0.74 * height, fork[2]), _offset(rng, 0.4 * crown))
        _add_leaves(parts, rng, rng.choice(leaves), top, crown * (rng.uniform(0.12, 0.3) if fine else 0.6))


def _add_leaves(parts: Parts, rng: Random, leaves: int, middle: Vector, size: float) -> None:
    """A clump, flatter than wide, tilted anyhow."""
    radii = (size * rng.uniform(0.7, 1.3), size * rng.uniform(0.4, 0.85), size * rng.uniform(0.7, 1.3))
    parts.ellipsoid(leaves, middle, radii, rng.uniform(0, pi), rng.gauss(0, 0.4), rng.gauss(0, 0.4))


def _offset(rng: Random, spread: float) -> Vector:
    return (rng.gauss(0, spread), rng.gauss(0, 0.6 * spread), rng.gauss(0, spread))


def add_bush(parts: Parts, rng: Random, radius: float) -> None:
    """Clumps of leaves over a dark middle, twigs that stick out."""
    leaves = [parts.material("foliage"), parts.material("foliage")]
    middle = 0.6 * radius
    parts.ellipsoid(leaves[0], (0, 0.8 * middle, 0), (middle, 0.9 * middle, middle))
    flat = rng.uniform(0.6, 1.1)
    for clump in range(rng.randint(18, 40)):
        angle, rise = 2.4 * clump, rng.uniform(-0.2, 1.0)
        out = unit((cos(angle), rise, sin(angle)))
        place = along((0, 0.55 * radius * flat, 0), out, rng.uniform(0.35, 0.75) * radius)
        _add_leaves(parts, rng, leaves[rng.random() < 0.3], place, radius * rng.uniform(0.12, 0.3))
    bark = parts.material("bark")
    for _ in range(rng.randint(0, 6)):
        out = unit((rng.gauss(0, 1), rng.uniform(0.4, 1.5), rng.gauss(0, 1)))
        parts.frustum(
            bark, (0, 0, 0), along((0, 0, 0), out, radius * rng.uniform(1.1, 1.5)), 0.02 * radius, 0.008 * radius
        )


def add_hedge(parts: Parts, rng: Random, length: float) -> None:
    """Along x."""
    leaves = parts.material("foliage")
    height, thick = rng.uniform(0.5, 2.0), rng.uniform(0.4, 0.9)
    parts.stand(leaves, 0, 0, 0, length, height * 0.92, thick)
    for bump in range(int(length / 0.5)):
        x = -length / 2 + 0.5 * bump + rng.uniform(0, 0.5)
        parts.ellipsoid(
            leaves, (x, height * 0.85, rng.uniform(-0.2, 0.2) * thick), (0.45, 0.2 * height, 0.5 * thick)
        )


def add_potted_plant(parts: Parts, rng: Random, height: float) -> None:
    """From a herb on a sill to a fig tree in a corner: blades, broad leaves or a ball of small ones."""
    pot, leaves = parts.material(rng.choice(("ceramic", "plastic", "fabric"))), parts.material("foliage")
    pot_height = height * rng.uniform(0.2, 0.4)
    wide = pot_height * rng.uniform(0.4, 0.7)
    parts.upright(pot, 0, 0, 0, pot_height, 0.75 * wide, wide)
    parts.upright(
        parts.material("ground"), 0, pot_height - 0.01 * height, 0, 0.015 * height, 0.9 * wide, 0.9 * wide
    )
    form = rng.choice(("blades", "broad", "ball", "stem"))
    rest = height - pot_height
    if form == "ball":
        for _ in range(rng.randint(5, 12)):
            size = rest * rng.uniform(0.18, 0.35)
            place = (
                rng.gauss(0, 0.25) * rest,
                pot_height + rng.uniform(0.2, 0.8) * rest,
                rng.gauss(0, 0.25) * rest,
            )
            parts.ellipsoid(leaves, place, (size, 0.8 * size, size))
        return
    stem = (0.0, pot_height, 0.0)
    if form == "stem":
        stem = (rng.gauss(0, 0.1) * rest, pot_height + rng.uniform(0.4, 0.7) * rest, 0.0)
        parts.frustum(parts.material("bark"), (0, pot_height, 0), stem, 0.02 * height, 0.014 * height)
        rest = height - stem[1]
    for blade in range(rng.randint(8, 18)):
        angle, rise = blade * 2.4 + rng.uniform(-0.4, 0.4), rng.uniform(0.2, 2.5)
        out = unit((cos(angle), rise, sin(angle)))
        reach = rest * rng.uniform(0.6, 1.0)
        if form == "blades":
            knee = along(stem, out, 0.6 * reach)
            parts.frustum(leaves, stem, knee, 0.03 * reach, 0.045 * reach, 0.25)
            parts.frustum(
                leaves, knee, along(knee, (out[0], out[1] - 0.9, out[2]), 0.5 * reach), 0.045 * reach, 0.004, 0.25
            )
        else:
            tip = along(stem, out, 0.75 * reach)
            parts.frustum(leaves, stem, tip, 0.008 * height, 0.006 * height)
            size = 0.2 * reach * rng.uniform(0.7, 1.3)
            parts.ellipsoid(
                leaves, tip, (size, 0.08 * size, 0.7 * size), -angle, rng.gauss(0, 0.4), rng.gauss(0, 0.4)
            )


def add_flowers(parts: Parts, rng: Random, height: float) -> None:
    """A vase of cut flowers."""
    vase, stalks = parts.material(rng.choice(("ceramic", "glass", "glossy"))), parts.material("foliage")
    body = 0.45 * height
    parts.ellipsoid(vase, (0, 0.45 * body, 0), (0.32 * body, 0.5 * body, 0.32 * body))
    parts.upright(vase, 0, 0.6 * body, 0, 0.4 * body, 0.2 * body, rng.uniform(0.15, 0.3) * body)
    petals = parts.material(rng.choice(("plastic", "fabric", "paper")))
    for flower in range(rng.randint(4, 12)):
        angle = 2.4 * flower
        out = unit((cos(angle) * rng.uniform(0.1, 0.7), 1.0, sin(angle) * rng.uniform(0.1, 0.7)))
        tip = along((0, 0.9 * body, 0), out, rng.uniform(0.6, 1.0) * (height - body))
        parts.frustum(stalks, (0, 0.9 * body, 0), tip, 0.008 * height, 0.006 * height)
        size = height * rng.uniform(0.03, 0.075)
        parts.ellipsoid(petals if rng.random() < 0.8 else stalks, tip, (size, 0.7 * size, size))
