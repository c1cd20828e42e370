"""Small networks with seeded weights for the tests, and how two results are compared."""

import numpy as np
import torch
from numpy.typing import ArrayLike

from core.model.config import DPTConfig
from core.model.dpt import DPT
from tests.core.model import plain_dpt


def seeded_network(config: DPTConfig, seed: int) -> DPT:
    """In eval mode, with every weight set by the seed: the published start values silence each branch."""
    with torch.device("meta"):
        network = DPT(config)
    network.load_state_dict(seeded_state(config, seed), assign=True)
    return network.eval()


def seeded_state(config: DPTConfig, seed: int) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(value) for name, value in plain_dpt.seeded_weights(config, seed).items()}


def seeded_batch(height: int, width: int, *seeds: int) -> torch.Tensor:
    """(B, 3, H, W), one picture a seed."""
    return torch.from_numpy(np.stack([plain_dpt.seeded_picture(height, width, seed) for seed in seeds]))


def difference(got: ArrayLike, expected: ArrayLike) -> float:
    """‖got − expected‖ / ‖expected − mean‖."""
    got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    assert got.shape == expected.shape
    return float(np.linalg.norm(got - expected) / np.linalg.norm(expected - expected.mean()))
