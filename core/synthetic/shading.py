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

_FAINTEST = -40.0  # power of two; processors take far longer over numbers that are almost 0
_DULL = 0.04  # what a surface that is no metal mirrors at right angles


def shade(surfaces: Surfaces, materials: Materials, lights: Lights, lit: Tensor) -> Tensor:
    """The light that reaches the camera from each pixel, linear, not bounded: (3, B, H, W).

    `lit` (S, B, H, W): the share of the first S lights that arrives, 0 in their shadow; S may be 0.
    """
    collection = atlas(surfaces.depth_m.device)
    seen = seen_surfaces(surfaces, materials)
    look = appearance(seen, materials, collection)
    unhidden = openness(seen.points, seen.normals, seen.distance_m)
    light, shine = _direct(seen, look, lights, lit)
    above, below = lights.sky[0, ..., None, None], lights.sky[1, ..., None, None]
    light += torch.lerp(below, above, (0.5 + 0.5 * look.normals[1])).mul_(unhidden)
    shine += _mirrored(seen, look, lights, collection).mul_(unhidden)
    shine *= (look.colour - 1).mul_(look.metal).add_(1)  # what metals mirror takes their colour
    light *= 1 - 0.9 * look.pane
    light += look.glow * (1 + look.pane * (lights.behind[:, None, None] - 1))
    light *= look.colour * (1 - 0.85 * look.metal)
    light += shine
    haze = 1 - torch.exp(-seen.distance_m * lights.haze_per_m[:, None, None])
    light.lerp_(lights.sky[2, ..., None, None], haze)
    return torch.where(seen.sky, _sky(seen, look, lights), light)


def _direct(seen: Seen, look: Appearance, lights: Lights, lit: Tensor) -> tuple[Tensor, Tensor]:
    """What falls on each pixel from the lights, and their highlights on what is glossy: both (3, B, H, W).

    Source: Blinn, "Models of light reflection for computer synthesized pictures", 1977.
    """
    light, shine = torch.zeros_like(look.colour), torch.zeros_like(look.colour)
    sharpness = torch.exp2(2 + 8 * look.gloss)
    highlight = look.gloss * (sharpness + 8) * (0.012 + 0.1 * look.metal)
    to_eye = -dot(look.normals, seen.directions)
    for number in range(COUNT):
        of_lamp = 1 - lights.is_sun[:, number, None, None]
        to_light = torch.addcmul(lights.place[:, :, number, None, None], seen.points, of_lamp, value=-1)
        squared = dot(to_light, to_light)
        to_light *= squared.clamp(min=1e-6).rsqrt_()
        slant = dot(look.normals, to_light)
        # The vector half way between light and eye has the squared length 2 + 2 cos of the angle between them.
        half = (1 - dot(to_light, seen.directions)).mul_(2).clamp_(min=1e-6).rsqrt_()
        facing = (slant + to_eye).mul_(half).clamp_(1e-4, 1)
        arriving = slant.clamp_(min=0).div_(squared.add_(FALL_M2 - 1).mul_(of_lamp).add_(1))
        if number < len(lit):
            arriving *= lit[number]
        else:  # no shadow is cast, yet the far side of a thing stays dark
            arriving *= dot(seen.normals, to_light).mul_(100).clamp_(0, 1)
        colour = lights.colour[:, :, number, None, None]
        light.addcmul_(colour, arriving)
        spot = facing.log2_().mul_(sharpness).clamp_(min=_FAINTEST).exp2_()
        shine.addcmul_(colour, spot.mul_(highlight).mul_(arriving))
    return light, shine


def _mirrored(seen: Seen, look: Appearance, lights: Lights, collection: Atlas) -> Tensor:
    """What each pixel mirrors of the surroundings (3, B, H, W), blurred where it is dull.

    Source: for the share, Schlick, "An inexpensive BRDF model for physically-based rendering", 1994.
    """
    facing = -dot(seen.directions, look.normals)
    away = torch.addcmul(seen.directions, look.normals, facing, value=2)
    around = torch.atan2(away[0], away[2]).mul_(0.5 / pi)
    level = (1 - look.gloss).mul_(5).round_().clamp_(1, 5)
    corner_x, corner_y = lights.corner[:, :, None, None]
    taken = collection.read((corner_x, corner_y), around, 0.5 - 0.49 * away[1], level, slice(3))
    brightness = (lights.sky[0].mean(0) + 0.5 * lights.sky[2].mean(0) * (lights.haze_per_m > 0))[:, None, None]
    grazing = 1 - facing.clamp_(0, 1)
    least = _DULL + 0.6 * look.metal
    share = torch.lerp(least, torch.ones_like(least), grazing.square().square_().mul_(grazing))
    return taken.square_().mul_(share.mul_(look.gloss).mul_(look.gloss).mul_(1.6 * brightness))


def _sky(seen: Seen, look: Appearance, lights: Lights) -> Tensor:
    """From the horizon to the zenith, with clouds, and a glow round the sun."""
    _, _, horizon, zenith = lights.sky[..., None, None]
    height = (1.4 * seen.directions[1]).clamp_(0, 1).sqrt_()
    sky = torch.lerp(horizon, zenith, height)
    clouds = ((look.clouds - 0.62 + 0.35 * lights.cloud[:, None, None]) * 5).clamp_(0, 1) * height
    sky = torch.lerp(sky, (1.25 * horizon).expand_as(sky), clouds)
    to_sun = lights.place[:, :, 0, None, None]
    near_sun = dot(seen.directions, to_sun.expand_as(sky)).mul_(lights.is_sun[:, 0, None, None]).clamp_(0, 1)
    disc = near_sun.sub(0.9993).mul_(12_000).clamp_(0, 8)  # half a degree wide, and its edge
    for _ in range(4):
        near_sun.square_()  # to the 16th power: a wide glow
    return sky.addcmul_(lights.colour[:, :, 0, None, None], near_sun.mul_(0.4).add_(disc))
