"""The colour maps against OpenCV's, and depth to rows of a table."""

import numpy as np
import pytest

from app import settings
from core import colormaps
from core.opencv import cv2

OPENCV = {
    name: getattr(cv2, f"COLORMAP_{name.upper()}")
    for name in ("inferno", "magma", "plasma", "viridis", "cividis", "turbo", "bone")
}


def test_every_map_of_the_settings_is_there_and_in_their_order():
    assert colormaps.NAMES == settings.COLORMAPS


@pytest.mark.parametrize("name", OPENCV)
def test_a_map_meets_opencvs_within_two_levels(name):
    rows = np.arange(256, dtype=np.uint8)[None]
    expected = cv2.applyColorMap(rows, OPENCV[name])[0, :, ::-1].astype(int)
    assert np.abs(colormaps.table(name).astype(int) - expected).max() <= 2


@pytest.mark.parametrize("name", colormaps.NAMES)
def test_a_table_is_256_colours_that_nobody_can_change(name):
    table = colormaps.table(name)
    assert (table.shape, table.dtype) == ((256, 3), np.uint8)
    with pytest.raises(ValueError, match="read-only"):
        table[0, 0] = 1


@pytest.mark.parametrize("name", colormaps.NAMES)
def test_near_is_the_brighter_or_the_warmer_end(name):
    far, near = colormaps.table(name)[[0, -1]].astype(float)
    brightness = np.array([0.299, 0.587, 0.114])
    warmer = near[0] - near[2] > far[0] - far[2]
    assert near @ brightness > far @ brightness + 50 or warmer


def test_spectral_runs_from_blue_to_red():
    table = colormaps.table("spectral")
    assert tuple(table[0]) == (0x5E, 0x4F, 0xA2)
    assert tuple(table[-1]) == (0x9E, 0x01, 0x42)


def test_levels_put_the_range_on_the_table_and_clip_beyond_it():
    depth = np.array([[900.0, 1000.0, 1500.0, 2000.0, 9999.0]], np.float32)
    assert colormaps.levels(depth, 1000.0, 2000.0, invert=False).tolist() == [[0, 0, 128, 255, 255]]
    assert colormaps.levels(depth, 1000.0, 2000.0, invert=True).tolist() == [[255, 255, 127, 0, 0]]


def test_levels_of_what_is_no_number_and_of_an_empty_range():
    depth = np.array([[np.nan, np.inf, -np.inf, 3.0]], np.float32)
    assert colormaps.levels(depth, 0.0, 4.0, invert=False).tolist() == [[0, 255, 0, 191]]
    assert colormaps.levels(np.ones((2, 2), np.float32), 1.0, 1.0, invert=False).tolist() == [[0, 0], [0, 0]]


def test_levels_leave_the_depth_as_it_was():
    depth = np.array([[1.0, np.nan]], np.float32)
    depth.setflags(write=False)
    colormaps.levels(depth, 0.0, 1.0, invert=True)
    assert np.isnan(depth[0, 1])
