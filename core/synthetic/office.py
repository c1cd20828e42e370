"""Desks with what stands on them: screens, keyboards, lamps, papers, and much else."""

from random import Random

from core.synthetic.computers import add_keyboard, add_laptop, add_monitor, add_mouse
from core.synthetic.furniture import add_table
from core.synthetic.items import Item, scatter
from core.synthetic.parts import Parts


def add_desk(parts: Parts, rng: Random, w: float, d: float) -> float:
    """Against a wall at +z, worked at from -z, where a chair may stand; returns the height of its top."""
    height = add_table(parts, rng, w, d)
    parts.enter(0, height, 0)
    dress_desk(parts, rng, w, d, rng.randint(0, 10))
    parts.leave()
    return height


def dress_desk(parts: Parts, rng: Random, w: float, d: float, count: int) -> None:
    """On a top w by d at the frame's origin: a computer, mostly, and up to `count` things more."""
    taken: list[tuple[float, float, float]] = []
    x = rng.uniform(-0.2, 0.2) * w
    if rng.random() < 0.75:
        computer: list[tuple[Item, float, float, float]] = [  # who makes it, x, z, radius
            (add_monitor, x, 0.2 * d, 0.3),
            (add_keyboard, x, -0.22 * d, 0.22),
            (add_mouse, x + rng.uniform(0.27, 0.35), -0.22 * d, 0.06),
        ]
        if rng.random() < 0.35:
            computer = [(add_laptop, x, -0.05 * d, 0.24)]
        for make, place_x, place_z, radius in computer:
            parts.enter(place_x, 0, place_z, rng.gauss(0, 0.12))
            make(parts, rng)
            parts.leave()
            taken.append((place_x, place_z, radius))
    scatter(parts, rng, 0.96 * w, 0.92 * d, count, taken=taken)
