from fractions import Fraction

from core.sources.timeline import Timeline

MS = Fraction(1, 1000)


def times(timeline: Timeline, *stamps_ms: int | None) -> list[float]:
    return [timeline.time_of(stamp, MS) for stamp in stamps_ms]


def test_times_start_at_zero_and_keep_their_distances() -> None:
    assert times(Timeline(Fraction(25)), 5000, 5040, 5400) == [0.0, 0.04, 0.4]


def test_frames_without_a_stamp_follow_at_the_rate() -> None:
    timeline = Timeline(Fraction(30))
    assert times(timeline, None, None, None, None)[3] == 0.1
    assert not timeline.is_stamped
    assert times(Timeline(Fraction(25)), 0, None, 80) == [0.0, 0.04, 0.08]


def test_time_never_runs_backwards() -> None:
    assert times(Timeline(Fraction(25)), 100, 180, 140, 220) == [0.0, 0.08, 0.08, 0.12]


def test_a_new_clock_goes_on_where_the_old_one_ended() -> None:
    assert times(Timeline(Fraction(25)), 90_000, 90_040, 0, 40, 80) == [0.0, 0.04, 0.08, 0.12, 0.16]


def test_after_a_jump_any_time_is_right() -> None:
    timeline = Timeline(Fraction(25))
    times(timeline, 1000, 3000)
    timeline.jump()
    assert times(timeline, 1400) == [0.4]
    assert timeline.stamp_of(0.4) == 1.4
