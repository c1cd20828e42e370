"""A wider network from a narrower one: it says the same, and what it has twice is not bound to stay alike."""

from dataclasses import replace

import pytest
import torch

from core.model.config import DPTConfig
from core.model.dpt import DPT
from core.training.widening import times_as_wide, widened

NARROW = DPTConfig(
    embed_dim=8,
    depths=(1, 2, 1, 1),
    heads=(1, 2, 2, 4),
    window=4,
    training_px=64,
    decoder_channels=6,
    head_channels=4,
    position_bias_hidden=8,
)
TWICE = replace(NARROW, embed_dim=16, heads=(2, 4, 4, 8), decoder_channels=12, head_channels=8)
THRICE = replace(NARROW, embed_dim=24, heads=(3, 6, 6, 12), decoder_channels=18, head_channels=12)


def networks(config: DPTConfig) -> tuple[DPT, DPT]:
    """One of no weight at 0, and a wider one that begins with it."""
    torch.manual_seed(1)
    narrow, wide = DPT(NARROW), DPT(config)
    with torch.no_grad():
        for parameter in narrow.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.1)
    state = wide.state_dict()
    for name, tensor in narrow.state_dict().items():
        state[name] = widened(tensor, name, state[name].shape, NARROW)
    wide.load_state_dict(state)
    return narrow, wide


@pytest.mark.parametrize("config", [NARROW, TWICE, THRICE])
def test_it_says_the_same(config: DPTConfig) -> None:
    narrow, wide = networks(config)
    picture = 2 * torch.rand(2, 3, 64, 96) - 1
    with torch.no_grad():
        expected = narrow.eval()(picture)
        torch.testing.assert_close(wide.eval()(picture), expected, rtol=1e-4, atol=1e-4)
    assert expected.std() > 0.01


def test_copies_learn_different_things() -> None:
    _, wide = networks(TWICE)
    wide(2 * torch.rand(2, 3, 64, 64) - 1).square().sum().backward()
    for name, parameter in wide.named_parameters():
        if parameter.dim() == 1 or "position_bias.mlp.0" in name or len(parameter) == 1:
            continue
        assert parameter.grad is not None, name
        run = 8 if name.endswith("qkv.weight") else 1
        first, second = parameter.grad.reshape(-1, 2, run, *parameter.shape[1:]).unbind(1)
        assert (first - second).norm() > 1e-3 * first.norm(), name


@pytest.mark.parametrize(
    ("wide", "times"),
    [
        (NARROW, 1),
        (TWICE, 2),
        (THRICE, 3),
        (replace(TWICE, depths=(2, 2, 6, 2)), 2),
        (replace(TWICE, heads=NARROW.heads), 0),
        (replace(TWICE, decoder_channels=6), 0),
        (replace(TWICE, head_channels=4), 0),
        (replace(TWICE, training_px=96), 0),
        (replace(NARROW, embed_dim=12), 0),
        (replace(NARROW, embed_dim=4), 0),
    ],
)
def test_a_network_is_of_another_kind_or_so_many_times_as_wide(wide: DPTConfig, times: int) -> None:
    assert times_as_wide(wide, NARROW) == times
