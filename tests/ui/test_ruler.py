"""The ruler's numbers, colours and its few repaints."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtTest import QTest

from core import colormaps
from core.look import Look
from ui.images import array_of
from ui.ruler import Ruler, label, ticks


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [0.0, 0.25, 0.5, 0.75, 1.0]),
        (600.0, 1900.0, [750.0, 1000.0, 1250.0, 1500.0, 1750.0]),
        (-1.0, 1.0, [-1.0, -0.5, 0.0, 0.5, 1.0]),
        (5.0, 5.0, []),
        (math.nan, 1.0, []),
        (0.0, math.inf, []),
    ],
)
def test_ticks_are_round_numbers(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected)


@given(st.floats(-1e5, 1e5), st.floats(1e-3, 1e5), st.integers(2, 5))
def test_ticks_lie_in_the_range_and_are_few(low, span, most):
    found = ticks(low, low + span, most)
    assert 1 <= len(found) <= most
    assert all(low - 1e-6 * span <= tick <= low + span * (1 + 1e-6) for tick in found)


@pytest.mark.parametrize(
    ("value", "span", "text"),
    [
        (1234.56, 1300.0, "1235"),
        (0.4801, 0.25, "0.480"),
        (-0.0001, 1.0, "0.00"),
        (5.0, 0.0, "–"),
        (math.nan, 1.0, "–"),
        (2.5e7, 1e7, "2.50e+07"),
    ],
)
def test_labels_have_the_digits_that_matter(value, span, text):
    assert label(value, span) == text


@pytest.fixture
def ruler(qapp):
    widget = Ruler()
    widget.resize(widget.width(), 400)
    widget.show()
    assert QTest.qWaitForWindowExposed(widget)
    yield widget
    widget.close()
    widget.deleteLater()


@pytest.mark.window
@pytest.mark.parametrize("invert", [False, True])
def test_near_is_at_the_top_and_invert_swaps_the_colours(ruler, invert):
    ruler.set_look(Look(colormap="viridis", invert=invert, low=1.0, high=2.0))
    pixels = array_of(ruler.grab().toImage()).astype(int)
    middle_x = 19
    top, bottom = colormaps.table("viridis").astype(int)[[-1, 0] if not invert else [0, -1]]
    assert abs(pixels[33, middle_x] - top).max() <= 8
    assert abs(pixels[-34, middle_x] - bottom).max() <= 8


@pytest.mark.window
def test_it_paints_only_when_what_is_legible_changes(ruler, monkeypatch):
    look = Look(colormap="viridis", low=100.0, high=200.0)
    ruler.set_look(look)
    ruler.grab()
    asked = []
    monkeypatch.setattr(ruler, "update", lambda: asked.append(1))
    ruler.set_look(replace(look, opacity=0.1))
    ruler.set_look(replace(look, high=200.001))
    assert asked == []
    ruler.set_look(replace(look, high=210.0))
    assert len(asked) == 1
    ruler.set_look(look)
    ruler.set_value(150.0)
    ruler.set_value(None)
    assert len(asked) == 2


@pytest.mark.window
def test_the_pointer_shows_the_value_and_stays_on_the_bar(ruler):
    ruler.set_look(Look(low=0.0, high=100.0))

    def pointer_rows():
        pixels = array_of(ruler.grab().toImage())
        return [y for y in range(pixels.shape[0]) if pixels[y, 6].min() > 120]

    assert pointer_rows() == []
    ruler.set_value(50.0)
    rows = pointer_rows()
    assert rows[0] <= 200 <= rows[-1] + 1
    ruler.set_value(1e9)
    assert pointer_rows()[0] >= 20


@pytest.mark.window
@pytest.mark.parametrize(
    ("low", "high"), [(1.0, 1.0), (2.0, 1.0), (math.nan, 1.0), (0.0, math.inf), (-1e30, 1e30)]
)
def test_no_range_is_too_odd_and_no_height_too_small(ruler, low, high):
    ruler.set_look(Look(low=low, high=high))
    ruler.set_value(0.5)
    ruler.grab()
    ruler.resize(ruler.width(), 10)
    ruler.grab()
