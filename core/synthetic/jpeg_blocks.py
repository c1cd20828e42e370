"""What JPEG leaves of a picture: its 8x8 blocks rounded in frequency, colour at half size."""

from functools import lru_cache
from math import cos, pi, sqrt

import torch
from torch import Tensor
from torch.nn import functional

_LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_CHROMA = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, *(99,) * 38,
)  # fmt: skip
_TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))


def compressed(pictures: Tensor, quality: Tensor) -> Tensor:
    """(3, B, H, W), 0..1, and qualities (B,) of 1 to 100 -> the same pictures with their losses.

    Source: ITU-T T.81, with the tables of its annex K scaled as libjpeg does.
    """
    height, width = pictures.shape[-2:]
    padded = functional.pad(pictures, (0, -width % 16, 0, -height % 16), mode="replicate")
    red, green, blue = padded * 255
    y, cb, cr = (r * red + g * green + b * blue for r, g, b in _TO_YCC)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    y = _rounded(y - 128, _table(_LUMA, y, scale)) + 128
    chroma = torch.cat((cb, cr))
    rows = chroma[:, ::2] + chroma[:, 1::2]
    small = 0.25 * (rows[..., ::2] + rows[..., 1::2])
    small = _rounded(small, _table(_CHROMA, y, scale).repeat(2, 1))
    cb, cr = functional.interpolate(small[:, None], scale_factor=2, mode="bilinear", align_corners=False)[
        :, 0
    ].chunk(2)
    rgb = torch.stack((y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb))
    return (rgb[..., :height, :width] / 255).clamp_(0, 1)


def _table(table: tuple[int, ...], like: Tensor, scale: Tensor) -> Tensor:
    """(B, 64)"""
    return (_steps(table, like.device) * scale[:, None]).round_().clamp_(1, 255)


@lru_cache(maxsize=8)
def _steps(table: tuple[int, ...], device: torch.device) -> Tensor:
    return torch.tensor(table, dtype=torch.float32, device=device)


def _rounded(plane: Tensor, steps: Tensor) -> Tensor:
    """(B, H, W) through the cosine transform of its blocks, to whole numbers of `steps` (B, 64), and back."""
    count, height, width = plane.shape
    blocks = plane.view(count, height // 8, 8, width // 8, 8).transpose(2, 3).reshape(count, -1, 64)
    transform = _cosines(plane.device)
    waves = (blocks @ transform.T) / steps[:, None]
    blocks = (waves.round_() * steps[:, None]) @ transform
    return blocks.view(count, height // 8, width // 8, 8, 8).transpose(2, 3).reshape(count, height, width)


@lru_cache(maxsize=4)
def _cosines(device: torch.device) -> Tensor:
    """(64, 64), orthogonal: rows are the waves of a block."""
    line = torch.tensor(
        [[sqrt((2 if k else 1) / 8) * cos(pi * (n + 0.5) * k / 8) for n in range(8)] for k in range(8)]
    )
    return torch.kron(line, line).to(device)
