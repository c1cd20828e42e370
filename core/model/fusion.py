"""Fusion: from the coarsest map to the finest, each step joins one map and doubles the resolution.

Source: DPT, section 3, "Fusion"; RefineNet, section 3.2.
"""

from torch import Tensor, nn

from core.model.config import STAGES, DPTConfig
from core.model.convolution import Conv3x3


def double(map_bchw: Tensor) -> Tensor:
    """Twice the height and width, bilinear with aligned corners, as trained: (B, C, H, W) -> (B, C, 2H, 2W)."""
    return nn.functional.interpolate(map_bchw, scale_factor=2, mode="bilinear", align_corners=True)


class ResidualUnit(nn.Module):
    """Two 3x3 convolutions, each after a ReLU, added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = Conv3x3(channels, channels)
        self.conv2 = Conv3x3(channels, channels)

    def forward(self, map_bchw: Tensor) -> Tensor:
        inner: Tensor = self.conv1(map_bchw.relu(), relu=True)
        out: Tensor = self.conv2(inner, plus_bchw=map_bchw)
        return out


class FusionBlock(nn.Module):
    """Joins the path from below with the encoder's map of the same size: two of (B, C, h, w) -> (B, C, 2h, 2w)."""

    def __init__(self, channels: int, *, joins: bool) -> None:
        """`joins`: False for the coarsest block, which has no path from below."""
        super().__init__()
        self.residual1 = ResidualUnit(channels) if joins else None
        self.residual2 = ResidualUnit(channels)
        self.projection = nn.Conv2d(channels, channels, kernel_size=1)

    def forward(self, encoder_map: Tensor, path: Tensor | None) -> Tensor:
        joined = encoder_map if path is None or self.residual1 is None else path + self.residual1(encoder_map)
        # Published after the doubling. A 1x1 convolution and an interpolation, whose weights sum to one, commute:
        # before it, it costs a quarter.
        return double(self.projection(self.residual2(joined)))


class Fusion(nn.Module):
    """Four maps of C channels, fine to coarse -> one of twice the finest's size: (B, C, H/2, W/2)."""

    def __init__(self, config: DPTConfig) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            FusionBlock(config.decoder_channels, joins=stage < STAGES - 1) for stage in range(STAGES)
        )

    def forward(self, maps: tuple[Tensor, ...]) -> Tensor:
        fine, middle, coarse, coarsest = maps
        path = self.blocks[3](coarsest, None)
        path = self.blocks[2](coarse, path)
        path = self.blocks[1](middle, path)
        fused: Tensor = self.blocks[0](fine, path)
        return fused
