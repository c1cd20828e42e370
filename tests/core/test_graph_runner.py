"""A graphics processor's path, on a device made of the CPU: steps, buffers, graphs and what becomes of them."""

import gc
import threading
import weakref

import numpy as np
import pytest
import torch

from core import graph_runner
from core.depth_range import sample_percentiles
from core.engine import Engine
from core.errors import EngineError, NonFinite
from core.graph_runner import GraphRunner
from core.messages import ModelInfo, RgbArray
from core.preprocess import on_device
from core.program_cache import PROGRAMS_KEPT
from core.readout import Packer
from core.runner import DirectRunner
from support.fake_graphs import LONG_S, FakeGraphs
from support.no_device import NO_DEVICE, OneDevice
from tests.core.model import make_golden
from tests.core.model.networks import difference, seeded_network

CPU = torch.device("cpu")
SMALL, WIDE = (64, 64), (64, 96)


def runner_on(device: FakeGraphs, precision: torch.dtype = torch.float32) -> GraphRunner:
    network = seeded_network(make_golden.CONFIG, 1).requires_grad_(False)
    return GraphRunner(network.to_precision(precision), device)


def engine_on(device: FakeGraphs) -> Engine:
    return Engine(runner_on(device), ModelInfo("toy", 1, 64, "fp32", "cuda:0", "fake"))


def picture(height: int, width: int, seed: int = 0) -> RgbArray:
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    rgb.flags.writeable = False
    return rgb


def expected(runner: GraphRunner, rgb: RgbArray, network_hw: tuple[int, int]) -> np.ndarray:
    """The network's depth, asked for directly."""
    with torch.inference_mode():
        return runner.network(on_device(torch.from_numpy(np.array(rgb)), network_hw, antialias=False))[0].numpy()


def test_the_depth_is_the_network_s_and_comes_with_its_range() -> None:
    runner = runner_on(FakeGraphs())
    rgb = picture(90, 160)
    result = runner.infer(rgb, WIDE)
    assert np.array_equal(result.inverse_depth, expected(runner, rgb, WIDE))
    assert (result.low, result.high) == pytest.approx(sample_percentiles(result.inverse_depth), rel=1e-6)
    eager = DirectRunner(runner.network, CPU).infer(rgb, WIDE)
    assert difference(result.inverse_depth, eager.inverse_depth) < 1e-3  # OpenCV resized that one


@pytest.mark.parametrize("precision", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("antialias", [False, True])
def test_what_is_recorded_and_what_comes_before_it_stay_on_the_device(
    precision: torch.dtype, *, antialias: bool
) -> None:
    """A graph can hold nothing else."""
    network = seeded_network(make_golden.CONFIG, 1).requires_grad_(False).to_precision(precision).to(NO_DEVICE)
    packer = Packer(WIDE, NO_DEVICE)
    rgb = torch.empty(90, 160, 3, dtype=torch.uint8, device=NO_DEVICE)
    with torch.inference_mode():
        network.prepare(WIDE)
        with OneDevice() as device:
            packed = packer.pack(network(on_device(rgb, WIDE, antialias=antialias))[0])
    assert packed.shape == (packer.length,)
    assert packed.device == NO_DEVICE
    assert device.operations > 100
    assert device.moved == 0


def test_a_frame_is_one_replay_on_the_stream_and_one_wait() -> None:
    device = FakeGraphs()
    runner = runner_on(device)
    runner.prepare(SMALL)
    assert device.steps == ["record"]
    device.steps.clear()
    for seed in range(3):
        runner.infer(picture(48, 64, seed), SMALL)
    assert device.steps == ["on the stream: replay", "wait"] * 3


def test_a_result_stays_as_it_was_when_the_next_comes() -> None:
    runner = runner_on(FakeGraphs())
    first = runner.infer(picture(48, 64, 1), SMALL)
    kept = first.inverse_depth.copy()
    runner.infer(picture(48, 64, 2), SMALL)
    assert np.array_equal(first.inverse_depth, kept)


def test_pictures_of_any_size_share_the_graph_and_one_buffer() -> None:
    device = FakeGraphs()
    runner = runner_on(device)
    runner.prepare(SMALL)
    sizes = [(90, 160), (48, 64), (90, 160), (33, 35), (64, 64), (90, 160)]
    for seed, size in enumerate(sizes):
        rgb = picture(*size, seed)
        assert np.array_equal(runner.infer(rgb, SMALL).inverse_depth, expected(runner, rgb, SMALL))
    assert device.steps.count("record") == 1
    assert len(device.buffers) == 2  # the depth's and the picture's
    runner.infer(picture(200, 160), SMALL)
    assert device.buffers[2:] == [200 * 160 * 3]  # a larger picture needs a larger one


def test_a_picture_for_which_there_is_no_memory_leaves_the_buffers_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runner = runner_on(FakeGraphs())
    small, large = picture(48, 64), picture(90, 160)
    runner.infer(small, SMALL)
    with monkeypatch.context() as short:
        short.setattr(graph_runner.torch, "empty", no_memory)
        with pytest.raises(torch.OutOfMemoryError):
            runner.infer(large, SMALL)
    assert np.array_equal(runner.infer(large, SMALL).inverse_depth, expected(runner, large, SMALL))


def no_memory(*_: object, **__: object) -> torch.Tensor:
    raise torch.OutOfMemoryError("CUDA out of memory")


def test_a_picture_that_does_not_lie_in_one_piece_is_taken_as_it_looks() -> None:
    runner = runner_on(FakeGraphs())
    part = picture(90, 160)[10:74:2, ::-1]
    assert np.array_equal(runner.infer(part, SMALL).inverse_depth, expected(runner, part, SMALL))


def test_sizes_that_alternate_are_recorded_once_each_and_only_the_last_few_are_kept() -> None:
    device = FakeGraphs()
    runner = runner_on(device)
    rgb = picture(48, 64)
    for size in (SMALL, WIDE) * 3:
        assert np.array_equal(runner.infer(rgb, size).inverse_depth, expected(runner, rgb, size))
    assert device.steps.count("record") == 2
    for width in range(128, 128 + 32 * PROGRAMS_KEPT, 32):
        runner.prepare((64, width))
        runner.infer(rgb, SMALL)  # in use all the time, so never given up
    assert device.steps.count("record") == 2 + PROGRAMS_KEPT
    assert runner._programs.sizes() == ((64, 160), (64, 192), (64, 224), SMALL)
    assert device.steps.count("release") == 2  # WIDE and (64, 128)


def test_what_is_given_up_is_freed_at_once() -> None:
    device = FakeGraphs(memory_bytes=8, graph_bytes=1)  # room for two graphs
    runner = runner_on(device)
    runner.prepare(SMALL)
    gone = weakref.ref(runner._program(SMALL).recording)
    runner.prepare(WIDE)
    assert gone() is not None
    runner.prepare((64, 128))
    gc.collect()
    assert gone() is None
    assert runner._programs.sizes() == (WIDE, (64, 128))
    assert device.steps[-1] == "release"


def test_a_graph_keeps_the_position_biases_it_reads() -> None:
    """The network's own cache forgets the size that has not been planned for longest, which may be the one that
    runs; its memory would go to somebody else while the graph still reads it."""
    device = FakeGraphs()
    runner = runner_on(device)
    runner.prepare(SMALL)
    bias = weakref.ref(next(iter(runner.network.encoder.plan(SMALL).biases.values())))
    runner.network.encoder.plans.clear()
    gc.collect()
    assert bias() is not None
    runner.close()
    gc.collect()
    assert bias() is None


def test_frames_go_on_while_another_size_is_prepared() -> None:
    device = FakeGraphs()
    runner = runner_on(device)
    rgb = picture(48, 64)
    runner.prepare(SMALL)
    device.gate = threading.Event()
    device.recording.clear()
    loader = threading.Thread(target=lambda: runner.prepare(WIDE))
    loader.start()
    try:
        assert device.recording.wait(LONG_S)
        for _ in range(3):
            runner.infer(rgb, SMALL)
        assert runner._programs.sizes() == (SMALL,)
    finally:
        device.gate.set()
        loader.join()
    assert runner._programs.sizes() == (SMALL, WIDE)


def test_short_memory_costs_the_sizes_that_are_not_in_use() -> None:
    device = FakeGraphs()
    runner = runner_on(device)
    for size in (SMALL, WIDE, (64, 128)):
        runner.prepare(size)
    runner.infer(picture(48, 64), SMALL)
    device.fails = [torch.OutOfMemoryError("no memory")]
    device.steps.clear()
    runner.prepare((64, 160))
    assert device.steps == ["record", "release", "record"]
    assert runner._programs.sizes() == (SMALL, (64, 160))


def test_no_memory_at_all_is_one_line_and_a_smaller_size_still_works() -> None:
    device = FakeGraphs()
    engine = engine_on(device)
    device.fails = [torch.OutOfMemoryError("CUDA out of memory. Tried to\nallocate")] * 4
    for ask in (lambda: engine.prepare(WIDE), lambda: engine.infer(picture(48, 64), WIDE)):
        with pytest.raises(EngineError) as caught:
            ask()
        assert "64x96" in str(caught.value)
        assert "\n" not in str(caught.value)
    assert engine.infer(picture(48, 64), SMALL).shape == SMALL


def test_depth_that_is_not_finite_is_seen_on_the_way_out() -> None:
    engine = engine_on(FakeGraphs())
    with torch.no_grad():
        engine._runner.network.head.conv3.bias.fill_(float("nan"))
    with pytest.raises(NonFinite):
        engine.infer(picture(48, 64), SMALL)


def test_closing_frees_the_network_and_every_graph_even_on_a_device_that_is_lost() -> None:
    device = FakeGraphs()
    runner = runner_on(device)
    runner.infer(picture(48, 64), SMALL)
    things = [weakref.ref(runner.network), weakref.ref(runner._program(SMALL).recording)]
    device.fails_waiting = RuntimeError("CUDA error: unspecified launch failure")
    device.steps.clear()
    runner.close()
    gc.collect()
    assert [thing() for thing in things] == [None, None]
    assert device.steps == ["wait", "release"]


def test_an_engine_closes_once_and_prepares_nothing_afterwards() -> None:
    device = FakeGraphs()
    engine = engine_on(device)
    engine.close()
    engine.close()
    engine.prepare(SMALL)
    assert device.steps == ["wait", "release"]


def test_closing_waits_for_a_size_that_is_being_prepared() -> None:
    device = FakeGraphs()
    engine = engine_on(device)
    device.gate = threading.Event()
    loader = threading.Thread(target=lambda: engine.prepare(SMALL))
    closer = threading.Thread(target=engine.close)
    loader.start()
    try:
        assert device.recording.wait(LONG_S)
        closer.start()
        assert device.steps == ["record"]
    finally:
        device.gate.set()
        loader.join()
        closer.join()
    assert device.steps == ["record", "wait", "release"]


def test_the_network_alone_runs_on_an_input_that_lies_there() -> None:
    device = FakeGraphs()
    runner = runner_on(device)
    rgb = picture(90, 160)
    image = runner.to_input(rgb, WIDE)
    assert image.shape == (1, 3, *WIDE)
    depth = runner.run(image)
    runner.finish()
    assert np.array_equal(depth[0].numpy(), expected(runner, rgb, WIDE))


@pytest.mark.parametrize("precision", [torch.float32, torch.float16])
def test_tf32_is_for_the_head_of_half_precision_alone(
    monkeypatch: pytest.MonkeyPatch, precision: torch.dtype
) -> None:
    switched: list[bool] = []
    monkeypatch.setattr(graph_runner, "_allow_tf32", lambda *, allowed: switched.append(allowed))
    runner = runner_on(FakeGraphs(), precision)
    runner.prepare(SMALL)
    assert switched == ([] if precision == torch.float32 else [True, False, True, False])


@pytest.mark.parametrize("precision", [torch.float32, torch.float16])
def test_weights_for_tf32_are_rounded_to_its_eleven_bits(precision: torch.dtype) -> None:
    before = seeded_network(make_golden.CONFIG, 1).requires_grad_(False).to_precision(precision).head
    head = runner_on(FakeGraphs(), precision).network.head
    for exact, rounded in ((before.conv1.weight, head.conv1.weight), (before.conv2.weight, head.conv2.weight)):
        if precision == torch.float32:
            assert torch.equal(rounded, exact)
        else:
            assert not (rounded.contiguous().view(torch.int32) & 0x1FFF).any()
            assert ((rounded - exact).abs() <= 2**-11 * exact.abs()).all()
