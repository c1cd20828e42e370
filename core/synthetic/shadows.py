"""Cast shadows: what a light sees is cast like a picture, and a point it does not see lies in shadow.

A sun looks along parallel rays, twice: finely at what is near the camera, coarsely at all around. A lamp looks
through a wide pinhole at what the camera looks at; beyond its edge all is lit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin

import numpy as np
import torch
from torch import Tensor

from core.synthetic.casting import Plan, cast, plan_of
from core.synthetic.planes import moved
from core.synthetic.rays import Rays
from core.synthetic.solids import Array, Index, Solids
from core.synthetic.surfaces import Surfaces

SIDE_PX = 144  # of a light's view
NEAR_SHARE = 0.22  # of the reach: the finer view of a sun
LAMP_VIEW_RAD = 2.2
SUN_DISTANCE = 4.0  # how far up its rays begin, in reaches
TAPS = 5
LEAST_SHADE_PX = 0.7  # what is smaller in a sun's view casts no shadow worth the name
LEAST_BLUR_PX, MOST_BLUR_PX = 0.7, 10.0
SUN_THROW_M = 1.5  # from what casts a shadow to where it falls, for its softness
LAMP_SPREAD = 0.4  # of the lamp's radius: the shadow's soft edge
BIAS_PX = 1.6  # how far a point is lifted off its surface, in pixels of the light's view


@dataclass(frozen=True, slots=True)
class Caster:
    """One light of one picture. `place`: of a lamp in the world, of a sun the unit direction towards it."""

    place: tuple[float, float, float]
    is_sun: bool
    softness: float  # of a lamp its radius in metres, of a sun the tangent of its half angle


@dataclass(frozen=True, slots=True)
class Sight:
    """What a picture's camera looks at: shadows farther than `reach_m` are left out, or coarse."""

    eye: tuple[float, float, float]
    ahead: tuple[float, float, float]
    reach_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Shades:
    """The views of the suns, or of the lamps, among a batch's lights, and what is to be looked at in them."""

    pictures: Index  # (P,)
    rays: Rays  # one or two views a picture
    softness: Array  # (P,)
    plan: Plan


def shades_of(solids: Solids, casters: Sequence[Caster | None], sights: Sequence[Sight]) -> list[Shades]:
    """Of one light of each picture, or none; on the host."""
    shades = []
    for suns in (True, False):
        some = [
            (number, caster, sights[number])
            for number, caster in enumerate(casters)
            if caster is not None and caster.is_sun is suns
        ]
        if some:
            pictures = np.array([number for number, _, _ in some])
            lights = [(caster, sight) for _, caster, sight in some]
            rays = _sun_views(lights) if suns else _lamp_views(lights)
            softness = np.array([caster.softness for _, caster, _ in some])
            shades.append(Shades(pictures, rays, softness, _plan(solids, pictures, rays)))
    return shades


def _plan(solids: Solids, pictures: Index, rays: Rays) -> Plan:
    """Each solid of the pictures named in each view of its picture."""
    views = len(rays) // len(pictures)
    place = np.full(max(int(solids.picture.max(initial=0)), int(pictures.max())) + 1, -1)
    place[pictures] = np.arange(len(pictures))
    which = np.tile(np.flatnonzero(place[solids.picture] >= 0), views)
    view = views * place[solids.picture[which]] + np.repeat(np.arange(views), len(which) // views)
    if rays.parallel:
        coarse_enough = 2 * solids.radii()[which] > LEAST_SHADE_PX * rays.scale[view]
        which, view = which[coarse_enough], view[coarse_enough]
    return plan_of(rays, view, solids.taken(which))


def lit_share(surfaces: Surfaces, shades: Sequence[Shades]) -> Tensor:
    """How much of each picture's light arrives at each pixel, (B, H, W) 0..1; 1 where there is no light."""
    lit = torch.ones_like(surfaces.depth_m)
    for some in shades:
        where = moved(some.pictures, lit.device)
        lit.index_copy_(0, where, _share(surfaces, some, where))
    return lit


def _sun_views(lights: Sequence[tuple[Caster, Sight]]) -> Rays:
    """Two views a light, the finer first."""
    position, rotation, scale, reach = [], [], [], []
    for caster, sight in lights:
        axes = _looking(-np.array(caster.place))
        for share in (NEAR_SHARE, 1.0):
            radius = share * sight.reach_m
            centre = np.array(sight.eye) + 0.8 * radius * np.array(sight.ahead)
            step = 2 * radius / SIDE_PX
            away = SUN_DISTANCE * sight.reach_m
            position.append(centre - axes[2] * away - 0.5 * SIDE_PX * step * (axes[0] + axes[1]))
            rotation.append(axes)
            scale.append(step)
            reach.append(2 * away)
    places, axes_of_all, scales, reaches = (np.array(value) for value in (position, rotation, scale, reach))
    return Rays((SIDE_PX, SIDE_PX), places, axes_of_all, scales, reaches, parallel=True)


def _lamp_views(lights: Sequence[tuple[Caster, Sight]]) -> Rays:
    position = np.array([caster.place for caster, _ in lights])
    aims = np.array([np.array(sight.eye) + 0.45 * sight.reach_m * np.array(sight.ahead) for _, sight in lights])
    aims[:, 1] = np.minimum(aims[:, 1], position[:, 1] - 0.5)  # lamps shine downwards
    rotation = np.stack([_looking(towards) for towards in aims - position])
    focal = np.full(len(lights), 0.5 * SIDE_PX / np.tan(0.5 * LAMP_VIEW_RAD))
    return Rays((SIDE_PX, SIDE_PX), position, rotation, focal, np.ones(len(lights)), parallel=False)


def _looking(direction: Array) -> Array:
    """Rows: right, down and ahead of a view in that direction."""
    ahead = direction / np.linalg.norm(direction)
    right = np.cross((0.0, 1.0, 0.0) if abs(ahead[1]) < 0.95 else (1.0, 0.0, 0.0), ahead)
    right /= np.linalg.norm(right)
    return np.stack((right, np.cross(right, ahead), ahead))


def _share(surfaces: Surfaces, shades: Shades, pictures: Tensor) -> Tensor:
    """Of the pictures named, (P, H, W)."""
    rays, softness = shades.rays, shades.softness
    device, views = pictures.device, len(rays) // len(pictures)
    nearness = cast(shades.plan, device).nearness
    points = surfaces.points.movedim(-1, 0).index_select(1, pictures)  # (3, P, H, W)
    normals = surfaces.normals.movedim(-1, 0).index_select(1, pictures)
    spots = [_spots(rays, slice(number, None, views), points, normals, softness) for number in range(views)]
    first = torch.arange(len(pictures), device=device, dtype=torch.float32)[:, None, None] * views
    if views == 1:
        spot, inside = spots[0]
    else:
        finer, inside = spots[0][1], torch.maximum(spots[0][1], spots[1][1])
        spot = torch.lerp(spots[1][0], spots[0][0], finer)
        first = first + 1 - finer
    return 1 - _shadow(nearness, first, spot) * inside


def _spots(rays: Rays, which: slice, points: Tensor, normals: Tensor, softness: Array) -> tuple[Tensor, Tensor]:
    """Where points (3, P, H, W) lie in P views: x, y and blur in pixels, nearness (4, P, H, W); 1 where within."""
    device = points.device
    rotation = moved(rays.rotation[which].transpose(1, 2, 0), device)[..., None, None]  # (row, world, P, 1, 1)
    position = moved(rays.position[which].T, device)[..., None, None]
    scale = moved(rays.scale[which], device)[:, None, None]
    soft = moved(softness, device)[:, None, None]
    offset = points - position
    if rays.parallel:
        blur = (soft * SUN_THROW_M / scale).clamp(LEAST_BLUR_PX, MOST_BLUR_PX)
        offset.addcmul_(normals, (BIAS_PX + blur) * scale)
        x, y, depth = (_along(axis, offset) for axis in rotation)
        x, y = x / scale, y / scale
        near = moved(rays.reach_m[which], device)[:, None, None] - depth
        blur = blur.expand_as(x)
    else:
        metres_a_px = _along(rotation[2], offset).clamp_(min=1e-3).div_(scale)
        blur = (soft * LAMP_SPREAD / metres_a_px).clamp_(LEAST_BLUR_PX, MOST_BLUR_PX)
        offset.addcmul_(normals, (BIAS_PX + blur).mul_(metres_a_px))
        x, y, depth = (_along(axis, offset) for axis in rotation)
        near = depth.clamp_(min=1e-3).reciprocal_()
        x, y = (x * near).mul_(scale).add_(0.5 * SIDE_PX), (y * near).mul_(scale).add_(0.5 * SIDE_PX)
    beside = torch.maximum((x - 0.5 * SIDE_PX).abs_(), (y - 0.5 * SIDE_PX).abs_())
    return torch.stack((x, y, blur, near)), torch.lt(beside, 0.5 * SIDE_PX - 1, out=torch.empty_like(beside))


def _along(axis: Tensor, offset: Tensor) -> Tensor:
    return (axis[0] * offset[0]).addcmul_(axis[1], offset[1]).addcmul_(axis[2], offset[2])


def _shadow(nearness: Tensor, first: Tensor, spot: Tensor) -> Tensor:
    """The share of taps round each spot that something stands before; `first` (P, H, W): its view's number."""
    x, y, blur, near = spot
    cosine, sine = _turns((x.shape[1], x.shape[2]), x.device)
    flat = nearness.flatten()
    across, down = blur * cosine, blur * sine
    hidden, before = torch.zeros_like(x), torch.empty_like(x)
    for tap in range(TAPS):
        angle, length = tap * pi * (3 - 5**0.5), ((tap + 0.5) / TAPS) ** 0.5  # a sunflower's spiral
        c, s = cos(angle) * length, sin(angle) * length
        column = torch.add(x, across, alpha=c).add_(down, alpha=-s).clamp_(0, SIDE_PX - 1).floor_()
        row = torch.add(y, across, alpha=s).add_(down, alpha=c).clamp_(0, SIDE_PX - 1).floor_()
        place = torch.add(row, first, alpha=SIDE_PX).mul_(SIDE_PX).add_(column)  # whole, below 2 ** 24
        torch.gt(flat.index_select(0, place.to(torch.int32).flatten()).view_as(near), near, out=before)
        hidden += before
    return hidden.div_(TAPS)


@lru_cache(maxsize=8)
def _turns(size_hw: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    """An angle a pixel, as cosine and sine, so that soft edges end in grain and not in bands."""
    angle = np.random.default_rng(0).uniform(0, 2 * pi, size_hw)
    return moved(np.cos(angle), device), moved(np.sin(angle), device)
