"""What is told of the places that rays hit."""

import numpy as np
import pytest
import torch
from torch import Tensor

from core.synthetic.cameras import pinholes
from core.synthetic.casting import cast, plan_of
from core.synthetic.hits import SKY_M, LookUp, surfaces_of
from core.synthetic.layout import Pose
from core.synthetic.parts import Parts
from core.synthetic.solids import solids_of
from core.synthetic.surfaces import Surfaces

AHEAD = Pose((0.0, 0.0, 0.0), 0.0, 0.0, 0.0, 1.2)


def seen(parts: Parts, pose: Pose = AHEAD, size_hw: tuple[int, int] = (33, 41)) -> Surfaces:
    solids, rays = solids_of([parts]), pinholes([pose], size_hw)
    return surfaces_of(cast(plan_of(rays, solids.picture, solids), torch.device("cpu")), rays, LookUp.of(solids))


def one(part: str, turn: float = 0.0) -> Parts:
    """It fills the middle of the view."""
    parts = Parts()
    parts.material("wall")
    wood = parts.material("wood")
    parts.enter(0, 0, 3, turn, 0.4, 0.2)
    if part == "box":
        parts.box(wood, (0, 0, 0), (1.4, 1.0, 0.8), taper=(0.4, 0.1), lean=(0.3, 0.1))
    elif part == "ellipsoid":
        parts.ellipsoid(wood, (0, 0, 0), (1.0, 0.6, 0.8))
    else:
        parts.frustum(wood, (0, -0.6, 0), (0, 0.6, 0), 0.7, 0.4, 0.8)
    parts.leave()
    return parts


@pytest.mark.parametrize("part", ["box", "ellipsoid", "frustum"])
@pytest.mark.parametrize("turn", [0.0, 0.9, 2.6])
def test_normals_are_those_of_the_points_round_about(part: str, turn: float) -> None:
    surfaces = seen(one(part, turn), size_hw=(96, 96))
    points, hit = surfaces.points[0].double(), surfaces.material[0] >= 0
    right, below = points[1:-1, 2:] - points[1:-1, :-2], points[2:, 1:-1] - points[:-2, 1:-1]
    measured = torch.nn.functional.normalize(torch.linalg.cross(right, below), dim=-1)
    alike = (measured * surfaces.normals[0, 1:-1, 1:-1]).sum(-1).abs()
    inside = _eroded(hit)
    assert inside.sum() > 300
    assert (alike[inside] > 0.995).double().mean() > 0.85  # edges and rims apart
    assert torch.allclose(surfaces.normals.square().sum(-1), torch.ones(()), atol=1e-5)
    assert torch.all((surfaces.normals * surfaces.directions).sum(-1) <= 1e-6)


def _eroded(hit: Tensor) -> Tensor:
    """Pixels (without the outermost) whose eight neighbours are hit too."""
    grown = torch.nn.functional.max_pool2d((~hit)[None, None].float(), 3, stride=1)[0, 0]
    return grown == 0


@pytest.mark.parametrize("part", ["box", "ellipsoid", "frustum"])
def test_points_lie_at_their_depth_along_unit_rays(part: str) -> None:
    pose = Pose((0.3, -0.2, 0.1), 0.2, 0.1, 0.3, 1.0)
    surfaces = seen(one(part), pose)
    rotation = torch.from_numpy(pinholes([pose], (33, 41)).rotation[0]).float()
    hit = surfaces.material >= 0
    offset = surfaces.points - torch.tensor(pose.position)
    assert torch.allclose((offset @ rotation[2])[hit], surfaces.depth_m[hit], rtol=1e-5)
    assert torch.allclose(torch.nn.functional.normalize(offset, dim=-1), surfaces.directions, atol=1e-5)
    assert torch.all(surfaces.material[hit] == 1)


def test_own_coordinates_turn_with_the_part() -> None:
    """They are counted from the world's origin, so that patterns go on from part to part."""
    parts = one("box", 0.9)
    surfaces, axes = seen(parts), torch.from_numpy(solids_of([parts]).axes[0]).float()
    hit = surfaces.material >= 0
    assert torch.allclose(surfaces.local[hit], surfaces.points[hit] @ axes.T, atol=1e-5)


@pytest.mark.parametrize(
    ("yaw", "place"), [(0.0, (0, 0, 3)), (-np.pi / 2, (-3, 0, 0)), (np.pi, (0, 0, -3)), (1.2, None)]
)
def test_a_poster_is_upright_and_not_mirrored_from_every_side(yaw: float, place: tuple[float, ...] | None) -> None:
    """The place on the face runs to the right and down, as pictures do."""
    parts = Parts()
    middle = place or (3 * np.sin(yaw), 0, 3 * np.cos(yaw))
    parts.box(parts.material("poster"), middle, (1.0, 1.0, 1.0), yaw if place is None else 0.0)
    surfaces = seen(parts, Pose((0.0, 0.0, 0.0), yaw, 0.0, 0.0, 0.6), (65, 65))
    across, down = surfaces.face_uv[0, ..., 0], surfaces.face_uv[0, ..., 1]
    middle_row, middle_column = across[32, 12:53], down[12:53, 32]
    assert torch.all(middle_row[1:] > middle_row[:-1])
    assert torch.all(middle_column[1:] > middle_column[:-1])
    assert across[32, 32] == pytest.approx(0.5, abs=0.02)
    assert down[32, 32] == pytest.approx(0.5, abs=0.02)


def test_round_parts_have_no_place_on_a_face() -> None:
    assert not seen(one("ellipsoid")).face_uv.any()


def test_the_sky_is_endlessly_far_and_of_no_material() -> None:
    surfaces = seen(one("box"))
    sky = surfaces.material < 0
    assert sky.any()
    assert torch.all(torch.isinf(surfaces.depth_m[sky]))
    assert torch.all(torch.isfinite(surfaces.points))
    assert torch.all(surfaces.points[sky][:, 2] > 0.99 * SKY_M)


def test_materials_are_counted_over_the_whole_batch() -> None:
    scenes = [one("box"), one("ellipsoid")]
    solids, rays = solids_of(scenes), pinholes([AHEAD, AHEAD], (20, 20))
    surfaces = surfaces_of(
        cast(plan_of(rays, solids.picture, solids), torch.device("cpu")), rays, LookUp.of(solids)
    )
    assert surfaces.material[0, 10, 10] == 1
    assert surfaces.material[1, 10, 10] == 3
