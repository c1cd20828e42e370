"""A floor, a wall, a box face and balls under a camera, met analytically: surfaces to shade without any layout."""

import torch
from torch import Tensor

from core.synthetic.surfaces import Surfaces

BALLS = (
    (-0.9, 0.45, 3.2, 0.45),
    (0.3, 0.3, 2.4, 0.3),
    (1.2, 0.6, 4.0, 0.6),
    (0.2, 1.5, 4.2, 0.25),
    (-0.2, 0.12, 1.7, 0.12),
)
ROWS = 3 + len(BALLS)  # materials of a picture: floor, wall, poster, balls


def plain_surfaces(pictures: int, size_hw: tuple[int, int], *, wall: bool = True) -> Surfaces:
    """From 1.4 m above a floor, a wall (or the sky) 5 m ahead with a poster on it, and five balls.

    Picture b has materials b * ROWS to b * ROWS + ROWS - 1.
    """
    height, width = size_hw
    down, across = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    focal = 0.9 * width
    pitch = torch.tensor(0.12)
    x, y = (across - width / 2) / focal, -(down - height / 2) / focal
    rays = torch.stack((x, y * pitch.cos() - pitch.sin(), y * pitch.sin() + pitch.cos()), -1)  # depth 1
    eye = torch.tensor((0.0, 1.4, 0.0))
    depth = torch.full((height, width), torch.inf)
    normals, local = -rays / rays.norm(dim=-1, keepdim=True), torch.zeros_like(rays)
    face_uv = torch.zeros((height, width, 2))
    material = torch.full((height, width), -1)

    def take(
        nearer: Tensor, at: Tensor, normal: Tensor, row: int, origin: Tensor, uv: Tensor | None = None
    ) -> None:
        depth[nearer] = at[nearer]
        normals[nearer] = normal.expand_as(rays)[nearer]
        local[nearer] = (eye + rays * at[..., None] - origin)[nearer]
        face_uv[nearer] = uv[nearer] if uv is not None else 0.0
        material[nearer] = row

    at = -eye[1] / rays[..., 1]
    take((at > 0) & (at < depth), at, torch.tensor((0.0, 1.0, 0.0)), 0, torch.zeros(3))
    if wall:
        at = 5.0 / rays[..., 2]
        facing = torch.tensor((0.0, 0.0, -1.0))
        take((at > 0) & (at < depth), at, facing, 1, torch.zeros(3))
        points = eye + rays * at[..., None]
        uv = torch.stack((points[..., 0] - 0.4, (2.1 - points[..., 1])), -1)
        take((at <= depth) & (uv >= 0).all(-1) & (uv <= 1).all(-1), at, facing, 2, torch.zeros(3), uv)
    for number, (cx, cy, cz, radius) in enumerate(BALLS):
        centre = torch.tensor((cx, cy, cz))
        a, b = (rays * rays).sum(-1), (rays * (eye - centre)).sum(-1)
        room = b * b - a * (((eye - centre) ** 2).sum() - radius**2)
        at = (-b - room.clamp(min=0).sqrt()) / a
        normal = (eye + rays * at[..., None] - centre) / radius
        take((room > 0) & (at > 0) & (at < depth), at, normal, 3 + number, centre)
    unit = rays / rays.norm(dim=-1, keepdim=True)
    points = eye + rays * depth.clamp(max=5000)[..., None]
    rows = torch.stack([torch.where(material < 0, -1, material + b * ROWS) for b in range(pictures)])

    def batch(values: Tensor) -> Tensor:
        return values.expand(pictures, *values.shape).contiguous()

    return Surfaces(batch(depth), batch(points), batch(normals), batch(local), batch(face_uv), rows, batch(unit))
