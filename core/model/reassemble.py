"""Reassemble: the encoder's maps, each brought to the decoder's channels.

Source: DPT, section 3, "Reassemble". A Swin encoder's tokens lie on a grid already and have no readout token, so
what remains of it is one convolution a map.
"""

from typing import cast

from torch import Tensor, nn

from core.model.config import DPTConfig
from core.model.convolution import Conv3x3


class Reassemble(nn.Module):
    """Four maps (B, C_s, h_s, w_s) -> four maps (B, C, h_s, w_s)."""

    def __init__(self, config: DPTConfig) -> None:
        super().__init__()
        self.projections = nn.ModuleList(
            Conv3x3(channels, config.decoder_channels, bias=False) for channels in config.channels
        )

    def forward(self, maps: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        dtype = cast(Conv3x3, self.projections[0]).weight.dtype
        return tuple(projection(a_map.to(dtype)) for projection, a_map in zip(self.projections, maps, strict=True))
