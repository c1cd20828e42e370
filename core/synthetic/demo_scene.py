"""The demo scene: a furnished room, people who move in it, and a camera that flies a round through it."""

from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, hypot, pi, radians, sin, tau
from random import Random

from core.synthetic.furnishing import Place, furnish
from core.synthetic.furniture import add_chair, add_table
from core.synthetic.gaits import STEP, Stance, add_figure, talking, walking
from core.synthetic.interiors import add_outside, add_shell
from core.synthetic.items import scatter
from core.synthetic.layout import Pose, Scene
from core.synthetic.lights import WHITE, Light, LightSetting, of_warmth, scaled
from core.synthetic.parts import Parts, Vector
from core.synthetic.patterns import layers_named

LOOP_S = 20.0  # everything comes back to where it was
SIZE_HW = (480, 640)
ROOM_SEED = 70  # these three were chosen by eye
MATERIAL_SEED = 6
CAMERA_SEED = 38692  # a good one: sharp, held still, without noise
_W, _D, _H = 6.6, 8.4, 2.75  # the room, in metres; the world's origin is the middle of its floor
_VIEW_RAD = radians(64)
_STATURE_M = 1.71  # of somebody of middle height, by whom steps are measured
_LAMP: Vector = (0.4, 1.72, 1.2)


@dataclass(frozen=True, slots=True)
class Round:
    """An ellipse on the floor that somebody walks, so many times in a loop of the scene."""

    x: float
    z: float
    half_x: float
    half_z: float
    times: int
    start: float  # radians
    seed: int  # who it is

    def at(self, share: float) -> tuple[float, float]:
        turn = self.start + tau * self.times * share
        return self.x + self.half_x * cos(turn), self.z + self.half_z * sin(turn)

    def phase(self, share: float) -> float:
        """Of the steps, which are as many as make the way and a whole number in a loop."""
        count = max(2, 2 * round(self._way_m(1.0) / (2 * STEP * _STATURE_M)))
        return pi * count * self._way_m(share) / self._way_m(1.0)

    def _way_m(self, share: float) -> float:
        pieces = max(1, round(400 * share))
        places = [self.at(share * piece / pieces) for piece in range(pieces + 1)]
        return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places))


WALKERS = (
    Round(x=0.4, z=1.2, half_x=1.6, half_z=1.2, times=2, start=0.4, seed=5),
    Round(x=-0.2, z=-0.6, half_x=1.9, half_z=0.4, times=2, start=1.2, seed=21),
)
_TALKER = (-1.95, 0.75, -0.6, 8)  # x, z, yaw, who
_FREE = (  # floor that furniture must leave to the camera and to people
    Place(0.0, -2.3, 1.7, 1.3, 2.0),
    Place(0.4, 1.2, 1.95, 1.55, 1.2),
    Place(-0.2, -0.75, 2.3, 0.8, 1.9),
    Place(-1.95, 0.75, 0.45, 0.45, 1.9),
)


def scene_at(share: float) -> Scene:
    """The scene after so much of its loop, 0 to 1; 1 is 0 again."""
    parts, rng = Parts(), Random(ROOM_SEED)  # noqa: S311 (no secret): the same room at each moment
    add_shell(parts, rng, _W, _D, _H)
    add_outside(parts, rng, _W, _D)
    _add_table(parts, rng)
    _add_lamp(parts)
    furnish(parts, rng, _W, _D, list(_FREE), at_walls=40, amid=8, floor_things=3)
    for walker in WALKERS:
        x, z = walker.at(share)
        ahead_x, ahead_z = walker.at(share + 1e-4)
        parts.enter(x, 0, z, atan2(x - ahead_x, z - ahead_z))
        _add_person(parts, walker.seed, walking(walker.phase(share % 1.0)))
        parts.leave()
    x, z, yaw, who = _TALKER
    parts.enter(x, 0, z, yaw)
    _add_person(parts, who, talking(tau * share))
    parts.leave()
    return Scene(parts, _camera(tau * share), indoor=True, reach_m=8.0, lamps=[_LAMP])


def light() -> LightSetting:
    """An afternoon: daylight from all sides, a lamp over the table that is on already."""
    warm, day = of_warmth(4200), of_warmth(6500)
    return LightSetting(
        lights=(
            Light(_LAMP, scaled(warm, 0.55), reach_m=2.6, radius_m=0.2),
            Light((-2.2, 1.7, -3.6), scaled(day, 0.55), reach_m=4.0, radius_m=0.5),
        ),
        above=scaled(day, 0.5),
        below=scaled(warm, 0.38),
        horizon=scaled(WHITE, 1.6),
        zenith=scaled(of_warmth(8500), 1.1),
        cloud=0.6,
        haze_per_m=0.0,
        environment=layers_named("room")[0],
        behind=1.5,
    )


def _camera(turn: float) -> Pose:
    """From 1.1 to 1.8 m above the floor, always towards the table."""
    x, y, z = 1.15 * sin(turn), 1.45 + 0.35 * sin(turn + 1.0), -2.8 - 0.7 * cos(turn)
    aim_x, aim_y, aim_z = 0.1 + 0.4 * sin(turn + 2.2), 0.6 + 0.1 * cos(turn), 1.3
    away = hypot(aim_x - x, aim_z - z)
    return Pose((x, y, z), atan2(aim_x - x, aim_z - z), atan2(y - aim_y, away), 0.02 * sin(2 * turn), _VIEW_RAD)


def _add_table(parts: Parts, rng: Random) -> None:
    """In the middle of the way that somebody walks round, with chairs and things on it."""
    parts.enter(0.4, 0, 1.2, 0.15)
    height = add_table(parts, rng, 1.5, 0.9)
    parts.enter(0, height, 0)
    scatter(parts, rng, 1.4, 0.8, 8)
    parts.leave()
    for side in (-1, 1):
        parts.enter(side * 0.35, 0, side * 0.6, 0.0 if side > 0 else pi)
        add_chair(parts, rng, 0.45, 0.45)
        parts.leave()
    parts.leave()


def _add_lamp(parts: Parts) -> None:
    x, y, z = _LAMP
    parts.frustum(parts.material("dark"), (x, y + 0.2, z), (x, _H, z), 0.006, 0.006)
    parts.upright(parts.material("lamp"), x, y + 0.06, z, 0.16, 0.2, 0.08)


def _add_person(parts: Parts, who: int, stance: Stance) -> None:
    add_figure(parts, Random(who), stance)  # noqa: S311 (no secret)
