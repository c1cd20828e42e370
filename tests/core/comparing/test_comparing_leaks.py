"""Lanes that are switched a hundred times leave no thread, no file and no engine behind."""

import gc
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

from core.capture import SourceWish
from core.comparing.control import Comparing
from core.comparing.lane_wish import LaneWish
from core.pipeline import Pipeline
from core.sources.source import Source
from support.fakes import FakeEngine, FakeFile, Waker

A, B = LaneWish("a", "64"), LaneWish("b", "64")
BUDGET_MB = 35.0  # of engines with 10 MB of weights and what running them took


def test_switching_lanes_a_hundred_times_leaks_nothing() -> None:
    woken = Waker()
    made: list[weakref.ref[FakeEngine]] = []

    def load(model: str, precision: str, device: str, progress: Callable[[float], None]) -> FakeEngine:
        engine = FakeEngine(model)
        made.append(weakref.ref(engine))
        return engine

    def open_file(address: str, camera_mode: str, cancelled: Callable[[], bool]) -> Source:
        return FakeFile(count=10_000)

    pipeline = Pipeline(woken, opener=open_file, load=load)
    pipeline.open(SourceWish("file"))

    def begin(*, same_frame: bool = True) -> Comparing:
        pipeline.stop_comparing()
        comparing = Comparing((A, B), woken, same_frame=same_frame, budget_mb=BUDGET_MB)
        pipeline.start_comparing(comparing)
        return comparing

    def switch(comparing: Comparing, number: int) -> None:
        """Another model and size in the second lane, and one more lane for a while, as the reference: it stays
        within any budget."""
        last = comparing.wanted.lanes[-1].number
        comparing.change(last, model=f"m{number}", size=str(64 + 32 * (number % 3)))
        added = comparing.add(LaneWish(f"n{number}", "64"))
        assert added is not None
        comparing.set_reference(added)
        woken.until(lambda: (lane := comparing.view.lane(added)) is not None and lane.result)
        comparing.remove(added)

    def alive() -> int:
        return sum(engine() is not None for engine in made)

    try:
        comparing = begin()
        for number in range(110):
            if number % 20 == 10:
                comparing = begin(same_frame=number % 40 == 10)
            switch(comparing, number)
            if number == 9:
                threads, files = set(threading.enumerate()), open_files()
        assert set(threading.enumerate()) == threads
        assert open_files() <= files
        assert len(made) > 110
        woken.until(lambda: gc.collect() >= 0 and alive() <= 5)
    finally:
        pipeline.close()
    gc.collect()
    assert alive() == 0


def open_files() -> int:
    """0 where the system does not tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0
