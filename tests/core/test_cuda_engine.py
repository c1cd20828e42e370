"""The engine on a real CUDA device; `benchmarks/gpu.sh` runs these and keeps what they say."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from core import cuda_device
from core.engine import Engine
from core.errors import EngineError
from core.messages import RgbArray
from core.preprocess import on_device
from core.program_cache import PROGRAMS_KEPT
from support.stand_ins import hostile_pictures, room, stand_in
from tests.core.model.networks import difference

pytestmark = pytest.mark.gpu

SQUARE, WIDE = (256, 256), (288, 512)
ODD = (608, 352)  # its last grid is 19 x 11 tokens
LIMITS = {"fp16": 5e-3, "bf16": 5e-2}
FRAMES = 2040  # whole turns of all sizes, so that the same graphs are there before and after
MOST_GROWTH_BYTES = 30 << 20
MOST_SEGMENT_BYTES = 4 << 20  # two of those that torch takes for small tensors: one more or less is no leak


def picture(height: int, width: int, seed: int = 0) -> RgbArray:
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    rgb.flags.writeable = False
    return rgb


def eager(engine: Engine, rgb: RgbArray, network_hw: tuple[int, int]) -> np.ndarray:
    """The same network without a graph: operation by operation, with the switches of a recording."""
    picture_hwc = torch.from_numpy(np.array(rgb)).cuda()
    with torch.inference_mode(), cuda_device._switches():
        image = on_device(picture_hwc, network_hw, antialias=engine._runner.network.config.antialias).to(
            memory_format=torch.channels_last
        )
        return engine._runner.network(image)[0].cpu().numpy()


@pytest.fixture(params=["fp16", "bf16", "fp32"])
def nano(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = Engine.load("fathom-nano", request.param, "cuda")
    engine.enter_thread()
    yield engine
    engine.close()


@pytest.fixture
def fast() -> Iterator[Engine]:
    engine = Engine.load("fathom-nano", "fp16", "cuda")
    engine.enter_thread()
    yield engine
    engine.close()


@pytest.mark.parametrize("network_hw", [SQUARE, WIDE, ODD])
def test_a_replay_is_the_eager_result_bit_for_bit(nano: Engine, network_hw: tuple[int, int]) -> None:
    nano.prepare(network_hw)
    for seed in range(3):
        rgb = picture(720, 1280, seed)
        assert np.array_equal(nano.infer(rgb, network_hw), eager(nano, rgb, network_hw))


@pytest.mark.parametrize("network_hw", [SQUARE, WIDE, ODD])
def test_attention_with_its_bias_is_one_fused_kernel_at_any_size(
    nano: Engine, network_hw: tuple[int, int]
) -> None:
    rgb = picture(480, 640)
    whatever_torch_picks = eager(nano, rgb, network_hw)
    with sdpa_kernel(SDPBackend.EFFICIENT_ATTENTION):  # raises where it cannot take the bias
        assert difference(eager(nano, rgb, network_hw), whatever_torch_picks) < 2e-2


@pytest.mark.shared
@pytest.mark.parametrize("layout", ["midas_swin2_tiny_256", "hf_swinv2_tiny_256"])
def test_float32_is_exact(shared: Path, tmp_path: Path, layout: str) -> None:
    """No TF32 anywhere, which would show as 1e-3. The expected values themselves are 4e-6 from float64's."""
    engine = Engine.load(str(stand_in(shared, tmp_path, layout)), "fp32", "cuda")
    expected = np.load(shared / "reference" / f"{layout}.seed7.expected.npy")
    assert difference(engine.infer(room(shared), SQUARE), expected) < 3e-5
    engine.close()


@pytest.mark.shared
@pytest.mark.parametrize("loud", [0, 14, 18])
@pytest.mark.parametrize("size", ["tiny_256", "base_384"])
def test_half_precision_is_near_float32_and_always_finite(
    shared: Path, tmp_path: Path, size: str, loud: int
) -> None:
    path = str(stand_in(shared, tmp_path, f"midas_swin2_{size}", loud=loud))
    side_px = int(size.rpartition("_")[2])
    exact = None
    for precision in ("fp32", *LIMITS):
        engine = Engine.load(path, precision, "cuda")
        depth = engine.infer(room(shared), (side_px, side_px))
        exact = depth if exact is None else exact
        assert difference(depth, exact) <= LIMITS.get(precision, 0.0), precision
        for rgb in hostile_pictures():
            engine.infer(rgb, (64, 64))  # raises where the depth is not finite
        engine.close()


def test_a_smooth_ramp_of_depth_has_no_bands(fast: Engine) -> None:
    """The head is float32 on the way out, also where its convolutions round what goes in."""
    depth = fast.infer(picture(256, 256), SQUARE)
    assert len(np.unique(depth)) > 2000
    assert not np.array_equal(depth, depth.astype(np.float16))


def test_pictures_and_networks_of_any_size_take_turns(nano: Engine) -> None:
    turns = [
        (picture(*picture_hw, seed), network_hw)
        for seed, (picture_hw, network_hw) in enumerate(
            [((720, 1280), SQUARE), ((480, 640), WIDE), ((1080, 1920), SQUARE), ((99, 101), WIDE)]
        )
    ]
    first = [nano.infer(rgb, network_hw) for rgb, network_hw in turns]
    for _ in range(3):
        for (rgb, network_hw), depth in zip(turns, first, strict=True):
            assert np.array_equal(nano.infer(rgb, network_hw), depth)
    for (rgb, network_hw), depth in zip(turns, first, strict=True):
        assert np.array_equal(eager(nano, rgb, network_hw), depth)


def test_frames_are_undisturbed_while_another_thread_prepares_size_after_size(fast: Engine) -> None:
    rgb = picture(720, 1280)
    before = fast.infer(rgb, SQUARE)
    sizes = [(256, width) for width in range(288, 288 + 32 * 2 * PROGRAMS_KEPT, 32)]
    failures: list[Exception] = []

    def prepare_all() -> None:
        try:
            for size in sizes:
                fast.prepare(size)
        except Exception as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)

    loader = threading.Thread(target=prepare_all)
    loader.start()
    frames = 0
    while loader.is_alive() or frames < 10:
        assert np.array_equal(fast.infer(rgb, SQUARE), before)
        frames += 1
    loader.join()
    assert np.array_equal(fast.infer(rgb, SQUARE), before)
    assert not failures
    assert fast._runner._programs.sizes()[-1] == SQUARE  # never given up
    for size in sizes[-2:]:
        assert difference(fast.infer(rgb, size), eager(fast, rgb, size)) < 1e-3  # each thread tunes for itself


def test_memory_is_flat_over_thousands_of_frames_of_changing_sizes(fast: Engine) -> None:
    pictures = [picture(*size) for size in ((480, 640), (720, 1280), (1080, 1920))]
    sizes = [(128 + 32 * step, 256) for step in range(PROGRAMS_KEPT + 2)]

    def frames(count: int) -> tuple[int, int]:
        for number in range(count):
            fast.infer(pictures[number % len(pictures)], sizes[number // 20 % len(sizes)])
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        return torch.cuda.memory_reserved(), resident_bytes()

    device_before, host_before = frames(240)  # every size twice
    device_after, host_after = frames(FRAMES)
    assert device_after - device_before <= MOST_SEGMENT_BYTES
    assert host_after - host_before < MOST_GROWTH_BYTES


def resident_bytes() -> int:
    """Of this process, on Linux; 0 elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def test_closing_gives_all_memory_back() -> None:
    def one_life() -> int:
        engine = Engine.load("fathom-nano", "fp16", "cuda")
        for size in (SQUARE, WIDE):
            engine.infer(picture(720, 1280), size)
        engine.close()
        return torch.cuda.memory_reserved()

    first = one_life()  # what torch sets up for good stays
    assert all(abs(one_life() - first) <= MOST_SEGMENT_BYTES for _ in range(3))


def test_short_memory_is_one_line_and_a_smaller_size_goes_on(fast: Engine) -> None:
    rgb = picture(480, 640)
    before = fast.infer(rgb, SQUARE)
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + (64 << 20)) / total)
    try:
        for ask in (fast.prepare, lambda size: fast.infer(rgb, size)):
            with pytest.raises(EngineError) as caught:
                ask((1536, 1536))
            line = str(caught.value)
            del caught  # with the traceback's tensors
            assert "\n" not in line
            assert np.array_equal(fast.infer(rgb, SQUARE), before)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert fast.infer(rgb, (1536, 1536)).shape == (1536, 1536)
