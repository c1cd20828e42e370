"""Depth that is not finite: the last good one stays, it is counted, and the model moves to a safer precision."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.capture import SourceWish
from core.loading import ModelWish
from core.messages import Action, DepthResult, ModelState
from core.pipeline import Pipeline
from support.fakes import LONG_S, FakeEngine, FakeLive, Waker


class Rig:
    """A pipeline over a camera that the test feeds, and one engine for each precision."""

    def __init__(self, non_finite_at: dict[str, range]) -> None:
        self.woken = Waker()
        self.camera = FakeLive()
        self.engines = {
            precision: FakeEngine("toy", precision=precision, non_finite_at=at)
            for precision, at in non_finite_at.items()
        }
        self.gate = threading.Event()  # held until set: every load but the first
        self.loads: list[str] = []
        self.results: list[DepthResult] = []
        self.pipeline = Pipeline(self.woken, opener=lambda *_: self.camera, load=self.load)

    def load(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> FakeEngine:
        self.loads.append(f"{model} {precision} {device}")
        if len(self.loads) > 1:
            assert self.gate.wait(LONG_S)
        return self.engines["fp16" if precision == "auto" else precision]

    def infers(self, number: int, precision: str) -> None:
        """Feed picture `number` and wait until it went through the engine of `precision`."""
        runs = self.engines[precision].runs
        before = len(runs)
        self.camera.feed.put(number)
        self.woken.until(lambda: len(runs) > before)

    def runs(self, precision: str, number: int) -> None:
        """Feed picture `number` again and again until the engine of `precision` has taken over."""

        def fed() -> bool:
            if self.camera.feed.empty():
                self.camera.feed.put(number)
            return bool(self.engines[precision].runs)

        self.woken.until(fed)

    def gives(self, number: int) -> DepthResult:
        """Feed picture `number` and wait for its depth; everything published is in `results`."""
        self.camera.feed.put(number)
        self.woken.until(lambda: self._shows(number))
        return self.results[-1]

    def _shows(self, number: int) -> bool:
        result = self.pipeline.newest_result()
        if result is not None:
            self.results.append(result)
        return bool(self.results) and self.results[-1].inverse_depth[0, 0] == number

    def lines(self) -> list[str]:
        return [fault.line for fault in self.pipeline.status().faults]


@contextmanager
def rig(non_finite_at: dict[str, range]) -> Iterator[Rig]:
    made = Rig(non_finite_at)
    try:
        made.pipeline.use_model(ModelWish("toy.pt", device="cpu"))
        made.pipeline.open(SourceWish("camera"))
        yield made
    finally:
        made.gate.set()
        made.pipeline.stop()
        made.camera.feed.put(0)
        made.pipeline.close()


def test_the_last_good_depth_stays_while_a_safer_engine_of_the_same_file_is_built() -> None:
    with rig({"fp16": range(10, 20), "bf16": range(0)}) as r:
        r.gives(1)
        for number in (10, 11):
            r.infers(number, "fp16")
        after = r.gives(20)  # the daring engine goes on meanwhile, and what it gives is shown
        assert [int(result.inverse_depth[0, 0]) for result in r.results] == [1, 20]
        assert (after.rates.non_finite, after.rates.inferred) == (2, 4)
        assert r.lines() == ["toy gave values that are not finite in fp16: going on in bf16"]
        assert r.loads == ["toy.pt auto cpu", "toy.pt bf16 cpu"]
        r.gate.set()
        r.runs("bf16", 12)
        assert r.gives(13).model.precision == "bf16"
        assert r.engines["fp16"].closed_by


def test_each_precision_is_left_once_and_after_the_safest_the_model_has_failed() -> None:
    everything = range(10, 256)
    with rig({"fp16": everything, "bf16": everything, "fp32": everything}) as r:
        r.gate.set()
        r.gives(1)
        r.infers(10, "fp16")
        for precision in ("bf16", "fp32"):
            r.runs(precision, 11)
        r.woken.until(lambda: r.pipeline.status().model_state is ModelState.FAILED)
        status = r.pipeline.status()
        assert r.lines() == [
            "toy gave values that are not finite in fp16: going on in bf16",
            "toy gave values that are not finite in bf16: going on in fp32",
            "toy gave values that are not finite in fp32",
        ]
        assert status.faults[-1].action is Action.USE_BUILT_IN_MODEL
        assert len(r.loads) == 3
        assert r.gives(2).inverse_depth[0, 0] == 2  # a picture it can do is shown again
        r.woken.until(lambda: r.pipeline.status().model_state is ModelState.READY)


def test_a_model_that_the_person_picked_meanwhile_is_not_replaced() -> None:
    with rig({"fp16": range(10, 20), "bf16": range(0), "fp32": range(0)}) as r:
        r.gives(1)
        r.pipeline.use_model(ModelWish("other.pt", "fp32"))
        r.woken.until(lambda: len(r.loads) == 2)
        r.infers(10, "fp16")
        r.gives(20)
        r.gate.set()
        r.runs("fp32", 21)
        assert r.loads == ["toy.pt auto cpu", "other.pt fp32 auto"]
