"""Lanes: networks that are given the very same frame, one after the other, each timed by itself."""

import statistics
import time
from collections.abc import Callable, MutableSequence, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from core import allocator
from core.bench import MemoryMeter, memory_meter, p95
from core.comparing.lane_wish import LaneWish
from core.depth_range import sample_percentiles
from core.engine import Engine, pick_device
from core.errors import EngineError, FathomError, NonFinite, OutOfMemory
from core.messages import DepthArray, DepthResult, Frame, ModelInfo, RgbArray
from core.network_size import fixed_aspect, size_for

Hw = tuple[int, int]


class LaneEngine(Protocol):
    """What a lane asks of an engine."""

    info: ModelInfo

    def enter_thread(self) -> None: ...
    def prepare(self, network_hw: Hw) -> None: ...
    def infer(self, rgb: RgbArray, network_hw: Hw) -> DepthArray: ...
    def close(self) -> None: ...


LoadEngine = Callable[[LaneWish], LaneEngine]
MakeMeter = Callable[[str], MemoryMeter]


def load_engine(wish: LaneWish) -> LaneEngine:
    """Raises: WeightsError, EngineError."""
    return Engine.load(wish.model, wish.precision, wish.device)


def meter_on(device: str) -> MemoryMeter:
    """Raises: EngineError where there is no such device."""
    return memory_meter(pick_device(device))


@dataclass(slots=True, eq=False)
class Lane:
    """One network of a comparison. Used by: one thread, which opens, runs and closes it.

    A failure stays with its lane: `failure` tells it in a line, the engine is closed, and `run` gives None.
    """

    wish: LaneWish
    load: LoadEngine = load_engine
    meter: MakeMeter = meter_on
    info: ModelInfo | None = None  # None until it is loaded; stays after the lane was closed
    network_hw: Hw | None = None  # of the frame it ran last
    memory_mb: float | None = None  # as `bench` measures it: what loading and the first run added
    failure: str = ""
    wants_memory: bool = False  # which is why it failed
    non_finite: int = 0  # frames whose depth was not finite
    times_ms: MutableSequence[float] = field(default_factory=list)  # from picture to depth on the host
    clock: Callable[[], float] = time.perf_counter
    _engine: LaneEngine | None = None
    _warm: set[Hw] = field(default_factory=set)  # sizes it has run at

    @property
    def label(self) -> str:
        """Model, size and precision in words: what runs, once that is known."""
        if self.info is None:
            return self.wish.names[-1]
        size = f"{self.network_hw[0]}x{self.network_hw[1]}" if self.network_hw else self.wish.size
        return f"{self.wish.title} {size} {self.info.precision}"

    @property
    def median_ms(self) -> float | None:
        return statistics.median(self.times_ms) if self.times_ms else None

    @property
    def p95_ms(self) -> float | None:
        return p95(self.times_ms) if self.times_ms else None

    @property
    def fps_alone(self) -> float | None:
        """What it would reach if nothing else ran."""
        median_ms = self.median_ms
        return 1e3 / median_ms if median_ms else None

    def open(self, first: RgbArray) -> None:
        """Load it and run it once on `first`, untimed, which sets up what depends on the size."""
        allocator.give_back()  # else it takes what earlier lanes freed, and seems to need nothing of its own
        try:
            measured = self.meter(self.wish.device)
            self._engine = self.load(self.wish)
            self.info = self._engine.info
            self._engine.enter_thread()
            self._warm_up(self._engine, first)
            self.memory_mb = measured.added_mb()
        except FathomError as error:
            self._fail(error)

    def run(self, frame: Frame) -> DepthResult | None:
        """Its depth of `frame`; None where the lane has failed or what came out is not finite."""
        engine = self._engine
        if engine is None:
            return None
        try:
            hw = self._warm_up(engine, frame.rgb)
            started_at_s = time.monotonic()
            began_s = self.clock()
            inverse_depth = engine.infer(frame.rgb, hw)
            took_s = self.clock() - began_s
        except NonFinite:
            self.non_finite += 1
            return None
        except FathomError as error:
            self._fail(error)
            return None
        self.times_ms.append(1e3 * took_s)
        low, high = sample_percentiles(inverse_depth)
        return DepthResult(
            frame,
            inverse_depth,
            low,
            high,
            engine.info,
            started_at_s,
            started_at_s + took_s,
            aspect=fixed_aspect(self.wish.aspect, engine.info),
        )

    def close(self) -> None:
        """Give its memory back. What was measured stays."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _warm_up(self, engine: LaneEngine, rgb: RgbArray) -> Hw:
        """The network's size for `rgb`, prepared and run once, so that no frame pays for being the first."""
        height, width, _ = rgb.shape
        hw = self.network_hw = size_for(self.wish.size, self.wish.aspect, engine.info, (height, width))
        if hw not in self._warm:
            engine.prepare(hw)
            self._warm.add(hw)
            with suppress(NonFinite):  # counted when the frame is run
                engine.infer(rgb, hw)
        return hw

    def _fail(self, error: FathomError) -> None:
        self.failure = str(error)
        self.wants_memory = isinstance(error, OutOfMemory)
        self.close()


def run_lanes(lanes: Sequence[Lane], frame: Frame) -> list[DepthResult | None]:
    """Every lane's depth of `frame`, in order, one after the other. Raises: EngineError as `check_same_frame`."""
    results = [lane.run(frame) for lane in lanes]
    check_same_frame(results)
    return results


def check_same_frame(results: Sequence[DepthResult | None]) -> None:
    """Lanes are compared on one frame or not at all.

    Raises: EngineError where results belong to different frames.
    """
    frames = {(result.frame.source_id, result.frame.index) for result in results if result is not None}
    if len(frames) > 1:
        shown = ", ".join(f"frame {index} of source {source}" for source, index in sorted(frames))
        raise EngineError(f"lanes must be compared on the same frame, got {shown}")
