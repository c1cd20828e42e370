"""The running average of the weights, which judges better than the weights of any one step."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class WeightAverage:
    """Exponential moving average of a network's weights. Early on it forgets faster, or the start would linger."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self.state = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """After step `step`, counted from 0."""
        decay = min(self._decay, (1 + step) / (10 + step))
        now = network.state_dict()
        names = list(self.state)
        torch._foreach_lerp_([self.state[n] for n in names], [now[n].detach() for n in names], 1 - decay)

    @torch.no_grad()
    def load(self, state: Mapping[str, Tensor]) -> None:
        for name, tensor in self.state.items():
            tensor.copy_(state[name])
