"""The fit and the measures, against values worked out by hand and by numpy's own least squares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.comparing.agreement import FARTHEST, agreement, fit_to, measure, on_grid
from core.comparing.measures import Agreement
from core.messages import DepthArray


def a_map(*rows: tuple[float, ...]) -> DepthArray:
    return np.array(rows, np.float32)


def noise(seed: int, height: int = 24, width: int = 32) -> DepthArray:
    return np.random.default_rng(seed).uniform(1, 9, (height, width)).astype(np.float32)


def found(inverse_depth: DepthArray, reference: DepthArray) -> Agreement:
    result = agreement(inverse_depth, reference)
    assert result is not None
    return result


def test_scale_and_shift_are_fitted_away() -> None:
    reference = noise(0)
    result = found(reference * 7 + 1000, reference)
    assert result.abs_rel < 1e-4
    assert result.delta1_error == 0
    assert result.pearson == pytest.approx(1, abs=1e-6)
    assert (result.fit.scale, result.fit.shift) == pytest.approx((1 / 7, -1000 / 7), rel=1e-3)
    assert result.pixels == reference.size


def test_the_fit_is_numpy_s_least_squares() -> None:
    estimate, reference = noise(1), noise(2)
    design = np.stack((estimate.ravel(), np.ones(estimate.size)), axis=1).astype(np.float64)
    scale, shift = np.linalg.lstsq(design, reference.ravel().astype(np.float64), rcond=None)[0]
    fit = fit_to(estimate, reference)
    assert fit is not None
    assert (fit.scale, fit.shift) == pytest.approx((scale, shift), rel=1e-9)


def test_measures_worked_out_by_hand() -> None:
    # Fitted to 1, 2, 4, 5, the values 0, 1, 1, 2 become 1, 3, 3, 5. Depths are 1, 1/3, 1/3, 1/5 where 1, 1/2, 1/4,
    # 1/5 are wanted: off by 0, 1/3, 1/3, 0 of it, by factors of 1, 3/2, 4/3, 1.
    result = measure(a_map((0, 1, 1, 2)), a_map((1, 2, 4, 5)), np.ones((1, 4), bool), least=1)
    assert result is not None
    assert (result.fit.scale, result.fit.shift) == pytest.approx((2, 1))
    assert result.abs_rel == pytest.approx(1 / 6)
    assert result.delta1_error == 0.5
    assert result.pearson == pytest.approx(2 / np.sqrt(5))


def test_what_is_nearer_to_nothing_than_the_least_is_as_far_as_that() -> None:
    # Fitted: 1, 3, 3, 5. With a least of 3 depth ends at 1/3: estimate 3, 3, 3, 5 against 3, 3, 4, 5.
    result = measure(a_map((0, 1, 1, 2)), a_map((1, 2, 4, 5)), np.ones((1, 4), bool), least=3)
    assert result is not None
    assert result.abs_rel == pytest.approx((1 / 3) / 4)
    assert result.delta1_error == 0.25


def test_the_sky_of_a_network_is_as_far_as_depth_goes_and_no_farther() -> None:
    reference, estimate = noise(3), noise(3)
    reference[:8], estimate[:8] = 0, 1e-5
    result = found(estimate, reference)
    assert result.abs_rel < 1e-3
    assert np.isfinite(result.abs_rel)
    almost = reference.copy()
    almost[:8] = float(np.percentile(reference, 98)) / FARTHEST / 2  # beyond where depth is cut off
    assert found(almost, reference).abs_rel < 0.05


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_not_finite_are_left_out_of_both(bad: float) -> None:
    reference, estimate = noise(4), noise(4) * 2
    reference[0, :5] = bad
    estimate[5, 5:10] = bad
    result = found(estimate, reference)
    assert result.pixels == reference.size - 10
    assert result.abs_rel < 1e-5


def test_there_is_no_agreement_with_nothing() -> None:
    reference = noise(5)
    nothing = np.full_like(reference, np.nan)
    assert agreement(nothing, reference) is None
    assert agreement(reference, nothing) is None
    assert fit_to(nothing, reference) is None
    assert agreement(reference, np.zeros_like(reference)) is None, "inverse depth 0 everywhere has no depth"


def test_a_map_without_detail_becomes_the_mean_and_correlates_with_nothing() -> None:
    reference = noise(6)
    flat = np.full_like(reference, 1234.567)
    result = found(flat, reference)
    assert result.fit.scale == 0
    assert result.fit.shift == pytest.approx(float(reference.mean()), rel=1e-5)
    assert result.pearson is None
    assert found(reference, flat).pearson is None
    assert found(reference, flat).abs_rel == pytest.approx(0, abs=1e-6)


def test_what_is_turned_round_shows_in_the_correlation() -> None:
    reference = noise(7)
    assert found(10 - reference, reference).pearson == pytest.approx(-1, abs=1e-6)


@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3), st.integers(0, 99))
def test_no_scale_and_no_shift_changes_anything(scale: float, shift: float, seed: int) -> None:
    reference, estimate = noise(100 + seed), noise(seed)
    plain, moved = found(estimate, reference), found(estimate * np.float32(scale) + np.float32(shift), reference)
    if abs(shift) < 100 * scale:  # beyond, float32 has no digits left for the map itself
        assert moved.abs_rel == pytest.approx(plain.abs_rel, rel=1e-3)
    assert np.isfinite(moved.abs_rel)


def test_maps_of_other_sizes_are_compared_on_the_reference_s_grid() -> None:
    rough = noise(8, 480, 640)
    means_of_what_falls_in = rough.reshape(24, 20, 32, 20).mean(axis=(1, 3))
    np.testing.assert_allclose(on_grid(rough, (24, 32)), means_of_what_falls_in, rtol=1e-5)
    fine = np.repeat(np.linspace(1, 5, 640, dtype=np.float32)[None], 480, axis=0)
    coarse = on_grid(fine, (24, 32))
    assert found(fine, coarse).pixels == 24 * 32
    assert found(coarse, fine).pixels == 480 * 640
    assert found(coarse, fine).abs_rel < 0.01


def test_growing_stays_within_the_values_there_are() -> None:
    step = a_map((1, 1, 9, 9), (1, 1, 9, 9))
    grown = on_grid(step, (64, 32))
    assert (grown.min(), grown.max()) == (1, 9)
    assert on_grid(step, (2, 4)) is step
