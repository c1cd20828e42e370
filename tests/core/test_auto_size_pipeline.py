"""Size `auto` through the whole pipeline, with an engine whose frames take simulated time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
import torch

from core.capture import SourceWish
from core.loading import ModelWish
from core.messages import DepthArray, RgbArray
from core.pipeline import Pipeline
from core.readout import Readout
from support.fakes import FakeEngine, FakeFile, Waker

Size = tuple[int, int]
TARGET_FPS = 30.0


class Clock:
    """Stands in for `time` in the inference thread, which alone reads and moves it."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


class TimedEngine(FakeEngine):
    """A frame takes 9 ms and 0.6 µs a pixel, times the load; frames wait for a size that is being prepared."""

    def __init__(self, clock: Clock, most_pixels: int = 10**9) -> None:
        super().__init__("timed", devices=("auto", "cpu"))
        self.clock, self.most_pixels = clock, most_pixels
        self.load = 1.0
        self.done: list[tuple[float, Size]] = []  # at, size
        self.is_settled: Callable[[], bool] = lambda: True
        self.pause = threading.Event()
        self.pause.set()
        self.woken = Waker()

    def infer(self, rgb: RgbArray, network_hw: Size) -> DepthArray:
        self.woken.until(lambda: self.is_settled() and self.pause.is_set())
        if network_hw[0] * network_hw[1] > self.most_pixels:
            raise torch.OutOfMemoryError("out of memory")
        self.clock.now_s += (9e-3 + 6e-7 * network_hw[0] * network_hw[1]) * self.load
        self.done.append((self.clock.now_s, network_hw))
        return super().infer(rgb, network_hw)

    def infer_ranged(self, rgb: RgbArray, network_hw: Size) -> Readout:
        return super().infer_ranged(rgb, network_hw)._replace(finished_at_s=self.clock.now_s)


class Rig:
    def __init__(self, clock: Clock, engine: TimedEngine) -> None:
        self.clock, self.engine = clock, engine
        self.woken = Waker()
        self.pipeline = Pipeline(
            self.woken,
            opener=lambda *_: FakeFile(count=10**6, interval_s=1e-5),
            load=lambda *_: engine,
        )
        sizes = self.pipeline._inference._sizes
        engine.is_settled = lambda: sizes.coming is None or sizes.coming in sizes._ready
        self.pipeline.set_size("auto", "square", TARGET_FPS)
        self.pipeline.use_model(ModelWish("timed"))
        # Every frame, so that capture waits for the network instead of fighting with it over the interpreter.
        self.pipeline.open(SourceWish("file", every_frame=True, paced=False))

    def pass_s(self, seconds: float) -> tuple[float, float]:
        """Wait until so much simulated time has passed; from when to when."""
        self.woken.until(lambda: self.engine.done)
        start_s = self.engine.done[-1][0]
        self.woken.until(lambda: self.engine.done[-1][0] >= start_s + seconds)
        return start_s, start_s + seconds

    def rate(self, from_s: float, to_s: float) -> float:
        return sum(from_s <= at_s < to_s for at_s, _ in self.engine.done) / (to_s - from_s)

    def changes(self, from_s: float, to_s: float) -> list[float]:
        done = self.engine.done
        return [at_s for (_, before), (at_s, size) in pairwise(done) if size != before and from_s <= at_s < to_s]


@contextmanager
def rig(monkeypatch: pytest.MonkeyPatch, most_pixels: int = 10**9) -> Iterator[Rig]:
    clock = Clock()
    monkeypatch.setattr("core.inference.time", clock)
    made = Rig(clock, TimedEngine(clock, most_pixels))
    try:
        yield made
    finally:
        made.engine.pause.set()
        made.pipeline.close()


def test_the_rate_is_held_under_every_load(monkeypatch: pytest.MonkeyPatch) -> None:
    with rig(monkeypatch) as r:
        largest = []
        for load in (1.0, 2.2, 0.4, 1.0):
            r.engine.load = load
            start_s, end_s = r.pass_s(14.0)
            assert r.rate(start_s + 2.0, end_s) >= 0.95 * TARGET_FPS
            assert len(r.changes(start_s + 2.0, start_s + 12.0)) <= 1
            largest.append(r.engine.done[-1][1][0])
        assert largest[2] > largest[0] > largest[1]
        first, *others = dict.fromkeys(size for _, size in r.engine.done)
        assert first == (192, 192)
        assert set(others) <= {size for size, _ in r.engine.prepared}
        assert {thread for _, thread in r.engine.prepared} == {"fathom-loader"}
        assert r.pipeline.status().faults == ()


def test_it_grows_to_what_there_is_memory_for_and_stays_below(monkeypatch: pytest.MonkeyPatch) -> None:
    with rig(monkeypatch, most_pixels=230 * 230) as r:
        r.engine.load = 0.5
        r.pass_s(25.0)
        assert r.engine.done[-1][1] == (224, 224)
        (fault,) = r.pipeline.status().faults
        assert (fault.line, fault.button) == ("out of memory; going on at 224x224", "Stay at 224")


def test_a_fixed_size_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with rig(monkeypatch) as r:
        r.pass_s(5.0)
        r.pipeline.set_size("512", "square")
        r.woken.until(lambda: r.engine.done[-1][1] == (512, 512))
        start_s, end_s = r.pass_s(20.0)
        assert r.changes(start_s + 0.5, end_s) == []
        assert r.engine.done[-1][1] == (512, 512)
