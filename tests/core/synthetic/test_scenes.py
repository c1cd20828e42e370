"""What is laid out: well-formed, varied, and seen by a camera that stands in the open."""

from math import degrees
from random import Random

import numpy as np
import pytest
import torch

from core.synthetic.cameras import pinholes
from core.synthetic.casting import cast, plan_of
from core.synthetic.kinds import KINDS
from core.synthetic.layout import Scene
from core.synthetic.rooms import lay_out_room
from core.synthetic.scenes import PLACES, lay_out
from core.synthetic.solids import BOX, ELLIPSOID, solids_of

MAKERS = [make for make, _ in PLACES]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_parts_are_sound(make) -> None:
    scenes: list[Scene] = [make(Random(seed)) for seed in range(12)]
    solids = solids_of([scene.parts for scene in scenes])
    for scene in scenes:
        assert set(scene.parts.kinds) <= set(KINDS)
        assert not scene.parts._open, "a frame was entered and not left"
        assert all(np.isfinite(lamp).all() for lamp in scene.lamps)
    for table in (solids.centre, solids.axes, solids.half, solids.shape):
        assert np.isfinite(table).all()
    assert (solids.half > 0).all()
    upright = solids.axes @ solids.axes.transpose(0, 2, 1)
    assert np.allclose(upright, np.eye(3), atol=1e-9)
    assert (solids.shape[solids.kind == BOX, :2] <= 1).all()
    assert (solids.half[solids.kind == ELLIPSOID] > 1e-4).all()


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_cameras_stand_in_the_open_and_see_something(make) -> None:
    """Neither within a solid nor with the nose on one, and not at the sky alone; a few may be unlucky."""
    scenes: list[Scene] = [make(Random(seed)) for seed in range(40)]
    solids = solids_of([scene.parts for scene in scenes])
    seen = cast(
        plan_of(pinholes([scene.pose for scene in scenes], (24, 32)), solids.picture, solids), torch.device("cpu")
    )
    nearest = seen.nearness.flatten(1).amax(1)
    sky = (seen.solid < 0).flatten(1).float().mean(1)
    blocked = (seen.nearness > 1 / 0.25).flatten(1).float().mean(1)
    assert (nearest < 1 / 0.03).float().mean() > 0.9
    assert (sky < 0.9).float().mean() > 0.95
    assert (blocked < 0.3).float().mean() > 0.95
    spread = seen.nearness.flatten(1).std(1) / seen.nearness.flatten(1).mean(1)
    assert (spread > 0.1).float().mean() > 0.9, "flat walls"


def test_cameras_are_held_in_many_ways() -> None:
    poses = [lay_out(seed).pose for seed in range(150)]
    height = np.array([pose.position[1] for pose in poses])
    view = np.array([degrees(pose.view_rad) for pose in poses])
    pitch = np.array([degrees(pose.pitch) for pose in poses])
    roll = np.array([degrees(pose.roll) for pose in poses])
    assert height.min() < 0.5
    assert height.max() > 4
    assert view.min() < 42
    assert view.max() > 92
    assert np.percentile(view, 10) >= 35
    assert pitch.min() < -5
    assert pitch.max() > 45
    assert 1 < np.std(roll) < 15


def test_a_third_of_what_is_indoors_is_webcams() -> None:
    shares = {make.__name__: share for make, share in PLACES}
    indoors = shares["lay_out_room"] + shares["lay_out_webcam"] + shares["lay_out_close_up"]
    assert 0.28 < shares["lay_out_webcam"] / indoors < 0.38


def test_the_same_seed_lays_out_the_same_scene() -> None:
    for seed in (0, 1, 17, 2**40):
        first, again = lay_out(seed), lay_out(seed)
        assert first.pose == again.pose
        assert first.parts.boxes == again.parts.boxes
        assert first.parts.kinds == again.parts.kinds


def test_rooms_differ_in_all_there_is_to_them() -> None:
    rooms = [lay_out_room(Random(seed)) for seed in range(30)]
    counts = [len(room.parts.boxes) for room in rooms]
    assert len({tuple(box[5:8]) for room in rooms for box in room.parts.boxes[:1]}) == len(rooms)
    assert max(counts) > 2 * min(counts)
