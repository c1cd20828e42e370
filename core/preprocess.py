"""From a picture to the network's input, as MiDaS does it: RGB / 255, cubic resize, mean and deviation 0.5."""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own name for it
from torch import Tensor

from core.messages import RgbArray
from core.opencv import cv2


def to_network_input(
    rgb: RgbArray, network_hw: tuple[int, int], device: torch.device, dtype: torch.dtype
) -> Tensor:
    """(H, W, 3) uint8 RGB -> (1, 3, h, w) in -1 to 1 (a little beyond where the cubic overshoots).

    The resize runs where it is fastest: OpenCV on the CPU (a third of torch's time at 1280x720), torch on other
    devices, so that only the bytes of the picture travel. Both use the cubic with a = -0.75 and agree to 1e-5.
    Source: MiDaS, `midas/transforms.py`.
    """
    if device.type == "cpu":
        height, width = network_hw
        resized = cv2.resize(rgb.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        image_bchw = torch.from_numpy(resized).permute(2, 0, 1)[None]
    else:
        picture = torch.from_numpy(np.array(rgb)).to(device)  # a copy: torch will not share a read-only array
        image_bchw = picture.permute(2, 0, 1)[None].float()
        image_bchw = F.interpolate(image_bchw, network_hw, mode="bicubic", align_corners=False)
    return (image_bchw / 127.5 - 1.0).to(dtype)
