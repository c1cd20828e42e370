"""What moves the weights: matrices in all directions alike, the rest entry by entry."""

import pytest
import torch

from core.model.dpt import DPT
from core.training.optimiser import Optimiser
from support.simple_scenes import TINY

Tensors = dict[str, torch.Tensor]

RATE = 1e-3
KERNELS = "fusion.blocks.1.residual1.conv1.weight"
WIDE = ("encoder.stages.3.blocks.0.attention.qkv.weight", KERNELS)


def network() -> DPT:
    torch.manual_seed(0)
    return DPT(TINY)


def moved_by_one_step(moving: DPT, gradients: Tensors, decay: float = 0.0) -> Tensors:
    before = {name: tensor.detach().clone() for name, tensor in moving.named_parameters()}
    optimiser = Optimiser(moving, decay)
    for name, tensor in moving.named_parameters():
        tensor.grad = gradients.get(name, torch.zeros_like(tensor))
    optimiser.step(RATE)
    optimiser.clear()
    assert all(tensor.grad is None for tensor in moving.parameters())
    return {name: tensor.detach() - before[name] for name, tensor in moving.named_parameters()}


def test_every_weight_is_moved() -> None:
    moving = network()
    gradients = {name: torch.randn(tensor.shape) for name, tensor in moving.named_parameters()}
    for name, change in moved_by_one_step(moving, gradients).items():
        assert torch.any(change != 0), name


@pytest.mark.parametrize("name", WIDE)
def test_a_direction_that_all_inputs_share_does_not_drown_the_others(name: str) -> None:
    """AdamW's first step would have no other direction here."""
    moving = network()
    shape = dict(moving.named_parameters())[name].shape
    gradient = torch.ones(shape) + 0.1 * torch.randn(shape, generator=torch.Generator().manual_seed(1))
    lengths = torch.linalg.svdvals(moved_by_one_step(moving, {name: gradient})[name].flatten(1))
    assert lengths[0] < 2 * lengths[len(lengths) // 2]


def test_of_a_kernel_only_what_has_a_gradient_is_moved() -> None:
    moving = network()
    gradient = torch.zeros_like(dict(moving.named_parameters())[KERNELS])
    gradient[:, 1, 0, 2] = torch.randn(len(gradient), generator=torch.Generator().manual_seed(1))
    change = moved_by_one_step(moving, {KERNELS: gradient})[KERNELS]
    assert torch.equal(change != 0, gradient != 0)


def test_matrices_and_kernels_decay_norms_and_scales_stay() -> None:
    moving = network()
    with torch.no_grad():
        for tensor in moving.parameters():
            tensor.fill_(1.0)
    for name, change in moved_by_one_step(moving, {}, decay=0.1).items():
        stays = name.endswith(("bias", "logit_scale")) or ".norm" in name
        expected = 0.0 if stays else -RATE * 0.1
        torch.testing.assert_close(change, torch.full_like(change, expected), rtol=0, atol=1e-6, msg=name)


def test_another_networks_state_is_refused() -> None:
    state = Optimiser(network(), 0.0).state
    with pytest.raises(ValueError, match="shorter"):
        Optimiser(network(), 0.0).load(state[:1])
