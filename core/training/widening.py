"""A wider network that begins with what a narrower one knows: all of its channels and heads, several times over.

Source: Chen et al., "Net2Net: Accelerating Learning via Knowledge Transfer", section 3.1.
"""

from dataclasses import replace

import torch
from torch import Tensor

from core.model.config import DPTConfig

NOISE = 1.0  # beside a copy's share of a weight: copies all see the same, and are to learn different things


def times_as_wide(wide: DPTConfig, narrow: DPTConfig) -> int:
    """How many times the channels and heads of `narrow` make `wide`, depths apart; 0: it is another network."""
    times = wide.embed_dim // narrow.embed_dim
    if times == 0:
        return 0
    h0, h1, h2, h3 = narrow.heads
    widened = replace(
        narrow,
        embed_dim=times * narrow.embed_dim,
        depths=wide.depths,
        heads=(times * h0, times * h1, times * h2, times * h3),
        decoder_channels=times * narrow.decoder_channels,
        head_channels=times * narrow.head_channels,
    )
    return times if widened == wide else 0


def widened(narrow: Tensor, name: str, shape: torch.Size, config: DPTConfig) -> Tensor:
    """The weight `name` of the network of `config`, float32, for a network several times as wide: of `shape`.

    Each channel is there several times, one copy behind the other. What reads them gives each copy its share, and
    noise that adds up to nothing over the copies.
    """
    runs = narrow.reshape(-1, _written_together(name, config), *narrow.shape[1:])
    wide = runs.repeat_interleave(shape[0] // len(narrow), 0).flatten(0, 1)
    if narrow.dim() == 1 or (times := shape[1] // narrow.shape[1]) == 1:
        return wide
    noise = torch.randn(times, *wide.shape)
    shares = (wide + (noise - noise.mean(0)) * NOISE * wide.square().mean().sqrt()) / times
    runs = shares.reshape(times, len(wide), -1, _read_together(name, config), *wide.shape[2:])
    return runs.movedim(0, 2).flatten(1, 3)


def _written_together(name: str, config: DPTConfig) -> int:
    """Channels that are copied as one: those of a head, so that heads become more and not wider."""
    return _per_head(name, config) if name.endswith(("qkv.weight", "q_bias", "v_bias")) else 1


def _read_together(name: str, config: DPTConfig) -> int:
    return _per_head(name, config) if name.endswith("attention.projection.weight") else 1


def _per_head(name: str, config: DPTConfig) -> int:
    stage = int(name.split(".")[2])
    return config.channels[stage] // config.heads[stage]
