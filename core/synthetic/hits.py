"""From which solid a ray hit to what is seen there: place, normal, the solid's own coordinates."""

import numpy as np
import torch
from torch import Tensor

from core.synthetic.casting import Seen, to_device
from core.synthetic.rays import Rays
from core.synthetic.solids import BOX, ELLIPSOID, Array, Solids
from core.synthetic.surfaces import Surfaces

SKY_M = 5000.0  # where `points` of the sky lie, as depth
_COLUMNS = 24


def surfaces_of(seen: Seen, rays: Rays, solids: Solids) -> Surfaces:
    """Of pinhole views whose picture numbers are those of the solids, on the device of `seen`."""
    device = seen.nearness.device
    nothing = seen.solid < 0
    depth = 1 / torch.where(nothing, 1 / SKY_M, seen.nearness)
    directions = _directions(rays, device)  # (3, V, H, W), depth 1
    position = to_device(rays.position.T, device)[:, :, None, None]
    from_camera = directions * depth
    points = from_camera + position
    numbers = seen.solid.clamp(min=0).long()
    rows = to_device(_table(solids).T, device)[:, numbers.flatten()].view(_COLUMNS, *numbers.shape)
    offset = points - rows[9:12]
    local = (rows[:9].view(3, 3, *numbers.shape) * offset).sum(1)  # (3, V, H, W)
    normal, face_uv = _faces(local, rows[12:15], rows[15:19], rows[20:21])
    is_box = rows[19:20] == BOX
    normal = torch.where(
        is_box, normal, _round_normals(local, rows[12:15], rows[15:19], rows[20], rows[19] != ELLIPSOID)
    )
    face_uv = torch.where(is_box, face_uv, 0.0)
    normal = (rows[:9].view(3, 3, *numbers.shape) * normal[:, None]).sum(0)
    towards = -(normal * directions).sum(0)
    normal = normal * (torch.where(towards < 0, -1.0, 1.0) / normal.square().sum(0).sqrt().clamp(min=1e-20))
    unit = directions / directions.square().sum(0).sqrt()
    normal = torch.where(nothing, -unit, normal)
    material = torch.from_numpy(solids.material).to(device)[numbers]
    points, normal, local, face_uv, unit = (
        tensor.movedim(0, -1) for tensor in (points, normal, local, face_uv, unit)
    )
    return Surfaces(
        depth_m=torch.where(nothing, torch.inf, depth),
        points=points,
        normals=normal,
        local=local,
        face_uv=face_uv,
        material=torch.where(nothing, -1, material),
        directions=unit,
    )


def _directions(rays: Rays, device: torch.device) -> Tensor:
    """(3, V, H, W), of depth 1."""
    height, width = rays.size_hw
    step = to_device(rays.steps()[1].transpose(2, 1, 0), device)[..., None, None]  # (x y 1, world, V, 1, 1)
    x = torch.arange(width, device=device) + 0.5
    y = (torch.arange(height, device=device) + 0.5)[:, None]
    return step[0] * x + (step[1] * y + step[2])


def _table(solids: Solids) -> Array:
    """(N, 24): axes 9, centre 3, half 3, then of boxes taper and lean, of the others squares and linear; kind;
    of boxes nothing, of the others the constant of the quadric."""
    squares, linear, constant = solids.quadrics()
    shape = np.where(
        (solids.kind == BOX)[:, None], solids.shape, np.concatenate((squares, linear[:, None]), axis=1)
    )
    spare = np.zeros((len(solids), _COLUMNS - 21))
    axes = solids.axes.reshape(-1, 9)
    return np.concatenate(
        (axes, solids.centre, solids.half, shape, solids.kind[:, None], constant[:, None], spare), axis=1
    )


def _faces(local: Tensor, half: Tensor, shape: Tensor, _: Tensor) -> tuple[Tensor, Tensor]:
    """Normals (3, ...) in the box's own axes and the place on the face that was hit (2, ...), 0..1."""
    x, y, z = local
    taper, lean = shape[:2], shape[2:]
    sides = torch.stack((x, z))
    height = (y / half[1]).clamp(-1, 1)
    reach = half[0::2] * (1 - 0.5 * taper * (1 + height))
    sides = sides - lean * height
    beyond_x, beyond_z = sides.abs() - reach
    beyond_y = y.abs() - half[1]
    on_x = (beyond_x >= beyond_z) & (beyond_x > beyond_y)
    on_z = ~on_x & (beyond_z > beyond_y)
    on_y = ~(on_x | on_z)
    signs = sides.sign()
    slopes = (0.5 * half[0::2] * taper - signs * lean) / half[1]
    zero = torch.zeros_like(x)
    up = torch.where(on_y, y.sign(), torch.where(on_x, slopes[0], slopes[1]))
    normal = torch.stack((torch.where(on_x, signs[0], zero), up, torch.where(on_z, signs[1], zero)))
    share = 0.5 + 0.5 * sides / reach.clamp(min=1e-6)
    across = torch.where(on_x, torch.where(signs[0] > 0, share[1], 1 - share[1]), share[0])
    across = torch.where(on_z & (signs[1] > 0), 1 - across, across)
    down = torch.where(on_y, 1 - share[1], 0.5 - 0.5 * height)
    return normal, torch.stack((across, down)).clamp(0, 1)


def _round_normals(local: Tensor, half: Tensor, shape: Tensor, constant: Tensor, has_ends: Tensor) -> Tensor:
    """Normals of ellipsoids and frustums in their own axes, not of unit length."""
    gradient = shape[:3] * local
    gradient[1] += shape[3]
    value = (gradient * local).sum(0) + shape[3] * local[1] + constant
    length = gradient.square().sum(0).sqrt().clamp(min=1e-20)
    to_side = value.abs() / (2 * length)
    on_end = has_ends & ((half[1] - local[1].abs()).abs() < to_side)
    gradient = gradient / length
    gradient[0].masked_fill_(on_end, 0)
    gradient[2].masked_fill_(on_end, 0)
    gradient[1] = torch.where(on_end, local[1].sign(), gradient[1])
    return gradient
