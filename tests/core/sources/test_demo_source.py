import numpy as np
import pytest

from core.messages import SourceKind
from core.sources.demo import DemoSource
from core.synthetic.demo_clip import FPS, FRAMES, picture_at
from core.synthetic.true_depth import true_inverse_depth_at


@pytest.fixture(scope="module")
def demo() -> DemoSource:
    return DemoSource()


def shown_at(demo: DemoSource, time_s: float) -> np.ndarray:
    demo.seek(time_s)
    picture = demo.read()
    assert picture is not None
    return picture.rgb.astype(int)


def coarse(picture: np.ndarray) -> np.ndarray:
    """Means of 16x16 pixels, in which what the encoder lost is gone."""
    return picture.reshape(30, 16, 40, 16, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("number", [0, 399])
def test_the_clip_shows_the_scene_as_it_is_rendered_today(demo: DemoSource, number: int) -> None:
    """Where this fails after a change of the scene or the renderer: `python -m core.synthetic.demo_clip`."""
    rendered, shown = picture_at(number / FPS).astype(int), shown_at(demo, number / FPS)
    assert np.abs(shown - rendered).mean() < 4
    assert np.abs(coarse(shown) - coarse(rendered)).max() < 12


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
    assert np.array_equal(shown_at(demo, 3.0), shown_at(DemoSource(), 3.0))


def test_the_end_meets_the_start(demo: DemoSource) -> None:
    """From the last picture to the first it moves as little as from the first to the second, and it does move."""
    last, first, second = (shown_at(demo, number / FPS) for number in (FRAMES - 1, 0, 1))
    assert np.abs(first - last).mean() < 1.5 * np.abs(second - first).mean() + 0.2
    assert np.abs(second - first).mean() > 0.3
    np.testing.assert_array_equal(true_inverse_depth_at(20.0), true_inverse_depth_at(0.0))


def test_depth_and_picture_show_the_same_things(demo: DemoSource) -> None:
    """Where the depth steps, the colour does too, mostly: outlines agree to the pixel or two."""
    depth = true_inverse_depth_at(4.0)
    assert depth.shape == (480, 640)
    assert depth.dtype == np.float32
    grey = shown_at(demo, 4.0).mean(axis=2)
    steps = np.abs(np.diff(depth, axis=1)) > 0.03
    edges = np.abs(np.diff(grey, axis=1))
    near_edges = np.maximum.reduce([np.roll(edges, shift, axis=1) for shift in (-2, -1, 0, 1, 2)])
    assert steps.sum() > 300
    assert np.median(near_edges[steps]) > 4 * np.median(near_edges)
