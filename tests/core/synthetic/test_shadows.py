"""Where the light does not come: behind things, as seen from the light."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from core.synthetic.cameras import pinholes
from core.synthetic.casting import cast, plan_of
from core.synthetic.hits import LookUp, surfaces_of
from core.synthetic.layout import Pose
from core.synthetic.parts import Parts
from core.synthetic.shadows import Caster, Sight, lit_share, shades_of
from core.synthetic.solids import solids_of

DOWN = Pose((0.0, 6.0, 0.0), 0.0, torch.pi / 2, 0.0, 1.2)  # the picture's rows run from +z to -z
SIZE = (97, 97)
MARGIN_M = 0.3  # a light sees in pixels of up to 9 cm here
OVERHEAD_LAMP = Caster((1.2, 4.0, 0.0), is_sun=False, softness=0.01)
HIGH_SUN = Caster((0.0, 1.0, 0.0), is_sun=True, softness=0.002)
SLANTING_SUN = Caster((0.6, 0.8, 0.0), is_sun=True, softness=0.002)


def plate_over_floor(height: float = 1.0) -> Parts:
    parts = Parts()
    plain = parts.material("floor")
    parts.stand(plain, 0, -1, 0, 40, 1, 40)
    parts.box(plain, (0, height, 0), (1.0, 0.02, 1.0))
    return parts


def lit(scenes: list[Parts], casters: Sequence[Caster | None], pose: Pose = DOWN) -> tuple[Tensor, Tensor]:
    """The share of light (B, H, W) and the points (B, H, W, 3)."""
    solids, rays = solids_of(scenes), pinholes([pose] * len(scenes), SIZE)
    surfaces = surfaces_of(
        cast(plan_of(rays, solids.picture, solids), torch.device("cpu")), rays, LookUp.of(solids)
    )
    sights = [Sight(pose.position, tuple(rays.rotation[0, 2].tolist()), 8.0)] * len(scenes)
    return lit_share(surfaces, shades_of(solids, casters, sights)), surfaces.points


@pytest.mark.parametrize(
    ("caster", "middle", "half"),
    [(HIGH_SUN, (0.0, 0.0), 0.5), (SLANTING_SUN, (-0.75, 0.0), 0.5), (OVERHEAD_LAMP, (-0.4, 0.0), 2 / 3)],
    ids=["sun above", "sun aside", "lamp"],
)
def test_a_plate_shades_the_floor_where_geometry_says(
    caster: Caster, middle: tuple[float, float], half: float
) -> None:
    share, points = lit([plate_over_floor()], [caster])
    floor = points[..., 1] < 0.01
    beside = torch.maximum((points[..., 0] - middle[0]).abs(), (points[..., 2] - middle[1]).abs())
    dark, bright = floor & (beside < half - MARGIN_M), floor & (beside > half + MARGIN_M)
    if caster is not HIGH_SUN:  # which shades just what the plate hides from the camera, all but
        assert dark.sum() > 10
        assert share[dark].max() == 0
    assert bright.sum() > 1000
    assert share[bright].min() == 1


def test_what_is_near_the_camera_casts_a_fine_shadow() -> None:
    parts = Parts()
    plain = parts.material("floor")
    parts.stand(plain, 0, -1, 0, 40, 1, 40)
    parts.box(plain, (0, 0.3, 0), (0.3, 0.02, 0.3))
    near = Pose((0.0, 1.5, 0.0), 0.0, torch.pi / 2, 0.0, 1.2)
    share, points = lit([parts], [SLANTING_SUN], near)
    beside = torch.maximum((points[..., 0] + 0.225).abs(), points[..., 2].abs())
    floor = points[..., 1] < 0.01
    assert (floor & (beside < 0.09)).sum() > 50
    assert share[floor & (beside < 0.09)].max() == 0
    assert share[floor & (beside > 0.21)].min() == 1


def test_no_surface_shades_itself() -> None:
    parts = Parts()
    parts.stand(parts.material("floor"), 0, -1, 0, 40, 1, 40)
    for caster in (HIGH_SUN, SLANTING_SUN, OVERHEAD_LAMP, Caster((0.97, 0.243, 0.0), is_sun=True, softness=0.2)):
        share, _ = lit([parts], [caster])
        assert share.min() == 1


def test_wider_lights_cast_softer_shadows() -> None:
    def soft(softness: float) -> int:
        share, _ = lit([plate_over_floor()], [Caster((0.6, 0.8, 0.0), is_sun=True, softness=softness)])
        return int(((share > 0) & (share < 1)).sum())

    assert soft(0.3) > 2 * soft(0.002)


def test_each_picture_has_its_own_light_or_none() -> None:
    scenes = [plate_over_floor() for _ in range(4)]
    together, _ = lit(scenes, [SLANTING_SUN, None, OVERHEAD_LAMP, HIGH_SUN])
    for number, caster in enumerate((SLANTING_SUN, None, OVERHEAD_LAMP, HIGH_SUN)):
        alone, _ = lit([plate_over_floor()], [caster])
        assert torch.equal(together[number], alone[0])
    assert together[1].min() == 1
