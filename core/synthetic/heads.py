"""Heads: skull, face, ears, hair in many cuts, hats, glasses, headphones. Faces look along -z of their frame."""

from random import Random

from core.synthetic.parts import Parts

HAIR_CUTS = {
    "short": 5, "side": 3, "long": 4, "bob": 3, "bun": 1.5, "curly": 2, "bald": 1.5, "cap": 1, "hat": 0.6,
    "hood": 0.6, "scarf": 0.8,
}  # fmt: skip


def add_head(parts: Parts, rng: Random, skin: int, size_m: float, *, fine: bool) -> None:
    """A head whose chin is near the frame's origin; `size_m` from chin to crown; `fine`: with a face."""
    unit = size_m / 0.23
    wide = unit * rng.uniform(0.068, 0.08)
    deep = unit * rng.uniform(0.085, 0.1)
    middle = (0.0, 0.6 * size_m, 0.01 * unit)
    parts.ellipsoid(skin, middle, (wide, 0.42 * size_m, deep))
    jaw = rng.uniform(0.72, 0.95) * wide
    parts.ellipsoid(skin, (0, 0.27 * size_m, -0.02 * unit), (jaw, 0.28 * size_m, 0.75 * deep))
    front = middle[2] - deep
    if fine:
        _add_face(parts, rng, skin, unit, size_m, wide, front)
    for side in (-1, 1):
        parts.ellipsoid(
            skin,
            (side * 1.0 * wide, 0.52 * size_m, 0.015 * unit),
            (0.009 * unit, 0.031 * unit, 0.02 * unit),
            side * 0.4,
        )
    _add_hair(parts, rng, unit, size_m, wide, deep)
    if rng.random() < 0.12:
        _add_headphones(parts, unit, size_m, wide)


def _add_face(parts: Parts, rng: Random, skin: int, unit: float, size_m: float, wide: float, front: float) -> None:
    eyes_y, nose_y, mouth_y = 0.55 * size_m, 0.42 * size_m, 0.25 * size_m
    nose = unit * rng.uniform(0.016, 0.028)
    parts.frustum(
        skin, (0, eyes_y, front + 0.012 * unit), (0, nose_y, front - 0.5 * nose), 0.4 * nose, 0.55 * nose
    )
    parts.ellipsoid(skin, (0, nose_y, front - 0.4 * nose), (0.75 * nose, 0.5 * nose, 0.7 * nose))
    white, dark = parts.material("ceramic"), parts.material("hair")
    lips = parts.material("skin")
    for side in (-1, 1):
        x = side * 0.43 * wide
        socket = front + 0.017 * unit
        parts.ellipsoid(white, (x, eyes_y, socket), (0.014 * unit, 0.0075 * unit, 0.011 * unit))
        parts.ball(dark, (x, eyes_y, socket - 0.006 * unit), 0.0062 * unit)
        parts.ellipsoid(
            dark, (x, eyes_y + 0.021 * unit, front + 0.012 * unit), (0.02 * unit, 0.004 * unit, 0.008 * unit),
            roll=side * rng.uniform(-0.2, 0.1),
        )  # fmt: skip
        parts.ellipsoid(skin, (x, 0.4 * size_m, front + 0.022 * unit), (0.022 * unit, 0.02 * unit, 0.014 * unit))
    open_mouth = rng.uniform(0.004, 0.012) * unit
    parts.ellipsoid(lips, (0, mouth_y, front + 0.012 * unit), (0.024 * unit, open_mouth, 0.012 * unit))
    if rng.random() < 0.2:
        beard_z = front + 0.03 * unit
        parts.ellipsoid(dark, (0, 0.12 * size_m, beard_z), (0.8 * wide, 0.16 * size_m, 0.042 * unit))
    if rng.random() < 0.3:
        _add_glasses(parts, rng, unit, eyes_y, wide, front)


def _add_glasses(parts: Parts, rng: Random, unit: float, eyes_y: float, wide: float, front: float) -> None:
    frame = parts.material(rng.choice(("dark", "metal", "plastic")))
    dark_lenses = rng.random() < 0.3
    lens = parts.material("glass") if dark_lenses else frame
    z = front - 0.004 * unit
    for side in (-1, 1):
        x = side * 0.45 * wide
        if dark_lenses:
            parts.frustum(lens, (x, eyes_y, z), (x, eyes_y, z + 0.003 * unit), 0.026 * unit, 0.026 * unit)
        else:
            for edge, tall in ((-0.017, 0.003), (0.017, 0.004)):
                parts.box(frame, (x, eyes_y + edge * unit, z), (0.048 * unit, tall * unit, 0.003 * unit))
            for edge in (-0.024, 0.024):
                parts.box(frame, (x + edge * unit, eyes_y, z), (0.003 * unit, 0.034 * unit, 0.003 * unit))
        parts.box(frame, (side * 1.03 * wide, eyes_y, z + 0.05 * unit), (0.004 * unit, 0.005 * unit, 0.1 * unit))
    parts.box(frame, (0, eyes_y + 0.006 * unit, z), (0.02 * unit, 0.003 * unit, 0.003 * unit))


def _add_hair(parts: Parts, rng: Random, unit: float, size_m: float, wide: float, deep: float) -> None:
    cut = rng.choices(list(HAIR_CUTS), list(HAIR_CUTS.values()))[0]
    if cut == "bald":
        return
    hair = parts.material("hair" if cut not in ("hood", "scarf", "cap", "hat") else "clothes")
    top, back = 0.66 * size_m, 0.03 * unit
    if cut == "curly":
        for _ in range(rng.randint(12, 22)):
            x, y, z = rng.gauss(0, 1), abs(rng.gauss(0, 1)), rng.gauss(0.6, 1)
            length = (x * x + y * y + z * z) ** 0.5 or 1.0
            place = (x / length * wide, top + y / length * 0.4 * size_m, back + z / length * deep)
            parts.ball(hair, place, unit * rng.uniform(0.025, 0.045))
        return
    puff = rng.uniform(1.04, 1.16)
    parts.ellipsoid(hair, (0, top, back), (wide * puff, 0.42 * size_m * puff, deep * puff), pitch=-0.15)
    if cut == "side":
        side = rng.choice((-1, 1))
        fringe = (wide * 0.7, 0.05 * unit, 0.045 * unit)
        parts.ellipsoid(hair, (side * 0.3 * wide, 0.9 * size_m, -0.6 * deep), fringe, roll=side * 0.4)
    elif cut in ("long", "bob"):
        length = rng.uniform(0.2, 0.45) * unit if cut == "long" else rng.uniform(0.05, 0.12) * unit
        for side in (-1, 0, 1):
            z = 0.03 * unit if side else 0.75 * deep
            start, end = (
                (side * 0.85 * wide, 0.75 * size_m, z),
                (side * 0.95 * wide, 0.3 * size_m - length, z + 0.02),
            )
            parts.limb(hair, start, end, 0.04 * unit, rng.uniform(0.025, 0.05) * unit)
    elif cut == "bun":
        parts.ball(hair, (0, rng.uniform(0.75, 1.05) * size_m, 1.1 * deep), rng.uniform(0.035, 0.055) * unit)
    elif cut == "cap":
        parts.box(
            hair,
            (0, 0.82 * size_m, -1.25 * deep),
            (1.5 * wide, 0.008 * unit, 0.09 * unit),
            pitch=rng.uniform(-0.1, 0.3),
        )
    elif cut == "hat":
        brim = rng.uniform(1.4, 2.2) * wide
        parts.upright(hair, 0, 0.78 * size_m, 0.01 * unit, 0.012 * unit, brim, brim)
        parts.upright(hair, 0, 0.78 * size_m, 0.01 * unit, 0.1 * unit, 1.08 * wide, 0.9 * wide)
    elif cut in ("hood", "scarf"):
        parts.ellipsoid(hair, (0, 0.5 * size_m, 0.045 * unit), (wide * 1.2, 0.55 * size_m, deep * 1.1))
        parts.limb(hair, (0, 0.1 * size_m, 0.03 * unit), (0, -0.06 * unit, 0.02 * unit), 0.07 * unit, 0.09 * unit)


def _add_headphones(parts: Parts, unit: float, size_m: float, wide: float) -> None:
    shell = parts.material("dark")
    for side in (-1, 1):
        x = side * 1.05 * wide
        parts.frustum(
            shell, (x, 0.5 * size_m, 0), (x + side * 0.03 * unit, 0.5 * size_m, 0), 0.04 * unit, 0.033 * unit
        )
        start = (side * 1.2 * wide, 0.55 * size_m, 0.0)
        knee = (side * 0.9 * wide, 0.95 * size_m, 0.0)
        parts.limb(shell, start, knee, 0.009 * unit, 0.009 * unit)
        parts.limb(shell, knee, (0, 1.1 * size_m, 0), 0.009 * unit, 0.009 * unit)
