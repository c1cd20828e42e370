"""From rendered pictures to what a step trains on: a crop of each, mirrored or not, squeezed or drawn out, in
other colours.

All of it is worked out for the whole batch at once on its device, from one generator.
"""

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own name for it
from torch import Generator, Tensor

Hw = tuple[int, int]

SMALLEST_CROP = 0.5  # of the largest that fits, in height and width
# How much wider a crop is than it becomes, in logarithms: steps of 32 pixels bend a picture's shape by up to 0.2,
# a square bends 4:3 by 0.29, and what a network has only seen as it is it does not know when it is bent.
SQUEEZE = (-0.3, 0.4)
# Of a picture to a pixel, each way: crops shrink up to four times, and what the network is shown is smooth.
SAMPLES = 2
TILT = 0.06  # radians a crop is turned by at most; more would teach that floors are no floors
LUMA = (0.299, 0.587, 0.114)


def augment(rgb: Tensor, inverse_depth: Tensor, hw: Hw, generator: Generator) -> tuple[Tensor, Tensor]:
    """(B, 3, H, W) uint8 RGB and (B, H, W) -> the network's input (B, 3, h, w), -1 to 1, and (B, h, w) float32.

    Depth takes the nearest pixel's value: between an edge and what is behind it there is nothing.
    """
    count, channels, height, width = rgb.shape
    to_picture = _crops(count, (height, width), hw, generator).to(rgb.device)
    finer = F.affine_grid(to_picture, [count, channels, SAMPLES * hw[0], SAMPLES * hw[1]], align_corners=False)
    colour = F.grid_sample(rgb.float(), finer, padding_mode="reflection", align_corners=False)
    colour = F.avg_pool2d(colour, SAMPLES)
    grid = F.affine_grid(to_picture, [count, 1, *hw], align_corners=False)
    depth = F.grid_sample(
        inverse_depth[:, None].float(), grid, mode="nearest", padding_mode="reflection", align_corners=False
    )
    return other_colours(colour / 255, generator) * 2 - 1, depth[:, 0]


def _crops(count: int, picture_hw: Hw, hw: Hw, generator: Generator) -> Tensor:
    """Where crops of `hw` lie in their pictures: (count, 2, 3), what takes -1 to 1 there to -1 to 1 here, columns
    first."""
    height, width = picture_hw
    squeeze = (0.5 * _between(*SQUEEZE, count, generator)).exp()
    tall, wide = hw[0] / squeeze / height, hw[1] * squeeze / width  # of the picture, a pixel for a pixel
    share = _between(SMALLEST_CROP, 1, count, generator) / torch.maximum(tall, wide)
    half_y, half_x = share * tall, share * wide  # of the picture's half
    centre_y = (1 - half_y) * (2 * _uniform(count, generator) - 1)
    centre_x = (1 - half_x) * (2 * _uniform(count, generator) - 1)
    angle = _between(-TILT, TILT, count, generator)
    mirror = torch.where(_uniform(count, generator) < 0.5, -1.0, 1.0)
    cos, sin, aspect = angle.cos(), angle.sin(), height / width
    return torch.stack(
        (
            torch.stack((mirror * half_x * cos, -half_y * sin * aspect, centre_x), dim=1),
            torch.stack((mirror * half_x * sin / aspect, half_y * cos, centre_y), dim=1),
        ),
        dim=1,
    )


def other_colours(rgb: Tensor, generator: Generator) -> Tensor:
    """(B, 3, H, W), 0 to 1, with other brightness, contrast, saturation, tint and gamma; one in ten is grey."""
    count, device = rgb.shape[0], rgb.device

    def around_one(spread: float, channels: int = 1) -> Tensor:
        chance = torch.rand((count, channels, 1, 1), generator=generator).to(device)
        return torch.exp(spread * (2 * chance - 1))

    luma = (rgb * torch.tensor(LUMA, device=device).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
    grey = (torch.rand((count, 1, 1, 1), generator=generator) < 0.1).to(device)
    rgb = luma + torch.where(grey, 0.0, around_one(0.35)) * (rgb - luma)
    mean = rgb.mean(dim=(1, 2, 3), keepdim=True)
    rgb = mean + around_one(0.25) * (rgb - mean)
    rgb = rgb * around_one(0.25) * around_one(0.08, 3)
    return rgb.clamp(1e-4, 1).pow(around_one(0.25))


def _uniform(count: int, generator: Generator) -> Tensor:
    return torch.rand(count, generator=generator)


def _between(low: float, high: float, count: int, generator: Generator) -> Tensor:
    return low + (high - low) * _uniform(count, generator)
