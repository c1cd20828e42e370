"""A renderer for training's tests: one tilted plane a picture, at once and with its depth known."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.model.config import DPTConfig
from core.training.config import Phase, TrainConfig

TINY = DPTConfig(
    embed_dim=8,
    depths=(1, 1, 1, 1),
    heads=(1, 1, 2, 2),
    window=2,
    training_px=64,
    decoder_channels=8,
    head_channels=4,
    position_bias_hidden=8,
)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    rgb: Tensor
    inverse_depth: Tensor


def plane(seeds: Sequence[int], hw: tuple[int, int], device: str) -> Rendered:
    """Nearer where it is brighter; each seed tilts it another way."""
    down, across = torch.meshgrid(*(torch.linspace(0, 1, side) for side in hw), indexing="ij")
    depths = []
    for seed in seeds:
        tilt_down, tilt_across = torch.rand(2, generator=torch.Generator().manual_seed(seed))
        depths.append(0.2 + tilt_down * down + tilt_across * across)
    inverse_depth = torch.stack(depths)
    grey = (inverse_depth / 2.2 * 255).to(torch.uint8)
    return Rendered(grey[..., None].expand(*grey.shape, 3).contiguous(), inverse_depth)


def tiny_config(**changes: object) -> TrainConfig:
    """A training that takes milliseconds a step."""
    values: dict[str, object] = {
        "name": "tiny",
        "network": TINY,
        "phases": (Phase(0.5, ((64, 64),)), Phase(1.0, ((64, 64), (64, 96)))),
        "seed": 3,
        "steps": 8,
        "pixels": 4 * 64 * 96,
        "rendered_hw": (64, 96),
        "pictures": 16,
        "uses": 2.0,
        "learning_rate": 1e-3,
        "weight_decay": 0.05,
        "warm_up": 0.1,
        "averaging": 0.9,
        "gradient_weight": 0.5,
        "tether_weight": 0.05,
        "evaluate_every": 4,
        "evaluated_pictures": 3,
    }
    return TrainConfig(**{**values, **changes})
