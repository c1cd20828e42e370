"""The engine with the built-in model, and with toy networks in files of the test's own."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.engine import DTYPES, Engine, available_devices, pick_device
from core.errors import EngineError, NonFinite, WeightsError
from core.precision import pick_precision
from core.preprocess import on_device, to_network_input

PICTURE_HW = (90, 160)


def some_picture(seed: int = 0) -> np.ndarray:
    smooth = np.linspace(0, 255, PICTURE_HW[1])[None, :, None] + np.zeros((*PICTURE_HW, 3))
    noise = np.random.default_rng(seed).integers(0, 60, (*PICTURE_HW, 3))
    rgb = np.clip(smooth + noise - 30, 0, 255).astype(np.uint8)
    rgb.flags.writeable = False
    return rgb


@pytest.fixture(scope="module")
def nano() -> Engine:
    return Engine.load("fathom-nano", "fp32", "cpu")


def test_a_picture_gives_finite_float32_depth_at_the_size_asked_for(nano: Engine) -> None:
    for hw in ((64, 96), (256, 256)):
        nano.prepare(hw)
        depth = nano.infer(some_picture(), hw)
        assert depth.shape == hw
        assert depth.dtype == np.float32
        assert np.isfinite(depth).all()
        assert not depth.flags.writeable
        assert depth.std() > 0


def test_the_engine_says_what_runs(nano: Engine) -> None:
    assert nano.info.name == "fathom-nano"
    assert nano.info.precision == "fp32"
    assert nano.info.device == "cpu"
    assert 2e6 < nano.info.parameters < 4e6
    assert "rough" in nano.info.note


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_is_near_float32(nano: Engine, precision: str) -> None:
    exact = nano.infer(some_picture(), (128, 128))
    half = Engine.load("fathom-nano", precision, "cpu")
    rough = half.infer(some_picture(), (128, 128))
    error = np.linalg.norm(rough - exact) / np.linalg.norm(exact - exact.mean())
    assert error < {"bf16": 5e-2, "fp16": 5e-3}[precision]
    assert half.info.precision == precision


def test_progress_ends_at_one_and_never_goes_back() -> None:
    shares: list[float] = []
    Engine.load("fathom-nano", "fp32", "cpu", shares.append).close()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(EngineError, match=r"device must be one of auto, .*cpu.* got 'cuda:99'"):
        Engine.load("fathom-nano", "fp32", "cuda:99")
    with pytest.raises(EngineError, match="precision must be auto, fp32, bf16, fp16, got 'fp8'"):
        Engine.load("fathom-nano", "fp8", "cpu")
    with pytest.raises(WeightsError):
        Engine.load("no-such-model", "fp32", "cpu")


def test_auto_picks_a_device_and_a_precision_it_computes_in() -> None:
    device = pick_device("auto")
    assert str(device) in available_devices()
    assert pick_precision("auto", device) in DTYPES
    assert pick_precision("auto", torch.device("cuda:0")) == "fp16"


def test_a_result_that_is_not_finite_is_an_error_not_a_picture(nano: Engine) -> None:
    engine = Engine.load("fathom-nano", "fp32", "cpu")
    with torch.no_grad():
        engine._runner.network.head.conv3.bias.fill_(float("nan"))
    with pytest.raises(NonFinite, match="fathom-nano gave values that are not finite in fp32"):
        engine.infer(some_picture(), (64, 64))


def test_a_size_that_does_not_fit_is_one_line(nano: Engine) -> None:
    with pytest.raises(EngineError):
        nano.infer(some_picture(), (100, 100))


def test_preprocessing_is_midas_s(nano: Engine) -> None:
    """RGB / 255, cubic resize of the float picture, minus 0.5, over 0.5; the two ways to resize agree."""
    rgb = some_picture()
    image = to_network_input(rgb, (64, 96), torch.device("cpu"), antialias=False)
    assert image.shape == (1, 3, 64, 96)
    pixels = torch.from_numpy(np.array(rgb)).permute(2, 0, 1)[None] / 255
    expected = torch.nn.functional.interpolate(pixels, (64, 96), mode="bicubic", align_corners=False)
    assert torch.allclose(image, (expected - 0.5) / 0.5, atol=1e-5)


def triangles(count: int, new_count: int) -> np.ndarray:
    """What share each of `count` pixels has in each of `new_count`: a triangle over two of the larger ones."""
    step = count / new_count
    centres = (np.arange(new_count)[:, None] + 0.5) * step
    shares = np.maximum(0, 1 - np.abs(np.arange(count) + 0.5 - centres) / max(step, 1))
    return shares / shares.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("network_hw", [(64, 96), (160, 224), (512, 64)])
def test_a_smoothed_picture_has_the_mean_of_what_each_pixel_covers(network_hw: tuple[int, int]) -> None:
    """Smaller, larger, and one in each direction; what runs on a device agrees to a byte's step."""
    rgb = np.random.default_rng(2).integers(0, 256, (150, 200, 3), dtype=np.uint8)
    rgb.flags.writeable = False
    image = to_network_input(rgb, network_hw, torch.device("cpu"), antialias=True)
    found = (image[0].permute(1, 2, 0).numpy() + 1) * 127.5
    rows, columns = triangles(150, network_hw[0]), triangles(200, network_hw[1])
    assert np.abs(found - np.einsum("yr,rcd,xc->yxd", rows, rgb, columns)).max() <= 1.01
    of_device = on_device(torch.from_numpy(rgb.copy()), network_hw, antialias=True)
    assert (of_device - image).abs().max() <= 1.01 / 127.5


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_a_giant_picture_shrinks_on_a_device_as_far_as_torch_can(
    device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CUDA's resize refuses to shrink 94 times at once: another goes before it, to the same byte or two."""
    rgb = np.random.default_rng(3).integers(0, 256, (64, 7680, 3), dtype=np.uint8)
    rgb[:, 3000:5000] //= 4
    asked = []
    resize = torch.nn.functional.interpolate
    monkeypatch.setattr(
        torch.nn.functional,
        "interpolate",
        lambda picture, hw, **how: asked.append((picture.shape[3], hw[1])) or resize(picture, hw, **how),
    )
    image = to_network_input(rgb, (64, 64), torch.device("cpu"), antialias=True)
    of_device = on_device(torch.from_numpy(rgb).to(device), (64, 64), antialias=True).cpu()
    assert asked == [(7680, 64), (1920, 64)]
    assert (of_device - image).abs().max() <= 2.01 / 127.5


@pytest.mark.parametrize("antialias", [False, True])
def test_the_picture_s_own_size_is_not_resampled(antialias: bool) -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    image = to_network_input(rgb, (64, 64), torch.device("cpu"), antialias=antialias)
    assert np.allclose(image[0].permute(1, 2, 0).numpy(), rgb / 127.5 - 1, atol=1e-6)


@pytest.mark.gpu
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_the_gpu_agrees_with_the_cpu(nano: Engine, precision: str) -> None:
    exact = nano.infer(some_picture(), (256, 256))
    gpu = Engine.load("fathom-nano", precision, "cuda")
    depth = gpu.infer(some_picture(), (256, 256))
    error = np.linalg.norm(depth - exact) / np.linalg.norm(exact - exact.mean())
    assert error < {"fp32": 1e-2, "bf16": 0.15, "fp16": 0.03}[precision]
    gpu.close()


def test_a_truncated_file_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    from core.weights.catalogue import locate

    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(locate("fathom-nano").read_bytes()[:100_000])
    with pytest.raises(WeightsError) as caught:
        Engine.load(str(cut), "fp32", "cpu")
    assert "\n" not in str(caught.value)
