"""What a surface is like at each pixel: colour, tilt by relief, gloss. What is finer than a pixel is averaged."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.synthetic.atlas import Atlas, layer_corners, level_for
from core.synthetic.fields import TEXELS
from core.synthetic.materials import Materials
from core.synthetic.patterns import layers_named
from core.synthetic.planes import cross, dot, planes, step_across, step_down, unit
from core.synthetic.surfaces import Surfaces

_DETAIL_TILT = 0.02  # relief of the fine detail, in its periods, for darkness 1
STEEPEST = 0.8  # tangent of the largest tilt
_SKY_FAR_M = 4000.0


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The surfaces as planes, with what a pixel covers of them."""

    points: Tensor  # (3, B, H, W) world; of the sky, far out
    normals: Tensor  # (3, B, H, W) unit, towards the camera
    directions: Tensor  # (3, B, H, W) unit
    rows: Tensor  # (B, H, W) int64 of the materials; the sky's is the last
    sky: Tensor  # (B, H, W) bool
    distance_m: Tensor  # (B, H, W) along the camera's axis, finite for the sky too
    across_m: Tensor  # (B, H, W) the place on the surface in the part's own axes, flattened
    up_m: Tensor
    face_uv: Tensor  # (2, B, H, W)
    side_m: Tensor  # (B, H, W) of a square as large as what the pixel covers
    side_uv: Tensor  # the same as a share of the face


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """Colours are linear light, 0..1."""

    colour: Tensor  # (3, B, H, W)
    normals: Tensor  # (3, B, H, W) unit, tilted by the relief
    gloss: Tensor  # (B, H, W) 0 dull, 1 a mirror
    metal: Tensor  # (B, H, W)
    glow: Tensor  # (B, H, W)
    pane: Tensor  # (B, H, W) 1 where what glows does so from behind
    clouds: Tensor  # (B, H, W) a field with detail at every scale, for the sky


def seen_surfaces(surfaces: Surfaces, materials: Materials) -> Seen:
    """The same surfaces as planes, and how the patterns lie on them."""
    directions, points = planes(surfaces.directions), planes(surfaces.points)
    local, face_uv = planes(surfaces.local), planes(surfaces.face_uv)
    sky = surfaces.material < 0
    rows = torch.where(sky, materials.table.shape[1] - 1, surfaces.material)
    # Which way the part is facing in its own axes, from how its coordinates change over the picture.
    facing = cross(step_across(local), step_down(local)).abs_()
    on_x = facing[0] > torch.maximum(facing[1], facing[2])
    on_y = facing[1] > torch.maximum(facing[0], facing[2])
    high = 1 / (directions[1].abs() + 0.07)  # the sky's pattern lies on a ceiling of clouds
    across = torch.where(sky, directions[0] * high, torch.where(on_x, local[2], local[0]))
    up = torch.where(sky, directions[2] * high, torch.where(on_y, local[2], local[1]))
    right, down = step_across(face_uv), step_down(face_uv)
    return Seen(
        points=points,
        normals=planes(surfaces.normals),
        directions=directions,
        rows=rows,
        sky=sky,
        distance_m=surfaces.depth_m.clamp(max=_SKY_FAR_M),
        across_m=across,
        up_m=up,
        face_uv=face_uv,
        side_m=torch.where(sky, 0.02 * high, dot(facing, facing).sqrt_().sqrt_()),
        side_uv=(right[0] * down[1] - right[1] * down[0]).abs_().sqrt_(),
    )


def appearance(seen: Seen, materials: Materials, collection: Atlas) -> Appearance:
    """What is to be lit at every pixel."""
    rows = seen.rows

    def of(name: str) -> Tensor:
        return materials.of(rows, name)

    fine_per_m, fine, coarse = of("fine_per_m"), of("fine"), of("coarse")
    turned = (0.8 * seen.across_m + 0.6 * seen.up_m, 0.8 * seen.up_m - 0.6 * seen.across_m)
    tone, relief = _detail(seen, collection, turned, fine_per_m, slice(0, 4, 3))
    stains, clouds = _detail(seen, collection, turned, of("coarse_per_m"), slice(1, 3))
    pattern = _pattern(seen, materials, collection)
    tone = tone.mul_(4).sub_(2).mul_(fine).add_(1)
    tone *= stains.mul_(4).sub_(2).mul_(coarse).add_(1)
    tone *= pattern[0].mul(2).sub_(1).mul_(of("contrast")).add_(1)
    relief = relief.mul_(fine).div_(fine_per_m).mul_(_DETAIL_TILT).addcmul_(pattern[3], of("relief_m"))
    return Appearance(
        colour=_colour(of, pattern, tone.clamp_(0.05, 2.5)),
        normals=tilted_by(seen, relief),
        gloss=of("gloss") * (1 - coarse * clouds),
        metal=of("metal"),
        glow=of("glow"),
        pane=of("pane"),
        clouds=clouds,
    )


def _detail(
    seen: Seen, collection: Atlas, place_m: tuple[Tensor, Tensor], per_m: Tensor, channels: slice
) -> Tensor:
    """The layer of fractal detail at so many periods a metre; turned, so that its repeats follow no edge."""
    x, y = layer_corners()[layers_named("detail")[0]].tolist()
    level = level_for(seen.side_m * per_m * TEXELS)
    return collection.read((x, y), place_m[0] * per_m, place_m[1] * per_m, level, channels)


def _pattern(seen: Seen, materials: Materials, collection: Atlas) -> Tensor:
    """Each pixel's own pattern or print."""

    def of(name: str) -> Tensor:
        return materials.of(seen.rows, name)

    on_face = of("on_face")
    across = torch.lerp(seen.across_m, seen.face_uv[0], on_face)
    up = torch.lerp(seen.up_m, seen.face_uv[1], on_face)
    u = of("shift_u").addcmul_(across, of("uu")).addcmul_(up, of("uv"))
    v = of("shift_v").addcmul_(across, of("vu")).addcmul_(up, of("vv"))
    level = level_for(torch.lerp(seen.side_m, seen.side_uv, on_face) * of("texels_per_m"))
    return collection.read((of("corner_x"), of("corner_y")), u, v, level)


def _colour(of: Callable[[str], Tensor], pattern: Tensor, tone: Tensor) -> Tensor:
    is_print = of("is_print")
    colour = torch.empty_like(pattern[:3])
    for place, channel in enumerate("rgb"):
        first = of(f"first_{channel}")
        printed = (first * pattern[place]).mul_(pattern[place])  # from the print's gamma to linear light
        drawn = first.lerp_(of(f"second_{channel}"), pattern[1]).lerp_(of(f"third_{channel}"), pattern[2])
        torch.mul(drawn.lerp_(printed, is_print), tone, out=colour[place])
    return colour.clamp_(max=0.95)


def tilted_by(seen: Seen, relief_m: Tensor) -> Tensor:
    """Normals (3, B, H, W) of the surfaces with a relief (B, H, W) on them.

    Source: Mikkelsen, "Bump mapping unparametrized surfaces on the GPU", 2010, with differences between pixels.
    """
    right, down = step_across(seen.points), step_down(seen.points)
    across, along = cross(down, seen.normals), cross(seen.normals, right)
    slope = (
        across.mul_(step_across(relief_m))
        .addcmul_(along, step_down(relief_m))
        .div_(seen.side_m.square().add_(1e-12))
    )
    length = dot(slope, slope).sqrt_()
    return unit(slope.mul_(length.add_(STEEPEST).reciprocal_().mul_(-STEEPEST)).add_(seen.normals))
