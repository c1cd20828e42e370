"""Depth as 16-bit codes comes back within 1/20,000 of its range, wherever that lies; as floats exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.recording.depth_codes import CodedRange, join_floats, split_floats, values

SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=6)
FINITE = arrays(np.float32, SHAPES, elements=st.floats(width=32, allow_nan=False, allow_infinity=False))
ANY = arrays(np.uint32, SHAPES, elements=st.integers(0, 2**32 - 1))


def assert_within_promise(depth: np.ndarray, decoded: np.ndarray) -> None:
    exact = depth.astype(np.float64)
    assert np.abs(decoded.astype(np.float64) - exact).max() <= (exact.max() - exact.min()) / 20_000


@given(st.lists(FINITE, min_size=1, max_size=4))
def test_any_finite_depth_comes_back(frames: list[np.ndarray]) -> None:
    coded_range = CodedRange()
    for depth in frames:
        codes, offset, scale, clipped = coded_range.encode(depth)
        assert_within_promise(depth, values(codes, offset, scale))
        assert clipped == 0


@pytest.mark.parametrize("middle", [0.0, -3000.0, 1e6, -1e30, 1e-40])
@pytest.mark.parametrize("spread", [1e-44, 1e-6, 1.0, 1e4, 1e31])
def test_ranges_of_every_size_and_place(middle: float, spread: float, rng: np.random.Generator) -> None:
    coded_range = CodedRange()
    for shift in (0.0, 0.1, 0.2, -0.4, 5.0):
        depth = (middle + spread * (rng.random((9, 11)) + shift)).astype(np.float32)
        codes, offset, scale, _ = coded_range.encode(depth)
        assert_within_promise(depth, values(codes, offset, scale))


@pytest.mark.parametrize("share_before", [1.0, 0.99, 0.97, 0.95, 0.93, 0.91])
def test_extremes_of_float32(share_before: float) -> None:
    """Also by codes that were made for other values: none may stand for more than float32 holds."""
    limits = np.finfo(np.float32)
    for depth in (
        np.array([[limits.min, limits.max]], np.float32),
        np.array([[0, limits.max]], np.float32),
        np.array([[limits.min, 0]], np.float32),
    ):
        coded_range = CodedRange()
        coded_range.encode(depth * np.float32(share_before))
        codes, offset, scale, _ = coded_range.encode(depth)
        decoded = values(codes, offset, scale)
        assert np.isfinite(decoded).all()
        assert_within_promise(depth, decoded)


def test_constant_is_exact() -> None:
    depth = np.full((3, 4), -1.1e-38, np.float32)
    codes, offset, scale, _ = CodedRange().encode(depth)
    assert (values(codes, offset, scale) == depth).all()
    assert scale == 0


def test_range_stays_while_it_fits_and_moves_when_it_does_not(rng: np.random.Generator) -> None:
    coded_range = CodedRange()
    depth = rng.random((20, 20)).astype(np.float32)
    depth[0, :2] = 0, 1
    first = coded_range.encode(depth)
    for breathing in (depth * 0.9 + 0.2, depth * 1.1 - 0.5, depth + 3):
        again = coded_range.encode(breathing)
        assert (again.offset, again.scale) == (first.offset, first.scale)
    left = coded_range.encode(depth + 100)
    assert left.offset > 90
    assert left.scale == pytest.approx(first.scale, rel=0.1)
    assert coded_range.encode(depth * 0.1 + 100).scale < left.scale / 5  # it was needlessly coarse
    assert coded_range.encode(depth + 100).scale == pytest.approx(first.scale, rel=0.1)  # and now too fine


def test_codes_are_no_finer_than_promised(rng: np.random.Generator) -> None:
    """Each bit more makes files larger and encoding slower."""
    coded_range = CodedRange()
    for share in (1.0, 1.3, 0.9, 0.7, 0.2, 0.5, 1.2, 20.0):
        depth = (share * rng.random((50, 50)) + 7).astype(np.float32)
        codes = coded_range.encode(depth).codes
        assert 10_000 <= int(codes.max()) - int(codes.min()) <= 15_500


@pytest.mark.parametrize("steps_of_float32", [3e3, 9.9e3, 1.01e4, 1.5e4, 1.99e4, 2.01e4, 3e4, 3e5])
def test_rounding_to_float32_is_part_of_the_promise(steps_of_float32: float, rng: np.random.Generator) -> None:
    """Where the range is about as many float32 wide as there are codes, their rounding counts, too."""
    coded_range = CodedRange()
    for _ in range(20):
        depth = (1e6 + rng.random((40, 40)) * steps_of_float32 / 16).astype(np.float32)  # they are 1/16 apart
        codes, offset, scale, _ = coded_range.encode(depth)
        assert_within_promise(depth, values(codes, offset, scale))


def test_a_range_that_shrinks_keeps_the_promise(rng: np.random.Generator) -> None:
    coded_range = CodedRange()
    for share in np.geomspace(1, 1e-3, 60):
        depth = (0.5 + share * (rng.random((50, 50)) - 0.5)).astype(np.float32)
        codes, offset, scale, _ = coded_range.encode(depth)
        assert_within_promise(depth, values(codes, offset, scale))


def test_what_is_not_finite_goes_to_the_nearest_and_is_counted() -> None:
    depth = np.array([[1, 2, np.inf], [-np.inf, np.nan, 3]], np.float32)
    codes, offset, scale, clipped = CodedRange().encode(depth)
    assert values(codes, offset, scale) == pytest.approx(np.array([[1, 2, 3], [1, 1, 3]]), abs=2 / 20_000)
    assert clipped == 3


def test_nothing_finite_at_all() -> None:
    codes, offset, scale, clipped = CodedRange().encode(np.full((2, 2), np.nan, np.float32))
    assert (values(codes, offset, scale) == 0).all()
    assert clipped == 4


@given(ANY)
def test_halves_hold_every_bit(bits: np.ndarray) -> None:
    halves = split_floats(bits.view(np.float32))
    assert halves.shape == (2 * bits.shape[0], bits.shape[1])
    assert (join_floats(halves).view(np.uint32) == bits).all()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)
