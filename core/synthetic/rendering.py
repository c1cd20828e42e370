"""Renders pictures of made-up scenes with their exact depth, many at once; the same for the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.synthetic.cameras import pinholes, rotation
from core.synthetic.casting import cast
from core.synthetic.hits import surfaces_of
from core.synthetic.layout import Scene
from core.synthetic.lights import Lights, LightSetting, indoors, outdoors
from core.synthetic.materials import Materials
from core.synthetic.scenes import lay_out
from core.synthetic.sensor import Sensor, photograph
from core.synthetic.shading import shade
from core.synthetic.shadows import Caster, Sight, lit_share
from core.synthetic.solids import solids_of

SHADOWS = 1  # lights of a picture that cast shadows, the main one first


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    rgb: Tensor  # (B, H, W, 3) uint8
    inverse_depth: Tensor  # (B, H, W) float32, 1 / metres along the camera's axis, 0 where the sky is


@torch.no_grad()
def render(seeds: Sequence[int], size_hw: tuple[int, int], device: str = "cpu") -> Rendered:
    """One picture a seed."""
    scenes = [lay_out(seed) for seed in seeds]
    solids = solids_of([scene.parts for scene in scenes])
    rays = pinholes([scene.pose for scene in scenes], size_hw)
    seen = cast(rays, solids.picture, solids, torch.device(device))
    surfaces = surfaces_of(seen, rays, solids)
    kinds = [kind for scene in scenes for kind in scene.parts.kinds]
    parts = np.concatenate([np.arange(len(scene.parts.kinds)) for scene in scenes])
    owners = np.repeat(np.array(seeds, np.uint64), [len(scene.parts.kinds) for scene in scenes])
    materials = Materials.drawn(kinds, owners * np.uint64(65_536) + parts.astype(np.uint64), device)
    settings = [_lighting(seed, scene) for seed, scene in zip(seeds, scenes, strict=True)]
    sights = [_sight(scene) for scene in scenes]
    lit = torch.stack(
        [lit_share(surfaces, solids, _casters(settings, number), sights) for number in range(SHADOWS)]
    )
    light = shade(surfaces, materials, Lights.of(settings, device), lit)
    rgb = photograph(light, seen.nearness, Sensor.drawn(np.array(seeds, np.uint64), device))
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
