"""From pixels to tokens, and from one stage's tokens to the next's quarter as many.

Source: Swin Transformer, section 3.1; Swin V2, section 3.
"""

from torch import Tensor, nn

from core.model.config import PATCH_PX
from core.model.norm import Norm


class PatchEmbed(nn.Module):
    """Patches of 4x4 pixels become tokens: (B, 3, H, W) -> (B, H/4, W/4, C)."""

    def __init__(self, embed_dim: int) -> None:
        super().__init__()
        self.projection = nn.Conv2d(3, embed_dim, kernel_size=PATCH_PX, stride=PATCH_PX)
        self.norm = Norm(embed_dim)

    def forward(self, image_bchw: Tensor) -> Tensor:
        tokens_bhwc = self.projection(image_bchw).permute(0, 2, 3, 1)
        normed: Tensor = self.norm(tokens_bhwc)
        return normed


class PatchMerging(nn.Module):
    """Four neighbours become one token of twice the channels: (B, H, W, C) -> (B, H/2, W/2, 2C)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.reduction = nn.Linear(4 * channels, 2 * channels, bias=False)
        self.norm = Norm(2 * channels)

    def forward(self, tokens_bhwc: Tensor) -> Tensor:
        b, height, width, c = tokens_bhwc.shape
        squares = tokens_bhwc.to(self.reduction.weight.dtype).view(b, height // 2, 2, width // 2, 2, c)
        # The four of a square go down its left column first, then down its right: (B, H/2, W/2, column, row, C).
        quads = squares.permute(0, 1, 3, 4, 2, 5).reshape(b, height // 2, width // 2, 4 * c)
        merged: Tensor = self.norm(self.reduction(quads))
        return merged
