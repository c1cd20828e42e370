"""Stand-ins for sources and engines that tests hold, feed and break at will."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from core.errors import EngineError, NonFinite, SourceError
from core.messages import DepthArray, ModelInfo, RgbArray, SourceInfo, SourceKind
from core.readout import Readout
from core.sources.source import Picture

LONG_S = 20.0  # no test waits this long unless it fails


def picture(index: int, time_s: float | None = None) -> Picture:
    """A small picture whose first pixel tells its index."""
    rgb = np.full((48, 64, 3), index % 256, np.uint8)
    return Picture(rgb, time_s)


class FakeFile:
    """A file of `count` pictures, `interval_s` apart; with `broken_at` it raises there, once."""

    def __init__(
        self, count: int = 5, interval_s: float = 0.001, broken_at: int | None = None, name: str = "file"
    ) -> None:
        self.info = SourceInfo(
            SourceKind.VIDEO, name, name, 64, 48, fps=1 / interval_s, frame_count=count, seekable=True
        )
        self.count, self.interval_s, self.broken_at = count, interval_s, broken_at
        self.next = 0
        self.threads: list[int] = []  # that opened, read and closed it
        self.closed = 0
        self.threads.append(threading.get_ident())

    def read(self) -> Picture | None:
        self.threads.append(threading.get_ident())
        assert not self.closed, "read after close"
        if self.next == self.broken_at:
            self.broken_at = None
            self.next = self.count
            raise SourceError("the file is damaged")
        if self.next >= self.count:
            return None
        shown = picture(self.next, self.next * self.interval_s)
        self.next += 1
        return shown

    def seek(self, time_s: float) -> None:
        self.next = min(int(time_s / self.interval_s + 1e-9), self.count - 1)

    def close(self) -> None:
        self.threads.append(threading.get_ident())
        self.closed += 1


class FakeLive:
    """A camera that a test feeds: `feed.put(index)` for a picture, `feed.put(None)` to lose it."""

    def __init__(self, name: str = "camera") -> None:
        self.info = SourceInfo(SourceKind.CAMERA, name, name, 64, 48, live=True)
        self.feed: queue.Queue[int | None] = queue.Queue()
        self.closed = threading.Event()

    def read(self) -> Picture | None:
        item = self.feed.get(timeout=LONG_S)
        if item is None:
            raise SourceError(f"{self.info.name} is gone")
        return picture(item)

    def seek(self, time_s: float) -> None:
        raise AssertionError("a camera cannot seek")

    def close(self) -> None:
        self.closed.set()


@dataclass
class FakeEngine:
    """Depth is the picture's first pixel, at the size asked for. `gate`, where given, holds each run."""

    name: str = "fake"
    gate: threading.Semaphore | None = None
    fails_at: set[tuple[int, int]] = field(default_factory=set)
    precision: str = "fp32"
    non_finite_at: range = range(0)  # pictures whose depth is not finite
    devices: tuple[str, ...] = ("auto", "cpu")
    device: str = "cpu"
    frames_at_once: int = 1
    failure: Callable[[tuple[int, int]], Exception | None] = lambda network_hw: (
        None
    )  # raised by a run at that size
    prepare_failure: Callable[[tuple[int, int]], Exception | None] = lambda network_hw: None
    weights_mb: float = 10.0

    def __post_init__(self) -> None:
        self.info = ModelInfo(self.name, 1, 256, self.precision, self.device, self.device, loaded_as=self.name)
        self.started = threading.Semaphore(0)
        self.prepared: list[tuple[tuple[int, int], str]] = []  # size, thread
        self.prepare_gate: threading.Event | None = None
        self.entered_by: list[str] = []
        self.closed_by: list[str] = []
        self.runs: list[tuple[int, int]] = []

    def enter_thread(self) -> None:
        self.entered_by.append(threading.current_thread().name)

    def prepare(self, network_hw: tuple[int, int]) -> None:
        if self.prepare_gate is not None:
            assert self.prepare_gate.wait(LONG_S)
        if (failure := self.prepare_failure(network_hw)) is not None:
            raise failure
        self.prepared.append((network_hw, threading.current_thread().name))

    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
        assert not self.closed_by, "used after close"
        self.runs.append(network_hw)
        self.started.release()
        if self.gate is not None:
            assert self.gate.acquire(timeout=LONG_S)
        if network_hw in self.fails_at:
            raise EngineError(f"no memory for {network_hw[0]}x{network_hw[1]}")
        if (failure := self.failure(network_hw)) is not None:
            raise failure
        if int(rgb[0, 0, 0]) in self.non_finite_at:
            raise NonFinite(f"{self.name} gave values that are not finite in {self.precision}")
        return np.full(network_hw, float(rgb[0, 0, 0]), np.float32)

    def infer_ranged(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Readout:
        depth = self.infer(rgb, network_hw)
        return Readout(depth, float(depth[0, 0]), float(depth[0, 0]), finite=True, finished_at_s=time.monotonic())

    def begin(self, rgb: RgbArray, network_hw: tuple[int, int], ended: Callable[[], None]) -> Future[Readout]:
        future: Future[Readout] = Future()
        try:
            future.set_result(self.infer_ranged(rgb, network_hw))
        except Exception as error:  # noqa: BLE001 - as the engine does
            future.set_exception(error)
        ended()
        return future

    def close(self) -> None:
        self.closed_by.append(threading.current_thread().name)


class Waker:
    """A wake function that tests wait on for something to become true."""

    def __init__(self) -> None:
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def until(self, true: Callable[[], object]) -> None:
        """Wait for `true()`, looked at after each wake (and now and then, for what wakes nobody)."""
        waited_s = 0.0
        with self._changed:
            while not true():
                if not self._changed.wait(0.05):
                    waited_s += 0.05
                assert waited_s < LONG_S, f"never came true: {true}"
