"""Winograd's fast convolution gives what the plain one gives, but for rounding."""

import copy
from dataclasses import replace

import pytest
import torch
from torch.nn.functional import conv2d

from core.model.convolution import FEWEST_CHANNELS, Conv3x3
from tests.core.model import make_golden
from tests.core.model.networks import seeded_network

TWICE_PLAIN = 3e-6  # relative; the plain convolution of 256 channels is 0.5e-6 off


@pytest.mark.parametrize("hw", [(8, 8), (1, 1), (3, 5), (19, 13), (16, 33)])
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("batch", [1, 3])
def test_it_agrees_with_the_plain_convolution(hw: tuple[int, int], biased: bool, batch: int) -> None:
    torch.manual_seed(0)
    conv = Conv3x3(FEWEST_CHANNELS, FEWEST_CHANNELS + 32, bias=biased).requires_grad_(False)
    picture = torch.randn(batch, FEWEST_CHANNELS, *hw).to(memory_format=torch.channels_last)
    bias = None if conv.bias is None else conv.bias.double()
    expected = conv2d(picture.double(), conv.weight.double(), bias, padding=1)
    plain = conv(picture)
    conv.make_fast()
    fast = conv(picture)
    assert not torch.equal(fast, plain), "another way was taken"
    assert fast.shape == plain.shape
    assert float((fast - expected).norm() / expected.norm()) < TWICE_PLAIN
    assert torch.equal(conv(picture, relu=True), fast.relu())
    assert torch.equal(conv(picture, plus_bchw=fast), fast + fast)


def test_few_channels_stay_plain() -> None:
    conv = Conv3x3(FEWEST_CHANNELS, 32).requires_grad_(False)
    picture = torch.randn(1, FEWEST_CHANNELS, 8, 8)
    plain = conv(picture)
    conv.make_fast()
    assert torch.equal(conv(picture), plain)


@pytest.mark.parametrize("change", ["load", "cast", "copy"])
def test_it_follows_its_weights(change: str) -> None:
    """New weights are never run with what was made from the old ones."""
    torch.manual_seed(0)
    conv = Conv3x3(FEWEST_CHANNELS, FEWEST_CHANNELS).requires_grad_(False)
    other = Conv3x3(FEWEST_CHANNELS, FEWEST_CHANNELS).requires_grad_(False)
    picture = torch.randn(1, FEWEST_CHANNELS, 8, 8)
    conv.make_fast()
    if change == "load":
        parent = torch.nn.Sequential(conv)
        parent.load_state_dict({f"0.{name}": weight for name, weight in other.state_dict().items()})
    elif change == "cast":
        conv.double()
        picture, other = picture.double(), other.double()
        with torch.no_grad():
            conv.weight.copy_(other.weight)
            conv.bias.copy_(other.bias)  # type: ignore[union-attr]
    else:
        conv = copy.deepcopy(conv)
        other = conv
    torch.testing.assert_close(conv(picture), other(picture))


def test_only_a_network_for_inference_on_the_cpu_is_made_fast() -> None:
    def winograd(network: torch.nn.Module) -> int:
        fast = [m._fast for m in network.modules() if isinstance(m, Conv3x3)]
        return sum(weights is not None and not weights.is_mkldnn for weights in fast)

    network = seeded_network(replace(make_golden.CONFIG, decoder_channels=2 * FEWEST_CHANNELS), 1)
    assert winograd(network) == 0
    assert winograd(copy.deepcopy(network).to_precision(torch.bfloat16)) == 0
    assert winograd(copy.deepcopy(network).to_precision(torch.float16)) == 1, "the head"
    assert winograd(copy.deepcopy(network).to_precision(torch.bfloat16, decoder=torch.float32)) > 10
    assert winograd(network.to_precision(torch.float32)) > 10
