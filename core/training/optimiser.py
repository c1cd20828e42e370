"""What moves the weights: Muon the encoder's matrices and the decoder's kernels, AdamW all else.

AdamW moves every entry of a matrix alike, so that all inputs together drive a wide one into saying the same of
every token. The norm after it hides that, and the branch is lost: after 50,000 steps most of fathom-small's last
stage was (docs/training.md). Muon moves all directions of a matrix alike, and a convolution's kernels are one
with a row for each channel that comes out.

Sources: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024); its rates beside AdamW's:
Liu et al., "Muon is Scalable for LLM Training", section 2.2.
"""

from typing import Any

import torch
from torch import nn

from core.model.dpt import DPT

BETAS = (0.9, 0.98)
MOMENTUM = 0.95


class Optimiser:
    """Used by: one thread."""

    def __init__(self, network: DPT, weight_decay: float) -> None:
        """Matrices and kernels decay; norms, biases and the few numbers beside them (logit scales) do not."""
        self._network = network
        matrices, self._kernels, decay, stay = _sorted(network)
        # The same memory, or `view` would raise: the network's kernels have their channels last.
        self._as_matrices = [
            nn.Parameter(kernel.detach().permute(0, 2, 3, 1).view(len(kernel), -1)) for kernel in self._kernels
        ]
        self._parts: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon(
                [*matrices, *self._as_matrices],
                weight_decay=weight_decay,
                momentum=MOMENTUM,
                adjust_lr_fn="match_rms_adamw",
            ),
            torch.optim.AdamW(
                [{"params": decay, "weight_decay": weight_decay}, {"params": stay, "weight_decay": 0.0}],
                betas=BETAS,
                fused=True,
            ),
        )

    def clear(self) -> None:
        """Forget the gradients of the step before."""
        self._network.zero_grad(set_to_none=True)

    def step(self, rate: float) -> None:
        """Move all weights against their gradients, at this learning rate."""
        for kernel, matrix in zip(self._kernels, self._as_matrices, strict=True):
            matrix.grad = None if kernel.grad is None else kernel.grad.permute(0, 2, 3, 1).flatten(1)
        for part in self._parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()

    @property
    def state(self) -> list[dict[str, Any]]:
        return [part.state_dict() for part in self._parts]

    def load(self, state: list[dict[str, Any]]) -> None:
        """Raises: ValueError, KeyError where it is another network's."""
        for part, of_part in zip(self._parts, state, strict=True):
            part.load_state_dict(of_part)


def _sorted(network: DPT) -> tuple[list[nn.Parameter], ...]:
    """Matrices between tokens' channels; kernels between maps' channels; what else decays; what does not."""
    matrices, kernels, decay, stay = [], [], [], []
    for name, parameter in network.named_parameters():
        if parameter.dim() <= 1 or name.endswith("logit_scale"):
            stay.append(parameter)
        elif parameter.dim() == 2 and "position_bias" not in name:
            matrices.append(parameter)
        elif parameter.dim() == 4 and min(parameter.shape[:2]) > 3:  # neither reads colours nor makes depth
            kernels.append(parameter)
        else:
            decay.append(parameter)
    return matrices, kernels, decay, stay
