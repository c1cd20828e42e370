"""From a picture to the network's input: RGB / 255, resized, mean and deviation 0.5.

As MiDaS does it, the resize is cubic and takes 4x4 pixels of the picture however much it shrinks. It runs where
it is fastest: OpenCV on the CPU (a third of torch's time at 1280x720), torch on other devices, so that only the
bytes of the picture travel. Both use the cubic with a = -0.75 and agree to 1e-5. Source: MiDaS,
`midas/transforms.py`.

A network that was trained on pictures as a camera has them, where each pixel is the mean of what it covers, is
given such ones (`antialias`): torch's antialiased bilinear resize, which is Pillow's, to whole bytes as the
rendered pictures have. On the CPU and on other devices it agrees to one byte's step.
"""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own name for it
from torch import Tensor

from core.messages import RgbArray
from core.opencv import cv2

# On CUDA torch's antialiased resize keeps all it looks at in a block's shared memory, of 48 KiB, and refuses to
# shrink by more than some 90 times: 8K at a size of 64 would ask for 120.
MOST_AT_ONCE = 32


def to_network_input(
    rgb: RgbArray, network_hw: tuple[int, int], device: torch.device, *, antialias: bool
) -> Tensor:
    """(H, W, 3) uint8 RGB -> (1, 3, h, w) float32 in -1 to 1 (a little beyond where the cubic overshoots)."""
    if antialias:  # before it travels: MPS may lack this resize, and less travels
        picture_hwc = torch.from_numpy(np.array(rgb))  # a copy: torch will not share a read-only array
        return _normalised(_smoothed(picture_hwc.permute(2, 0, 1)[None], network_hw).to(device))
    if device.type == "cpu":
        height, width = network_hw
        resized = cv2.resize(rgb.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        return _normalised(torch.from_numpy(resized).permute(2, 0, 1)[None])
    return on_device(torch.from_numpy(np.array(rgb)).to(device), network_hw, antialias=False)


def on_device(picture_hwc: Tensor, network_hw: tuple[int, int], *, antialias: bool) -> Tensor:
    """The same for a uint8 picture that lies on the device already; a few small steps of it, no wait."""
    pixels_bchw = picture_hwc.permute(2, 0, 1)[None].float()
    if antialias:
        return _normalised(_smoothed(_within_reach(pixels_bchw, network_hw), network_hw).round())
    return _normalised(F.interpolate(pixels_bchw, network_hw, mode="bicubic", align_corners=False))


def _within_reach(pixels_bchw: Tensor, network_hw: tuple[int, int]) -> Tensor:
    """Means of whole pixels first, where a picture is more than `MOST_AT_ONCE` times as high or wide."""
    fewer = tuple(
        max(-(-side // (MOST_AT_ONCE * wanted)), 1)
        for side, wanted in zip(pixels_bchw.shape[2:], network_hw, strict=True)
    )
    return pixels_bchw if fewer == (1, 1) else F.avg_pool2d(pixels_bchw, fewer, ceil_mode=True)


def _smoothed(pixels_bchw: Tensor, network_hw: tuple[int, int]) -> Tensor:
    return F.interpolate(pixels_bchw, network_hw, mode="bilinear", align_corners=False, antialias=True)


def _normalised(pixels_bchw: Tensor) -> Tensor:
    """0 to 255 -> -1 to 1."""
    return pixels_bchw / 127.5 - 1.0
