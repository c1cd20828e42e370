"""What a scene is: parts, a camera, and what the light has to know of it. How cameras are held."""

from dataclasses import dataclass, field
from math import radians
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


def any_tilt(rng: Random) -> float:
    """Roll of a camera in a hand, on a stand, or held carelessly."""
    return rng.gauss(0, 0.03) if rng.random() < 0.85 else rng.gauss(0, 0.2)


def any_view(rng: Random, low: float = 35, high: float = 100) -> float:
    """An angle of view between so many degrees; most are those of webcams and phones."""
    wanted = rng.gauss(66, 12) if rng.random() < 0.6 else rng.uniform(low, high)
    return radians(min(high, max(low, wanted)))
