"""What each pixel of a batch of rendered pictures sees: the hand-over from geometry to shading."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Surfaces:
    """One record a pixel, float32 but for `material`. World: metres, x right, y up, z ahead.

    Where the sky is seen `depth_m` is infinite, `material` -1, and `points` lie far out along the ray.
    """

    depth_m: Tensor  # (B, H, W) along the camera's axis
    points: Tensor  # (B, H, W, 3) world
    normals: Tensor  # (B, H, W, 3) unit length, towards the camera
    local: Tensor  # (B, H, W, 3) `points` along the axes of the part that was hit, for patterns
    face_uv: Tensor  # (B, H, W, 2) 0..1 over the face that was hit where it is flat, else 0
    material: Tensor  # (B, H, W) int64, a row of the batch's materials, -1 for the sky
    directions: Tensor  # (B, H, W, 3) unit rays
