"""Frames that a network computes beside each other: how many, in which order they come out, what failures do."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from core.capture import SourceWish
from core.comparing import stage
from core.engine import Engine
from core.errors import EngineError
from core.loading import ModelWish
from core.messages import DepthResult, RgbArray
from core.pipeline import Pipeline
from core.readout import Readout
from core.sources.source import Source
from core.team_size import Team
from support.fakes import LONG_S, FakeEngine, FakeFile, FakeLive, Waker


@dataclass
class Beside(FakeEngine):
    """Two frames at once, each held until the test lets its picture's number go."""

    frames_at_once: int = 2
    let_go: dict[int, threading.Event] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="fake-network")
        self.changed = Waker()
        self.begun: list[int] = []
        self.is_closing = False

    def begin(self, rgb: RgbArray, network_hw: tuple[int, int], ended: Callable[[], None]) -> Future[Readout]:
        assert not self.closed_by, "used after close"
        self.begun.append(int(rgb[0, 0, 0]))
        self.changed()
        future = self.pool.submit(self._held, rgb, network_hw)
        future.add_done_callback(lambda _: ended())
        return future

    def _held(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Readout:
        number = int(rgb[0, 0, 0])
        assert self.let_go.get(number, ALWAYS).wait(LONG_S)
        try:
            return self.infer_ranged(rgb, network_hw)
        finally:
            self.ended.append(number)
            self.changed()

    def close(self) -> None:
        self.is_closing = True
        self.pool.shutdown()
        super().close()


ALWAYS = threading.Event()
ALWAYS.set()


class Kept:
    """A recorder that keeps what it is given."""

    def __init__(self) -> None:
        self.results: list[DepthResult] = []
        self.missing: list[int] = []

    def put(self, result: DepthResult) -> None:
        self.results.append(result)

    def note_missing(self, frame: object) -> None:
        self.missing.append(frame.index)  # type: ignore[attr-defined]

    @property
    def depths(self) -> list[tuple[str, int]]:
        return [(result.model.name, int(result.inverse_depth[0, 0])) for result in self.results]


class Rig:
    def __init__(self, source: Source, *engines: FakeEngine) -> None:
        self.woken = Waker()
        self.kept = Kept()
        self._engines = iter(engines)
        self.pipeline = Pipeline(
            self.woken,
            opener=lambda *_: source,
            load=lambda *_: next(self._engines),  # type: ignore[arg-type]
        )
        self.pipeline._inference.record_to(self.kept)  # type: ignore[arg-type]


@contextmanager
def rig(source: Source, *engines: FakeEngine, wish: SourceWish) -> Iterator[Rig]:
    made = Rig(source, *engines)
    try:
        made.pipeline.use_model(ModelWish("toy"))
        made.pipeline.open(wish)
        yield made
    finally:
        for engine in engines:
            for event in getattr(engine, "let_go", {}).values():
                event.set()
        made.pipeline.stop()
        if isinstance(source, FakeLive):
            source.feed.put(0)
        made.pipeline.close()


WHOLE_FILE = SourceWish("file", every_frame=True, paced=False, loop=False)


def held(*numbers: int) -> dict[int, threading.Event]:
    return {number: threading.Event() for number in numbers}


def test_two_frames_are_in_flight_and_come_out_in_their_order() -> None:
    engine = Beside(let_go=held(0, 1, 2))
    with rig(FakeFile(4), engine, wish=WHOLE_FILE) as r:
        engine.changed.until(lambda: engine.begun == [0, 1])
        engine.let_go[1].set()
        engine.changed.until(lambda: engine.ended == [1])
        assert (engine.begun, r.kept.depths) == ([0, 1], []), "the younger one waits, and no third is begun"
        engine.let_go[0].set()
        engine.changed.until(lambda: engine.begun[2:] == [2, 3])
        r.woken.until(lambda: r.kept.depths == [("fake", 0), ("fake", 1)])
        engine.let_go[2].set()
        r.woken.until(lambda: [number for _, number in r.kept.depths][:4] == [0, 1, 2, 3])


def test_depth_is_published_when_it_is_there_and_not_with_the_next_frame(monkeypatch) -> None:
    monkeypatch.setattr(stage, "LOOK_EVERY_S", 3600.0)
    engine, camera = Beside(), FakeLive()
    with rig(camera, engine, wish=SourceWish("camera")) as r:
        for number in range(1, 4):
            camera.feed.put(number)
            r.woken.until(lambda: [depth for _, depth in r.kept.depths][-1:] == [number])  # noqa: B023 - no other frame comes


def test_waiting_for_the_recorder_is_not_the_networks_time() -> None:
    engine, may_go_on, is_asked = Beside(let_go=held(0, 1)), threading.Event(), threading.Event()
    with rig(FakeFile(2), engine, wish=WHOLE_FILE) as r:
        keep = r.kept.put

        def put(result: DepthResult) -> None:
            is_asked.set()
            assert may_go_on.wait(LONG_S)
            keep(result)

        r.kept.put = put  # type: ignore[method-assign]
        engine.changed.until(lambda: engine.begun == [0, 1])
        engine.let_go[0].set()
        assert is_asked.wait(LONG_S)
        engine.let_go[1].set()
        engine.changed.until(lambda: engine.ended == [0, 1])
        went_on_s = time.monotonic()
        may_go_on.set()
        r.woken.until(lambda: len(r.kept.results) >= 2)
        assert r.kept.results[1].finished_at_s <= went_on_s


def test_the_last_frames_of_a_file_are_published_before_its_end_is_told() -> None:
    engine = Beside(let_go=held(3, 4))
    ended_after: list[int] = []
    with rig(FakeFile(5), engine, wish=SourceWish("file", every_frame=True, paced=False, ends=True)) as r:
        r.pipeline._switch._ended = lambda: ended_after.append(len(r.kept.results))
        engine.changed.until(lambda: engine.begun == [0, 1, 2, 3, 4])
        for number in 4, 3:
            engine.let_go[number].set()
        r.woken.until(lambda: ended_after)
        assert ended_after == [5]


def test_a_failed_frame_is_tried_again_before_those_begun_after_it_come_out() -> None:
    engine, safer = Beside(precision="fp16", let_go=held(1), non_finite_at=range(1, 3)), FakeEngine("safer")
    with rig(FakeFile(5), engine, safer, wish=WHOLE_FILE) as r:
        engine.changed.until(lambda: 2 in engine.ended)
        engine.let_go[1].set()
        r.woken.until(lambda: len(r.kept.results) >= 5)
        assert r.kept.depths[:5] == [("fake", 0), ("safer", 1), ("safer", 2), ("safer", 3), ("safer", 4)]
        assert r.kept.missing == []
        assert len(r.pipeline.status().faults) == 1


def test_a_frame_in_flight_at_a_size_that_fails_goes_on_at_another() -> None:
    engine = Beside(fails_at={(256, 256)})
    with rig(FakeFile(3), engine, wish=WHOLE_FILE) as r:
        r.pipeline.set_size("128", "square")
        r.woken.until(lambda: len(r.kept.results) >= 3)
        assert [number for _, number in r.kept.depths[:3]] == [0, 1, 2]


def test_another_engine_takes_over_once_the_old_one_has_ended_what_it_began() -> None:
    old, new, camera = Beside("old", let_go=held(2)), FakeEngine("new"), FakeLive()
    with rig(camera, old, new, wish=SourceWish("camera")) as r:
        camera.feed.put(1)
        r.woken.until(lambda: r.kept.depths == [("old", 1)])
        camera.feed.put(2)
        old.changed.until(lambda: 2 in old.begun)
        r.pipeline.use_model(ModelWish("another"))
        r.woken.until(lambda: r.pipeline._inference._engines._offered is not None)
        camera.feed.put(3)
        r.woken.until(lambda: old.is_closing)
        assert (r.kept.depths, new.runs) == ([("old", 1)], [])
        old.let_go[2].set()
        r.woken.until(lambda: len(r.kept.results) >= 3)
        assert r.kept.depths[:3] == [("old", 1), ("old", 2), ("new", 3)]
        assert len(old.closed_by) == 1


class Lanes:
    """A comparison that notes what was published when it began."""

    shelf, patience_s = None, 0.05

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.published_before: list[tuple[str, int]] | None = None

    def enter(self, engine: object, made_for: object) -> None:
        self.published_before = self.kept.depths

    def step(self, frame: object, **_: object) -> SimpleNamespace:
        return SimpleNamespace(result=None, missed=False)

    def leave(self) -> None:
        pass


def test_lanes_begin_with_nothing_in_flight() -> None:
    engine, camera, asked = Beside(let_go=held(2)), FakeLive(), threading.Event()
    with rig(camera, engine, wish=SourceWish("camera")) as r:
        inference, lanes = r.pipeline._inference, Lanes(r.kept)
        lend = inference._for_lanes

        def lend_and_tell() -> object:
            asked.set()
            return lend()

        inference._for_lanes = lend_and_tell  # type: ignore[assignment, method-assign]
        camera.feed.put(1)
        r.woken.until(lambda: r.kept.depths == [("fake", 1)])
        camera.feed.put(2)
        engine.changed.until(lambda: 2 in engine.begun)
        inference.compare(lanes)  # type: ignore[arg-type]
        assert asked.wait(LONG_S)
        engine.let_go[2].set()
        r.woken.until(lambda: lanes.published_before is not None)
        assert lanes.published_before == [("fake", 1), ("fake", 2)]


@pytest.fixture
def nano(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """That always has two frames at once."""
    engine = Engine.load("fathom-nano", "fp32", "cpu")
    engine.enter_thread()
    monkeypatch.setattr(engine._runner._teams, "begin", lambda size: Team(1, 2))  # type: ignore[attr-defined]
    monkeypatch.setattr(engine._runner._teams, "team", Team(1, 2))  # type: ignore[attr-defined]
    yield engine
    engine.close()


@pytest.mark.parametrize("is_prepared", [True, False])
def test_frames_beside_each_other_give_what_they_give_alone(nano: Engine, *, is_prepared: bool) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (12, 60, 80, 3), dtype=np.uint8)
    sizes = [(64, 96) if number % 3 else (96, 64) for number in range(len(pictures))]
    if is_prepared:
        for size in set(sizes):
            nano.prepare(size)
    alone = [nano.infer(rgb, size) for rgb, size in zip(pictures, sizes, strict=True)]
    ended = threading.Semaphore(0)
    begun = [nano.begin(rgb, size, ended.release) for rgb, size in zip(pictures, sizes, strict=True)]
    for future, expected in zip(begun, alone, strict=True):
        assert np.array_equal(future.result(LONG_S).inverse_depth, expected)
    assert all(ended.acquire(timeout=LONG_S) for _ in pictures)


def test_closing_waits_for_what_was_begun_and_leaves_no_thread(nano: Engine) -> None:
    begun = [nano.begin(np.zeros((64, 64, 3), np.uint8), (64, 64), lambda: None) for _ in range(4)]
    nano.close()
    assert all(future.done() for future in begun)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fathom-network")]


@pytest.mark.parametrize("frames", [1, 2])
def test_what_fails_is_told_by_whoever_asks_and_holds_nothing(nano: Engine, frames: int, monkeypatch) -> None:
    monkeypatch.setattr(nano._runner._teams, "team", Team(1, frames))  # type: ignore[attr-defined]
    told = threading.Event()
    future = nano.begin(np.zeros((64, 64, 3), np.uint8), (65, 64), told.set)
    assert told.wait(LONG_S)
    error = future.exception()
    assert isinstance(error, EngineError)
    assert (error.__traceback__, error.__cause__, error.__context__) == (None, None, None)
