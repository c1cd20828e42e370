"""The figures of a live comparison: agreement, differences, the truth, and what all that costs."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.comparing.agreement import agreement
from core.comparing.history import History
from core.comparing.lane_wish import LaneWish
from core.comparing.measures import Agreement, Fit
from core.comparing.truth import score, trivial_scores
from core.comparing.truth_watch import TruthWatch
from core.comparing.view import HISTORY_S, LaneState
from core.errors import SourceError, WeightsError
from core.messages import DepthArray, Frame, SourceInfo, SourceKind
from support.lanes import Steps, noisy, patterns, slope

A, B = (LaneWish(name, "64") for name in "ab")
LONG = {"a": 10.0, "b": 10.0}  # so that the truth has all the time it wants
PHOTOS = SourceInfo(SourceKind.PICTURES, "photos", "/photos", 64, 48)


class Truth:
    kind = "measured"

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.failure: Exception | None = None

    def of(self, frame: Frame) -> DepthArray | None:
        self.asked.append(frame.index)
        if self.failure is not None:
            raise self.failure
        return None if frame.index == 13 else slope()(frame.rgb, (48, 64))

    def name_of(self, frame: Frame) -> str:
        return ""


def test_agreement_on_a_sample_is_the_whole_maps_agreement_nearly() -> None:
    first, second = (noisy(seed)(np.zeros((1, 1, 3), np.uint8), (256, 256)) for seed in (1, 2))
    whole, sampled = agreement(first, second), agreement(first, second, 8192)
    assert whole is not None
    assert sampled is not None
    assert sampled.pixels <= 8192 < whole.pixels
    assert sampled.pearson == pytest.approx(whole.pearson, abs=0.01)
    assert sampled.abs_rel == pytest.approx(whole.abs_rel, rel=0.1)


def test_a_lane_s_agreement_fit_and_difference_are_of_the_frame_it_shows() -> None:
    steps = Steps(A, B)
    steps.prepare = patterns
    steps.settle(1)
    reference, lane = steps.lane(1), steps.lane(2)
    assert reference.result is not None
    assert lane.result is not None
    assert lane.measured_index == lane.result.frame.index == 1
    wanted = agreement(lane.result.inverse_depth, reference.result.inverse_depth, 8192)
    assert lane.agreement == wanted
    assert lane.fit is not None
    span = reference.result.high - reference.result.low
    off = (lane.fit.of(lane.result.inverse_depth) - reference.result.inverse_depth) / span
    assert lane.difference is not None
    np.testing.assert_allclose(lane.difference, off, atol=1e-6)
    assert (steps.view.low, steps.view.high) == (reference.result.low, reference.result.high)


def test_one_range_of_colours_becomes_each_lane_s_own() -> None:
    steps = Steps(A, B)
    steps.prepare = lambda engine: setattr(engine, "pattern", slope(-2.0 if engine.name == "b" else 1.0, 7.0))
    steps.settle(1)
    own = steps.lane(2).own_range(7.5, 9.0)
    assert own == pytest.approx((6.0, 3.0), abs=1e-3), "it sees near and far the other way round"
    assert steps.lane(1).own_range(1.0, 2.0) is None
    assert Fit(0.0, 3.0).undone(1.0) is None


def test_the_truth_judges_each_lane_and_the_trivial_answers() -> None:
    truth = Truth()
    steps = Steps(A, B, source=PHOTOS, open_truth=lambda source: truth, costs_s=LONG)
    steps.prepare = patterns
    steps.settle(1)
    steps.step(2)
    steps.step(3)
    true_depth = slope()(np.zeros((48, 64, 3), np.uint8), (48, 64))
    for number in (1, 2):
        lane = steps.lane(number)
        assert lane.result is not None
        assert lane.score == score(lane.result.inverse_depth, true_depth)
        assert lane.score_index is not None
    assert steps.view.truth == "measured"
    assert steps.view.trivial == trivial_scores(true_depth)


def test_a_frame_is_judged_once_and_one_without_a_truth_has_no_score() -> None:
    truth = Truth()
    steps = Steps(A, B, source=PHOTOS, open_truth=lambda source: truth, costs_s=LONG)
    steps.settle(1)
    for _ in range(5):
        steps.step()
    assert truth.asked.count(1) <= 2, "once for the first lane, once for the one that came later"
    steps.step(13)
    steps.step()
    steps.comparing.set_same_frame(on=False)  # anything that makes a new view
    steps.step()
    assert steps.lane(1).score is None


@pytest.mark.parametrize(
    ("change", "state"), [({"model": "c"}, LaneState.FAILED), ({"size": "128"}, LaneState.RUNNING)]
)
def test_a_lane_that_runs_something_else_shows_no_figure_of_what_it_ran_before(
    change: dict[str, str], state: LaneState
) -> None:
    steps = Steps(A, B, source=PHOTOS, open_truth=lambda source: Truth(), costs_s=LONG)
    steps.refuses["c"] = WeightsError("there is no model called 'c'")
    steps.prepare = patterns
    steps.settle(1)
    before = steps.lane(2)
    assert before.fit is not None
    steps.worker.at_once = False
    steps.comparing.change(2, **change)
    for _ in range(3):
        lane = steps.lane(2)
        assert lane.state is LaneState.LOADING
        assert (lane.result, lane.fit) == (before.result, before.fit), "the picture stays, in its colours"
        assert (lane.median_ms, lane.agreement, lane.difference, lane.score) == (None,) * 4
        steps.step()
    steps.worker.at_once = True
    steps.worker.do_all()
    steps.settle(None)
    assert steps.lane(2).state is state
    after = steps.lane(2)
    assert (after.score is None) is (state is LaneState.FAILED)
    assert (after.fit == before.fit) is (state is LaneState.FAILED), "a fit is of the picture that is shown"


def test_a_truth_that_cannot_be_read_is_a_note_and_the_next_frame_has_its_own() -> None:
    truth = Truth()
    truth.failure = SourceError("a.npz is damaged")
    steps = Steps(A, source=PHOTOS, open_truth=lambda source: truth, costs_s=LONG)
    steps.settle(1)
    steps.step(2)
    assert steps.view.notes == ("a.npz is damaged",)
    truth.failure = None
    steps.step(3)
    steps.step(4)
    assert steps.view.notes == ()
    assert steps.lane(1).score is not None


def test_where_nobody_knows_the_truth_nobody_is_asked_again() -> None:
    asked: list[SourceInfo] = []
    steps = Steps(A, source=PHOTOS, open_truth=asked.append)  # type: ignore[arg-type,return-value]
    steps.settle(1)
    for index in range(2, 6):
        steps.step(index)
    assert asked == [PHOTOS]
    assert steps.view.truth == ""


def test_the_truth_waits_for_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [0.0]
    monkeypatch.setattr("core.comparing.truth_watch.time.thread_time", lambda: now_s[0])

    class Slow(Truth):
        def of(self, frame: Frame) -> DepthArray | None:
            now_s[0] += 0.1
            return super().of(frame)

    truth = Slow()
    steps = Steps(A, source=PHOTOS, open_truth=lambda source: truth, costs_s={"a": 0.1})
    steps.settle()
    for index in range(1, 100):
        steps.step(index)
    assert len(truth.asked) == pytest.approx(2, abs=1), "10 s of lanes allow for 0.1 s"
    assert truth.asked[-1] < 99
    steps.step()
    assert truth.asked[-1] == 99, "lanes that stand leave it all the time"


def test_overhead_is_all_that_is_not_a_lane_s_time() -> None:
    steps = Steps(A, B, costs_s={"a": 0.06, "b": 0.04})
    steps.settle()
    steps.step(1)
    before = steps.view.overhead
    assert before == pytest.approx(0.0, abs=1e-9), "loading and the first run are not"
    show = steps.comparing.show

    def slow(view: object) -> None:
        steps.clock.now_s += 0.01
        show(view)  # type: ignore[arg-type]

    steps.comparing.show = slow  # type: ignore[method-assign,assignment]
    for index in range(2, 400):
        steps.step(index)
    assert steps.view.overhead == pytest.approx(0.1, rel=0.05)


def test_history_is_bounded_and_at_most_five_points_a_second() -> None:
    history = History()
    assert history.view() is None
    found = Agreement(0.9, 0.1, 0.2, 10, Fit(1.0, 0.0))
    for index in range(5000):
        history.add(index * 0.02, 3.0, found if index % 2 else None)
    view = history.view()
    assert view is not None
    assert view.time_s[-1] - view.time_s[0] <= HISTORY_S
    assert (np.diff(view.time_s) >= 0.199).all()
    assert view.ms.shape == view.pearson.shape == view.time_s.shape
    assert not view.ms.flags.writeable
    assert history.view() is view


def test_the_truth_s_thread_may_be_busy_and_lanes_go_on() -> None:
    gate, entered = threading.Event(), threading.Event()

    class Held(Truth):
        def of(self, frame: Frame) -> DepthArray | None:
            entered.set()
            assert gate.wait(20)
            return super().of(frame)

    truth = Held()
    steps = Steps(A)
    with ThreadPoolExecutor(1) as worker:
        steps.use_truth(TruthWatch(worker, lambda source_id: PHOTOS, lambda source: truth))
        steps.settle(1)
        assert entered.wait(20)
        for index in range(2, 6):
            steps.step(index)
        assert steps.shown() == [5]
        assert steps.lane(1).score is None
        gate.set()
        worker.submit(int).result()  # comes after what was held
        steps.step(6)
        assert steps.lane(1).score_index == 1
