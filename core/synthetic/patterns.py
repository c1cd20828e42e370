"""All patterns and prints by name, and how large one field of each is on a real surface."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.synthetic import made_patterns as made
from core.synthetic import natural_patterns as natural
from core.synthetic import prints
from core.synthetic.pattern import Pattern


class Drawn(NamedTuple):
    """One entry of the collection."""

    draw: Callable[[np.random.Generator], Pattern]
    period_m: tuple[float, float]  # the range of sizes of a field on a surface
    variants: int = 1  # how many are drawn, each from numbers of its own


PATTERNS: dict[str, Drawn] = {
    "plaster": Drawn(natural.plaster, (0.6, 3.0)),
    "detail": Drawn(natural.fractal_detail, (0.2, 1.0)),
    "clouds": Drawn(natural.clouds, (1.0, 4.0), 2),
    "grain": Drawn(natural.grain, (0.15, 0.7), 3),
    "marble": Drawn(natural.marble, (0.4, 2.0), 2),
    "leaves": Drawn(natural.leaves, (0.3, 1.0), 2),
    "grass": Drawn(natural.grass, (0.4, 1.2), 2),
    "pebbles": Drawn(natural.pebbles, (0.3, 1.5)),
    "asphalt": Drawn(natural.asphalt, (1.0, 4.0)),
    "bark": Drawn(natural.bark, (0.3, 0.9)),
    "fur": Drawn(natural.fur, (0.1, 0.35)),
    "rust": Drawn(natural.rust, (0.3, 2.0)),
    "leather": Drawn(natural.leather, (0.08, 0.3)),
    "crumpled": Drawn(natural.crumpled, (0.2, 1.2), 2),
    "soil": Drawn(natural.soil, (0.5, 2.0)),
    "terrazzo": Drawn(natural.terrazzo, (0.4, 1.2)),
    "strata": Drawn(natural.strata, (0.3, 1.5)),
    "planks": Drawn(made.planks, (0.6, 1.3), 2),
    "parquet": Drawn(made.parquet, (1.0, 2.0)),
    "large_tiles": Drawn(made.large_tiles, (1.0, 2.4)),
    "small_tiles": Drawn(made.small_tiles, (0.4, 1.6)),
    "metro_tiles": Drawn(made.metro_tiles, (0.6, 1.2)),
    "checkered": Drawn(made.checkered, (0.6, 3.0)),
    "bricks": Drawn(made.bricks, (0.7, 1.1), 2),
    "hexagons": Drawn(made.hexagons, (0.5, 1.6)),
    "weave": Drawn(made.weave, (0.03, 0.2)),
    "twill": Drawn(made.twill, (0.04, 0.15)),
    "knit": Drawn(made.knit, (0.08, 0.3)),
    "carpet": Drawn(made.carpet, (0.3, 1.0)),
    "rug": Drawn(made.rug, (0.8, 2.5), 2),
    "stripes": Drawn(made.stripes, (0.15, 1.2)),
    "mixed_stripes": Drawn(made.mixed_stripes, (0.2, 1.2), 2),
    "tartan": Drawn(made.tartan, (0.15, 0.8)),
    "spots": Drawn(made.spots, (0.15, 0.8)),
    "floral": Drawn(made.floral, (0.3, 1.2), 2),
    "corrugated": Drawn(made.corrugated, (0.6, 2.0)),
    "siding": Drawn(made.siding, (0.4, 2.0)),
    "shingles": Drawn(made.shingles, (1.2, 2.5)),
    "panels": Drawn(made.panels, (2.0, 5.0)),
    "mesh": Drawn(made.mesh, (0.05, 0.3)),
}
PRINTS: dict[str, tuple[Callable[[np.random.Generator], prints.Print], int]] = {
    "page": (prints.page, 3),
    "landscape": (prints.landscape, 2),
    "collage": (prints.collage, 3),
    "portrait": (prints.portrait, 2),
    "cover": (prints.cover, 5),
    "editor": (prints.editor, 2),
    "windows": (prints.windows, 3),
    "chart": (prints.chart, 3),
    "sign": (prints.sign, 2),
    "outside": (prints.outside, 3),
    "front": (prints.front, 4),
    "room": (prints.room, 2),
    "open_ground": (prints.open_ground, 2),
}
_SEED = 20260  # of the whole collection: the same on every machine


@lru_cache(maxsize=1)
def layer_names() -> tuple[str, ...]:
    """The name of each layer, variants one after the other: first the patterns, then the prints."""
    names = [name for name, drawn in PATTERNS.items() for _ in range(drawn.variants)]
    return (*names, *(name for name, (_, variants) in PRINTS.items() for _ in range(variants)))


def layers_named(*names: str) -> list[int]:
    """The numbers of all layers of these names."""
    return [number for number, name in enumerate(layer_names()) if name in names]


def draw_layer(number: int) -> Pattern:
    """(4, TEXELS, TEXELS) float32, 0..1: a pattern, or a print as red, green, blue and a flat relief."""
    name = layer_names()[number]
    rng = np.random.default_rng((_SEED, number))
    if name in PATTERNS:
        return PATTERNS[name].draw(rng)
    picture = PRINTS[name][0](rng).astype(np.float32) / 255
    return np.concatenate((picture.transpose(2, 0, 1), np.full_like(picture[None, ..., 0], 0.5)))
