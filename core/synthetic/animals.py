"""Dogs, cats, sheep and horses, roughly; they stand on their frame's origin and face -z."""

from random import Random

from core.synthetic.parts import Parts


def add_animal(parts: Parts, rng: Random, shoulder_m: float) -> None:
    """`shoulder_m`: its height at the shoulder, 0.2 for a cat, 1.5 for a horse."""
    fur = parts.material(rng.choice(("hair", "fabric", "leather")))
    size = shoulder_m
    long, thick = rng.uniform(0.5, 0.68) * size, rng.uniform(0.17, 0.27) * size
    belly = 0.75 * size
    parts.ellipsoid(fur, (0, belly, 0), (thick, thick * 1.05, long))
    parts.ellipsoid(fur, (0, belly + 0.05 * size, -0.35 * size), (1.02 * thick, 0.3 * size, 0.25 * size))
    parts.ellipsoid(fur, (0, belly + 0.03 * size, 0.4 * size), (thick, 0.25 * size, 0.22 * size))
    for side in (-1, 1):
        for end in (-0.4, 0.42):
            swing = rng.gauss(0, 0.1) * size
            knee = (side * 0.7 * thick, 0.36 * size, end * size + swing)
            parts.limb(fur, (side * 0.7 * thick, 0.7 * size, end * size), knee, 0.09 * size, 0.05 * size)
            foot = (side * 0.7 * thick, 0.03 * size, end * size + swing * rng.uniform(0.3, 1.5))
            parts.limb(fur, knee, foot, 0.048 * size, 0.04 * size)
    lift = rng.uniform(-0.35, 0.35)
    head = (0.0, (1.2 + lift) * size, (-0.75 + 0.2 * abs(lift)) * size)
    parts.limb(fur, (0, 0.85 * size, -0.45 * size), head, 0.17 * size, 0.12 * size)
    turn = rng.gauss(0, 0.5)
    parts.enter(*head, turn, rng.uniform(-0.2, 0.5))
    parts.ellipsoid(fur, (0, 0, 0), (0.13 * size, 0.14 * size, 0.16 * size))
    muzzle = rng.uniform(0.12, 0.28) * size
    parts.limb(
        fur, (0, -0.03 * size, -0.1 * size), (0, -0.06 * size, -0.1 * size - muzzle), 0.085 * size, 0.06 * size
    )
    dark = parts.material("dark")
    parts.ball(dark, (0, -0.04 * size, -0.16 * size - muzzle), 0.03 * size)
    hanging = rng.random() < 0.5
    for side in (-1, 1):
        ear = (side * (0.17 if hanging else 0.1) * size, (-0.08 if hanging else 0.17) * size, 0.03 * size)
        parts.ellipsoid(fur, ear, (0.035 * size, 0.11 * size, 0.06 * size), 0, 0, side * 0.25)
        parts.ball(dark, (side * 0.08 * size, 0.04 * size, -0.125 * size), 0.022 * size)
    parts.leave()
    tail = (rng.gauss(0, 0.15) * size, rng.uniform(0.4, 1.2) * size, rng.uniform(0.75, 1.05) * size)
    parts.limb(fur, (0, 0.85 * size, 0.58 * size), tail, 0.045 * size, 0.03 * size)
