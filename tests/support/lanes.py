"""Live comparisons driven step by step, without threads: a clock, engines and a loader that tests move by hand."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import numpy as np

from core.comparing.control import Comparing
from core.comparing.ground_truth import GroundTruth
from core.comparing.lane_wish import LaneWish
from core.comparing.lanes import Lane
from core.comparing.live import LiveComparison, Stepped
from core.comparing.on_loan import OnLoan
from core.comparing.shelf import Shelf
from core.comparing.truth_watch import TruthWatch
from core.comparing.view import ComparisonView, LaneView
from core.messages import DepthArray, Frame, RgbArray, SourceInfo
from support.fakes import FakeEngine, picture


class ByHand(Executor):
    """Does what it was given when told to, on the caller's thread."""

    def __init__(self) -> None:
        self.jobs: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self.at_once = True

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.jobs.append((future, lambda: fn(*args, **kwargs)))
        if self.at_once:
            self.do_all()
        return future

    def do_all(self) -> None:
        while self.jobs:
            future, job = self.jobs.popleft()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(job())
                except Exception as error:  # noqa: BLE001 - as executors do
                    future.set_exception(error)


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class TimedEngine(FakeEngine):
    """Takes `cost_s` of a clock for each run, and gives `pattern` where there is one."""

    def __init__(self, name: str, clock: Clock, cost_s: float = 0.01, **values: Any) -> None:
        super().__init__(name, **values)
        self.clock = clock
        self.cost_s = cost_s
        self.pattern: Callable[[RgbArray, tuple[int, int]], DepthArray] | None = None

    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
        self.clock.now_s += self.cost_s
        depth = super().infer(rgb, network_hw)
        return depth if self.pattern is None else self.pattern(rgb, network_hw)


def noisy(seed: int) -> Callable[[RgbArray, tuple[int, int]], DepthArray]:
    def pattern(rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
        noise = np.random.default_rng(seed).normal(0, 0.1, network_hw)
        return (3 * slope()(rgb, network_hw) + 1 + noise).astype(np.float32)

    return pattern


def patterns(engine: TimedEngine) -> None:
    engine.pattern = noisy(1) if engine.name == "a" else noisy(2)


class Meter:
    def added_mb(self) -> float | None:
        return 5.0


class Steps:
    """A comparison on a thread of the test's own. Engines are made when they are loaded, by the model's name."""

    def __init__(
        self,
        *lanes: LaneWish,
        costs_s: dict[str, float] | None = None,
        source: SourceInfo | None = None,
        open_truth: Callable[[SourceInfo], GroundTruth | None] = lambda source: None,
        **wanted: Any,
    ) -> None:
        self.clock = Clock()
        self.costs_s = costs_s or {}
        self.loaded: list[str] = []
        self.engines: dict[str, TimedEngine] = {}
        self.prepare: Callable[[TimedEngine], None] = lambda engine: None  # what a test does to each new engine
        self.refuses: dict[str, Exception] = {}
        self.worker = ByHand()
        self.shelf = Shelf(self._load, self.worker)
        self.views: list[ComparisonView] = []
        self.comparing = Comparing(lanes, self._woken, **wanted)
        self.use_truth(TruthWatch(ByHand(), lambda source_id: source, open_truth))

    def use_truth(self, truth: TruthWatch) -> None:
        self.live = LiveComparison(self.comparing, self.shelf, self.worker, truth, self._make_lane, self.clock)
        self.live.enter(None, None)

    def _woken(self) -> None:
        if not self.views or self.views[-1] is not self.comparing.view:
            self.views.append(self.comparing.view)

    def _load(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> TimedEngine:
        progress(0.5)
        self.loaded.append(model)
        if (refusal := self.refuses.get(model)) is not None:
            raise refusal
        engine = TimedEngine(model, self.clock, self.costs_s.get(model, 0.01))
        self.prepare(engine)
        self.engines[model] = engine
        return engine

    def _make_lane(self, wish: LaneWish, engine: Any) -> Lane:
        return Lane(wish, load=lambda _: OnLoan(engine), meter=lambda _: Meter(), clock=self.clock)

    def step(self, index: int | None = None, *, source_fps: float = 0.0, needs_reference: bool = False) -> Stepped:
        frame = None if index is None else a_frame(index)
        return self.live.step(frame, source_fps=source_fps, needs_reference=needs_reference)

    def settle(self, index: int | None = 0) -> ComparisonView:
        """Have all lanes loaded, on a frame, or None: the one that stands; gives the view."""
        self.step(index)
        for _ in range(3 * len(self.comparing.wanted.lanes) + 2):
            self.step()
        return self.view

    @property
    def view(self) -> ComparisonView:
        return self.comparing.view

    def lane(self, number: int) -> LaneView:
        found = self.view.lane(number)
        assert found is not None
        return found

    def shown(self) -> list[int | None]:
        """The frame that each lane shows."""
        return [lane.result.frame.index if lane.result is not None else None for lane in self.view.lanes]


def a_frame(index: int, source_id: int = 1) -> Frame:
    return Frame(index, float(index), picture(index).rgb, index / 30, source_id)


def slope(scale: float = 1.0, shift: float = 0.0) -> Callable[[RgbArray, tuple[int, int]], DepthArray]:
    """Depth that grows to the right and down by `scale`, and a ripple of its own where that is not 1."""

    def pattern(rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
        height, width = network_hw
        down, across = np.mgrid[0:height, 0:width].astype(np.float32)
        ramp = across / width + down / height + 0.5
        return (scale * ramp + shift).astype(np.float32)

    return pattern
