"""All patterns in one picture: what is read is what was drawn, over the seams, and averaged from afar."""

import numpy as np
import pytest
import torch

from core.synthetic.atlas import LEVELS, Atlas, atlas, layer_corners, level_for
from core.synthetic.fields import TEXELS
from core.synthetic.patterns import draw_layer, layer_names, layers_named

NAMES = ("planks", "cover", "detail", layer_names()[-1])


@pytest.fixture(scope="module")
def collection() -> Atlas:
    return atlas(torch.device("cpu"))


def _read(collection: Atlas, layer: int, u: np.ndarray, v: np.ndarray, level: float) -> np.ndarray:
    x, y = layer_corners()[layer].tolist()
    places = [torch.from_numpy(np.asarray(values, np.float32)) for values in (u, v)]
    return collection.read((x, y), *places, torch.full(places[0].shape, level)).numpy()


@pytest.mark.parametrize("name", NAMES)
def test_texel_centres_give_the_drawing(collection: Atlas, name: str) -> None:
    layer = layers_named(name)[-1]
    centres = (np.arange(TEXELS) + 0.5) / TEXELS
    u, v = np.meshgrid(centres, centres)
    np.testing.assert_allclose(_read(collection, layer, u, v, 0), draw_layer(layer), atol=2e-3)


@pytest.mark.parametrize("level", range(LEVELS))
@pytest.mark.parametrize("name", NAMES)
def test_a_layer_goes_on_over_its_edges(collection: Atlas, name: str, level: int) -> None:
    """A period on or back it is the same, and right at the edge it is the mean of both sides."""
    layer = layers_named(name)[-1]
    u, v = np.random.default_rng(1).uniform(0, 1, (2, 500))
    here = _read(collection, layer, u, v, level)
    np.testing.assert_allclose(_read(collection, layer, u + 3, v - 2, level), here, atol=3e-3)
    half = 0.5 * 2**level / TEXELS
    sides = [_read(collection, layer, np.full(9, shift), v[:9], level) for shift in (-half, half, 0.0)]
    np.testing.assert_allclose(sides[2], (sides[0] + sides[1]) / 2, atol=3e-3)


def test_each_level_is_the_mean_of_the_one_below(collection: Atlas) -> None:
    layer = layers_named("bricks")[0]
    whole = draw_layer(layer)
    for level in range(1, LEVELS - 1):
        size = TEXELS >> level
        centres = (np.arange(size) + 0.5) / size
        wanted = whole.reshape(4, size, 2**level, size, 2**level).mean(axis=(2, 4))
        got = _read(collection, layer, *np.meshgrid(centres, centres), level)
        np.testing.assert_allclose(got, wanted, atol=2e-3)


def test_a_pixel_reads_what_it_covers() -> None:
    texels = torch.tensor([0.2, 1.0, 2.0, 2.9, 4.0, 30.0, 1e6])
    assert level_for(texels).tolist() == [0, 0, 1, 2, 2, 5, 5]


def test_every_layer_is_drawn_within_bounds_and_is_not_blank() -> None:
    for number, name in enumerate(layer_names()):
        layer = draw_layer(number)
        assert layer.dtype == np.float32
        assert layer.shape == (4, TEXELS, TEXELS), name
        assert 0 <= layer.min() <= layer.max() <= 1, name
        assert layer.std(axis=(1, 2)).max() > 0.02, name


@pytest.mark.parametrize("name", ["plaster", "leaves", "bricks", "weave", "rug", "grain"])
def test_patterns_repeat_without_a_seam(name: str) -> None:
    """What changes over the edge is no more than what changes over other lines."""
    layer = draw_layer(layers_named(name)[0])
    for axis, along in ((1, 2), (2, 1)):
        inside = np.abs(np.diff(layer, axis=axis)).mean(axis=along)  # (4, TEXELS - 1)
        over = np.abs(np.take(layer, 0, axis) - np.take(layer, -1, axis)).mean(axis=1)
        assert (over <= 1.6 * inside.max(axis=1) + 0.01).all()
