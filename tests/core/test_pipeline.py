"""The threads wired together, with sources and engines that the test holds."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core import source_switch
from core.capture import SourceWish
from core.errors import SourceError, WeightsError
from core.loading import ModelWish
from core.messages import Action, DepthResult, ModelState, SourceState
from core.pipeline import Pipeline
from core.sources.source import Source
from support.fakes import LONG_S, FakeEngine, FakeFile, FakeLive, Waker


class Rig:
    """A pipeline whose sources and engines are looked up by name."""

    def __init__(self) -> None:
        self.woken = Waker()
        self.sources: dict[str, Callable[[], Source]] = {}
        self.engines: dict[str, FakeEngine | Exception] = {"fake": FakeEngine()}
        self.load_gates: dict[str, threading.Event] = {}
        self.loads: list[str] = []
        self.results: list[DepthResult] = []
        self.pipeline = Pipeline(self.woken, opener=self.open_source, load=self.load)

    def open_source(self, address: str, camera_mode: str, cancelled: Callable[[], bool]) -> Source:
        return self.sources[address]()

    def load(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> FakeEngine:
        self.loads.append(model)
        progress(0.1)
        if model in self.load_gates:
            assert self.load_gates[model].wait(LONG_S)
        progress(0.9)
        engine = self.engines[model]
        if isinstance(engine, Exception):
            raise engine
        return engine

    def newest(self) -> DepthResult | None:
        result = self.pipeline.newest_result()
        if result is not None:
            self.results.append(result)
        return result

    def delivered(self) -> int:
        return self.pipeline.playing.delivered if self.pipeline.playing else 0

    def until(self, true: Callable[[DepthResult], object]) -> DepthResult:
        """Wait for a result of which `true` holds."""
        self.woken.until(lambda: (result := self.newest()) is not None and true(result))
        return self.results[-1]


@contextmanager
def rig() -> Iterator[Rig]:
    made = Rig()
    try:
        yield made
    finally:
        made.pipeline.close()


LIVE = ModelWish("fake")


def test_newest_wins_while_the_network_is_busy_and_what_it_missed_is_counted() -> None:
    with rig() as r:
        camera = FakeLive()
        engine = FakeEngine(gate=threading.Semaphore(0))
        r.engines["fake"], r.sources["camera"] = engine, lambda: camera
        r.pipeline.use_model(LIVE)
        r.pipeline.open(SourceWish("camera"))
        camera.feed.put(0)
        assert engine.started.acquire(timeout=LONG_S)
        for index in range(1, 10):
            camera.feed.put(index)
        r.woken.until(camera.feed.empty)
        camera.feed.put(10)
        r.woken.until(lambda: r.delivered() == 11)
        engine.gate.release(2)
        last = r.until(lambda result: result.frame.index == 10)
        assert last.inverse_depth[0, 0] == 10.0
        assert (last.rates.captured, last.rates.inferred, last.rates.dropped) == (11, 2, 9)
        assert [result.frame.index for result in r.results] in ([0, 10], [10])
        r.pipeline.stop()
        camera.feed.put(11)


def test_the_old_source_plays_on_until_the_new_one_is_open() -> None:
    with rig() as r:
        opened = threading.Event()
        old = FakeFile(count=10_000, name="old")

        def open_new() -> FakeFile:
            assert opened.wait(LONG_S)
            return FakeFile(count=10_000, name="new")

        r.sources.update(old=lambda: old, new=open_new)
        r.pipeline.use_model(LIVE)
        r.pipeline.open(SourceWish("old"))
        first = r.until(lambda result: result.frame.index > 0)
        r.pipeline.open(SourceWish("new"))
        r.until(lambda result: result.frame.index > first.frame.index + 3)
        status = r.pipeline.status()
        assert status.source is not None
        assert (status.source.name, status.source_detail) == ("old", "opening new")
        assert not old.closed
        opened.set()
        r.until(lambda result: result.frame.source_id != first.frame.source_id)
        r.woken.until(lambda: old.closed == 1)
        status = r.pipeline.status()
        assert status.source is not None
        assert (status.source.name, status.source_state) == ("new", SourceState.PLAYING)


def test_a_new_source_that_fails_leaves_the_old_one_playing() -> None:
    with rig() as r:

        def refuse() -> Source:
            raise SourceError("no such file")

        r.sources.update(old=lambda: FakeFile(count=10_000), new=refuse)
        r.pipeline.use_model(LIVE)
        r.pipeline.open(SourceWish("old"))
        first = r.until(lambda result: True)
        r.pipeline.open(SourceWish("new"))
        r.woken.until(lambda: r.pipeline.status().faults)
        r.until(lambda result: result.frame.index > first.frame.index + 3)
        status = r.pipeline.status()
        (fault,) = status.faults
        assert (fault.line, fault.action, fault.value) == ("no such file", Action.REOPEN_SOURCE, "new")
        assert status.source_state is SourceState.PLAYING


def test_of_two_cameras_the_old_one_is_released_before_the_new_one_opens() -> None:
    with rig() as r:
        old, new = FakeLive("old"), FakeLive("new")

        def open_new() -> FakeLive:
            assert old.closed.is_set(), "still held"
            return new

        r.sources.update({"camera:0": lambda: old, "camera:1": open_new})
        r.pipeline.use_model(LIVE)
        r.pipeline.open(SourceWish("camera:0"))
        old.feed.put(1)
        r.until(lambda result: True)
        r.pipeline.open(SourceWish("camera:1"))
        old.feed.put(2)
        new.feed.put(3)
        r.until(lambda result: result.inverse_depth[0, 0] == 3.0)
        r.pipeline.stop()
        new.feed.put(4)


def test_the_old_model_runs_on_until_the_new_one_is_loaded() -> None:
    with rig() as r:
        old, new = FakeEngine("old"), FakeEngine("new")
        r.engines.update(old=old, new=new)
        r.load_gates["new"] = threading.Event()
        r.sources["file"] = lambda: FakeFile(count=10_000)
        r.pipeline.use_model(ModelWish("old"))
        r.pipeline.open(SourceWish("file"))
        first = r.until(lambda result: True)
        r.pipeline.use_model(ModelWish("new"))
        r.until(lambda result: result.frame.index > first.frame.index + 3)
        assert r.results[-1].model.name == "old"
        assert r.pipeline.status().model_state is ModelState.LOADING
        assert r.pipeline.status().model_detail == "loading new"
        r.load_gates["new"].set()
        r.until(lambda result: result.model.name == "new")
        assert old.closed_by == ["fathom-inference"], "whoever ran it lets it go"
        assert new.entered_by == ["fathom-inference"]
        assert new.prepared == [((256, 256), "fathom-loader")], "made ready before it takes over"
        assert r.pipeline.status().model_state is ModelState.READY


def test_a_model_that_does_not_load_leaves_the_old_one_running() -> None:
    with rig() as r:
        r.engines["broken"] = WeightsError("broken.pt is truncated")
        r.sources["file"] = lambda: FakeFile(count=10_000)
        r.pipeline.use_model(LIVE)
        r.pipeline.open(SourceWish("file"))
        first = r.until(lambda result: True)
        r.pipeline.use_model(ModelWish("broken"))
        r.woken.until(lambda: r.pipeline.status().faults)
        r.until(lambda result: result.frame.index > first.frame.index + 3)
        status = r.pipeline.status()
        assert [(f.line, f.action) for f in status.faults] == [("broken.pt is truncated", Action.RELOAD_MODEL)]
        assert status.model_state is ModelState.READY


def test_the_first_model_failing_offers_the_built_in_one() -> None:
    with rig() as r:
        r.engines["broken"] = WeightsError("broken.pt is truncated")
        r.pipeline.use_model(ModelWish("broken"))
        r.woken.until(lambda: r.pipeline.status().faults)
        status = r.pipeline.status()
        assert status.faults[0].action is Action.USE_BUILT_IN_MODEL
        assert status.model_state is ModelState.FAILED


def test_a_source_that_cannot_be_looked_into_is_told_and_the_next_one_gets_its_model(monkeypatch) -> None:
    def fail(address: str) -> bool:
        raise OSError("the disk does not answer")

    may_open = threading.Event()

    def open_later() -> FakeFile:
        assert may_open.wait(LONG_S)
        return FakeFile(count=10_000)

    monkeypatch.setattr(source_switch, "_names_recording", fail)
    with rig() as r:
        r.sources["file"] = open_later
        r.pipeline.open(SourceWish("file"))
        r.pipeline.use_model(LIVE)
        r.woken.until(lambda: r.pipeline.status().faults)
        assert (r.pipeline.status().faults[0].line, r.loads) == ("the disk does not answer", [])
        may_open.set()
        assert r.until(lambda result: True).model.name == "fake"


def test_a_load_that_is_overtaken_is_abandoned() -> None:
    with rig() as r:
        r.load_gates["slow"] = threading.Event()
        r.engines["slow"] = FakeEngine("slow")
        r.engines["wanted"] = FakeEngine("wanted")
        r.pipeline.use_model(ModelWish("slow"))
        r.woken.until(lambda: r.loads == ["slow"])
        for name in ("skipped", "skipped too", "wanted"):
            r.pipeline.use_model(ModelWish(name))
        r.load_gates["slow"].set()
        r.sources["file"] = lambda: FakeFile(count=10_000)
        r.pipeline.open(SourceWish("file"))
        r.until(lambda result: result.model.name == "wanted")
        assert r.loads == ["slow", "wanted"]
        assert {result.model.name for result in r.results} == {"wanted"}


def test_a_new_size_takes_over_when_the_loader_has_prepared_it() -> None:
    with rig() as r:
        engine = FakeEngine()
        engine.prepare_gate = threading.Event()
        r.engines["fake"] = engine
        r.sources["file"] = lambda: FakeFile(count=10_000)
        r.pipeline.use_model(LIVE)
        r.pipeline.open(SourceWish("file"))
        first = r.until(lambda result: result.network_hw == (256, 256))
        r.pipeline.set_size("384", "keep")
        r.until(lambda result: result.frame.index > first.frame.index + 3)
        assert r.results[-1].network_hw == (256, 256)
        engine.prepare_gate.set()
        r.until(lambda result: result.network_hw == (320, 448))
        assert ((320, 448), "fathom-loader") in engine.prepared


def test_a_picture_that_stands_is_shown_again_at_a_new_size_and_by_a_new_model() -> None:
    with rig() as r:
        r.engines["other"] = FakeEngine("other")
        r.sources["picture"] = lambda: FakeFile(count=1)
        r.pipeline.open(SourceWish("picture"))
        r.pipeline.use_model(LIVE)
        r.until(lambda result: result.network_hw == (256, 256))
        r.pipeline.set_size("320", "square")
        r.until(lambda result: result.network_hw == (320, 320))
        r.pipeline.use_model(ModelWish("other"))
        r.until(lambda result: result.model.name == "other" and result.network_hw == (320, 320))


def test_a_size_that_fails_is_said_once_and_the_size_before_goes_on() -> None:
    with rig() as r:
        engine = FakeEngine(fails_at={(1536, 1536)})
        r.engines["fake"] = engine
        r.sources["file"] = lambda: FakeFile(count=10_000)
        r.pipeline.use_model(LIVE)
        r.pipeline.open(SourceWish("file"))
        r.until(lambda result: True)
        r.pipeline.set_size("1536", "square")
        r.woken.until(lambda: r.pipeline.status().faults)
        failed_at = r.delivered()
        r.until(lambda result: result.frame.index > failed_at + 3)
        lines = [fault.line for fault in r.pipeline.status().faults]
        assert lines == ["no memory for 1536x1536; going on at 256x256"]
        assert engine.runs.count((1536, 1536)) == 1
        assert r.pipeline.status().model_state is ModelState.READY
        r.pipeline.set_size("384", "square")
        r.until(lambda result: result.network_hw == (384, 384))


def test_a_network_that_fails_at_its_first_size_waits_for_another() -> None:
    with rig() as r:
        engine = FakeEngine(fails_at={(256, 256)})
        r.engines["fake"] = engine
        r.sources["file"] = lambda: FakeFile(count=10_000)
        r.pipeline.use_model(LIVE)
        r.pipeline.open(SourceWish("file"))
        r.woken.until(lambda: r.pipeline.status().faults)
        assert r.pipeline.status().model_state is ModelState.FAILED
        assert r.pipeline.status().faults[0].action is Action.USE_BUILT_IN_MODEL
        r.pipeline.set_size("384", "square")
        r.until(lambda result: result.network_hw == (384, 384))
        assert r.pipeline.status().model_state is ModelState.READY
        assert engine.runs.count((256, 256)) == 1


def test_fifty_changes_in_a_row_leave_one_source_and_one_engine() -> None:
    with rig() as r:
        files: list[FakeFile] = []
        engines: list[FakeEngine] = []

        def opener(name: str) -> Callable[[], FakeFile]:
            def make() -> FakeFile:
                files.append(FakeFile(count=10_000, name=name))
                return files[-1]

            return make

        for number in range(50):
            engines.append(FakeEngine(f"engine {number}"))
            r.engines[f"engine {number}"] = engines[-1]
            r.sources[f"file {number}"] = opener(f"file {number}")
            r.pipeline.use_model(ModelWish(f"engine {number}"))
            r.pipeline.open(SourceWish(f"file {number}"))
            r.pipeline.set_size(str(64 + 32 * (number % 10)), "square")
        last = r.until(lambda result: result.model.name == "engine 49" and result.network_hw == (352, 352))
        r.woken.until(lambda: [file.info.name for file in files if not file.closed] == ["file 49"])
        assert r.pipeline.status().source_id == last.frame.source_id or r.until(
            lambda result: result.frame.source_id == r.pipeline.status().source_id
        )
        assert threading.active_count() <= 1 + 2 + 4  # here, inference and loader, captures letting go
    assert all(file.closed for file in files)
    loaded = [engine for engine in engines if engine.info.name in r.loads and (engine.runs or engine.closed_by)]
    assert all(len(engine.closed_by) == 1 for engine in loaded)


def test_closing_does_not_wait_for_a_source_or_a_model_that_never_came() -> None:
    with rig():
        pass
    with rig() as r:
        r.sources["file"] = lambda: FakeFile(count=10_000)
        r.pipeline.open(SourceWish("file"))  # no model: the inference thread waits for one
    with rig() as r:
        r.pipeline.use_model(LIVE)  # no source
