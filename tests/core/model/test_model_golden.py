"""The numbers of the network, against a plain second implementation and against the publishers' own."""

import runpy
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from core.model.config import PUBLISHED, DPTConfig
from core.model.dpt import DPT
from tests.core.model import make_golden, plain_dpt
from tests.core.model.networks import difference, seeded_batch, seeded_network

EXACT = 1e-5  # two float32 implementations of the published tiny network differ by 3.5e-6
SAME_FORMULA = 1e-9  # in float64; the published mask of -100 leaks up to 1e-11 of what it should hide
STORED = 2e-7  # what rounding the golden numbers to float32 costs

PRETRAINED = DPTConfig(
    embed_dim=6,
    depths=(1, 2, 2, 3),
    heads=(1, 1, 2, 3),
    window=8,
    training_px=128,
    pretrained_windows=(3, 4, 0, 5),
    decoder_channels=8,
    head_channels=3,
    mlp_ratio=3,
    position_bias_hidden=8,
)


@pytest.mark.parametrize("config", [make_golden.CONFIG, PUBLISHED["swin2-tiny-256"]])
def test_weights_have_the_promised_names_and_shapes(config: DPTConfig) -> None:
    with torch.device("meta"):
        network = DPT(config)
    assert {name: tuple(value.shape) for name, value in network.state_dict().items()} == plain_dpt.shapes(config)


def test_golden_output_and_the_maps_of_all_four_stages() -> None:
    golden = np.load(make_golden.GOLDEN)
    network = seeded_network(make_golden.CONFIG, make_golden.SEED).double()
    picture = seeded_batch(make_golden.HEIGHT, make_golden.WIDTH, make_golden.SEED).double()
    with torch.inference_mode():
        maps = network.encoder(picture)
        inverse_depth = network(picture)
    for stage, a_map in enumerate(maps):
        assert difference(a_map[0], golden[f"stage{stage}"]) <= STORED, f"stage {stage}"
    assert difference(inverse_depth[0], golden["inverse_depth"]) <= STORED


def test_float32_stays_near_the_golden_output() -> None:
    """The toy's attention is sharper than a trained one's, up to the clamp, so rounding counts for more."""
    network = seeded_network(make_golden.CONFIG, make_golden.SEED)
    with torch.inference_mode():
        inverse_depth = network(seeded_batch(make_golden.HEIGHT, make_golden.WIDTH, make_golden.SEED))
    assert inverse_depth.dtype == torch.float32
    assert difference(inverse_depth[0], np.load(make_golden.GOLDEN)["inverse_depth"]) <= 1e-4


def test_golden_numbers_are_what_the_plain_network_gives() -> None:
    golden = np.load(make_golden.GOLDEN)
    config, seed = make_golden.CONFIG, make_golden.SEED
    picture = plain_dpt.seeded_picture(make_golden.HEIGHT, make_golden.WIDTH, seed)
    plain = plain_dpt.run(config, plain_dpt.seeded_weights(config, seed), picture)
    assert difference(plain.inverse_depth, golden["inverse_depth"]) <= STORED
    for stage, a_map in enumerate(plain.maps):
        assert difference(a_map, golden[f"stage{stage}"]) <= STORED


@pytest.mark.parametrize("config", [make_golden.CONFIG, PRETRAINED], ids=["plain", "pretrained"])
@pytest.mark.parametrize(
    "image_hw", [(64, 64), (128, 128), (224, 384), (384, 224), (608, 352), (96, 160), (64, 320)], ids=str
)
def test_any_size_agrees_with_the_plain_network(config: DPTConfig, image_hw: tuple[int, int]) -> None:
    picture = seeded_batch(*image_hw, 5)
    with torch.inference_mode():
        got = seeded_network(config, 3).double()(picture.double())
    plain = plain_dpt.run(config, plain_dpt.seeded_weights(config, 3), picture[0].numpy())
    assert difference(got[0], plain.inverse_depth) <= SAME_FORMULA


@pytest.mark.shared
@pytest.mark.parametrize(
    ("layout", "suffix"), [("midas_swin2_tiny_256", ".pt"), ("hf_swinv2_tiny_256", ".safetensors")]
)
def test_agrees_with_the_publishers_own_code(shared: Path, tmp_path: Path, layout: str, suffix: str) -> None:
    from core.weights.reader import read_weights

    reference, path = shared / "reference", tmp_path / f"tiny{suffix}"
    make_checkpoint = runpy.run_path(str(reference / "make_checkpoint.py"))["checkpoint"]
    state = {name: torch.from_numpy(value) for name, value in make_checkpoint(layout, seed=7).items()}
    (torch.save if suffix == ".pt" else save_file)(state, path)
    weights = read_weights(path)
    with torch.device("meta"):
        network = DPT(weights.config)
    network.load_state_dict(weights.state, assign=True)
    picture = cv2.cvtColor(cv2.imread(str(reference / "room_256.png")), cv2.COLOR_BGR2RGB)
    with torch.inference_mode():
        got = network.eval()(torch.from_numpy(picture).permute(2, 0, 1)[None] / 127.5 - 1)
    assert difference(got[0], np.load(reference / f"{layout}.seed7.expected.npy")) <= EXACT
