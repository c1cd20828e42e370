"""Which reference a lane's figures and colours are of, while it or the reference changes."""

from dataclasses import replace

from core.comparing.lane_figures import LaneFigures
from core.comparing.lane_wish import LaneWish
from core.comparing.view import LaneState
from support.comparisons import a_frame, a_lane_result
from support.lanes import Steps, patterns

A, B = (LaneWish(name, "64") for name in "ab")
LONG = {"a": 10.0, "b": 10.0}


def test_the_first_depth_of_another_model_has_not_the_fit_of_the_one_before() -> None:
    """Although it is a frame ahead of what the reference shows, so that there is no other yet."""
    steps = Steps(A, B, costs_s=LONG)
    steps.prepare = patterns
    steps.settle(1)
    lane = next(each for each in steps.live._lanes if each.number == 2)
    assert lane.figures.fit is not None
    lane.want(replace(lane.wanted, wish=replace(lane.wish, size="128")))
    for _ in range(3):
        lane.tend(a_frame(2))
    assert lane.figures.fit is not None
    lane.run(a_frame(2), 2)
    assert lane.figures.fit is None


def test_while_the_reference_gets_another_size_nothing_agrees_with_its_old_picture() -> None:
    steps = Steps(A, B, costs_s=LONG)
    steps.prepare = patterns
    steps.settle(1)
    before = steps.lane(2)
    assert before.agreement is not None
    steps.worker.at_once = False
    steps.comparing.change(1, size="128")
    for number in (2, 3):
        steps.step(number)
        assert steps.lane(1).state is LaneState.LOADING
        assert steps.lane(1).result is not None, "the picture stays"
        lane = steps.lane(2)
        assert (lane.agreement, lane.difference, lane.measured_index) == (None, None, None)
        assert lane.fit == before.fit, "so the colours stay too"
    steps.worker.at_once = True
    steps.worker.do_all()
    steps.settle(4)
    after = steps.lane(2)
    assert after.agreement is not None
    assert after.fit == after.agreement.fit != before.fit


def test_with_another_reference_nothing_is_told_of_the_one_before() -> None:
    """Although the new one is a frame ahead, so that there is nothing to compare it with yet."""
    steps = Steps(A, B, LaneWish("c", "64"), costs_s={**LONG, "b": 0.01, "c": 10.0}, same_frame=False)
    steps.prepare = patterns
    steps.settle(1)
    steps.step(2)
    steps.step(3)
    assert steps.shown() == [2, 3, 2], "the slow ones are not due"
    assert steps.lane(3).agreement is not None
    steps.comparing.set_reference(2)
    steps.step()
    lane = steps.lane(3)
    assert (lane.agreement, lane.difference, lane.fit) == (None, None, None)


def test_the_fit_to_an_old_reference_is_not_that_to_a_new_one() -> None:
    first, second = a_frame(1), a_frame(2)
    own, old, newer, new = (
        a_lane_result(*of, 10.0, 20.0) for of in ((2, first), (1, first), (1, second), (3, second))
    )
    figures = LaneFigures()
    figures.compare(own, old)
    figures.compare(own, newer)
    assert figures.fit is not None, "the reference is a frame ahead"
    figures.pause()
    assert figures.fit is not None, "both pictures stay"
    figures.compare(own, new)
    assert figures.fit is None
