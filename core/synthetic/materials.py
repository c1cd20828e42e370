"""The materials of a batch of scenes: one row a part, drawn from its kind by a seed, all rows at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from core.synthetic.atlas import layer_corners
from core.synthetic.fields import TEXELS
from core.synthetic.kinds import KINDS, Range
from core.synthetic.patterns import PATTERNS, PRINTS, layer_names, layers_named
from core.synthetic.planes import moved

Array = NDArray[np.float64]
COLUMNS = (
    "corner_x", "corner_y",  # of the pattern's layer in the atlas, texels
    "uu", "uv", "vu", "vv",  # metres (or shares of a face) -> periods: turned and scaled
    "shift_u", "shift_v",  # periods
    "texels_per_m",  # of the pattern's largest level; of prints and of what covers a face, texels per face
    "on_face",  # 1: the pattern is laid over `face_uv` instead of the part's own axes
    "is_print",  # 1: the atlas holds colours
    "first_r", "first_g", "first_b", "second_r", "second_g", "second_b", "third_r", "third_g", "third_b",  # linear
    "contrast", "fine", "coarse", "fine_per_m", "coarse_per_m",
    "gloss", "metal", "relief_m", "glow",
    "pane",  # 1: what it gives off comes from behind it
)  # fmt: skip
_LOTS = 64  # tickets a kind's patterns share by their weights
_GOLDEN = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True, eq=False)
class Materials:
    """A table (columns, rows). The last row is the sky's, so that its number, -1, finds it."""

    table: Tensor

    @classmethod
    def drawn(cls, kinds: Sequence[str], seeds: NDArray[np.uint64], device: str) -> "Materials":
        """One row for each kind (a key of `KINDS`) and its seed; the same pair gives the same row everywhere."""
        numbers = _numbers_of_kinds()
        rows = _rows(np.array([numbers[kind] for kind in kinds], np.int64), seeds)
        table = np.zeros((len(COLUMNS), len(kinds) + 1), np.float32)
        for place, name in enumerate(COLUMNS):
            table[place, :-1] = rows[name]
        sky = dict.fromkeys(("uu", "vv"), 0.35) | dict.fromkeys(("first_r", "first_g", "first_b"), 0.5)
        sky |= {"fine_per_m": 1.0, "coarse_per_m": 0.11, "texels_per_m": 90.0}
        corner = layer_corners()[layers_named("clouds")[0]]
        for name, value in (sky | {"corner_x": float(corner[0]), "corner_y": float(corner[1])}).items():
            table[COLUMNS.index(name), -1] = value
        return cls(moved(table, device))

    def of(self, rows: Tensor, name: str) -> Tensor:
        """A column at each pixel's row (int64, any shape)."""
        return self.table[COLUMNS.index(name)].index_select(0, rows.view(-1)).view(rows.shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """`KINDS` as arrays, one row a kind."""

    lots: NDArray[np.int64]  # (K, _LOTS) layers of the atlas
    colours: Array  # (K, 2, C, 3) palettes and accents, linear
    counts: NDArray[np.int64]  # (K, 2) how many colours each has
    low: dict[str, Array]
    span: dict[str, Array]
    grooves: Array
    on_face: NDArray[np.bool_]
    pane: NDArray[np.bool_]


@lru_cache(maxsize=1)
def _numbers_of_kinds() -> dict[str, int]:
    return {name: number for number, name in enumerate(KINDS)}


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    kinds = list(KINDS.values())
    lots = np.stack([_tickets(kind.patterns) for kind in kinds])
    palettes = [(kind.palette, kind.accents or kind.palette) for kind in kinds]
    longest = max(len(colours) for pair in palettes for colours in pair)
    table = np.zeros((len(kinds), 2, longest, 3))
    for number, pair in enumerate(palettes):
        for which, colours in enumerate(pair):
            table[number, which, : len(colours)] = linear(np.array([_rgb(colour) for colour in colours]))
    ranges = [
        name for name, value in KINDS["wall"]._asdict().items() if isinstance(value, tuple) and _is_range(value)
    ]
    low = {name: np.array([getattr(kind, name)[0] for kind in kinds]) for name in ranges}
    high = {name: np.array([getattr(kind, name)[1] for kind in kinds]) for name in ranges}
    return _Tables(
        lots=lots,
        colours=table,
        counts=np.array([[len(colours) for colours in pair] for pair in palettes]),
        low=low,
        span={name: high[name] - low[name] for name in ranges},
        grooves=np.array([kind.grooves for kind in kinds]),
        on_face=np.array([kind.on_face for kind in kinds]),
        pane=np.array([kind.pane for kind in kinds]),
    )


def _is_range(value: Range | tuple[str, ...]) -> bool:
    return len(value) == 2 and isinstance(value[0], float)


def _tickets(patterns: dict[str, float]) -> NDArray[np.int64]:
    """Layers in proportion to their patterns' weights; the variants of one pattern share its part."""
    shares = np.cumsum([0.0, *patterns.values()]) / sum(patterns.values()) * _LOTS
    tickets = np.empty(_LOTS, np.int64)
    for name, start, stop in zip(patterns, np.rint(shares[:-1]), np.rint(shares[1:]), strict=True):
        layers = layers_named(name)
        tickets[int(start) : int(stop)] = np.resize(layers, int(stop - start))
    return tickets


def _rgb(colour: str) -> tuple[float, float, float]:
    return int(colour[:2], 16) / 255, int(colour[2:4], 16) / 255, int(colour[4:], 16) / 255


def linear(srgb: Array) -> Array:
    """sRGB 0..1 -> linear light 0..1. Source: IEC 61966-2-1."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def mixed(seeds: NDArray[np.uint64], count: int) -> Array:
    """`count` even numbers in 0..1 for each seed: (N, count).

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014 (splitmix64).
    """
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    with np.errstate(over="ignore"):
        state = seeds.astype(np.uint64)[:, None] + steps
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits = (state ^ (state >> np.uint64(31))) >> np.uint64(11)
    return np.asarray(bits * 2.0**-53)


class _Dice:
    """Columns of even numbers, each taken once."""

    def __init__(self, seeds: NDArray[np.uint64]) -> None:
        self._columns = iter(mixed(seeds, 40).T)

    def roll(self) -> Array:
        return next(self._columns)


def _rows(kinds: NDArray[np.int64], seeds: NDArray[np.uint64]) -> dict[str, NDArray[np.generic]]:
    tables, dice = _tables(), _Dice(seeds)

    def ranged(name: str, power: float = 1.0) -> Array:
        """Above 1, a power makes the lower part of the range the usual one."""
        return tables.low[name][kinds] + tables.span[name][kinds] * dice.roll() ** power

    def colour(which: int) -> Array:
        place = (dice.roll() * tables.counts[kinds, which]).astype(np.int64)
        return np.asarray(tables.colours[kinds, which, place])

    layer = tables.lots[kinds, (dice.roll() * _LOTS).astype(np.int64)]
    periods, prints = _layer_facts()
    is_print = prints[layer]
    on_face = tables.on_face[kinds] | is_print
    low, high = periods[layer].T
    period = np.where(on_face, 1.0, low * (high / low) ** dice.roll() * ranged("scale"))
    # Most patterns stand upright or lie along their part; some are turned anyhow.
    quarter, free = np.floor(4 * dice.roll()) * np.pi / 2, 2 * np.pi * dice.roll()
    angle = np.where(on_face, 0.0, np.where(dice.roll() < 0.8, np.where(quarter > 3, quarter, 0.0), free))
    stretch = np.where(on_face, 1.0, 1.25 ** (2 * dice.roll() - 1))
    first, second, third = _three_colours(dice, colour, ranged, tables.grooves[kinds])
    first = np.where(is_print[:, None], 0.55 + 0.45 * first**0.3, first)
    corner = layer_corners()[layer]
    rows: dict[str, NDArray[np.generic]] = {
        "corner_x": corner[:, 0],
        "corner_y": corner[:, 1],
        "uu": np.cos(angle) * stretch / period,
        "uv": -np.sin(angle) * stretch / period,
        "vu": np.sin(angle) / stretch / period,
        "vv": np.cos(angle) / stretch / period,
        "shift_u": np.where(on_face, 0.0, dice.roll()),
        "shift_v": np.where(on_face, 0.0, dice.roll()),
        "texels_per_m": TEXELS / period,
        "on_face": on_face,
        "is_print": is_print,
        "contrast": np.where(is_print, 0.0, ranged("contrast", 1.5)),
        "fine": ranged("fine", 2.0),
        "coarse": ranged("coarse", 2.0),
        "fine_per_m": 1 / (0.2 * 6 ** dice.roll()),
        "coarse_per_m": 1 / (3.0 * 5 ** dice.roll()),
        "gloss": ranged("gloss"),
        "metal": ranged("metal"),
        "relief_m": ranged("relief") * period * 0.012,
        "glow": ranged("glow"),
        "pane": tables.pane[kinds],
    }
    for name, values in (("first", first), ("second", second), ("third", third)):
        rows |= {f"{name}_{channel}": values[:, place] for place, channel in enumerate("rgb")}
    return rows


@lru_cache(maxsize=1)
def _layer_facts() -> tuple[Array, NDArray[np.bool_]]:
    """Of each layer: its range of periods (1 m for prints), and whether it is a print."""
    names = layer_names()
    periods = np.array([PATTERNS[name].period_m if name in PATTERNS else (1.0, 1.0) for name in names])
    return periods, np.array([name in PRINTS for name in names])


def _three_colours(
    dice: _Dice, colour: Callable[[int], Array], ranged: Callable[[str], Array], grooves: Array
) -> tuple[Array, Array, Array]:
    """Of each row, linear (N, 3) each: from the palette, then towards an accent, then a groove or an accent."""
    first = colour(0)
    grey = first.mean(axis=1, keepdims=True)
    first = (grey + (first - grey) * ranged("vivid")[:, None]) * (0.65 + 0.6 * dice.roll()[:, None])
    first = np.clip(first, 0.008, 0.92)
    second = first + (colour(1) - first) * ranged("second")[:, None]
    groove = dice.roll()[:, None] < grooves[:, None]
    towards = np.where(groove, 0.25 * first, colour(1))
    third = first + (towards - first) * ranged("third")[:, None]
    return first, second, third
