"""From a picture to the network's input, as MiDaS does it: RGB / 255, cubic resize, mean and deviation 0.5.

The resize runs where it is fastest: OpenCV on the CPU (a third of torch's time at 1280x720), torch on other
devices, so that only the bytes of the picture travel. Both use the cubic with a = -0.75 and agree to 1e-5.
Source: MiDaS, `midas/transforms.py`.
"""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own name for it
from torch import Tensor

from core.messages import RgbArray
from core.opencv import cv2


def to_network_input(rgb: RgbArray, network_hw: tuple[int, int], device: torch.device) -> Tensor:
    """(H, W, 3) uint8 RGB -> (1, 3, h, w) float32 in -1 to 1 (a little beyond where the cubic overshoots)."""
    if device.type == "cpu":
        height, width = network_hw
        resized = cv2.resize(rgb.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        return _normalised(torch.from_numpy(resized).permute(2, 0, 1)[None])
    picture = torch.from_numpy(np.array(rgb))  # a copy: torch will not share a read-only array
    return on_device(picture.to(device), network_hw)


def on_device(picture_hwc: Tensor, network_hw: tuple[int, int]) -> Tensor:
    """The same for a uint8 picture that lies on the device already; four small steps of it, no wait."""
    pixels_bchw = picture_hwc.permute(2, 0, 1)[None].float()
    return _normalised(F.interpolate(pixels_bchw, network_hw, mode="bicubic", align_corners=False))


def _normalised(pixels_bchw: Tensor) -> Tensor:
    """0 to 255 -> -1 to 1."""
    return pixels_bchw / 127.5 - 1.0
