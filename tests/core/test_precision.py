"""Which precision "auto" is, and how near half precision comes on the published layout, loud or not."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from core import engine as engine_module
from core import precision
from core.engine import DTYPES, Engine
from core.model.taming import calibration_pictures
from core.precision import PRECISIONS, SAFER, decoder_precision, pick_precision, trains_in_bf16


def test_every_daring_precision_has_a_safer_one_down_to_float32() -> None:
    assert set(PRECISIONS) == set(DTYPES)
    chain = ["fp16"]
    while chain[-1] in SAFER:
        chain.append(SAFER[chain[-1]])
    assert chain == ["fp16", "bf16", "fp32"]


@pytest.mark.parametrize(("faster", "picked"), [(True, "bf16"), (False, "fp32")])
def test_auto_on_the_cpu_is_what_was_measured(
    monkeypatch: pytest.MonkeyPatch, picked: str, *, faster: bool
) -> None:
    monkeypatch.setattr(precision, "bf16_is_faster", lambda: faster)
    assert pick_precision("auto", torch.device("cpu")) == picked
    assert pick_precision("auto", torch.device("cuda:0")) == "fp16"
    assert pick_precision("bf16", torch.device("cpu")) == "bf16"


@pytest.mark.parametrize(("faster", "decoder"), [(True, "bf16"), (False, "fp32")])
def test_the_decoder_is_no_rougher_than_speed_asks_for(
    monkeypatch: pytest.MonkeyPatch, decoder: str, *, faster: bool
) -> None:
    monkeypatch.setattr(precision, "bf16_is_faster", lambda: faster)
    assert decoder_precision("bf16", torch.device("cpu")) == decoder
    assert decoder_precision("fp16", torch.device("cpu")) == "fp32"
    assert decoder_precision("fp16", torch.device("cuda:0")) == "fp16"


def test_the_processor_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    precision.bf16_is_faster.cache_clear()
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    first = precision.bf16_is_faster()
    monkeypatch.setattr(precision, "_convolution", None)  # a second measurement would need it
    assert precision.bf16_is_faster() == first
    precision.bf16_is_faster.cache_clear()


@pytest.mark.parametrize(
    ("device", "faster", "expected"),
    [("cuda:0", False, True), ("cpu", True, True), ("cpu", False, False), ("mps", True, False)],
)
def test_a_training_takes_bfloat16_where_it_pays(
    monkeypatch: pytest.MonkeyPatch, device: str, *, faster: bool, expected: bool
) -> None:
    monkeypatch.setattr(precision, "bf16_is_faster", lambda: faster)
    assert trains_in_bf16(torch.device(device)) is expected


def test_a_processor_without_bfloat16_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    precision.bf16_is_faster.cache_clear()
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    monkeypatch.setattr(precision, "_convolution", None)
    assert not precision.bf16_is_faster()
    precision.bf16_is_faster.cache_clear()


@pytest.mark.shared
@pytest.mark.parametrize("loud", [0, 18])
def test_the_published_tiny_network_is_near_float32_and_finite(
    shared: Path, tmp_path: Path, loud: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 128 px for the time it takes; benchmarks/precision.py measures at the training size. All of it but the
    head in half, as on a graphics processor."""
    monkeypatch.setattr(engine_module, "decoder_precision", lambda chosen, device: chosen)
    path = tmp_path / "tiny.pt"
    script = shared / "reference" / "make_checkpoint.py"
    made = [sys.executable, str(script), "midas_swin2_tiny_256", "--loud", str(loud), "--out", str(path)]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    room = cv2.cvtColor(cv2.imread(str(shared / "reference" / "room_256.png")), cv2.COLOR_BGR2RGB)
    hostile = [
        np.ascontiguousarray((picture.permute(1, 2, 0).numpy() * 127.5 + 127.5).astype(np.uint8))
        for picture in calibration_pictures()
    ]
    exact = None
    for name, tolerance in (("fp32", 1e-9), ("fp16", 5e-3), ("bf16", 5e-2)):
        engine = Engine.load(str(path), name, "cpu")
        depth = engine.infer(room, (128, 128))
        exact = depth if exact is None else exact
        assert np.linalg.norm(depth - exact) <= tolerance * np.linalg.norm(exact - exact.mean())
        for rgb in hostile:
            engine.infer(rgb, (64, 64))  # raises where the depth is not finite
        engine.close()
