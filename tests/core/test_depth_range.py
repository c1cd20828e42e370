"""The range of depth on display: percentiles, easing, cuts, lock. Times are fed, never waited for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.depth_range import ATTACK_S, RELEASE_S, AutoRange, sample_percentiles, scale_of


def scene(low: float, high: float, seed: int = 0) -> np.ndarray:
    """A smooth map whose values run from `low` to `high`; another seed is another scene."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((3, 3))
    y, x = np.mgrid[0:64, 0:64] / 63 * 2
    rows, columns = np.minimum(y.astype(int), 1), np.minimum(x.astype(int), 1)
    dy, dx = y - rows, x - columns
    smooth = (
        coarse[rows, columns] * (1 - dy) * (1 - dx)
        + coarse[rows + 1, columns] * dy * (1 - dx)
        + coarse[rows, columns + 1] * (1 - dy) * dx
        + coarse[rows + 1, columns + 1] * dy * dx
    )
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return (low + (high - low) * smooth).astype(np.float32)


@pytest.mark.parametrize("hw", [(256, 256), (64, 96), (352, 608), (1, 1), (5, 3)])
def test_percentiles_of_a_sample_are_those_of_the_whole(hw):
    depth = np.linspace(0.0, 1000.0, hw[0] * hw[1], dtype=np.float32).reshape(hw)
    low, high = sample_percentiles(depth)
    expected = np.percentile(depth, (2, 98))
    assert low == pytest.approx(expected[0], abs=20)
    assert high == pytest.approx(expected[1], abs=20)


def test_percentiles_read_a_sample_and_not_every_pixel():
    sampled = np.arange(1024)[:, None] % 16 == 8  # the middles of 64 cells
    depth = np.where(sampled, 7.0, -1.0).astype(np.float32).repeat(1024, axis=1)
    assert sample_percentiles(depth) == (7.0, 7.0)


def test_percentiles_without_numbers():
    assert sample_percentiles(np.full((32, 32), np.nan, np.float32)) == (0.0, 1.0)
    mixed = np.full((32, 32), np.inf, np.float32)
    mixed[::2] = 5.0
    assert sample_percentiles(mixed) == (5.0, 5.0)


def test_scale_of_a_range():
    assert scale_of(2.0, 4.0) == 0.5
    assert scale_of(4.0, 4.0) == scale_of(4.0, 2.0) == scale_of(0.0, math.inf) == scale_of(math.nan, 1.0) == 0.0


def test_the_first_result_sets_the_range_at_once():
    assert AutoRange().update(10.0, 90.0, at_s=5.0) == (10.0, 90.0)


def test_an_end_moves_out_within_the_attack_and_in_within_the_release():
    auto = AutoRange()
    auto.update(100.0, 200.0, at_s=0.0)
    low, high = auto.update(90.0, 210.0, at_s=ATTACK_S)
    assert low == pytest.approx(90.0 + 10.0 / math.e)
    assert high == pytest.approx(210.0 - 10.0 / math.e)
    auto.reset()
    auto.update(100.0, 200.0, at_s=0.0)
    low, high = auto.update(110.0, 190.0, at_s=RELEASE_S)
    assert low == pytest.approx(110.0 - 10.0 / math.e)
    assert high == pytest.approx(190.0 + 10.0 / math.e)


def test_easing_depends_on_time_and_not_on_the_number_of_results():
    slow, fast = AutoRange(), AutoRange()
    slow.update(100.0, 200.0, at_s=0.0)
    fast.update(100.0, 200.0, at_s=0.0)
    for step in range(1, 31):
        eased = fast.update(110.0, 190.0, at_s=step / 30)
    assert eased == pytest.approx(slow.update(110.0, 190.0, at_s=1.0))


@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(0, 1e4), st.floats(0, 2)), min_size=1, max_size=20))
def test_the_range_never_leaves_what_was_measured_and_is_never_empty(steps):
    auto, now_s = AutoRange(), 0.0
    lows, highs = [], []
    for low, span, elapsed_s in steps:
        now_s += elapsed_s
        lows.append(low)
        highs.append(low + span)
        shown = auto.update(low, low + span, at_s=now_s)
        slack = 1e-2 * max(abs(value) for value in [*lows, *highs, 1.0])  # the least span of a flat wall
        assert shown[0] < shown[1]
        assert min(lows) - slack <= shown[0]
        assert shown[1] <= max(highs) + slack


def test_a_range_that_jumps_away_is_a_cut():
    auto = AutoRange()
    auto.update(100.0, 200.0, at_s=0.0)
    assert auto.update(5000.0, 6000.0, at_s=0.03) == (5000.0, 6000.0)


def test_other_content_in_a_similar_range_is_a_cut_and_the_same_content_is_none():
    before, after = scene(100.0, 200.0, seed=1), 320.0 - scene(100.0, 200.0, seed=1)  # near and far swapped
    auto = AutoRange()
    auto.update(100.0, 200.0, 0.0, before)
    assert auto.update(120.0, 220.0, 0.03, after) == (120.0, 220.0)
    auto.reset()
    auto.update(100.0, 200.0, 0.0, before)
    assert auto.update(120.0, 220.0, 0.03, before + 20.0) != (120.0, 220.0)


def test_another_picture_with_moderately_other_depth_is_a_cut_and_a_light_switched_on_is_none():
    dark, light = np.full((90, 120, 3), 40, np.uint8), np.full((90, 120, 3), 160, np.uint8)
    before = scene(100.0, 200.0, seed=1)
    after = before + np.where(np.arange(64) % 2, 18.0, -18.0).astype(np.float32)
    auto = AutoRange()
    auto.update(100.0, 200.0, 0.0, before, dark)
    assert auto.update(90.0, 210.0, 0.03, after, light) == (90.0, 210.0)
    auto.reset()
    auto.update(100.0, 200.0, 0.0, before, dark)
    assert auto.update(90.0, 210.0, 0.03, after, dark) != (90.0, 210.0)
    auto.reset()
    auto.update(100.0, 200.0, 0.0, before, dark)
    assert auto.update(90.0, 210.0, 0.03, before, light) != (90.0, 210.0)


def test_content_of_changing_size_is_compared_only_with_its_like():
    auto = AutoRange()
    auto.update(100.0, 200.0, 0.0, scene(100.0, 200.0)[:8], np.zeros((4, 4, 3), np.uint8))
    shown = auto.update(90.0, 210.0, 0.1, 300.0 - scene(100.0, 200.0), np.full((90, 90, 3), 255, np.uint8))
    assert 90.0 < shown[0] < 100.0


def test_a_hand_before_the_camera_is_no_cut():
    room = scene(100.0, 200.0)
    hand = room.copy()
    hand[20:50, 20:50] = 300.0
    auto = AutoRange()
    auto.update(100.0, 200.0, 0.0, room)
    auto.update(100.0, 300.0, 0.5, hand)
    low, high = auto.update(100.0, 200.0, 0.53, room)
    assert (low, high) == (100.0, pytest.approx(296.5, abs=3.0))  # still wide, and on its way back


def test_a_lock_holds_and_unlocking_eases_from_there():
    auto = AutoRange()
    auto.update(100.0, 200.0, at_s=0.0)
    auto.lock()
    assert auto.locked
    assert auto.update(5000.0, 6000.0, at_s=1.0) == (100.0, 200.0)
    auto.lock(0.0, 10.0)
    assert auto.update(5000.0, 6000.0, at_s=2.0) == (0.0, 10.0)
    auto.unlock()
    low, high = auto.update(5000.0, 6000.0, at_s=2.1)
    assert 0.0 < low < 5000.0
    assert 10.0 < high < 6000.0


def test_a_reset_lets_the_next_result_set_the_range():
    auto = AutoRange()
    auto.update(100.0, 200.0, at_s=0.0)
    auto.reset()
    assert auto.update(110.0, 190.0, at_s=0.01) == (110.0, 190.0)


def test_a_flat_wall_is_shown_in_the_middle_of_the_map():
    low, high = AutoRange().update(500.0, 500.0, at_s=0.0)
    assert (500.0 - low) * scale_of(low, high) == pytest.approx(0.5)


def test_what_is_no_number_changes_nothing():
    auto = AutoRange()
    auto.update(100.0, 200.0, at_s=0.0)
    assert auto.update(math.nan, 300.0, at_s=1.0) == (100.0, 200.0)
    assert auto.update(100.0, math.inf, at_s=2.0) == (100.0, 200.0)


def test_a_clock_that_stands_still_or_runs_back_does_no_harm():
    auto = AutoRange()
    auto.update(100.0, 200.0, at_s=1.0)
    assert auto.update(90.0, 210.0, at_s=1.0) == (100.0, 200.0)
    assert auto.update(90.0, 210.0, at_s=0.0) == (100.0, 200.0)
