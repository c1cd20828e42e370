"""How much of the ambient light near things keep away: dark corners, and the shade where a thing stands."""

import torch
from torch import Tensor
from torch.nn import functional

from core.synthetic.planes import dot

_OFFSETS_PX = (
    (2, 0),
    (-1, 2),
    (-2, -1),
    (1, -2),
    (5, 4),
    (-4, 5),
    (-5, -4),
    (4, -5),
    (0, 10),
    (-10, 1),
    (1, -10),
    (10, -1),
)
_REACH = 0.12  # how far things shade, as a share of their distance
_STRENGTH = 1.9


def openness(points: Tensor, normals: Tensor, distance_m: Tensor) -> Tensor:
    """(3, B, H, W) twice and (B, H, W) -> (B, H, W), 1 in the open, towards 0 in a crevice.

    Neighbouring pixels that stand above a pixel's plane, near by, shade it. Done at half size, as it is soft.

    Source: after Filion and McNaughton, "StarCraft II: effects and techniques", 2008.
    """
    place, facing, far = points[..., ::2, ::2], normals[..., ::2, ::2].contiguous(), distance_m[..., ::2, ::2]
    rim = max(max(abs(x), abs(y)) for x, y in _OFFSETS_PX)
    height, width = place.shape[-2:]
    place = place.contiguous()
    padded = functional.pad(place, (rim, rim, rim, rim), mode="replicate")
    reach = (_REACH * far).square().clamp_(min=1e-4).reciprocal_()
    shade = torch.zeros_like(far)
    for x, y in _OFFSETS_PX:
        towards = padded[..., rim + y : rim + y + height, rim + x : rim + x + width] - place
        squared = dot(towards, towards).add_(1e-6)
        above = dot(facing, towards) * squared.rsqrt() - 0.1
        shade += above.clamp_(min=0) / (1 + squared * reach)
    open_ = (1 - shade * (_STRENGTH / len(_OFFSETS_PX))).clamp_(0.05, 1)
    grown = functional.interpolate(open_[:, None], size=points.shape[-2:], mode="bilinear", align_corners=False)
    return grown[:, 0]
