"""Scaling for float16: same depth bit for bit, no picture overflows, loud files are as exact as plain ones."""

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from core.model import taming
from core.model.dpt import DPT
from core.weights.catalogue import locate
from core.weights.reader import read_weights
from support.checkpoints import TOY
from tests.core.model.networks import difference, seeded_batch, seeded_network

LOUD = 2.0**18
HALF = [torch.float16, torch.bfloat16]


def toy(*, loud: bool) -> DPT:
    """Seeded, every branch's last layer 2^18 times as large where `loud`, and the decoder 2^12 times."""
    network = seeded_network(TOY, 3).requires_grad_(False)
    return make_loud(network) if loud else network


def trained() -> DPT:
    weights = read_weights(locate("fathom-nano"))
    network = DPT(weights.config)
    network.load_state_dict(weights.state)
    return network.eval().requires_grad_(False)


def make_loud(network: DPT) -> DPT:
    for layer in branch_ends(network):
        layer.weight.mul_(LOUD)
        layer.bias.mul_(LOUD)
    for projection in network.reassemble.projections:
        projection.weight.mul_(2.0**12)
    network.head.conv1.weight.mul_(2.0**-12)
    return network


def hostile_pictures() -> torch.Tensor:
    """(24, 3, 64, 64): ramps, boards, spots, single colours, noise, and brighter than any picture can be."""
    own = taming.calibration_pictures()
    levels = torch.tensor([-1.0, -0.5, 0.0, 1.0]).view(4, 1, 1, 1).expand_as(own)
    colours = torch.tensor([[1.0, -1, -1], [-1, 1, -1], [-1, -1, 1], [1, 1, -1]]).view(4, 3, 1, 1).expand_as(own)
    noise = torch.rand(own.shape, generator=torch.Generator().manual_seed(1)).round() * 2 - 1
    return torch.cat((own, -own, levels, colours, noise, own * 1.9))


def branch_ends(network: DPT) -> Iterator[nn.Linear]:
    for stage in network.encoder.stages:
        for block in stage.blocks:
            yield from (block.attention.projection, block.mlp.fc2)


@pytest.mark.parametrize("loud", [False, True])
def test_the_tamed_network_gives_the_same_float32_depth_bit_for_bit(*, loud: bool) -> None:
    network = toy(loud=loud)
    tamed = copy.deepcopy(network)
    taming.tame(tamed)
    pictures = seeded_batch(64, 96, 1, 2)
    with torch.inference_mode():
        assert torch.equal(tamed(pictures), network(pictures))


def test_a_tame_network_is_left_alone_and_a_loud_one_fits() -> None:
    plain, loud = toy(loud=False), toy(loud=True)
    assert any(layer.weight.abs().max() > torch.finfo(torch.float16).max for layer in branch_ends(loud))
    before = copy.deepcopy(plain.state_dict())
    taming.tame(plain)
    taming.tame(loud)
    assert all(torch.equal(value, before[name]) for name, value in plain.state_dict().items())
    assert all(norm.eps == 1e-5 for norm in plain.modules() if isinstance(norm, nn.LayerNorm))
    assert all(layer.weight.abs().max() <= taming.SAFE for layer in branch_ends(loud))


def test_no_picture_makes_a_layer_give_more_than_the_bound() -> None:
    """Also where queries, keys and values are loud; `fc1` cannot be scaled and is not here."""
    network = toy(loud=True)
    for block in network.encoder.stages[1].blocks:
        block.attention.qkv.weight.mul_(2.0**15)
        block.attention.v_bias.mul_(2.0**15)
    taming.tame(network)
    peaks: list[float] = []
    for name, layer in network.encoder.named_modules():
        if isinstance(layer, nn.Linear) and ".blocks." in name:
            layer.register_forward_hook(lambda _layer, _inputs, out: peaks.append(float(out.abs().max())))
    with torch.inference_mode():
        network(torch.cat((taming.calibration_pictures(), taming.calibration_pictures() * 1.9)))
    assert 2**5 < max(peaks) <= taming.SAFE


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("loud", [False, True])
def test_half_precision_is_near_float32_however_loud_the_file(dtype: torch.dtype, *, loud: bool) -> None:
    """The built-in model, for it is trained: seeded toys are so sharp that any rounding shows."""
    network = make_loud(trained()) if loud else trained()
    pictures = seeded_batch(128, 128, 1)
    with torch.inference_mode():
        exact = network(pictures)
        rough = network.to_precision(dtype)(pictures)
    assert rough.dtype == torch.float32
    assert difference(rough, exact) < {torch.float16: 5e-3, torch.bfloat16: 5e-2}[dtype]


@pytest.mark.parametrize("dtype", [torch.float32, *HALF])
@pytest.mark.parametrize("loud", [False, True])
def test_hostile_pictures_give_finite_depth(dtype: torch.dtype, *, loud: bool) -> None:
    for network in (toy(loud=loud), make_loud(trained()) if loud else trained()):
        network.to_precision(dtype)
        with torch.inference_mode():
            assert network(hostile_pictures()).isfinite().all()


def test_branches_and_decoder_run_in_half_precision_tokens_and_head_in_float32() -> None:
    network = toy(loud=False).to_precision(torch.bfloat16)
    halves = {name for name, value in network.named_parameters() if value.dtype == torch.bfloat16}
    others = {name for name, value in network.named_parameters() if value.dtype == torch.float32}
    assert halves | others == {name for name, _ in network.named_parameters()}
    assert not any("merging" in name or "patch_embed" in name for name in halves)
    assert {name for name in halves if name.startswith("head")} == {"head.conv1.weight", "head.conv1.bias"}
    assert {name.split(".")[0] for name in halves} == {"encoder", "reassemble", "fusion", "head"}
    assert all(".mlp.fc" in name or ".attention." in name for name in halves if name.startswith("encoder"))
    in_float32 = (".conv2.", ".conv3.", "norm", "patch_embed.", "merging.", "q_bias", "v_bias", "logit_scale")
    assert all(any(part in name for part in in_float32) for name in others)


@pytest.mark.parametrize("dtype", HALF)
def test_outputs_in_the_thousands_do_not_band(dtype: torch.dtype) -> None:
    """A smooth ramp keeps its levels: bfloat16 at 2,000 has steps of 8, float16 of 1."""
    network = toy(loud=False)
    ramp = torch.linspace(-1, 1, 256).expand(1, 3, 256, 256).contiguous()
    with torch.inference_mode():
        spread = network(ramp)
        network.head.conv3.weight.mul_(3000 / float(spread.max()))
        network.head.conv3.bias.mul_(3000 / float(spread.max()))
        depth = network.to_precision(dtype)(ramp)
    assert depth.max() > 1000
    assert len(depth.unique()) >= 2000
