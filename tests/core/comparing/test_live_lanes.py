"""A live comparison step by step: one frame for all, loading, changes, failures, the frame that stands."""

from dataclasses import replace

import numpy as np
import pytest

from core.comparing.lane_wish import LaneWish
from core.comparing.view import LaneState
from core.errors import EngineError, WeightsError
from core.loading import ModelWish
from support.fakes import FakeEngine
from support.lanes import Steps, a_frame, slope

A, B, C = (LaneWish(name, "64") for name in "abc")
SLOW = {"a": 0.01, "b": 0.5}


def test_every_lane_shows_the_very_same_frame() -> None:
    steps = Steps(A, B, C)
    steps.settle()
    for index in (3, 4, 9):
        steps.step(index)
        assert steps.shown() == [index] * 3
        assert steps.view.is_together
        frames = {id(lane.result.frame) for lane in steps.view.lanes if lane.result}
        assert len(frames) == 1
    together = [view for view in steps.views if all(lane.result for lane in view.lanes)]
    for view in together:
        assert len({lane.result.frame.index for lane in view.lanes if lane.result}) == 1, "they change as one"


def test_with_same_frame_off_each_lane_says_which_frame_it_shows() -> None:
    steps = Steps(A, B, costs_s=SLOW, same_frame=False)
    steps.settle()
    for index in range(1, 60):
        steps.step(index)
    fast, slow = steps.shown()
    assert fast == 59
    assert slow is not None
    assert slow < 59
    assert steps.lane(2).behind == 59 - slow
    assert not steps.view.is_together
    runs = len(steps.engines["a"].runs), len(steps.engines["b"].runs)
    assert runs[0] > 20 * runs[1] > 0


def test_agreement_without_same_frame_is_of_a_frame_that_both_ran() -> None:
    steps = Steps(A, B, costs_s=SLOW, same_frame=False)
    steps.settle()
    for index in range(1, 120):
        steps.step(index)
        lane = steps.lane(2)
        assert lane.result is not None
        assert lane.measured_index == lane.result.frame.index


def test_while_a_lane_loads_the_others_go_on() -> None:
    steps = Steps(A, B)
    steps.settle()
    steps.worker.at_once = False
    number = steps.comparing.add(C)
    assert number == 3
    assert steps.lane(3).state is LaneState.LOADING, "the window shows it at once"
    steps.step(1)
    assert steps.shown() == [1, 1, None]
    steps.step(2)
    assert steps.lane(3).detail == "loading, 0 %"
    steps.worker.do_all()
    steps.step(2)
    assert steps.lane(3).detail == "preparing 64x64"
    assert steps.shown() == [2, 2, None]
    steps.worker.do_all()
    steps.step(3)
    assert steps.shown() == [3, 3, 3]
    assert steps.lane(3).info is not None


def test_models_are_loaded_one_after_the_other() -> None:
    steps = Steps(A, B)
    steps.worker.at_once = False
    steps.step(0)
    assert len(steps.worker.jobs) == 1
    assert steps.lane(2).detail == "waiting to be loaded"


def test_lanes_that_want_the_same_model_share_its_engine() -> None:
    steps = Steps(A, replace(A, size="128"))
    steps.settle()
    assert steps.loaded == ["a"]
    assert steps.engines["a"].entered_by == ["MainThread"]
    steps.step(1)
    assert [lane.result and lane.result.network_hw for lane in steps.view.lanes] == [(64, 64), (128, 128)]


@pytest.mark.parametrize("model", ["a", "auto"])
def test_the_live_engine_is_lent_and_never_closed(model: str) -> None:
    steps = Steps(A, B)
    live = FakeEngine("a")
    steps.live.enter(live, ModelWish(model))  # type: ignore[arg-type]
    steps.settle()
    assert steps.loaded == ["b"]
    assert (64, 64) in live.runs
    steps.comparing.remove(1)
    steps.step(1)
    steps.live.leave()
    steps.shelf.close()
    assert live.closed_by == []
    assert steps.engines["b"].closed_by


def test_a_frame_that_stands_is_run_by_a_lane_that_comes_or_changes_and_by_no_other() -> None:
    steps = Steps(A, B)
    steps.settle(7)
    ran = len(steps.engines["a"].runs)
    steps.comparing.add(C)
    steps.settle(None)
    assert steps.shown() == [7, 7, 7]
    steps.comparing.change(2, size="128")
    steps.settle(None)
    changed = steps.lane(2).result
    assert changed is not None
    assert (changed.frame.index, changed.network_hw) == (7, (128, 128))
    assert steps.loaded == ["a", "b", "c"], "another size needs no other engine"
    assert len(steps.engines["a"].runs) == ran


def test_a_picture_that_is_sent_again_is_the_one_that_stands() -> None:
    steps = Steps(A)
    steps.settle()
    first = a_frame(5)
    assert steps.live.step(first, source_fps=0.0, needs_reference=False).result is not None
    again = replace(first, index=6)
    stepped = steps.live.step(again, source_fps=0.0, needs_reference=False)
    assert stepped.result is None
    assert not stepped.missed
    assert steps.shown() == [5]


def test_a_lane_that_cannot_be_loaded_is_a_line_of_its_own_and_can_be_tried_again() -> None:
    steps = Steps(A, B)
    steps.refuses["b"] = WeightsError("there is no model called 'b'")
    steps.settle()
    steps.step(1)
    assert steps.lane(2).state is LaneState.FAILED
    assert steps.lane(2).detail == "there is no model called 'b'"
    assert steps.shown() == [1, None]
    del steps.refuses["b"]
    steps.settle(2)
    assert steps.lane(2).state is LaneState.FAILED, "nobody asked"
    steps.comparing.use(2)
    steps.settle(3)
    assert steps.shown() == [3, 3]


@pytest.mark.parametrize("failure", [EngineError("it broke"), ValueError("it broke")])
def test_a_lane_that_fails_while_it_runs_leaves_the_others_alone(failure: Exception) -> None:
    steps = Steps(A, B)
    steps.settle()
    steps.engines["b"].failure = lambda hw: failure
    for index in (1, 2):
        steps.step(index)
    assert steps.lane(2).state is LaneState.FAILED
    assert steps.lane(2).detail == "it broke"
    assert steps.lane(2).fps == 0
    assert steps.lane(1).result is not None
    assert steps.lane(1).result.frame.index == 2
    assert steps.engines["b"].closed_by, "its memory is given back"


def test_a_size_that_cannot_be_prepared_fails_its_lane() -> None:
    steps = Steps(A, B)
    steps.prepare = lambda engine: setattr(
        engine, "prepare_failure", lambda hw: EngineError("no plan") if engine.name == "b" else None
    )
    steps.settle()
    assert (steps.lane(1).state, steps.lane(2).state) == (LaneState.RUNNING, LaneState.FAILED)


def test_depth_that_is_not_finite_is_said_and_not_shown() -> None:
    steps = Steps(A, B)
    steps.settle()
    steps.engines["b"].non_finite_at = range(1, 3)
    for index in (1, 2, 3):
        steps.step(index)
    assert steps.lane(2).detail == "2 frames gave values that are not finite"
    assert steps.lane(2).state is LaneState.RUNNING
    assert steps.shown() == [3, 3]


def test_orders_apply_between_frames_and_keep_the_other_lanes() -> None:
    steps = Steps(A, B, C)
    steps.settle()
    steps.comparing.remove(2)
    assert [lane.number for lane in steps.view.lanes] == [1, 3], "the window shows it at once"
    steps.step(1)
    assert steps.shown() == [1, 1]
    steps.comparing.change(3, model="d")
    assert steps.lane(3).state is LaneState.LOADING
    steps.settle(2)
    assert steps.lane(3).label == "d 64x64 fp32"
    assert steps.shown() == [2, 2]


def test_there_are_four_lanes_at_most_and_one_at_least() -> None:
    steps = Steps(A, B)
    assert [steps.comparing.add(C) for _ in range(3)] == [3, 4, None]
    for number in (1, 2, 3, 4):
        steps.comparing.remove(number)
    assert [lane.number for lane in steps.view.lanes] == [4]
    assert steps.view.reference == 4


def test_another_reference_is_compared_with_at_once() -> None:
    steps = Steps(A, B)
    steps.prepare = lambda engine: setattr(engine, "pattern", slope(2.0 if engine.name == "a" else 1.0, 1.0))
    steps.settle(1)
    assert steps.lane(1).agreement is None
    assert steps.lane(2).agreement is not None
    steps.comparing.set_reference(2)
    steps.step()
    assert steps.view.reference == 2
    assert steps.lane(2).agreement is None
    found = steps.lane(1).agreement
    assert found is not None
    assert (found.fit.scale, found.fit.shift) == pytest.approx((0.5, 0.5), abs=1e-3)


def test_the_reference_lane_s_depth_is_the_result() -> None:
    steps = Steps(A, B, reference=1)
    steps.settle()
    stepped = steps.step(1)
    assert stepped.result is not None
    assert stepped.result.model.name == "b"
    steps.engines["b"].non_finite_at = range(2, 3)
    assert steps.step(2).missed


def test_while_it_is_recorded_the_reference_lane_runs_every_frame() -> None:
    steps = Steps(A, B, costs_s=SLOW, same_frame=False, reference=1)
    steps.settle()
    for index in range(1, 6):
        assert steps.step(index, needs_reference=True).result is not None
    given = [steps.step(index).result is not None for index in range(6, 16)]
    assert sum(given) <= 2


def test_what_is_shown_of_a_lane_is_true() -> None:
    steps = Steps(A, costs_s={"a": 0.02})
    steps.settle()
    for index in range(1, 5):
        steps.step(index)
    lane = steps.lane(1)
    assert lane.label == "a 64x64 fp32"
    assert lane.median_ms == pytest.approx(20.0)
    assert lane.fps_alone == pytest.approx(50.0)
    assert lane.memory_mb == 15.0
    assert lane.parameters == 1
    assert lane.history is not None
    assert lane.history.ms[0] == pytest.approx(20.0)
    assert np.isnan(lane.history.pearson).all()
