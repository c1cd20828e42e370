"""Head: from the fused map to one value a pixel.

Source: DPT, appendix, "Monocular depth estimation head".
"""

from typing import cast

import torch
from torch import Tensor, nn

from core.model.config import DPTConfig
from core.model.convolution import Conv3x3
from core.model.fusion import double


class Head(nn.Module):
    """(B, C, H/2, W/2) -> inverse depth (B, H, W), zero or more, in the head's own precision.

    Its values run to thousands with the published weights, so it may stay in float32 while the rest is not; its
    first convolution alone may follow the rest, as those values come of what lies behind it.
    """

    def __init__(self, config: DPTConfig) -> None:
        super().__init__()
        half = config.decoder_channels // 2
        self.conv1 = Conv3x3(config.decoder_channels, half)
        self.conv2 = Conv3x3(half, config.head_channels)
        self.conv3 = nn.Conv2d(config.head_channels, 1, kernel_size=1)

    def forward(self, fused_bchw: Tensor) -> Tensor:
        x: Tensor = self.conv1(fused_bchw.to(self.conv1.reads))
        x = self.conv2(double(x.to(self.conv2.reads)), relu=True)
        x = self.conv3(x).relu_()
        return x.squeeze(1)

    @torch.no_grad()
    def initialise(self) -> None:
        """Start above zero, where the last ReLU lets gradients through."""
        nn.init.ones_(cast(Tensor, self.conv3.bias))
