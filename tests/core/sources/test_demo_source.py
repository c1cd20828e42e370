import numpy as np
import pytest

from core.messages import SourceKind
from core.sources.demo import DemoSource
from core.synthetic.demo_clip import FPS, FRAMES
from core.synthetic.living_room import LEFT, build_room
from core.synthetic.movers import LOOP_S, SIZE_PX, moment
from core.synthetic.painting import Painter
from core.synthetic.true_depth import true_inverse_depth


@pytest.fixture(scope="module")
def demo() -> DemoSource:
    return DemoSource()


def picture_at(demo: DemoSource, time_s: float) -> np.ndarray:
    demo.seek(time_s)
    picture = demo.read()
    assert picture is not None
    return picture.rgb.astype(int)


def coarse(picture: np.ndarray) -> np.ndarray:
    """Means of 8x8 pixels, in which what the encoder lost is gone."""
    return picture.reshape(60, 8, 80, 8, 3).mean(axis=(1, 3))


def test_the_clip_shows_the_scene_as_it_is_drawn_today(demo: DemoSource) -> None:
    """Where this fails after a change of the scene: `python -m core.synthetic.demo_clip`."""
    painter = Painter(build_room(), SIZE_PX)
    for number in (0, 250, 599):
        drawn = painter.paint(moment(number / FPS)).astype(int)
        assert np.abs(picture_at(demo, number / FPS) - drawn).mean() < 4
        assert np.abs(coarse(picture_at(demo, number / FPS)) - coarse(drawn)).max() < 12


def test_it_says_what_it_is(demo: DemoSource) -> None:
    info = demo.info
    assert (info.kind, info.address, info.live, info.seekable) == (SourceKind.DEMO, "demo", False, True)
    assert (info.width_px, info.height_px, info.fps) == (640, 480, 30)
    assert (info.frame_count, info.duration_s) == (600, 20.0)


def test_times_and_seeking(demo: DemoSource) -> None:
    for number in (0, 1, 7, 299, FRAMES - 1):
        demo.seek(number / FPS)
        picture = demo.read()
        assert picture is not None
        assert picture.media_time_s == number / FPS
    assert demo.read() is None
    demo.seek(1e9)
    assert demo.read() is not None
    assert demo.read() is None
    demo.seek(0.5 / FPS)
    picture = demo.read()
    assert picture is not None
    assert picture.media_time_s == 0.0


def test_it_is_the_same_every_time(demo: DemoSource) -> None:
    assert np.array_equal(picture_at(demo, 3.0), picture_at(DemoSource(), 3.0))


def test_the_end_meets_the_start() -> None:
    """From the last picture to the first it moves as little as from the first to the second."""
    painter = Painter(build_room(), SIZE_PX)
    last, first, second = (painter.paint(moment(number / FPS)).astype(int) for number in (FRAMES - 1, 0, 1))
    assert np.abs(first - last).mean() < 1.5 * np.abs(second - first).mean() + 0.1
    assert np.abs(second - first).mean() > 0.3  # and it does move


def test_every_moment_can_be_painted() -> None:
    """Also those in which the camera stands in the plane of a side of something."""
    room = build_room()
    painter = Painter(room, (640, 480))
    for time_s in np.arange(0, LOOP_S, 1.25):
        picture = painter.paint(moment(time_s))
        assert picture.shape == (480, 640, 3)
        assert picture.dtype == np.uint8
        assert picture.std() > 30
        assert (picture.max(axis=2) > 0).mean() > 0.999  # no hole


def test_true_depth_is_that_of_the_room() -> None:
    now = moment(0.0)
    view = now.view
    depth = true_inverse_depth(build_room(), now)
    assert depth.shape == (480, 640)
    assert depth.dtype == np.float32
    assert np.isfinite(depth).all()
    assert 0.1 < depth.min() < depth.max() < 1.5
    for x, y in [(320, 470), (20, 450), (10, 150), (240, 60)]:  # floor, floor, left wall, back wall
        ray = view.rotation.T @ ((x - 320) / view.focal_px, (y - 240) / view.focal_px, 1.0)
        planes = [(1, 0.0), (0, LEFT), (2, 6.2)]
        met = [(bound - view.position[axis]) / ray[axis] for axis, bound in planes]
        nearest = min(distance for distance in met if distance > 0)
        assert depth[y, x] == pytest.approx(1 / nearest, rel=0.01)


def test_depth_and_picture_show_the_same_things(demo: DemoSource) -> None:
    """Where the depth steps, the colour does too, mostly: outlines agree to the pixel or two."""
    depth = demo.true_inverse_depth(4.0)
    grey = picture_at(demo, 4.0).mean(axis=2)
    steps = np.abs(np.diff(depth, axis=1)) > 0.03
    edges = np.abs(np.diff(grey, axis=1))
    near_edges = np.maximum.reduce([np.roll(edges, shift, axis=1) for shift in (-2, -1, 0, 1, 2)])
    assert steps.sum() > 300
    assert np.median(near_edges[steps]) > 4 * np.median(near_edges)


def test_the_ball_hides_the_floor_behind_it(demo: DemoSource) -> None:
    now = moment(0.0)
    ball = next(mover for mover in now.movers if getattr(mover, "rotation", None) is not None)
    centre = now.view.to_camera(ball.centre)  # type: ignore[union-attr]
    x, y = now.view.project(centre).round().astype(int)
    depth = demo.true_inverse_depth(0.0)
    assert depth[y, x] == pytest.approx(1 / (centre[2] - 0.17), rel=0.02)
