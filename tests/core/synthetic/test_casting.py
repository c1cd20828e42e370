"""What rays hit, and how far off, against the same in float64 and from plain definitions."""

from math import pi
from random import Random

import numpy as np
import pytest
import torch

from core.synthetic import casting
from core.synthetic.cameras import pinholes
from core.synthetic.casting import cast, plan_of
from core.synthetic.layout import Pose
from core.synthetic.parts import Parts
from core.synthetic.rays import Rays
from core.synthetic.scenes import PLACES
from core.synthetic.solids import BOX, Solids, solids_of
from support.plain_rays import nearest

CPU = torch.device("cpu")
FLOAT32 = 2e-6  # relative: what is left of 24 bits after a few steps
RIM = 2e-3  # of a curved solid's size: at the rim of its picture a root is taken of a small difference


def many_shapes(seed: int) -> Parts:
    rng = Random(seed)
    u, parts = rng.uniform, Parts()
    plain = parts.material("wall")
    parts.stand(plain, 0, -1, 0, 60, 1, 60)
    for _ in range(25):
        parts.enter(u(-2, 2), u(0, 2), u(1, 5), u(0, 6), u(-1, 1), u(-1, 1))
        size = (u(0.01, 0.7), u(0.01, 0.7), u(0.01, 0.7))
        taper = rng.choice(((0, 0), (0.4, 0.2), (1, 0), (1, 1), (-0.5, 0.3)))
        parts.box(plain, (0, 0, 0), size, u(0, 3), u(0, 3), u(0, 3), taper=taper, lean=(u(-0.2, 0.2), 0.1))
        parts.ellipsoid(
            plain, (0.5, 0.1, 0), (u(0.01, 0.4), u(0.01, 0.4), u(0.01, 0.4)), u(0, 3), u(0, 3), u(0, 3)
        )
        end = (u(-0.5, 0.5), u(-0.5, 0.5), u(-0.5, 0.5))
        parts.frustum(plain, (-0.5, 0, 0), end, rng.choice((0.0, u(0, 0.3))), u(0.01, 0.3), u(0.3, 1.4))
        parts.leave()
    return parts


def check(rays: Rays, solids: Solids, reach_m: float | None = None) -> None:
    """All pixels of all views, each of the picture of its number."""
    seen = cast(plan_of(rays, solids.picture, solids), CPU)
    for number in range(len(rays)):
        depth, who = nearest(rays, solids, number, number)
        nearness = seen.nearness[number].double().numpy()
        got = reach_m - nearness if reach_m else 1 / np.maximum(nearness, 1e-30)
        found, scale = seen.solid[number].numpy(), reach_m or depth
        with np.errstate(invalid="ignore"):
            error = np.abs(got - depth) / scale
        alike = (found == who) | (error <= FLOAT32)  # two solids may touch
        assert np.mean(~alike) < 2e-4, "another solid than float64 says"
        curved = (found == who) & (who >= 0) & (solids.kind[who] != BOX)
        assert np.all(error[(found == who) & (who >= 0) & ~curved] <= FLOAT32)
        size = solids.half.max(axis=1)[who] / scale
        assert np.all(error[curved] <= FLOAT32 + RIM * size[curved])
        assert np.sum(error[curved] > 10 * FLOAT32) <= 0.005 * np.sum(curved)


def test_depth_through_pinholes_is_that_of_float64_and_plain_definitions() -> None:
    rng = Random(7)
    poses = [
        Pose((rng.uniform(-1, 1), height, -1.0), rng.gauss(0, 0.3), pitch, rng.gauss(0, 0.3), view)
        for height, pitch, view in ((1.2, 0.1, 1.0), (5.0, 1.2, 0.7), (0.05, -0.6, 1.7), (9.0, pi / 2, 0.6))
    ]
    check(pinholes(poses, (75, 103)), solids_of([many_shapes(number) for number in range(4)]))


def test_depth_along_parallel_rays_is_that_of_float64_too() -> None:
    axes = np.array(((1.0, 0, 0), (0, -0.6, 0.8), (0, -0.8, -0.6)))
    upright = np.array(((1.0, 0, 0), (0, 0, 1.0), (0, -1.0, 0)))  # along many axes: the cones' awkward case
    rays = Rays(
        (90, 70),
        np.array(((-3.0, 12, 12), (-3.0, 12, -1.0))),
        np.stack((axes, upright)),
        np.array((0.08, 0.08)),
        np.array((40.0, 40.0)),
        parallel=True,
    )
    check(rays, solids_of([many_shapes(11), many_shapes(12)]), reach_m=40.0)


@pytest.mark.parametrize("make", [make for make, _ in PLACES], ids=lambda make: make.__name__)
def test_depth_of_whole_scenes_is_that_of_float64(make: object) -> None:
    scene = make(Random(3))
    check(pinholes([scene.pose], (33, 44)), solids_of([scene.parts]))


@pytest.mark.parametrize("pitch", [pi / 2, 1.2, 0.3, -1.2, -pi / 2])
@pytest.mark.parametrize("radii", [(0.5, 0.0), (0.0, 0.5), (0.5, 0.2), (0.3, 0.3)])
def test_cones_are_seen_rightly_from_above_and_below_and_beside(pitch: float, radii: tuple[float, float]) -> None:
    parts = Parts()
    parts.upright(parts.material("wall"), 0.02, -0.5, 0.03, 1.0, *radii)
    away = (0.0, 3 * np.sin(pitch), -3 * np.cos(pitch))
    check(pinholes([Pose(away, 0.0, pitch, 0.1, 0.6)], (48, 48)), solids_of([parts]))


@pytest.mark.parametrize("shape", ["box", "ellipsoid", "frustum"])
def test_a_solid_round_the_camera_is_not_seen(shape: str) -> None:
    parts = Parts()
    plain = parts.material("wall")
    parts.stand(plain, 0, -1, 3, 4, 4, 0.2)
    if shape == "box":
        parts.box(plain, (0, 0, 0), (1, 1, 1))
    elif shape == "ellipsoid":
        parts.ellipsoid(plain, (0, 0, 0), (0.5, 0.6, 0.7))
    else:
        parts.upright(plain, 0, -0.5, 0, 1, 0.5, 0.4)
    solids = solids_of([parts])
    seen = cast(
        plan_of(pinholes([Pose((0.0, 0.0, 0.0), 0.0, 0.0, 0.0, 0.5)], (32, 32)), solids.picture, solids), CPU
    )
    assert torch.all(seen.solid == 0)
    assert torch.allclose(1 / seen.nearness, torch.tensor(2.9))


@pytest.mark.parametrize("at_once", [1, 40, 10**9])
def test_how_many_pairs_are_met_in_one_go_changes_nothing(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    solids = solids_of([many_shapes(4)])
    rays = pinholes([Pose((0, 1.2, 0), 0, 0.1, 0, 1.2)], (96, 96))
    plan = plan_of(rays, solids.picture, solids)
    assert max(len(step.rounds) for step in plan.passes) > 3
    usual = cast(plan, CPU)
    monkeypatch.setattr(casting, "AT_ONCE", at_once)
    seen = cast(plan, CPU)
    assert torch.equal(seen.nearness, usual.nearness)
    assert torch.equal(seen.solid, usual.solid)


def test_nothing_to_see_is_no_error() -> None:
    parts = Parts()
    parts.ball(parts.material("wall"), (0, 0, -5), 1.0)
    solids = solids_of([parts])
    seen = cast(
        plan_of(pinholes([Pose((0.0, 0.0, 0.0), 0.0, 0.0, 0.0, 1.0)], (20, 30)), solids.picture, solids), CPU
    )
    assert seen.nearness.shape == (1, 20, 30)
    assert not seen.nearness.any()
    assert torch.all(seen.solid == -1)
