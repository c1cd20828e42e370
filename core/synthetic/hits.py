"""From which solid a ray hit to what is seen there: place, normal, the solid's own coordinates.

Choices are made by masks of 0 and 1 and by `lerp`, exact at both, as on processors torch's `where` takes ten times
as long as any other step. Vectors are held as planes, (3, V, H, W), until the end.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.synthetic.casting import Seen
from core.synthetic.planes import moved
from core.synthetic.rays import Rays
from core.synthetic.solids import BOX, ELLIPSOID, Array, Index, Solids
from core.synthetic.surfaces import Surfaces

SKY_M = 5000.0  # where `points` of the sky lie, as depth
_NO_ENDS = 1e9  # half height of what has none


@dataclass(frozen=True, slots=True, eq=False)
class LookUp:
    """What is to be known of each solid that is hit; row 0 is the sky's."""

    shapes: NDArray[np.float32]  # (20, 1 + N), see `_table`
    materials: Index  # (1 + N,)

    @classmethod
    def of(cls, solids: Solids) -> "LookUp":
        shapes = np.ascontiguousarray(_table(solids).T, np.float32)
        return cls(shapes, np.concatenate(((-1,), solids.material)))


def surfaces_of(seen: Seen, rays: Rays, known: LookUp) -> Surfaces:
    """Of pinhole views, on the device of `seen`."""
    device = seen.nearness.device
    directions = _directions(rays, device)
    depth = 1 / seen.nearness
    points = directions * depth.clamp(max=SKY_M)
    points += moved(rays.position.T, device)[:, :, None, None]
    rows = (seen.solid + 1).flatten()
    table = moved(known.shapes, device).index_select(1, rows).view(-1, *seen.solid.shape)
    axes, centre, half, shape, constant = (
        table[:9].view(3, 3, *seen.solid.shape),
        table[9:12],
        table[12:15],
        table[15:19],
        table[19],
    )
    from_origin = _into(axes, points)  # so that patterns go on from part to part
    local = from_origin - centre
    is_box = torch.gt(constant, 0, out=torch.empty_like(constant))
    normal, face_uv = _faces(local, half, shape)
    normal = torch.lerp(_round_normals(local, half, shape, constant), normal, is_box)
    face_uv *= is_box
    normal = _out_of(axes, normal)
    towards = -_dot(normal, directions)
    normal *= torch.copysign(_dot(normal, normal).clamp_(min=1e-20).rsqrt_(), towards)
    material = moved(known.materials, device)
    unit = directions * _dot(directions, directions).rsqrt_()
    last = (points, normal, from_origin, face_uv, unit)
    points, normal, from_origin, face_uv, unit = (vector.movedim(0, -1) for vector in last)
    return Surfaces(
        depth_m=depth,
        points=points,
        normals=normal,
        local=from_origin,
        face_uv=face_uv,
        material=material.index_select(0, rows).view_as(seen.solid),
        directions=unit,
    )


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return torch.mul(a[0], b[0]).addcmul_(a[1], b[1]).addcmul_(a[2], b[2])


def _into(axes: Tensor, vector: Tensor) -> Tensor:
    """World -> a solid's own axes."""
    return torch.stack([_dot(axis, vector) for axis in axes])


def _out_of(axes: Tensor, vector: Tensor) -> Tensor:
    return (axes[0] * vector[0]).addcmul_(axes[1], vector[1]).addcmul_(axes[2], vector[2])


def _directions(rays: Rays, device: torch.device) -> Tensor:
    """(3, V, H, W), of depth 1."""
    height, width = rays.size_hw
    step = moved(rays.steps()[1].transpose(2, 1, 0), device)[..., None, None]  # (x y 1, world, V, 1, 1)
    x = torch.arange(width, device=device) + 0.5
    y = (torch.arange(height, device=device) + 0.5)[:, None]
    return step[0] * x + (step[1] * y + step[2])


def _table(solids: Solids) -> Array:
    """(1 + N, 20), the first row for the sky: axes 9, the centre in these 3, half 3, then of boxes taper, lean and
    1, of the others squares, linear and constant of the quadric, which is below 0."""
    squares, linear, constant = solids.quadrics()
    box = solids.kind == BOX
    shape = np.where(box[:, None], solids.shape, np.concatenate((squares, linear[:, None]), axis=1))
    half = solids.half.copy()
    half[solids.kind == ELLIPSOID, 1] = _NO_ENDS
    centre = np.einsum("nij,nj->ni", solids.axes, solids.centre)
    sky = np.array([(1.0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, -1)])
    columns = (solids.axes.reshape(-1, 9), centre, half, shape, np.where(box, 1.0, constant)[:, None])
    return np.concatenate((sky, np.concatenate(columns, axis=1)))


def _faces(local: Tensor, half: Tensor, shape: Tensor) -> tuple[Tensor, Tensor]:
    """Of boxes: normals (3, ...) in their own axes and the place on the face that was hit (2, ...), 0..1."""
    height = (local[1] / half[1]).clamp_(-1, 1)
    sides = torch.addcmul(local[0::2], shape[2:], height, value=-1)
    reach = half[0::2] * torch.addcmul(torch.ones_like(height), shape[:2], height + 1, value=-0.5)
    beyond = sides.abs().sub_(reach)
    beyond_y = local[1].abs().sub_(half[1])
    on = torch.empty_like(sides)  # 1 on the faces of x, of z
    torch.ge(beyond[0], torch.maximum(beyond[1], beyond_y), out=on[0])
    torch.gt(beyond[1], beyond_y, out=on[1])
    on[1].mul_(1 - on[0])
    on_y = 1 - on[0] - on[1]
    signs = sides.sign()
    slopes = torch.addcmul(shape[:2] * half[0::2] * 0.5, signs, shape[2:], value=-1).div_(half[1]).mul_(on)
    up = torch.addcmul(slopes.sum(0), on_y, local[1].sign())
    normal = torch.stack((signs[0] * on[0], up, signs[1] * on[1]))
    share = sides.div_(reach.clamp_(min=1e-6)).mul_(0.5)  # -0.5..0.5
    # Seen from outside, x runs to the right on the faces of z and y, z on those of x.
    across = torch.lerp(share[0] * (1 - on[1] * (signs[1] + 1)), share[1] * signs[0], on[0])
    down = torch.lerp(height * 0.5, share[1], on_y)
    return normal, torch.stack((across.add_(0.5), down.neg_().add_(0.5))).clamp_(0, 1)


def _round_normals(local: Tensor, half: Tensor, shape: Tensor, constant: Tensor) -> Tensor:
    """Normals of ellipsoids and frustums in their own axes, not of unit length."""
    gradient = shape[:3] * local
    gradient[1] += shape[3]
    value = _dot(gradient, local).addcmul_(shape[3], local[1]).add_(constant)
    to_side = value.abs_().mul_(0.5 * _dot(gradient, gradient).clamp_(min=1e-20).rsqrt())
    to_end = (local[1].abs() - half[1]).abs_()
    on_end = torch.lt(to_end, to_side, out=torch.empty_like(to_end))
    beside = 1 - on_end
    up = torch.lerp(gradient[1], local[1].sign(), on_end)
    return torch.stack((gradient[0] * beside, up, gradient[2] * beside))
