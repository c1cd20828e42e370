"""Light on surfaces, against what can be worked out by hand."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from core.synthetic.atlas import atlas, layer_corners
from core.synthetic.kinds import KINDS
from core.synthetic.lights import FALL_M2, Light, Lights, LightSetting, indoors, of_warmth, outdoors
from core.synthetic.materials import COLUMNS, Materials
from core.synthetic.occlusion import openness
from core.synthetic.patterns import layers_named
from core.synthetic.planes import planes
from core.synthetic.sensor import Sensor, photograph
from core.synthetic.shading import shade
from core.synthetic.surfaces import Surfaces
from support.plain_scene import ROWS, plain_surfaces

SIZE = (96, 128)
BLACK = (0.0, 0.0, 0.0)
PLAIN = LightSetting((), BLACK, BLACK, BLACK, BLACK, 0.0, 0.0, 0, 0.0)
SUN = Light((0.0, 1.0, 0.0), (1.0, 1.0, 1.0), is_sun=True)


def _grey(colour: float = 0.5) -> Materials:
    """Every part the same dull, flat grey."""
    table = torch.zeros(len(COLUMNS), ROWS + 1)
    for name in COLUMNS:
        if name.startswith(("first", "second", "third")):
            table[COLUMNS.index(name)] = colour
        elif name.endswith("per_m"):
            table[COLUMNS.index(name)] = 1.0
    return Materials(table)


def _shaded(
    setting: LightSetting, materials: Materials | None = None, *, lit: Tensor | None = None, wall: bool = True
):
    surfaces = plain_surfaces(1, SIZE, wall=wall)
    nothing = torch.empty(0, 1, *SIZE)
    return surfaces, shade(
        surfaces,
        _grey() if materials is None else materials,
        Lights.of([setting], "cpu"),
        nothing if lit is None else lit,
    )


def _of(surfaces: Surfaces, light: Tensor, row: int) -> Tensor:
    return light[:, surfaces.material == row]


def test_a_sun_lights_by_the_cosine_and_leaves_what_faces_away_dark() -> None:
    surfaces, light = _shaded(PLAIN._replace(lights=(SUN,)))
    torch.testing.assert_close(_of(surfaces, light, 0), torch.full_like(_of(surfaces, light, 0), 0.5))
    assert _of(surfaces, light, 1).abs().max() < 1e-6  # the wall stands edge-on to it
    ball = surfaces.material == 3
    cosine = surfaces.normals[..., 1][ball].clamp(min=0)
    torch.testing.assert_close(light[0][ball], 0.5 * cosine, atol=2e-3, rtol=0)


def test_a_lamp_fades_with_the_square_of_its_distance() -> None:
    lamp = Light((0.0, 2.0, 3.0), (1.0, 1.0, 1.0), reach_m=2.0)
    surfaces, light = _shaded(PLAIN._replace(lights=(lamp,)))
    floor = surfaces.material == 0
    to_lamp = torch.tensor(lamp.place) - surfaces.points[floor]
    squared = to_lamp.square().sum(-1)
    wanted = 0.5 * (4 + FALL_M2) / (squared + FALL_M2) * to_lamp[:, 1] / squared.sqrt()
    torch.testing.assert_close(light[1][floor], wanted, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_shadow_takes_the_light_that_casts_it_and_no_other(share: float) -> None:
    both = PLAIN._replace(lights=(SUN, SUN._replace(colour=(0.5, 0.5, 0.5))))
    surfaces, light = _shaded(both, lit=torch.full((1, 1, *SIZE), share))
    assert _of(surfaces, light, 0).mean() == pytest.approx(0.5 * (share + 0.5), abs=1e-4)


def test_haze_hides_the_distance_in_the_colour_of_the_horizon() -> None:
    hazy = PLAIN._replace(lights=(SUN,), horizon=(0.2, 0.4, 0.8), haze_per_m=0.05)
    surfaces, light = _shaded(hazy, wall=False)
    floor = surfaces.material == 0
    share = 1 - torch.exp(-0.05 * surfaces.depth_m[floor])
    torch.testing.assert_close(light[2][floor], 0.5 + (0.8 - 0.5) * share, atol=1e-4, rtol=0)


def test_what_glows_needs_no_light() -> None:
    materials = _grey(0.4)
    materials.table[COLUMNS.index("glow"), 2] = 2.0
    surfaces, light = _shaded(PLAIN, materials)
    assert _of(surfaces, light, 2).mean() == pytest.approx(0.8, abs=1e-4)
    assert _of(surfaces, light, 1).abs().max() < 1e-6


def test_gloss_gives_a_highlight_where_the_sun_is_mirrored() -> None:
    materials = _grey(0.05)
    materials.table[COLUMNS.index("gloss"), 3] = 0.6
    sun = SUN._replace(place=(0.0, 0.7071, -0.7071))
    surfaces, light = _shaded(PLAIN._replace(lights=(sun,)), materials)
    ball = torch.where((surfaces.material == 3)[0], light[0, 0], 0.0)
    brightest = divmod(int(ball.argmax()), SIZE[1])
    half = torch.tensor(sun.place) - surfaces.directions[0]
    mirrored = (surfaces.normals[0] * half / half.norm(dim=-1, keepdim=True)).sum(-1)
    assert mirrored[brightest] > 0.97
    assert ball.max() > 3 * 0.05


def test_a_mirror_shows_what_lies_in_the_mirrored_direction() -> None:
    """The floor, a perfect mirror of a busy picture at level 1, as all mirrors are at most that sharp."""
    materials = _grey(0.0)
    materials.table[COLUMNS.index("gloss"), 0] = 1.0
    picture = layers_named("collage")[0]
    surfaces, light = _shaded(PLAIN._replace(above=(1.0, 1.0, 1.0), environment=picture), materials)
    x, y, z = surfaces.directions[surfaces.material == 0].T
    corner_x, corner_y = layer_corners()[picture].tolist()
    around = torch.atan2(x, z) / (2 * math.pi)
    wanted = atlas(torch.device("cpu")).read((corner_x, corner_y), around, 0.5 + 0.49 * y, torch.ones_like(x))[:3]
    share = 0.04 + 0.96 * (1 + y) ** 5
    unhidden = openness(planes(surfaces.points), planes(surfaces.normals), surfaces.depth_m)
    got = _of(surfaces, light, 0) / (share * unhidden[surfaces.material == 0])
    torch.testing.assert_close(got, 1.6 * wanted.square(), atol=1e-3, rtol=1e-3)


def test_corners_are_darker_and_open_ground_is_not() -> None:
    surfaces = plain_surfaces(1, SIZE)
    open_ = openness(planes(surfaces.points), planes(surfaces.normals), surfaces.depth_m)[0]
    wall_starts = int((surfaces.material[0, :, 2] == 0).nonzero()[0])
    assert open_[wall_starts - 2 : wall_starts + 2, 2:10].mean() < 0.9
    assert open_[5:15, 2:20].mean() > 0.99
    assert open_.min() > 0


@pytest.mark.parametrize("place", [indoors, outdoors])
def test_every_kind_of_light_gives_finite_pictures(place) -> None:  # type: ignore[no-untyped-def]
    names = [*KINDS]
    count = 40
    settings = [place(np.random.default_rng(seed), [(0.0, 2.3, 2.0)], (0.0, 1.4, 0.0)) for seed in range(count)]
    kinds = [names[(7 * number) % len(names)] for number in range(count * ROWS)]
    materials = Materials.drawn(kinds, np.arange(len(kinds), dtype=np.uint64), "cpu")
    surfaces = plain_surfaces(count, (48, 64), wall=False)
    light = shade(surfaces, materials, Lights.of(settings, "cpu"), torch.empty(0, count, 48, 64))
    assert torch.isfinite(light).all()
    assert light.min() >= 0
    brightness = light.mean((0, 2, 3))
    assert brightness.min() > 0
    assert brightness.std() > 0.2 * brightness.mean()  # day and night


def test_lamps_are_red_when_cool_and_blue_when_hot() -> None:
    ratios = [red / blue for red, _, blue in map(of_warmth, (2000, 3000, 4000, 5500, 6500, 8000, 12000))]
    assert ratios == sorted(ratios, reverse=True)
    assert of_warmth(6500) == pytest.approx((1, 1, 1), abs=0.2)


@pytest.mark.gpu
def test_a_graphics_processor_gives_the_same_photograph() -> None:
    kinds = [*KINDS][:ROWS] * 2
    seeds = np.arange(2, dtype=np.uint64)
    settings = [
        place(np.random.default_rng(1), [(0.0, 2.3, 2.0)], (0.0, 1.4, 0.0)) for place in (indoors, outdoors)
    ]
    pictures = []
    for device in ("cpu", "cuda"):
        surfaces = plain_surfaces(2, SIZE, wall=False)
        moved = Surfaces(*(getattr(surfaces, name).to(device) for name in surfaces.__slots__))
        materials = Materials.drawn(kinds, np.arange(len(kinds), dtype=np.uint64), device)
        light = shade(moved, materials, Lights.of(settings, device), torch.empty(0, 2, *SIZE, device=device))
        pictures.append(photograph(light, 1 / moved.depth_m, Sensor.drawn(seeds, device)).cpu().int())
    assert (pictures[0] - pictures[1]).abs().float().mean() < 0.5  # blocks of JPEG may round the other way
