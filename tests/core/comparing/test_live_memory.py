"""Models beside each other within a memory budget: who leaves, what is said, who comes back."""

from core.comparing.lane_wish import LaneWish
from core.comparing.view import LaneState
from core.errors import EngineError, OutOfMemory
from core.loading import ModelWish
from support.fakes import FakeEngine
from support.lanes import Steps

A, B, C, D = (LaneWish(name, "64") for name in "abcd")  # 10 MB of weights and 5 for running each


def states(steps: Steps) -> dict[int, LaneState]:
    return {lane.number: lane.state for lane in steps.view.lanes}


def test_beyond_the_budget_the_least_recently_used_lane_leaves_with_a_word() -> None:
    steps = Steps(A, B, C, budget_mb=32.0)
    steps.settle()
    steps.step(1)
    assert states(steps) == {1: LaneState.RUNNING, 2: LaneState.PUT_ASIDE, 3: LaneState.RUNNING}
    assert steps.view.notes == ("b 64x64 fp32 left memory: models beside each other may hold 32 MB",)
    assert steps.engines["b"].closed_by
    assert steps.lane(2).detail == "its memory was needed by other lanes"
    assert steps.view.budget_mb == 32.0


def test_a_lane_that_was_put_aside_comes_back_where_it_becomes_the_reference() -> None:
    """As the first one left does when the reference is removed."""
    steps = Steps(A, B, C, budget_mb=32.0)
    steps.settle()
    steps.step(1)
    assert states(steps)[2] is LaneState.PUT_ASIDE
    steps.comparing.remove(1)
    steps.settle(2)
    assert steps.view.reference == 2
    assert states(steps) == {2: LaneState.RUNNING, 3: LaneState.RUNNING}


def test_a_lane_that_was_put_aside_comes_back_when_it_is_used_and_another_leaves() -> None:
    steps = Steps(A, B, C, budget_mb=32.0)
    steps.settle()
    steps.comparing.use(2)
    steps.settle(1)
    assert states(steps) == {1: LaneState.RUNNING, 2: LaneState.RUNNING, 3: LaneState.PUT_ASIDE}
    steps.comparing.set_reference(3)
    steps.settle(2)
    assert states(steps) == {1: LaneState.PUT_ASIDE, 2: LaneState.RUNNING, 3: LaneState.RUNNING}


def test_what_no_lane_runs_leaves_before_any_lane() -> None:
    steps = Steps(A, B, budget_mb=47.0)
    steps.settle()
    steps.comparing.change(2, model="c")
    steps.settle(1)
    assert not steps.engines["b"].closed_by, "three fit: it is kept for later"
    steps.comparing.add(D)
    steps.settle(2)
    assert steps.engines["b"].closed_by
    assert set(states(steps).values()) == {LaneState.RUNNING}
    assert steps.view.notes == ()


def test_a_model_that_is_still_there_need_not_be_loaded_again() -> None:
    steps = Steps(A, B)
    steps.settle()
    steps.comparing.change(2, model="c")
    steps.settle(1)
    steps.comparing.change(2, model="b")
    steps.settle(2)
    assert steps.loaded == ["a", "b", "c"]


def test_the_reference_and_what_was_used_last_stay_even_where_they_are_too_much() -> None:
    steps = Steps(A, B, budget_mb=1.0)
    steps.settle()
    steps.step(1)
    assert set(states(steps).values()) == {LaneState.RUNNING}


def test_the_live_engine_counts_and_stays() -> None:
    steps = Steps(B, C, D, budget_mb=44.0)
    live = FakeEngine("a")
    steps.live.enter(live, ModelWish("a"))  # type: ignore[arg-type]
    steps.settle()
    steps.step(1)
    assert live.closed_by == []
    assert states(steps)[2] is LaneState.PUT_ASIDE


def test_a_smaller_budget_is_heeded_at_once() -> None:
    steps = Steps(A, B, C)
    steps.settle()
    steps.comparing.set_budget(32.0)
    steps.step(1)
    assert states(steps)[2] is LaneState.PUT_ASIDE


def test_a_lane_without_memory_gets_what_the_least_used_one_held() -> None:
    steps = Steps(A, B, C)
    steps.settle()
    closed = steps.engines["b"].closed_by
    steps.prepare = lambda engine: setattr(
        engine, "failure", lambda hw: OutOfMemory("no room for d") if not closed else None
    )
    steps.comparing.add(D)
    steps.settle(1)
    assert states(steps) == {
        1: LaneState.RUNNING,
        2: LaneState.PUT_ASIDE,
        3: LaneState.RUNNING,
        4: LaneState.RUNNING,
    }
    assert steps.view.notes == ("b 64x64 fp32 left memory: d found too little of it",)


def test_where_nobody_can_leave_it_fails_with_its_line() -> None:
    steps = Steps(A, B)
    steps.prepare = lambda engine: setattr(
        engine, "failure", lambda hw: OutOfMemory("no room") if engine.name == "b" else None
    )
    steps.settle()
    assert steps.lane(2).state is LaneState.FAILED
    assert steps.lane(2).detail == "no room"
    assert steps.lane(1).state is LaneState.RUNNING


def test_after_comparing_models_stay_within_the_budget_alone() -> None:
    steps = Steps(A, B, C, budget_mb=20.0, reference=0)
    steps.settle()
    steps.live.leave()
    kept = [name for name, engine in steps.engines.items() if not engine.closed_by]
    assert len(kept) == 1
    steps.shelf.close()
    assert all(engine.closed_by for engine in steps.engines.values())


def test_a_load_that_nobody_waits_for_any_more_is_given_up() -> None:
    steps = Steps(A, B)
    steps.settle()
    steps.worker.at_once = False
    steps.comparing.change(2, model="c")
    steps.step(1)
    steps.comparing.change(2, model="b")
    steps.step(2)
    steps.worker.do_all()
    steps.settle(3)
    assert steps.loaded == ["a", "b"]
    assert not steps.shelf.is_loading


def test_a_lane_that_fails_on_the_live_engine_leaves_it_open() -> None:
    steps = Steps(A, B)
    live = FakeEngine("a", failure=lambda hw: EngineError("it broke"))
    steps.live.enter(live, ModelWish("a"))  # type: ignore[arg-type]
    steps.settle()
    assert steps.lane(1).state is LaneState.FAILED
    assert live.closed_by == []


def test_what_was_kept_makes_room_for_the_live_engine_of_the_same_model() -> None:
    steps = Steps(A, B)
    steps.settle()
    steps.live.leave()
    steps.live.enter(FakeEngine("a"), ModelWish("a"))  # type: ignore[arg-type]
    assert steps.engines["a"].closed_by
    assert not steps.engines["b"].closed_by
