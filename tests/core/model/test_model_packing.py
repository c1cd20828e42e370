"""Weights packed for bfloat16 on the CPU give what the plain ones give, but for rounding."""

import copy
from dataclasses import replace

import pytest
import torch
from torch.nn.functional import conv2d, gelu, linear

from core.model.convolution import FEWEST_CHANNELS_IN_PARTS, Conv3x3
from core.model.fast_layers import Linear, can_pack
from tests.core.model import make_golden
from tests.core.model.networks import seeded_batch, seeded_network

ROUNDING = 2.0**-8  # bfloat16's, of the largest value

pytestmark = pytest.mark.skipif(
    not can_pack(torch.zeros(1, dtype=torch.bfloat16)), reason="needs oneDNN with bfloat16 on this processor"
)


def seeded(layer: torch.nn.Module) -> torch.nn.Module:
    return layer.requires_grad_(False).to(torch.bfloat16)


def is_near(got: torch.Tensor, expected: torch.Tensor) -> bool:
    return got.dtype == torch.bfloat16 and bool(
        (got.float() - expected.float()).abs().max() <= 2 * ROUNDING * expected.float().abs().max()
    )


@pytest.mark.parametrize("shape", [(1, 64, 48), (3, 5, 7, 48)])
def test_a_linear_layer_agrees_with_the_plain_one(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    layer, x = seeded(Linear(48, 80)), torch.randn(shape).bfloat16()
    other_bias = torch.randn(80).bfloat16()
    exact, weight = x.float(), layer.weight.float()
    layer.make_fast()
    assert layer._fast is not None
    assert is_near(layer(x), linear(exact, weight, layer.bias.float()))
    assert is_near(layer(x, other_bias), linear(exact, weight, other_bias.float()))
    assert is_near(layer(x, gelu=True), gelu(linear(exact, weight, layer.bias.float())))


@pytest.mark.parametrize("hw", [(8, 8), (5, 3)])
@pytest.mark.parametrize("biased", [True, False])
def test_a_convolution_agrees_with_the_plain_one(hw: tuple[int, int], *, biased: bool) -> None:
    torch.manual_seed(0)
    conv = seeded(Conv3x3(32, 48, bias=biased))
    picture = torch.randn(2, 32, *hw).bfloat16().to(memory_format=torch.channels_last)
    plain = conv(picture)
    conv.make_fast()
    assert conv._fast is not None
    packed = conv(picture)
    assert is_near(packed, plain)
    assert packed.is_contiguous(memory_format=torch.channels_last), "no map is rearranged"


def test_what_follows_a_convolution_is_done_with_it() -> None:
    torch.manual_seed(0)
    conv = seeded(Conv3x3(32, 32))
    picture, other = (torch.randn(2, 32, 9, 7).bfloat16().to(memory_format=torch.channels_last) for _ in range(2))
    exact = conv2d(picture.float(), conv.weight.float(), conv.bias.float(), padding=1)
    for _ in ("plain", "packed"):
        assert is_near(conv(picture, relu=True), exact.relu())
        assert is_near(conv(picture, plus_bchw=other), exact + other.float())
        conv.make_fast()


@pytest.mark.parametrize("biased", [True, False])
def test_a_convolution_in_parts_rounds_its_result_and_not_its_weights(*, biased: bool) -> None:
    torch.manual_seed(0)
    conv = Conv3x3(FEWEST_CHANNELS_IN_PARTS, 32, bias=biased).requires_grad_(False)
    conv.to(memory_format=torch.channels_last)
    picture = torch.randn(2, FEWEST_CHANNELS_IN_PARTS, 9, 7).bfloat16().to(memory_format=torch.channels_last)
    bias = None if conv.bias is None else conv.bias.double()
    exact = conv2d(picture.double(), conv.weight.double(), bias, padding=1)
    in_bf16 = conv2d(
        picture, conv.weight.bfloat16(), None if conv.bias is None else conv.bias.bfloat16(), padding=1
    )
    assert conv.reads == torch.float32
    conv.make_fast_in_parts()
    assert conv.reads == torch.bfloat16
    got = conv(picture, relu=True)
    assert got.dtype == torch.float32
    off, coarse = ((each.double() - exact.relu()).norm() / exact.norm() for each in (got, in_bf16.relu()))
    assert off < 0.75 * coarse
    assert conv.weight.dtype == torch.float32, "what is saved or cast is as exact as ever"


def test_few_channels_are_not_worth_parts() -> None:
    conv = Conv3x3(FEWEST_CHANNELS_IN_PARTS - 16, 32).requires_grad_(False)
    conv.make_fast_in_parts()
    assert conv.packed is None
    assert conv.reads == torch.float32


def test_a_wide_head_in_parts_does_not_band() -> None:
    """A smooth ramp of outputs in the thousands keeps its levels: bfloat16 at 2,000 has steps of 8."""
    config = replace(make_golden.CONFIG, decoder_channels=2 * FEWEST_CHANNELS_IN_PARTS)
    network = seeded_network(config, 1)
    ramp = torch.linspace(-1, 1, 256).expand(1, 3, 256, 256).contiguous()
    with torch.inference_mode():
        times = 3000 / float(network(ramp).max())
        network.head.conv3.weight.mul_(times)
        network.head.conv3.bias.mul_(times)
        exact = network(ramp)
        depth = network.to_precision(torch.bfloat16)(ramp)
    assert network.head.conv2.packed is not None
    assert len(depth.unique()) >= 2000
    assert float((depth - exact).norm() / (exact - exact.mean()).norm()) < 5e-2


@pytest.mark.parametrize("change", ["load", "cast"])
def test_what_was_packed_goes_with_the_old_weights(change: str) -> None:
    layer = seeded(Linear(16, 16))
    layer.make_fast()
    if change == "load":
        parent = torch.nn.Sequential(layer)
        parent.load_state_dict({name: torch.ones_like(weight) for name, weight in parent.state_dict().items()})
        assert float(layer(torch.ones(1, 16).bfloat16())[0, 0]) == 17
    else:
        layer.float()
    assert layer._fast is None


def test_a_network_is_packed_where_it_computes_in_bfloat16_and_can_be_copied() -> None:
    network = seeded_network(make_golden.CONFIG, 1)
    picture = seeded_batch(64, 64, 1)
    with torch.inference_mode():
        network.to_precision(torch.bfloat16)
        packed = network(picture)
        layers = [m for m in network.modules() if isinstance(m, (Linear, Conv3x3))]
        assert all((m._fast is not None) == (m.weight.dtype == torch.bfloat16) for m in layers)
        again = copy.deepcopy(network)
        assert all(m._fast is None for m in again.modules() if isinstance(m, Linear)), "packed weights cannot be"
        plain = again(picture)
    assert float((packed - plain).norm() / (plain - plain.mean()).norm()) < 5e-2
