"""Renders pictures of made-up scenes with their exact depth, many at once; the same for the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.synthetic.cameras import pinholes
from core.synthetic.casting import cast
from core.synthetic.hits import surfaces_of
from core.synthetic.layout import lay_out
from core.synthetic.solids import solids_of


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
    rng = np.random.default_rng(list(seeds))
    colours = torch.from_numpy(rng.uniform(0.1, 0.9, (len(kinds) + 1, 3)).astype(np.float32)).to(device)
    towards_light = torch.nn.functional.normalize(torch.tensor((0.4, 0.8, -0.5), device=device), dim=0)
    shade = 0.35 + 0.65 * (surfaces.normals @ towards_light).clamp(min=0)
    rgb = colours[surfaces.material] * shade[..., None]
    rgb = torch.where((surfaces.material < 0)[..., None], torch.tensor((0.6, 0.75, 0.95), device=device), rgb)
    return Rendered((255 * rgb.clamp(0, 1)).to(torch.uint8), seen.nearness)
