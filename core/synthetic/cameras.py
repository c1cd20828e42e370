"""Cameras: from poses to the rays of a batch of pictures."""

from collections.abc import Sequence
from math import cos, sin, tan

import numpy as np

from core.synthetic.layout import Pose
from core.synthetic.rays import Rays
from core.synthetic.solids import Array


def pinholes(poses: Sequence[Pose], size_hw: tuple[int, int]) -> Rays:
    """One pinhole a picture; the angle of view is that of the longer side."""
    longer = max(size_hw)
    focal = [0.5 * longer / tan(0.5 * pose.view_rad) for pose in poses]
    return Rays(
        size_hw,
        np.array([pose.position for pose in poses], np.float64),
        np.stack([rotation(pose) for pose in poses]),
        np.array(focal),
        np.ones(len(poses)),
        parallel=False,
    )


def rotation(pose: Pose) -> Array:
    """Rows: right, down, ahead in the world (3, 3)."""
    cy, sy, cp, sp = cos(pose.yaw), sin(pose.yaw), cos(pose.pitch), sin(pose.pitch)
    ahead = np.array((sy * cp, -sp, cy * cp))
    level = np.array((cy, 0.0, -sy))
    below = np.cross(level, ahead)
    cr, sr = cos(pose.roll), sin(pose.roll)
    return np.stack((cr * level + sr * below, cr * below - sr * level, ahead))
