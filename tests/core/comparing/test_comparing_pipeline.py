"""A live comparison in the pipeline: threads steered by events, the live view before and after, recording."""

import threading
from collections.abc import Callable, Iterator

import pytest

from core.capture import SourceWish
from core.comparing.control import Comparing
from core.comparing.lane_wish import LaneWish
from core.comparing.view import ComparisonView, LaneState
from core.errors import OutOfMemory, WeightsError
from core.loading import ModelWish
from core.messages import DepthArray, DepthResult, RecordingState, RgbArray, SourceState
from core.pipeline import Pipeline
from core.sources.source import Source
from support.fake_take import WISH, FakeTake
from support.fakes import LONG_S, FakeEngine, FakeFile, FakeLive, Waker

LIVE, A, B = ModelWish("live"), LaneWish("a", "64"), LaneWish("b", "64")


class Noting(FakeEngine):
    """Notes each picture it is given, in an order that all share."""

    def __init__(self, name: str, seen: list[tuple[str, int, int]]) -> None:
        super().__init__(name)
        self.seen = seen

    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
        self.seen.append((self.name, int(rgb[0, 0, 0]), id(rgb)))
        return super().infer(rgb, network_hw)


class Rig:
    """A pipeline on a camera that a test feeds, or on a file, with engines by the model's name."""

    def __init__(self) -> None:
        self.woken = Waker()
        self.camera = FakeLive()
        self.seen: list[tuple[str, int, int]] = []
        self.engines: dict[str, FakeEngine] = {}
        self.loads: list[str] = []
        self.make: Callable[[str], FakeEngine] = lambda model: Noting(model, self.seen)
        self.pipeline = Pipeline(self.woken, opener=self._open, load=self._load)
        self.comparing: Comparing | None = None

    def _open(self, address: str, camera_mode: str, cancelled: Callable[[], bool]) -> Source:
        return self.camera if address == "camera" else FakeFile(count=10_000)

    def _load(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> FakeEngine:
        self.loads.append(model)
        engine = self.engines[model] = self.make(model)
        return engine

    def play(self, address: str = "camera") -> None:
        """Live depth, of picture 1 where a test feeds it."""
        self.pipeline.set_size("64", "square")
        self.pipeline.open(SourceWish(address))
        self.pipeline.use_model(LIVE)
        self.camera.feed.put(1)
        self.woken.until(self.pipeline.newest_result)

    def compare(self, *lanes: LaneWish, **values: object) -> Comparing:
        self.comparing = Comparing(lanes, self.woken, **values)  # type: ignore[arg-type]
        self.pipeline.start_comparing(self.comparing)
        return self.comparing

    @property
    def view(self) -> ComparisonView:
        assert self.comparing is not None
        return self.comparing.view

    def feed_until(self, true: Callable[[ComparisonView], object], first: int = 2) -> int:
        """Give one picture after the other until the view is so; gives the last one's number."""
        number = [first]

        def so() -> object:
            if true(self.view):
                return True
            if self.camera.feed.empty():
                number[0] += 1
                self.camera.feed.put(number[0] % 200)
            return False

        self.woken.until(so)
        return number[0]

    def gate_loading(self, failure: Exception | None = None) -> tuple[threading.Event, threading.Event]:
        """Have the load of "a" wait for the first event, then fail where it is to; the second: it has begun."""
        gate, entered = threading.Event(), threading.Event()

        def make(model: str) -> FakeEngine:
            if model == "a":
                entered.set()
                assert gate.wait(LONG_S)
                if failure is not None:
                    raise failure
            return Noting(model, self.seen)

        self.make = make
        return gate, entered

    def hold(self, *names: str) -> list[FakeEngine]:
        """Have all lanes show picture 40, then hold these engines at their next run; forgets what was seen."""
        self.camera.feed.put(40)
        self.woken.until(
            lambda: all(lane.result and lane.result.inverse_depth[0, 0] == 40 for lane in self.view.lanes)
        )
        held = [self.engines[name] for name in names]
        for engine in held:
            engine.gate, engine.started = threading.Semaphore(0), threading.Semaphore(0)
        self.seen.clear()
        return held

    def until_all_run(self) -> None:
        self.feed_until(lambda view: all(lane.result and lane.state is LaneState.RUNNING for lane in view.lanes))

    def kept_after_comparing(self) -> FakeEngine:
        """The engine of a comparison that is over, which waits for the next one."""
        self.play()
        self.compare(A)
        self.until_all_run()
        self.pipeline.stop_comparing()
        return self.engines["a"]


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.camera.feed.put(None)
    made.pipeline.close()


def test_all_lanes_run_the_same_frame_while_newer_ones_come(rig: Rig) -> None:
    rig.play()
    rig.compare(A, B)
    rig.until_all_run()
    first, second = rig.hold("a", "b")
    assert first.gate is not None
    assert second.gate is not None
    rig.camera.feed.put(50)
    assert first.started.acquire(timeout=LONG_S)
    before = rig.view
    assert rig.pipeline.playing is not None
    delivered = rig.pipeline.playing.delivered
    rig.camera.feed.put(51)  # while the first lane is at work
    first.gate.release()
    assert second.started.acquire(timeout=LONG_S)
    rig.camera.feed.put(52)  # and while the second is
    rig.woken.until(lambda: rig.pipeline.playing is not None and rig.pipeline.playing.delivered >= delivered + 2)
    assert [lane.result for lane in rig.view.lanes] == [lane.result for lane in before.lanes], "none alone is new"
    second.gate.release()
    assert first.started.acquire(timeout=LONG_S)
    assert [(name, number) for name, number, _ in rig.seen[:2]] == [("a", 50), ("b", 50)]
    assert rig.seen[0][2] == rig.seen[1][2], "the very same array"
    shown = [lane.result.frame for lane in rig.view.lanes if lane.result]
    assert len(shown) == 2
    assert shown[0] is shown[1]
    assert rig.seen[2][:2] == ("a", 52), "then the newest: what came between is left out for all"
    first.gate.release(100)
    second.gate.release(100)


def test_the_live_engine_stays_and_goes_on_at_once(rig: Rig) -> None:
    rig.play()
    rig.compare(LaneWish("live", "128"), A)
    rig.until_all_run()
    assert rig.loads == ["live", "a"], "the live view's engine is a lane's, too"
    rig.pipeline.stop_comparing()
    assert rig.pipeline.comparing is None
    rig.camera.feed.put(99)
    rig.woken.until(lambda: (r := rig.pipeline.newest_result()) is not None and r.network_hw == (64, 64))
    assert rig.loads == ["live", "a"]
    assert not rig.engines["live"].closed_by
    rig.compare(A)
    rig.until_all_run()
    assert rig.loads == ["live", "a"], "and what lanes ran stays for the next time"


def test_the_window_is_given_the_reference_lane_s_depth(rig: Rig) -> None:
    rig.play()
    rig.compare(A, B, reference=1)
    rig.until_all_run()
    shown: list[DepthResult] = []
    rig.camera.feed.put(77)

    def has_come() -> bool:
        result = rig.pipeline.newest_result()
        shown.extend([result] if result is not None else [])
        return result is not None and result.inverse_depth[0, 0] == 77

    rig.woken.until(has_come)
    lane = rig.view.lane(2)
    assert lane is not None
    assert lane.result is shown[-1], "one and the same"
    assert shown[-1].model.name == "b"
    assert shown[-1].rates.captured > shown[-1].frame.index, "with the counts of the moment"


def test_a_paused_picture_is_compared_too_and_shown_live_again(rig: Rig) -> None:
    rig.play("file")
    assert rig.pipeline.transport is not None
    rig.pipeline.transport.pause()
    rig.woken.until(lambda: rig.pipeline.status().source_state is SourceState.PAUSED)
    comparing = rig.compare(A)
    rig.woken.until(lambda: comparing.view.lanes[0].result)
    comparing.add(B)
    rig.woken.until(lambda: len(rig.view.lanes) == 2 and rig.view.lanes[1].result)
    frames = {lane.result.frame for lane in rig.view.lanes if lane.result}
    assert len(frames) == 1
    while rig.pipeline.newest_result() is not None:
        pass
    rig.pipeline.stop_comparing()
    rig.woken.until(lambda: (r := rig.pipeline.newest_result()) is not None and r.model.name == "live")


def test_lanes_are_loaded_without_a_live_engine_and_without_a_source(rig: Rig) -> None:
    comparing = rig.compare(A)
    rig.woken.until(lambda: comparing.view.lanes[0].detail == "waiting for a picture")
    rig.pipeline.open(SourceWish("camera"))
    rig.camera.feed.put(5)
    rig.woken.until(lambda: comparing.view.lanes[0].result)


def test_stopping_does_not_wait_for_all_slow_lanes(rig: Rig) -> None:
    rig.play()
    rig.compare(A, B)
    rig.until_all_run()
    (first,) = rig.hold("a")
    assert first.gate is not None
    rig.camera.feed.put(60)
    assert first.started.acquire(timeout=LONG_S)
    rig.pipeline.stop_comparing()
    first.gate.release(100)
    rig.camera.feed.put(61)
    rig.woken.until(lambda: (r := rig.pipeline.newest_result()) is not None and r.model.name == "live")
    assert "b" not in {name for name, number, _ in rig.seen if number >= 60}


def test_a_recording_holds_the_reference_lane_s_depth_of_every_frame_of_a_file(rig: Rig) -> None:
    rig.play("file")
    comparing = rig.compare(A, B, same_frame=False)
    rig.woken.until(lambda: all(lane.result for lane in comparing.view.lanes))
    take = FakeTake()
    recorder = rig.pipeline.start_recording(WISH, take.open)
    assert recorder is not None
    rig.woken.until(lambda: len(take.results) > 30)
    rig.pipeline.stop_recording()
    rig.woken.until(lambda: rig.pipeline.status().recording.state is RecordingState.SAVED)
    assert {result.model.name for result in take.results} == {"a"}
    indices = [result.frame.index for result in take.results]
    assert indices == list(range(indices[0], indices[0] + len(indices)))


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_recorded_file_waits_for_a_reference_lane_that_loads(rig: Rig, is_refused: bool) -> None:
    gate, entered = rig.gate_loading(WeightsError("it is damaged") if is_refused else None)
    rig.play("file")
    take = FakeTake()
    assert rig.pipeline.start_recording(WISH, take.open) is not None
    rig.woken.until(lambda: len(take.results) > 10)
    comparing = rig.compare(A, B)
    assert entered.wait(LONG_S)
    held = len(take.results)
    gate.set()
    if is_refused:
        rig.woken.until(lambda: rig.view.lanes[0].state is LaneState.FAILED)
        rig.pipeline.stop_comparing()
    else:
        rig.woken.until(lambda: len(take.results) > held + 10)
        comparing.change(1, size="128")
    rig.woken.until(lambda: len(take.results) > held + 40)
    rig.pipeline.stop_recording()
    rig.woken.until(lambda: rig.pipeline.status().recording.state is RecordingState.SAVED)
    indices = [result.frame.index for result in take.results]
    gone = set(range(indices[0], indices[-1])) - set(indices)
    assert bool(gone) is is_refused, "what no lane can run is missing, and nothing else"
    if not is_refused:
        assert {(r.model.name, r.network_hw[0]) for r in take.results} >= {("live", 64), ("a", 64)}


def test_a_frame_that_waits_for_a_lane_goes_to_the_engine_where_comparing_ends(rig: Rig) -> None:
    gate, entered = rig.gate_loading()
    rig.play("file")
    take = FakeTake()
    assert rig.pipeline.start_recording(WISH, take.open) is not None
    rig.woken.until(lambda: len(take.results) > 10)
    rig.compare(A, B)
    assert entered.wait(LONG_S)
    held = len(take.results)
    rig.pipeline.stop_comparing()
    rig.woken.until(lambda: len(take.results) > held + 10)
    gate.set()
    rig.pipeline.stop_recording()
    rig.woken.until(lambda: rig.pipeline.status().recording.state is RecordingState.SAVED)
    indices = [result.frame.index for result in take.results]
    assert indices == list(range(indices[0], indices[0] + len(indices)))


def test_an_error_within_ends_the_comparison_alone(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.comparing.live import LiveComparison

    rig.play()
    rig.compare(A)
    rig.until_all_run()

    def broken(live: LiveComparison, *given: object, **named: object) -> None:
        raise RuntimeError("a fault of our own")

    monkeypatch.setattr(LiveComparison, "step", broken)
    rig.woken.until(lambda: rig.pipeline.comparing is None)
    assert rig.pipeline.status().faults[-1].line == "comparing stopped: a fault of our own"
    rig.camera.feed.put(70)
    rig.woken.until(lambda: (r := rig.pipeline.newest_result()) is not None and r.model.name == "live")


def test_without_memory_the_live_view_takes_what_was_kept_for_the_next_comparison(rig: Rig) -> None:
    kept = rig.kept_after_comparing()
    rig.engines["live"].failure = lambda hw: None if kept.closed_by else OutOfMemory("no room")
    rig.camera.feed.put(90)
    rig.woken.until(
        lambda: (
            (r := rig.pipeline.newest_result()) is not None
            and (r.model.name, int(r.inverse_depth[0, 0]), r.network_hw) == ("live", 90, (64, 64))
        )
    )
    assert rig.pipeline.status().faults == ()


def test_a_size_without_memory_to_prepare_is_prepared_again_once_there_is_more(rig: Rig) -> None:
    kept = rig.kept_after_comparing()
    rig.engines["live"].prepare_failure = lambda hw: None if kept.closed_by else OutOfMemory("no room")
    rig.pipeline.set_size("128", "square")

    def came() -> bool:
        if rig.camera.feed.empty():
            rig.camera.feed.put(90)
        return (r := rig.pipeline.newest_result()) is not None and r.network_hw == (128, 128)

    rig.woken.until(came)
    assert rig.pipeline.status().faults == ()


def test_closing_while_models_load_leaves_nothing(rig: Rig) -> None:
    gate, entered = rig.gate_loading()
    rig.play()
    rig.compare(A, B)
    assert entered.wait(LONG_S)
    rig.pipeline.stop()
    gate.set()
    rig.camera.feed.put(None)
    rig.pipeline.close()
    assert rig.engines["a"].closed_by
    assert "b" not in rig.engines
