"""Memory that runs out and devices that are lost, injected: smaller, then the processor, each said in one line."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch

from core.capture import SourceWish
from core.engine import Engine
from core.errors import EngineError
from core.loading import ModelWish
from core.messages import Action, DepthResult, ModelState
from core.pipeline import Pipeline
from support.fake_take import WISH, FakeTake
from support.fakes import FakeEngine, FakeFile, Waker

Size = tuple[int, int]
LOST = "CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA"
ENDS = SourceWish("file", every_frame=True, paced=False, loop=False, ends=True)


def out_of_memory_from(pixels: int) -> Callable[[Size], Exception | None]:
    def failure(hw: Size) -> Exception | None:
        return torch.OutOfMemoryError("CUDA out of memory") if hw[0] * hw[1] >= pixels else None

    return failure


class Rig:
    """A pipeline over a file, with one engine on a graphics processor and one on the processor, built in turn."""

    def __init__(self, graphics: FakeEngine | Engine | Exception, count: int = 100_000) -> None:
        self.woken = Waker()
        self.graphics = graphics
        self.processor = FakeEngine("toy")
        self.loads: list[tuple[str, str]] = []
        self.results: list[DepthResult] = []
        self.closed_before_load: list[bool] = []
        self.pipeline = Pipeline(self.woken, opener=lambda *_: FakeFile(count, interval_s=0.001), load=self.load)
        self.pipeline.use_model(ModelWish("toy.pt", "fp16"))

    def load(
        self, model: str, precision: str, device: str, progress: Callable[[float], None]
    ) -> FakeEngine | Engine:
        self.loads.append((device, precision))
        if device == "cpu":
            if isinstance(self.graphics, FakeEngine):
                self.closed_before_load.append(bool(self.graphics.closed_by))
            return self.processor
        if isinstance(self.graphics, Exception):
            raise self.graphics
        return self.graphics

    def until(self, true: Callable[[DepthResult], object]) -> DepthResult:
        def arrived() -> bool:
            result = self.pipeline.newest_result()
            if result is not None:
                self.results.append(result)
            return result is not None and bool(true(result))

        self.woken.until(arrived)
        return self.results[-1]

    def until_size(self, px: int) -> DepthResult:
        return self.until(lambda result: result.network_hw == (px, px))

    def faults(self) -> list[tuple[str, str]]:
        return [(fault.line, fault.button) for fault in self.pipeline.status().faults]


@contextmanager
def rig(graphics: FakeEngine | Engine | Exception, count: int = 100_000) -> Iterator[Rig]:
    made = Rig(graphics, count)
    try:
        yield made
    finally:
        made.pipeline.close()


def on_graphics(**values: object) -> FakeEngine:
    return FakeEngine("toy", device="cuda:0", precision="fp16", **values)  # type: ignore[arg-type]


def test_without_memory_the_next_smaller_size_runs_and_is_said_once() -> None:
    engine = on_graphics(failure=out_of_memory_from(600 * 600))
    with rig(engine) as r:
        r.pipeline.open(SourceWish("file"))
        r.until_size(256)
        r.pipeline.set_size("1024", "square")
        r.until_size(576)
        r.until(lambda result: result.frame.index > r.results[0].frame.index)
        assert r.faults() == [("CUDA out of memory; going on at 576x576", "Stay at 576")]
        assert [hw[0] for hw in engine.runs if hw[0] > 576] == [1024, 768], "each is tried once"
        assert (r.loads, engine.closed_by) == ([("auto", "fp16")], [])
        r.pipeline.set_size("512", "square")
        r.until_size(512)
        r.pipeline.set_size("1024", "square")  # asked for anew: tried anew
        r.woken.until(lambda: engine.runs.count((1024, 1024)) == 2)


def test_memory_that_others_take_away_shrinks_what_ran_so_far() -> None:
    room = [10**9]
    engine = on_graphics(failure=lambda hw: out_of_memory_from(room[0])(hw))
    with rig(engine) as r:
        r.pipeline.set_size("512", "square")
        r.pipeline.open(SourceWish("file"))
        r.until_size(512)
        room[0] = 300 * 300
        r.until_size(288)
        assert r.faults() == [("CUDA out of memory; going on at 288x288", "Stay at 288")]


def test_where_no_useful_size_has_memory_the_processor_takes_over() -> None:
    engine = on_graphics(failure=out_of_memory_from(1))
    with rig(engine) as r:
        r.pipeline.open(SourceWish("file"))
        result = r.until(lambda result: result.model.device == "cpu")
        assert result.network_hw == (256, 256), "which has room for what was asked"
        assert r.faults() == [("CUDA out of memory; going on with the processor", "Try cuda:0 again")]
        assert min(hw[0] for hw in engine.runs) == 128
        assert engine.closed_by == ["fathom-inference"]
        assert r.closed_before_load == [True], "its memory is given back first"
        assert r.loads == [("auto", "fp16"), ("cpu", "auto")]
        assert r.pipeline.status().model_state is ModelState.READY


def test_a_lost_device_is_left_for_the_processor_at_the_same_size() -> None:
    lost = threading.Event()
    engine = on_graphics(failure=lambda hw: RuntimeError(LOST) if lost.is_set() else None)
    with rig(engine) as r:
        r.pipeline.set_size("384", "keep")
        r.pipeline.open(SourceWish("file"))
        r.until(lambda result: result.model.device == "cuda:0")
        lost.set()
        result = r.until(lambda result: result.model.device == "cpu")
        assert result.network_hw == (320, 448)
        line = LOST.partition("\n")[0]
        assert r.faults() == [(f"{line}; going on with the processor", "Try cuda:0 again")]
        assert r.pipeline.status().faults[0].action is Action.USE_DEVICE
        assert len(engine.runs) - len(r.results) <= engine.runs.count((320, 448))
        assert engine.closed_by == ["fathom-inference"]


def test_a_device_that_is_too_far_gone_to_be_closed_ends_nothing() -> None:
    engine = on_graphics(failure=lambda hw: RuntimeError(LOST))

    def close() -> None:
        raise RuntimeError(LOST)

    engine.close = close  # type: ignore[method-assign]
    with rig(engine) as r:
        r.pipeline.open(SourceWish("file"))
        r.until(lambda result: result.model.device == "cpu")


def test_a_size_that_cannot_be_prepared_is_left_for_a_smaller_one_while_the_old_goes_on() -> None:
    engine = on_graphics(prepare_failure=out_of_memory_from(600 * 600))
    with rig(engine) as r:
        r.pipeline.open(SourceWish("file"))
        r.until_size(256)
        r.pipeline.set_size("768", "square")
        r.until_size(576)
        assert r.faults() == [] or r.faults()[0][1].startswith("Stay at")
        r.woken.until(lambda: len(r.faults()) == 1)
        assert {hw[0] for hw in engine.runs} == {256, 576}
        assert ((576, 576), "fathom-loader") in engine.prepared


def test_a_device_lost_while_a_size_is_prepared_is_left() -> None:
    engine = on_graphics(prepare_failure=lambda hw: RuntimeError(LOST) if hw[0] > 256 else None)
    with rig(engine) as r:
        r.pipeline.open(SourceWish("file"))
        r.until_size(256)
        r.pipeline.set_size("512", "square")
        result = r.until(lambda result: result.model.device == "cpu" and result.network_hw == (512, 512))
        assert result.model.name == "toy"
        assert engine.closed_by == ["fathom-inference"]


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError(LOST)])
def test_a_model_that_does_not_fit_at_the_start_is_built_on_the_processor(error: Exception) -> None:
    with rig(error) as r:
        r.pipeline.open(SourceWish("file"))
        r.until(lambda result: result.model.device == "cpu")
        ((line, button),) = r.faults()
        assert line.endswith("; going on with the processor")
        assert button == "Try the graphics processor again"


def test_a_model_that_does_not_fit_leaves_what_runs() -> None:
    with rig(FakeEngine("toy")) as r:
        r.pipeline.open(SourceWish("file"))
        first = r.until(lambda result: True)
        r.graphics = torch.OutOfMemoryError("CUDA out of memory")
        r.pipeline.use_model(ModelWish("large.pt", "fp16", "cuda"))
        r.woken.until(lambda: r.faults())
        r.until(lambda result: result.frame.index > first.frame.index + 3)
        assert r.faults() == [("CUDA out of memory", "Load again")]


def test_no_frame_of_a_recorded_file_is_lost_over_it() -> None:
    runs = iter(range(10**6))
    engine = on_graphics(failure=lambda hw: RuntimeError(LOST) if next(runs) == 20 else None)
    with rig(engine, count=50) as r:
        take = FakeTake()
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(ENDS)
        r.woken.until(lambda: r.pipeline.recorder is None)
        assert take.indexes == list(range(50))
        assert take.dropped == 0
        assert [result.model.device for result in take.results] == ["cuda:0"] * 20 + ["cpu"] * 30


def test_on_the_processor_a_size_without_memory_is_left_too_and_at_last_the_model_has_failed() -> None:
    room = [200 * 200]

    def failure(hw: Size) -> Exception | None:
        return MemoryError() if hw[0] * hw[1] >= room[0] else None

    with rig(FakeEngine("toy", failure=failure)) as r:
        r.pipeline.open(SourceWish("file"))
        r.until_size(192)
        assert r.faults() == [("MemoryError; going on at 192x192", "Stay at 192")]
        room[0] = 1
        r.woken.until(lambda: r.pipeline.status().model_state is ModelState.FAILED)
        assert r.faults()[-1] == ("MemoryError", "Use the built-in model")
        assert r.loads == [("auto", "fp16")]
        room[0] = 10**9
        r.pipeline.set_size("320", "square")
        r.until_size(320)
        assert r.pipeline.status().model_state is ModelState.READY


def test_a_picture_that_fails_once_is_no_reason_to_leave_a_size_that_works() -> None:
    runs = iter(range(10**6))
    engine = FakeEngine("toy", failure=lambda hw: EngineError("a bad moment") if next(runs) == 5 else None)
    with rig(engine) as r:
        r.pipeline.open(SourceWish("file"))
        r.woken.until(lambda: r.faults())
        r.until_size(256)
        assert r.faults() == [("a bad moment; going on at 256x256", "Stay at 256")]


def test_the_thread_outlives_what_nobody_foresaw_and_another_engine_goes_on() -> None:
    engine = FakeEngine("toy")

    def enter_thread() -> None:
        raise RuntimeError("no such stream")

    engine.enter_thread = enter_thread  # type: ignore[method-assign]
    with rig(engine) as r:
        r.pipeline.open(SourceWish("file"))
        r.woken.until(lambda: r.faults())
        assert r.faults() == [("depth stopped: no such stream", "Load again")]
        assert len(engine.closed_by) == 1
        r.graphics = FakeEngine("mended")
        r.pipeline.use_model(ModelWish("toy.pt"))
        r.until(lambda result: result.model.name == "mended")


def test_the_memory_of_a_real_network_is_given_back_before_the_next_is_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine.load("fathom-nano", "fp32", "cpu")
    engine.info = replace(engine.info, device="cuda:0")  # as far as the pipeline can tell
    network = engine._runner.network
    fails = threading.Event()
    alive_at_load: list[bool] = []
    forward = type(network).forward

    def broken(self: torch.nn.Module, image: torch.Tensor) -> torch.Tensor:
        depth = forward(self, image)  # some memory that the failure could hold on to
        if fails.is_set():
            raise torch.AcceleratorError(LOST)
        return depth

    monkeypatch.setattr(type(network), "forward", broken)
    gone = weakref.ref(network)
    del network
    with rig(engine) as r:
        del engine
        load = r.load

        def watched(model: str, precision: str, device: str, progress: Callable[[float], None]) -> object:
            if device == "cpu":
                alive_at_load.append(gone() is not None)
            return load(model, precision, device, progress)

        r.pipeline._loader._load = watched  # type: ignore[assignment]
        r.pipeline.set_size("64", "square")
        r.pipeline.open(SourceWish("file"))
        r.until(lambda result: result.model.device == "cuda:0")
        r.results.clear()
        gc.disable()  # nothing may wait for it
        try:
            fails.set()
            r.until(lambda result: result.model.name == "toy")
        finally:
            gc.enable()
        assert alive_at_load == [False]
        assert [button for _, button in r.faults()] == ["Try cuda:0 again"]
