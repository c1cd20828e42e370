"""Light on surfaces: lamps and suns with their shadows, ambient light, mirrored surroundings, haze and the sky."""

from math import pi

import torch
from torch import Tensor

from core.synthetic.appearance import Appearance, Seen, appearance, seen_surfaces
from core.synthetic.atlas import Atlas, atlas
from core.synthetic.lights import COUNT, FALL_M2, Lights
from core.synthetic.materials import Materials
from core.synthetic.occlusion import openness
from core.synthetic.planes import dot
from core.synthetic.surfaces import Surfaces

_DULL = 0.04  # what a surface that is no metal mirrors at right angles


def shade(surfaces: Surfaces, materials: Materials, lights: Lights, lit: Tensor) -> Tensor:
    """The light that reaches the camera from each pixel, linear, not bounded: (3, B, H, W).

    `lit` (S, B, H, W): the share of the first S lights that arrives, 0 in their shadow; S may be 0.
    """
    collection = atlas(str(surfaces.depth_m.device))
    seen = seen_surfaces(surfaces, materials)
    look = appearance(seen, materials, collection)
    unhidden = openness(seen.points, seen.normals, seen.distance_m)
    light, shine = _direct(seen, look, lights, lit)
    above, below = lights.sky[0, ..., None, None], lights.sky[1, ..., None, None]
    light += torch.lerp(below, above, 0.5 + 0.5 * look.normals[1]) * unhidden
    mirrored, share = _mirrored(seen, look, lights, collection)
    mirrored *= share * unhidden
    dull = look.colour * (1 - 0.85 * look.metal)
    tint = torch.lerp(
        torch.ones_like(look.colour), look.colour, look.metal
    )  # what metals mirror takes their colour
    glow = look.glow * (1 + look.pane * (lights.behind[:, None, None] - 1))
    seen_light = dull * (light * (1 - 0.9 * look.pane) + glow) + tint * (mirrored + shine)
    haze = 1 - torch.exp(-seen.distance_m * lights.haze_per_m[:, None, None])
    seen_light = torch.lerp(seen_light, lights.sky[2, ..., None, None], haze)
    return torch.where(seen.sky, _sky(seen, look, lights), seen_light)


def _direct(seen: Seen, look: Appearance, lights: Lights, lit: Tensor) -> tuple[Tensor, Tensor]:
    """What falls on each pixel from the lights, and their highlights on what is glossy: both (3, B, H, W)."""
    light, shine = torch.zeros_like(look.colour), torch.zeros_like(look.colour)
    sharpness = torch.exp2(2 + 8 * look.gloss)
    highlight = look.gloss * (sharpness + 8) * (0.012 + 0.1 * look.metal)
    for number in range(COUNT):
        is_sun = lights.is_sun[:, number, None, None]
        to_light = lights.place[:, :, number, None, None] - seen.points * (1 - is_sun)
        squared = dot(to_light, to_light)
        to_light *= squared.clamp(min=1e-6).rsqrt_()
        arriving = dot(look.normals, to_light).clamp_(min=0)
        arriving *= torch.lerp(1 / (squared + FALL_M2), torch.ones_like(squared), is_sun)
        if number < len(lit):
            arriving *= lit[number]
        else:  # no shadow is cast, yet the far side of a thing stays dark
            arriving *= (dot(seen.normals, to_light) > 0).float()
        half = to_light - seen.directions
        facing = dot(look.normals, half).clamp_(min=1e-4) * dot(half, half).clamp_(min=1e-6).rsqrt_()
        spot = torch.exp2(sharpness * torch.log2(facing)) * highlight * arriving
        colour = lights.colour[:, :, number, None, None]
        light += colour * arriving
        shine += colour * spot
    return light, shine


def _mirrored(seen: Seen, look: Appearance, lights: Lights, collection: Atlas) -> tuple[Tensor, Tensor]:
    """The surroundings in a mirror at each pixel, blurred where it is dull, and the share that is mirrored."""
    facing = -dot(seen.directions, look.normals)
    away = seen.directions + look.normals * (2 * facing)
    around = torch.atan2(away[0], away[2]) * (0.5 / pi)
    level = (5 * (1 - look.gloss)).round_().clamp_(1, 5)
    corner = lights.corner[:, :, None, None]
    taken = collection.read(corner[0], corner[1], around, 0.5 - 0.49 * away[1], level)[:3]
    brightness = (lights.sky[0].mean(0) + 0.5 * lights.sky[2].mean(0) * (lights.haze_per_m > 0))[:, None, None]
    grazing = (1 - facing.clamp(0, 1)).pow_(5)
    least = _DULL + 0.6 * look.metal
    share = (least + (1 - least) * grazing) * look.gloss * look.gloss
    return taken * taken * (1.6 * brightness), share


def _sky(seen: Seen, look: Appearance, lights: Lights) -> Tensor:
    """From the horizon to the zenith, with clouds, and a glow round the sun."""
    _, _, horizon, zenith = lights.sky[..., None, None]
    height = (1.4 * seen.directions[1]).clamp_(0, 1).sqrt_()
    sky = torch.lerp(horizon, zenith, height)
    clouds = ((look.clouds - 0.62 + 0.35 * lights.cloud[:, None, None]) * 5).clamp_(0, 1) * height
    sky = torch.lerp(sky, (1.25 * horizon).expand_as(sky), clouds)
    to_sun = lights.place[:, :, 0, None, None]
    near_sun = dot(seen.directions, to_sun.expand_as(sky)).clamp_(0, 1) * lights.is_sun[:, 0, None, None]
    return sky + lights.colour[:, :, 0, None, None] * (0.4 * near_sun.pow(24) + 8 * near_sun.pow(3000))
