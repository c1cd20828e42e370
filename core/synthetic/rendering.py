"""Renders pictures of made-up scenes with their exact depth, many at once; the same for the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.synthetic.cameras import pinholes, rotation
from core.synthetic.casting import Plan, cast, plan_of
from core.synthetic.hits import LookUp, surfaces_of
from core.synthetic.layout import Scene
from core.synthetic.lights import Lights, LightSetting, indoors, outdoors
from core.synthetic.materials import Materials
from core.synthetic.rays import Rays
from core.synthetic.scenes import lay_out
from core.synthetic.sensor import Sensor, photograph
from core.synthetic.shading import shade
from core.synthetic.shadows import Caster, Shades, Sight, lit_share, shades_of
from core.synthetic.solids import solids_of

SHADOWS = 1  # lights of a picture that cast shadows, the main one first


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    rgb: Tensor  # (B, H, W, 3) uint8
    inverse_depth: Tensor  # (B, H, W) float32, 1 / metres along the camera's axis, 0 where the sky is


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Pictures laid out and planned, on the host: all of the work that is numpy's and Python's."""

    cameras: Sequence[int]  # seeds
    rays: Rays
    plan: Plan
    known: LookUp
    shades: list[list[Shades]]  # of each of SHADOWS lights
    settings: list[LightSetting]
    kinds: list[str]  # of the materials of the whole batch
    material_seeds: NDArray[np.uint64]


def render(seeds: Sequence[int], size_hw: tuple[int, int], device: str = "cpu") -> Rendered:
    """One picture a seed."""
    return drawn(prepared(seeds, size_hw), device)


def prepared(seeds: Sequence[int], size_hw: tuple[int, int]) -> Prepared:
    """What of `render` needs no device; may run in another process."""
    scenes = [lay_out(seed) for seed in seeds]
    settings = [_lighting(seed, scene) for seed, scene in zip(seeds, scenes, strict=True)]
    return planned(scenes, settings, seeds, seeds, size_hw)


def planned(
    scenes: Sequence[Scene],
    settings: list[LightSetting],
    materials: Sequence[int],
    cameras: Sequence[int],
    size_hw: tuple[int, int],
) -> Prepared:
    """The same of scenes laid out elsewhere, each in its light, with the seeds of its materials and its camera."""
    solids = solids_of([scene.parts for scene in scenes])
    rays = pinholes([scene.pose for scene in scenes], size_hw)
    counts = [len(scene.parts.kinds) for scene in scenes]
    numbers = np.concatenate([np.arange(count, dtype=np.uint64) for count in counts])
    sights = [_sight(scene) for scene in scenes]
    return Prepared(
        cameras=cameras,
        rays=rays,
        plan=plan_of(rays, solids.picture, solids),
        known=LookUp.of(solids),
        shades=[shades_of(solids, _casters(settings, light), sights) for light in range(SHADOWS)],
        settings=settings,
        kinds=[kind for scene in scenes for kind in scene.parts.kinds],
        material_seeds=np.repeat(np.array(materials, np.uint64), counts) * np.uint64(65_536) + numbers,
    )


@torch.no_grad()
def drawn(work: Prepared, device: str) -> Rendered:
    """The rest of `render`: nothing here asks the device for a value, so that it is never waited for."""
    seen = cast(work.plan, torch.device(device))
    surfaces = surfaces_of(seen, work.rays, work.known)
    materials = Materials.drawn(work.kinds, work.material_seeds, device)
    lit = torch.stack([lit_share(surfaces, shades) for shades in work.shades])
    light = shade(surfaces, materials, Lights.of(work.settings, device), lit)
    rgb = photograph(light, seen.nearness, Sensor.drawn(np.array(work.cameras, np.uint64), device))
    return Rendered(rgb, seen.nearness)


def _lighting(seed: int, scene: Scene) -> LightSetting:
    lit = indoors if scene.indoor else outdoors
    return lit(np.random.default_rng((seed, 1)), scene.lamps, scene.pose.position)


def _sight(scene: Scene) -> Sight:
    x, y, z = rotation(scene.pose)[2].tolist()
    return Sight(scene.pose.position, (x, y, z), scene.reach_m)


def _casters(settings: Sequence[LightSetting], number: int) -> list[Caster | None]:
    """Light `number` of each picture, where it has so many."""
    casters: list[Caster | None] = []
    for setting in settings:
        light = setting.lights[number] if number < len(setting.lights) else None
        casters.append(light and Caster(light.place, light.is_sun, light.radius_m))
    return casters
