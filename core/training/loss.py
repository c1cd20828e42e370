"""What a prediction is judged by: the truth up to scale and shift, at every pixel and in its edges.

Source: Ranftl et al., "Towards Robust Monocular Depth Estimation: Mixing Datasets for Zero-shot Cross-dataset
Transfer", section 5: equations 3 and 4 (alignment by least squares), 5 and 6 (the truth's own scale and shift by
median and mean absolute deviation), 11 (gradients).
"""

from typing import NamedTuple

import torch
from torch import Tensor

SCALES = 4  # of the gradient term, each half as fine as the one before
CENTRE = 4.0  # where the tether wants the median: far enough above 0, where the last ReLU cuts off
_LEAST_SPREAD = 1e-3  # of inverse depth in 1/m: a picture flatter than that is all one depth
_LEAST_VARIANCE = 1e-6  # of a prediction: one flatter than that is not stretched without end
_LEAST_SCALE = 1e-3  # an answer that is nearer where the truth is farther must not be turned over and be right


class Loss(NamedTuple):
    """Means over the batch; `total` is what is minimised."""

    total: Tensor
    pixels: Tensor
    gradients: Tensor
    tether: Tensor


def loss_of(predicted: Tensor, truth: Tensor, gradient_weight: float, tether_weight: float) -> Loss:
    """Of inverse depth (B, H, W) against the true one, both in float32.

    The first two terms do not see the prediction's scale and shift, so nothing would keep its values from growing
    until half precision cannot hold them. The tether does: a small pull towards the truth's own shape about
    `CENTRE`, which also makes a still picture's values steady from frame to frame.
    """
    wanted = normalised(truth)
    # By least squares, as the figures of an evaluation are taken, and not by the prediction's own median: with
    # that the same training ends at an AbsRel a fifth higher.
    difference = aligned(predicted, wanted) - wanted
    pixels = difference.abs().mean()
    gradients = gradient_loss(difference)
    tether = torch.nn.functional.smooth_l1_loss(predicted, wanted + CENTRE)
    return Loss(
        pixels + gradient_weight * gradients + tether_weight * tether, pixels.detach(), gradients.detach(), tether
    )


def normalised(inverse_depth: Tensor) -> Tensor:
    """(B, H, W) with each picture's median at 0 and its mean absolute deviation from it at 1."""
    flat = inverse_depth.flatten(1)
    from_median = flat - flat.median(dim=1, keepdim=True).values
    spread = from_median.abs().mean(dim=1, keepdim=True).clamp(min=_LEAST_SPREAD)
    return (from_median / spread).view_as(inverse_depth)


def aligned(predicted: Tensor, wanted: Tensor) -> Tensor:
    """`predicted` (B, H, W) times the scale, above zero, and plus the shift that bring it nearest to `wanted`."""
    estimate, target = predicted.flatten(1), wanted.flatten(1)
    target_mean = target.mean(dim=1, keepdim=True)
    from_mean = estimate - estimate.mean(dim=1, keepdim=True)
    unit = from_mean / from_mean.square().mean(dim=1, keepdim=True).clamp(min=_LEAST_VARIANCE).sqrt()
    scale = (unit * (target - target_mean)).mean(dim=1, keepdim=True).clamp(min=_LEAST_SCALE)
    return (scale * unit + target_mean).view_as(predicted)


def gradient_loss(difference: Tensor) -> Tensor:
    """How much `difference` (B, H, W) changes from pixel to pixel, on `SCALES` grids: edges must lie where the
    true ones are, and flat must be flat."""
    total = difference.new_zeros(())
    for _ in range(SCALES):
        down = (difference[:, 1:] - difference[:, :-1]).abs().mean()
        across = (difference[:, :, 1:] - difference[:, :, :-1]).abs().mean()
        total = total + down + across
        difference = difference[:, ::2, ::2]
    return total
