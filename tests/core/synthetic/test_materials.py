"""Materials: rows drawn from kinds by seeds, and what they look like on surfaces."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.synthetic.appearance import STEEPEST, Appearance, appearance, seen_surfaces, tilted_by
from core.synthetic.atlas import atlas, layer_corners
from core.synthetic.kinds import KINDS
from core.synthetic.materials import COLUMNS, Materials
from core.synthetic.patterns import PATTERNS, PRINTS, draw_layer, layers_named
from support.plain_scene import ROWS, plain_surfaces

SIZE = (96, 128)


def _seeds(count: int, first: int = 0) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.uint64)


def _column(materials: Materials, name: str) -> np.ndarray:
    return materials.table[COLUMNS.index(name), :-1].numpy()


def _look(kinds: list[str], *, seed: int = 0, wall: bool = True) -> Appearance:
    materials = Materials.drawn(kinds, _seeds(len(kinds), seed), "cpu")
    seen = seen_surfaces(plain_surfaces(len(kinds) // ROWS, SIZE, wall=wall), materials)
    return appearance(seen, materials, atlas(torch.device("cpu")))


def test_a_row_depends_on_its_kind_and_seed_alone() -> None:
    kinds = [*KINDS] * 3
    seeds = _seeds(len(kinds), 77)
    all_at_once = Materials.drawn(kinds, seeds, "cpu").table
    for number in (0, 17, len(kinds) - 1):
        alone = Materials.drawn(kinds[number : number + 1], seeds[number : number + 1], "cpu").table
        assert torch.equal(alone[:, 0], all_at_once[:, number])


def test_no_two_seeds_give_the_same_material() -> None:
    table = Materials.drawn(["wall"] * 200, _seeds(200), "cpu").table[:, :-1]
    assert len(torch.unique(table, dim=1).T) == 200


@pytest.mark.parametrize("kind", KINDS)
def test_values_stay_within_what_the_kind_allows(kind: str) -> None:
    materials = Materials.drawn([kind] * 300, _seeds(300), "cpu")
    for name in ("gloss", "metal", "glow", "fine", "coarse"):
        low, high = getattr(KINDS[kind], name)
        values = _column(materials, name)
        assert low - 1e-6 <= values.min() <= values.max() <= high + 1e-6
    for layer in ("first", "second", "third"):
        colours = np.stack([_column(materials, f"{layer}_{channel}") for channel in "rgb"])
        assert 0 <= colours.min() <= colours.max() <= 1
    assert np.isfinite(materials.table.numpy()).all()


def test_patterns_are_taken_as_often_as_their_weights_say() -> None:
    materials = Materials.drawn(["paper"] * 4000, _seeds(4000), "cpu")
    weights = KINDS["paper"].patterns
    prints = sum(weight for name, weight in weights.items() if name in PRINTS) / sum(weights.values())
    assert _column(materials, "is_print").mean() == pytest.approx(prints, abs=0.04)


def test_every_kind_names_patterns_and_colours_there_are() -> None:
    for kind in KINDS.values():
        assert kind.patterns.keys() <= PATTERNS.keys() | PRINTS.keys()
        assert all(len(colour) == 6 and int(colour, 16) >= 0 for colour in kind.palette + kind.accents)


def test_most_patterns_lie_along_their_part_and_some_do_not() -> None:
    materials = Materials.drawn(["wood"] * 1000, _seeds(1000), "cpu")
    across = np.abs(_column(materials, "uv")) / np.hypot(_column(materials, "uu"), _column(materials, "uv"))
    along = (across < 1e-6) | (across > 1 - 1e-6)
    assert 0.75 < along.mean() < 0.9


def test_a_kind_there_is_not_is_named() -> None:
    with pytest.raises(KeyError, match="velvet"):
        Materials.drawn(["velvet"], _seeds(1), "cpu")


@pytest.mark.parametrize("wall", [True, False])
def test_nothing_is_out_of_bounds_on_any_material(wall: bool) -> None:
    kinds = [*KINDS, *["wall"] * (-len(KINDS) % ROWS)]
    look = _look(kinds, wall=wall)
    assert torch.isfinite(look.colour).all()
    assert look.colour.min() >= 0
    assert look.colour.max() <= 1
    lengths = look.normals.norm(dim=0)
    torch.testing.assert_close(lengths, torch.ones_like(lengths), atol=1e-4, rtol=0)
    assert look.gloss.min() >= 0


def test_detail_fades_with_distance_and_leaves_its_mean() -> None:
    """Grass seen from 1.4 m above the floor: near by blades, towards the horizon an even green."""
    green = _look(["grass"] * ROWS, wall=False).colour[1, 0]
    near, far = green[-16:], green[SIZE[0] // 2 - 14 : SIZE[0] // 2 - 8]
    assert far.std() < 0.5 * near.std()
    assert far.mean() == pytest.approx(float(near.mean()), rel=0.35)


def test_a_print_covers_its_face_upright() -> None:
    layer = layers_named("portrait")[0]
    corner = layer_corners()[layer]
    rows = Materials.drawn(["poster"] * 300, _seeds(300), "cpu")
    seed = int(
        np.flatnonzero((_column(rows, "corner_x") == corner[0]) & (_column(rows, "corner_y") == corner[1]))[0]
    )
    materials = Materials.drawn(["poster"] * ROWS, np.full(ROWS, seed, np.uint64), "cpu")
    surfaces = plain_surfaces(1, (480, 640))
    colour = (
        appearance(seen_surfaces(surfaces, materials), materials, atlas(torch.device("cpu"))).colour[:, 0].numpy()
    )
    poster = surfaces.material[0].numpy() == 2
    u, v = np.moveaxis((surfaces.face_uv[0].numpy()[poster] * 255).astype(int), -1, 0)
    seen = np.sqrt(colour[:, poster])
    wanted, turned = draw_layer(layer)[:3, v, u], draw_layer(layer)[:3, 255 - v, u]
    likeness = [float(np.corrcoef(seen.ravel(), picture.ravel())[0, 1]) for picture in (wanted, turned)]
    assert likeness[0] > 0.9
    assert likeness[0] > likeness[1] + 0.1


@pytest.mark.parametrize(("axis", "row"), [(0, 0), (2, 0), (0, 1), (1, 1)])
def test_a_relief_that_rises_one_way_tilts_the_surface_the_other(axis: int, row: int) -> None:
    """Of the floor (row 0) and the wall (row 1), each along both of its axes."""
    surfaces = plain_surfaces(1, SIZE)
    seen = seen_surfaces(surfaces, Materials.drawn(["wall"] * ROWS, _seeds(ROWS), "cpu"))
    elsewhere = (surfaces.material != row).float()
    flat = functional.max_pool2d(elsewhere, 3, stride=1, padding=1)[0] == 0  # the neighbours are of it too
    tilted = tilted_by(seen, 0.1 * seen.points[axis])[:, 0, flat]
    steep = -tilted[axis] / (tilted * surfaces.normals[0][flat].T).sum(0)
    torch.testing.assert_close(steep, torch.full_like(steep, 0.1 / (1 + 0.1 / STEEPEST)), atol=2e-3, rtol=0)
