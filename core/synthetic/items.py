"""Small things that stand about on tables and floors, 2 cm to half a metre; each on its frame's origin."""

from collections.abc import Callable
from math import cos, hypot, pi, sin, tau
from random import Random

from core.synthetic.computers import add_mouse, add_phone
from core.synthetic.parts import Parts
from core.synthetic.plants import add_flowers, add_potted_plant
from core.synthetic.vessels import add_basket, add_bottle, add_bowl, add_can, add_mug, add_pens, add_roll


def add_carton(parts: Parts, rng: Random) -> None:
    cover = parts.material(rng.choice(("box", "box", "poster", "paper", "plastic", "book")))
    w, h, d = rng.uniform(0.05, 0.35), rng.uniform(0.03, 0.3), rng.uniform(0.04, 0.25)
    parts.stand(cover, 0, 0, 0, w, h, d)
    what = rng.random()
    if what < 0.25:
        flap = 0.5 * d
        for side in (-1, 1):
            tilt = side * rng.uniform(0.4, 1.2)
            place = (0, h + 0.5 * flap * sin(abs(tilt)), side * (0.5 * d + 0.5 * flap * cos(tilt)))
            parts.box(cover, place, (w, 0.004, flap), pitch=-tilt)
    elif what < 0.45:
        parts.stand(parts.material("plastic"), 0, h - 0.001, 0, 0.05, 0.003, d * 1.005)


def add_books(parts: Parts, rng: Random) -> None:
    """A pile lying, or a few upright."""
    y, w, d = 0.0, rng.uniform(0.13, 0.24), rng.uniform(0.18, 0.32)
    if rng.random() < 0.65:
        for _ in range(rng.randint(1, 7)):
            thick, scale = rng.uniform(0.008, 0.045), rng.uniform(0.75, 1.05)
            turn, x, z = rng.gauss(0, 0.12), rng.gauss(0, 0.01), rng.gauss(0, 0.01)
            cover, pages = parts.material("book"), parts.material("paper")
            parts.stand(pages, x, y + 0.1 * thick, z, w * scale * 0.97, 0.8 * thick, d * scale * 0.97, turn)
            for low in (0.0, 0.88 * thick):
                parts.stand(cover, x, y + low, z, w * scale, 0.12 * thick, d * scale, turn)
            y += thick
        return
    x = -0.1
    for _ in range(rng.randint(3, 9)):
        thick, high = rng.uniform(0.012, 0.045), rng.uniform(0.16, 0.27)
        leans = -rng.uniform(0, 0.12)
        parts.box(parts.material("book"), (x, 0.5 * high, 0), (thick, high, 0.7 * high), roll=leans)
        x += thick * 1.05


def add_open_book(parts: Parts, rng: Random) -> None:
    pages, w, d = parts.material("paper"), rng.uniform(0.12, 0.2), rng.uniform(0.18, 0.28)
    for side in (-1, 1):
        parts.box(pages, (side * 0.5 * w, 0.012, 0), (w, 0.014, d), roll=-side * rng.uniform(0.02, 0.12))


def add_papers(parts: Parts, rng: Random) -> None:
    for sheet in range(rng.randint(1, 5)):
        x, z = rng.gauss(0, 0.05), rng.gauss(0, 0.05)
        parts.stand(parts.material("paper"), x, 0.001 + 0.0012 * sheet, z, 0.21, 0.001, 0.297, rng.uniform(0, pi))


def add_desk_lamp(parts: Parts, rng: Random) -> None:
    arm, shade = (
        parts.material(rng.choice(("metal", "dark"))),
        parts.material(rng.choice(("lamp", "metal", "plastic"))),
    )
    if rng.random() < 0.5:
        height = rng.uniform(0.3, 0.55)
        parts.upright(arm, 0, 0, 0, 0.02, 0.09, 0.08)
        parts.ellipsoid(arm, (0, 0.3 * height, 0), (0.06, 0.3 * height, 0.06))
        parts.upright(arm, 0, 0, 0, 0.7 * height, 0.012, 0.012)
        parts.upright(shade, 0, 0.62 * height, 0, 0.4 * height, rng.uniform(0.1, 0.18), rng.uniform(0.06, 0.13))
        return
    parts.upright(arm, 0, 0, 0, 0.025, 0.09, 0.085)
    knee = (rng.uniform(-0.15, 0.15), rng.uniform(0.25, 0.4), rng.uniform(0.0, 0.15))
    head = (knee[0] * -0.5, knee[1] + rng.uniform(0.0, 0.2), knee[2] - rng.uniform(0.2, 0.35))
    parts.limb(arm, (0, 0.02, 0), knee, 0.008, 0.008)
    parts.limb(arm, knee, head, 0.008, 0.008)
    parts.frustum(shade, head, (head[0], head[1] - 0.1, head[2] - 0.06), 0.03, 0.075)


def add_toy(parts: Parts, rng: Random) -> None:
    """A soft animal, a figure turned on a lathe, or a stack of blocks."""
    kind = rng.choice(("soft", "turned", "turned", "blocks"))
    size = rng.uniform(0.08, 0.32)
    if kind == "soft":
        fur = parts.material("fabric")
        parts.ellipsoid(fur, (0, 0.33 * size, 0), (0.26 * size, 0.33 * size, 0.22 * size))
        parts.ball(fur, (0, 0.78 * size, -0.03 * size), 0.22 * size)
        parts.ball(parts.material("fabric"), (0, 0.73 * size, -0.2 * size), 0.09 * size)
        for side in (-1, 1):
            parts.ball(fur, (0.17 * side * size, 0.96 * size, 0), 0.08 * size)
            parts.limb(
                fur,
                (0.2 * side * size, 0.5 * size, 0),
                (0.36 * side * size, 0.3 * size, -0.1 * size),
                0.09 * size,
                0.08 * size,
            )
            parts.limb(
                fur,
                (0.13 * side * size, 0.12 * size, 0),
                (0.2 * side * size, 0.09 * size, -0.35 * size),
                0.11 * size,
                0.1 * size,
            )
    elif kind == "turned":
        add_turned(parts, rng, size)
    else:
        y = 0.0
        for _ in range(rng.randint(2, 5)):
            edge = size * rng.uniform(0.15, 0.35)
            parts.stand(
                parts.material("plastic"),
                rng.gauss(0, 0.03),
                y,
                rng.gauss(0, 0.03),
                edge,
                edge,
                edge,
                rng.uniform(0, pi),
            )
            y += edge


def add_turned(parts: Parts, rng: Random, height: float) -> None:
    """Like a chess piece, a candlestick or a spindle: rings, waists and a ball or crown."""
    body = parts.material(rng.choice(("wood", "wood", "glossy", "metal", "ceramic", "dark")))
    radius, y = height * rng.uniform(0.18, 0.26), 0.0
    for scale, rise in ((1.0, 0.06), (0.85, 0.06)):
        parts.upright(body, 0, y, 0, rise * height, scale * radius, 0.9 * scale * radius)
        y += rise * height
    top = rng.uniform(0.55, 0.75) * height
    parts.upright(body, 0, y, 0, top - y, 0.7 * radius, rng.uniform(0.25, 0.45) * radius)
    parts.upright(body, 0, top, 0, 0.03 * height, 0.65 * radius, 0.6 * radius)
    rest = height - top - 0.03 * height
    if rng.random() < 0.6:
        parts.ellipsoid(body, (0, top + 0.03 * height + 0.5 * rest, 0), (0.5 * radius, 0.55 * rest, 0.5 * radius))
    else:
        parts.upright(body, 0, top + 0.03 * height, 0, rest, 0.35 * radius, 0.6 * radius)
        parts.ball(body, (0, height, 0), 0.2 * radius)


def add_plant(parts: Parts, rng: Random) -> None:
    if rng.random() < 0.7:
        add_potted_plant(parts, rng, rng.uniform(0.15, 0.55))
    else:
        add_flowers(parts, rng, rng.uniform(0.2, 0.5))


def add_speaker(parts: Parts, rng: Random) -> None:
    case, cone = parts.material(rng.choice(("dark", "wood", "plastic"))), parts.material("dark")
    w, h, d = rng.uniform(0.08, 0.25), rng.uniform(0.14, 0.4), rng.uniform(0.1, 0.25)
    parts.stand(case, 0, 0, 0, w, h, d)
    for share, size in ((0.35, 0.4), (0.78, 0.2)):
        parts.frustum(cone, (0, share * h, -d / 2 - 0.003), (0, share * h, 0), size * w, size * w)


def add_ball(parts: Parts, rng: Random) -> None:
    radius = rng.choice((0.02, 0.035, 0.05, 0.11, 0.12)) * rng.uniform(0.9, 1.2)
    parts.ball(
        parts.material(rng.choice(("plastic", "leather", "poster", "glossy", "fabric"))), (0, radius, 0), radius
    )


Item = Callable[[Parts, Random], None]
ON_DESKS: tuple[tuple[Item, float, float], ...] = (  # who makes it, the radius it needs, how often it is taken
    (add_mug, 0.07, 3), (add_bottle, 0.05, 2), (add_can, 0.05, 2), (add_carton, 0.18, 3), (add_books, 0.17, 3),
    (add_open_book, 0.2, 1), (add_papers, 0.2, 2), (add_phone, 0.1, 2), (add_desk_lamp, 0.15, 1.5),
    (add_bowl, 0.14, 2), (add_roll, 0.06, 1), (add_pens, 0.06, 1.5), (add_toy, 0.12, 2), (add_plant, 0.16, 2),
    (add_speaker, 0.12, 1), (add_ball, 0.08, 0.7), (add_mouse, 0.06, 1),
)  # fmt: skip
ON_FLOORS: tuple[tuple[Item, float, float], ...] = (
    (add_carton, 0.2, 2), (add_basket, 0.22, 2), (add_ball, 0.12, 1), (add_toy, 0.15, 1), (add_books, 0.18, 1),
    (add_plant, 0.2, 1), (add_bottle, 0.06, 0.5), (add_speaker, 0.15, 0.5),
)  # fmt: skip


def scatter(
    parts: Parts,
    rng: Random,
    w: float,
    d: float,
    count: int,
    items: tuple[tuple[Item, float, float], ...] = ON_DESKS,
    taken: list[tuple[float, float, float]] | None = None,
) -> None:
    """Up to `count` things on a rectangle round the frame's origin, none in another; `taken`: x, z, radius."""
    taken = [] if taken is None else taken
    weights = [often for _, _, often in items]
    for make, radius, _ in rng.choices(items, weights, k=count):
        if 2 * radius > min(w, d):
            continue
        x, z = rng.uniform(-1, 1) * (w / 2 - radius), rng.uniform(-1, 1) * (d / 2 - radius)
        if any(hypot(x - other_x, z - other_z) < radius + other for other_x, other_z, other in taken):
            continue
        taken.append((x, z, radius))
        parts.enter(x, 0, z, rng.choice((0.0, rng.uniform(-0.5, 0.5), rng.uniform(0, tau))))
        make(parts, rng)
        parts.leave()
