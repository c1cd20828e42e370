"""From a seed to a scene: what is in it, and the camera that looks at it."""

from dataclasses import dataclass, field
from random import Random

from core.synthetic.parts import Parts, Vector


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a camera is and how it looks: yaw to the right, pitch down, roll clockwise, in radians."""

    position: Vector
    yaw: float
    pitch: float
    roll: float
    view_rad: float  # angle of view along the picture's longer side


@dataclass(slots=True)
class Scene:
    parts: Parts
    pose: Pose
    indoor: bool
    reach_m: float  # how far from the camera most of what matters lies
    lamps: list[Vector] = field(default_factory=list)  # where light comes from, in the world


def lay_out(seed: int) -> Scene:
    """The same scene for the same seed, always."""
    from core.synthetic.rooms import lay_out_room

    return lay_out_room(Random(seed))  # noqa: S311 (no secret)
