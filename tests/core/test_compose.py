"""The headless picture of every view."""

import numpy as np
import pytest

from core import colormaps
from core.compose import render
from core.look import Look, View

RGB = np.random.default_rng(1).integers(0, 256, (60, 81, 3), dtype=np.uint8)
RAMP = np.linspace(0.0, 1.0, 32, dtype=np.float32)[None].repeat(16, axis=0)  # far at the left, near at the right


def test_colour_is_the_picture_itself():
    assert np.array_equal(render(Look(View.COLOUR), RGB, RAMP), RGB)


def test_depth_goes_through_the_map_at_the_pictures_size():
    picture = render(Look(View.DEPTH, "viridis"), RGB, RAMP)
    table = colormaps.table("viridis")
    assert picture.shape == RGB.shape
    assert np.array_equal(picture[:, 0], np.broadcast_to(table[0], (60, 3)))
    assert np.array_equal(picture[:, -1], np.broadcast_to(table[-1], (60, 3)))
    middle = picture[30, 40].astype(int)
    assert np.abs(middle - table[127]).max() <= 4


def test_invert_swaps_near_and_far():
    plain = render(Look(View.DEPTH, "grey"), RGB, RAMP)
    inverted = render(Look(View.DEPTH, "grey", invert=True), RGB, RAMP)
    assert np.array_equal(inverted, 255 - plain)


def test_the_range_is_obeyed():
    picture = render(Look(View.DEPTH, "grey", low=0.5, high=0.75), RGB, RAMP)
    assert (picture[:, :38] == 0).all()
    assert (picture[:, 64:] == 255).all()


def test_side_has_colour_left_and_depth_right():
    picture = render(Look(View.SIDE), RGB, RAMP)
    assert picture.shape == (60, 162, 3)
    assert np.array_equal(picture[:, :81], RGB)
    assert np.array_equal(picture[:, 81:], render(Look(View.DEPTH), RGB, RAMP))


@pytest.mark.parametrize("opacity", [0.0, 0.3, 1.0])
def test_overlay_mixes_by_opacity(opacity):
    picture = render(Look(View.OVERLAY, opacity=opacity), RGB, RAMP)
    depth = render(Look(View.DEPTH), RGB, RAMP)
    assert np.abs(picture - (RGB * (1 - opacity) + depth * opacity)).max() <= 0.51


@pytest.mark.parametrize(("wipe", "edge"), [(0.0, 0), (0.25, 20), (1.0, 81)])
def test_wipe_cuts_at_the_edge(wipe, edge):
    picture = render(Look(View.WIPE, wipe=wipe), RGB, RAMP)
    assert np.array_equal(picture[:, :edge], RGB[:, :edge])
    assert np.array_equal(picture[:, edge:], render(Look(View.DEPTH), RGB, RAMP)[:, edge:])


def test_what_is_no_number_is_black():
    depth = RAMP.copy()
    depth[4:8, 10:14] = np.nan
    picture = render(Look(View.DEPTH, "plasma"), RGB, depth)
    black = (picture == 0).all(axis=2)
    assert black[22, 30]
    assert not black[50].any()
    assert not black[:, 70:].any()


@pytest.mark.parametrize(("height_px", "width_px"), [(30, 40), (60, 81), (120, 162)])
def test_a_height_scales_the_picture_and_keeps_its_aspect(height_px, width_px):
    assert render(Look(View.SIDE), RGB, RAMP, height_px).shape == (height_px, 2 * width_px, 3)


def test_depth_lines_up_with_colour():
    """A step in depth lies where the same step lies in the picture: pixel centres are at half positions."""
    depth = np.zeros((8, 8), np.float32)
    depth[:, 4:] = 1.0
    picture = render(Look(View.DEPTH, "grey"), np.zeros((80, 80, 3), np.uint8), depth)
    assert picture[0, 39, 0] < 128 <= picture[0, 40, 0]


def test_read_only_arrays_are_taken():
    rgb, depth = RGB.copy(), RAMP.copy()
    rgb.setflags(write=False)
    depth.setflags(write=False)
    for view in View:
        assert render(Look(view), rgb, depth).dtype == np.uint8
