"""The demo scene: who walks in it, on which way, and what its depth is."""

from itertools import pairwise
from math import hypot, pi
from random import Random

import numpy as np
import pytest

from core.synthetic.cameras import rotation
from core.synthetic.demo_scene import LOOP_S, SIZE_HW, WALKERS, Round, scene_at
from core.synthetic.gaits import STEP, Stance, add_figure, talking, walking
from core.synthetic.parts import Parts
from core.synthetic.true_depth import true_inverse_depth_at


def test_the_floor_lies_where_the_camera_says() -> None:
    """Of a pixel that shows bare floor, depth is what the pose alone makes of it."""
    pose, depth = scene_at(0.0).pose, true_inverse_depth_at(0.0)
    height, width = SIZE_HW
    focal_px = 0.5 * width / np.tan(0.5 * pose.view_rad)
    row, column = height - 1, width // 2
    right, down, ahead = rotation(pose)
    ray = ahead + right * (column + 0.5 - width / 2) / focal_px + down * (row + 0.5 - height / 2) / focal_px
    assert depth[row, column] == pytest.approx(ray[1] / -pose.position[1], rel=1e-4)


def test_every_moment_has_people_and_depth_to_the_windows() -> None:
    for time_s in np.arange(0, LOOP_S, 2.5):
        depth = true_inverse_depth_at(float(time_s))
        assert np.isfinite(depth).all()
        assert 0.2 < depth.max() < 2.5  # nothing in the camera's face
        assert (depth == 0).mean() < 0.15  # sky, through windows


def test_the_room_stands_still() -> None:
    """Only the camera and people change: all parts that are not theirs are the same at each moment."""
    first, later = scene_at(0.0).parts, scene_at(0.37).parts
    assert first.kinds == later.kinds
    assert first.boxes[: len(first.boxes) // 2] == later.boxes[: len(later.boxes) // 2]
    assert (len(first.ellipsoids), len(first.frustums)) == (len(later.ellipsoids), len(later.frustums))
    assert [first.frames[0], later.frames[-1]] != [first.frames[0], first.frames[-1]]


@pytest.mark.parametrize("walker", WALKERS)
def test_walkers_come_round_in_step(walker: Round) -> None:
    assert walker.at(1.0) == pytest.approx(walker.at(0.0))
    steps = walker.phase(1.0) / pi
    assert steps == pytest.approx(2 * round(steps / 2))  # a whole number of both legs'


@pytest.mark.parametrize("walker", WALKERS)
def test_no_walker_slides(walker: Round) -> None:
    """A step is as long as the legs make it, to a tenth."""
    places = [walker.at(number / 2000) for number in range(2001)]
    way_m = sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places))
    step_m = way_m / (walker.phase(1.0) / pi)
    assert step_m == pytest.approx(STEP * 1.71, rel=0.1)


def lowest_m(stance: Stance) -> float:
    parts = Parts()
    add_figure(parts, Random(4), stance)
    feet = [row for row in parts.ellipsoids if row[6] < row[7]]  # longer than high: shoes
    return min(row[3] - row[6] for row in feet)


@pytest.mark.parametrize("stance", [walking(number * pi / 8) for number in range(16)] + [talking(1.0)])
def test_somebody_walking_keeps_a_foot_on_the_ground(stance: Stance) -> None:
    assert lowest_m(stance) == pytest.approx(0.0, abs=0.02)


def test_walking_comes_round() -> None:
    now, later = walking(0.7), walking(0.7 + 2 * pi)
    assert (*now.thighs, *now.shins, *now.arms[0]) == pytest.approx((*later.thighs, *later.shins, *later.arms[0]))
    opposite = walking(0.7 + pi)
    assert now.thighs == pytest.approx(opposite.thighs[::-1])
