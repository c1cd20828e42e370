"""Screens, laptops, keyboards, telephones; each stands on its frame's origin and faces -z."""

from random import Random

from core.synthetic.parts import Parts


def add_monitor(parts: Parts, rng: Random) -> None:
    frame = parts.material(rng.choice(("dark", "plastic", "metal")))
    w = rng.uniform(0.38, 0.85)
    h, stand = w * rng.uniform(0.42, 0.75), rng.uniform(0.08, 0.2)
    parts.stand(frame, 0, 0, 0.05, 0.5 * w, 0.014, 0.2)
    parts.box(frame, (0, 0.5 * (stand + 0.3 * h), 0.07), (0.06, stand + 0.3 * h, 0.025))
    tilt = rng.uniform(-0.2, 0.05)
    parts.enter(0, stand + 0.5 * h, 0.04, 0, tilt)
    parts.box(frame, (0, 0, 0.02), (w, h, 0.04))
    parts.box(
        parts.material("screen" if rng.random() < 0.7 else "glass"), (0, 0.006, -0.003), (w * 0.95, h * 0.92, 0.01)
    )
    parts.leave()


def add_laptop(parts: Parts, rng: Random) -> None:
    case = parts.material(rng.choice(("metal", "dark", "plastic")))
    w = rng.uniform(0.28, 0.38)
    d = 0.68 * w
    parts.stand(case, 0, 0, 0, w, 0.016, d)
    keys = parts.material("dark")
    parts.stand(keys, 0, 0.016, 0.12 * d, 0.88 * w, 0.002, 0.45 * d)
    parts.stand(keys, 0, 0.0155, -0.32 * d, 0.35 * w, 0.001, 0.25 * d)
    opened = rng.uniform(0.0, 0.6)
    parts.enter(0, 0.015, d / 2, 0, -opened)
    parts.box(case, (0, d / 2, 0.004), (w, d, 0.008))
    parts.box(parts.material("screen"), (0, 0.52 * d, -0.001), (0.94 * w, 0.88 * d, 0.004))
    parts.leave()


def add_keyboard(parts: Parts, rng: Random) -> None:
    base, keys = parts.material(rng.choice(("dark", "plastic"))), parts.material(rng.choice(("dark", "plastic")))
    w, d = rng.uniform(0.28, 0.45), rng.uniform(0.11, 0.15)
    parts.box(base, (0, 0.01, 0), (w, 0.016, d), pitch=-0.05)
    for row in range(5):
        z = (row - 2) * d / 5.6
        for key in range(12):
            x = (key - 5.5) * w / 12.6
            parts.stand(keys, x, 0.015 + 0.05 * z, z, 0.85 * w / 12.6, 0.009, 0.8 * d / 5.6)


def add_mouse(parts: Parts, rng: Random) -> None:
    parts.ellipsoid(parts.material(rng.choice(("dark", "plastic"))), (0, 0.012, 0), (0.031, 0.026, 0.055))


def add_phone(parts: Parts, rng: Random) -> None:
    """Lying, or a desk telephone."""
    if rng.random() < 0.7:
        parts.stand(parts.material("dark"), 0, 0, 0, 0.075, 0.008, 0.15)
        parts.stand(parts.material(rng.choice(("screen", "glass"))), 0, 0.008, 0, 0.07, 0.0006, 0.14)
        return
    case = parts.material("plastic")
    parts.box(case, (0, 0.04, 0), (0.18, 0.07, 0.2), lean=(0, 0.02), taper=(0.1, 0.2), pitch=-0.15)
    parts.limb(case, (-0.06, 0.1, -0.09), (-0.06, 0.1, 0.09), 0.02, 0.02)
