import pytest

from core.rates import RateMeter


def test_the_rate_is_that_of_the_last_two_seconds() -> None:
    meter = RateMeter()
    assert meter.per_second == 0.0
    for index in range(100):
        meter.tick(index / 50)
    assert meter.per_second == pytest.approx(50.0)
    for index in range(60):
        meter.tick(2.0 + index / 10)
    assert meter.per_second == pytest.approx(10.0), "what was faster before is forgotten"
    assert meter.count == 160


def test_one_frame_in_three_seconds_is_a_rate_too() -> None:
    meter = RateMeter()
    for time_s in (0.0, 3.0, 6.0):
        meter.tick(time_s)
    assert meter.per_second == pytest.approx(1 / 3)


def test_two_ticks_at_one_moment_are_no_rate() -> None:
    meter = RateMeter()
    meter.tick(1.0)
    meter.tick(1.0)
    assert meter.per_second == 0.0
