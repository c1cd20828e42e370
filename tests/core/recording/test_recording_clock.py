"""Times of a recording, whatever the source does."""

import pytest

from core.recording.clock import SHORTEST_S, RecordingClock
from support.results import result


def times(*frames: dict[str, object]) -> list[float]:
    clock = RecordingClock()
    return [clock.advance(result(index, **values).frame) for index, values in enumerate(frames)]  # type: ignore[arg-type]


def at(time_s: float, **values: object) -> dict[str, object]:
    return {"media_time_s": time_s, **values}


def test_a_file_keeps_its_own_times_from_the_first_picture_on() -> None:
    assert times(at(5.0), at(5.02), at(5.5), at(9.0)) == pytest.approx([0.0, 0.02, 0.5, 4.0])


def test_after_a_jump_in_either_direction_time_goes_on_by_the_last_interval() -> None:
    for jump in (0.0, 700.0):
        frames = at(5.0), at(5.1), at(jump, jumps=1), at(jump + 0.1, jumps=1)
        assert times(*frames) == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_a_first_picture_before_a_jump_lasts_as_long_as_the_source_says() -> None:
    frames = [result(0, **values).frame for values in (at(9.9), at(0.0, jumps=1), at(0.1, jumps=1))]
    for fps, expected_s in ((25.0, 0.04), (None, SHORTEST_S)):
        clock = RecordingClock()
        given = [clock.advance(frame, fps) for frame in frames]
        assert given == pytest.approx([0.0, expected_s, expected_s + 0.1])


def test_another_source_goes_on_where_the_last_one_stood() -> None:
    assert times(at(5.0), at(5.1), at(8.0, source_id=2), at(8.3, source_id=2)) == pytest.approx(
        [0.0, 0.1, 0.2, 0.5]
    )


def test_a_picture_that_is_handed_over_again_is_later_than_itself() -> None:
    assert times(at(5.0), at(5.0), at(5.0)) == pytest.approx([0.0, SHORTEST_S, 2 * SHORTEST_S])


def test_a_live_source_has_the_times_of_its_capture() -> None:
    clock = RecordingClock()
    first, second = result(0, media_time_s=None).frame, result(1, media_time_s=None).frame
    assert clock.advance(first) == 0.0
    assert clock.advance(second) == pytest.approx(second.captured_at_s - first.captured_at_s)


def test_its_length_counts_the_newest_picture_as_long_as_the_one_before() -> None:
    clock = RecordingClock()
    assert clock.duration_s == 0.0
    for time_s in (1.0, 1.5, 1.75):
        clock.advance(result(0, media_time_s=time_s).frame)
    assert clock.duration_s == pytest.approx(1.0)
