"""Scaled cosine attention within windows.

Source: Swin V2, section 3.2, equation 2.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, normalize, scaled_dot_product_attention

from core.model.position_bias import PositionBias
from core.model.windows import Region, as_windows

MAX_LOGIT_SCALE = math.log(100)  # the published code clamps the learnt temperature here


class WindowAttention(nn.Module):
    """Every token attends to the tokens of its window: cosine of q and k, times a learnt scale, plus a bias."""

    def __init__(self, channels: int, heads: int, reference_window: int, position_bias_hidden: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(channels, 3 * channels, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(channels))
        self.v_bias = nn.Parameter(torch.zeros(channels))  # keys have none
        self.logit_scale = nn.Parameter(torch.full((heads, 1, 1), math.log(10)))
        self.position_bias = PositionBias(heads, reference_window, position_bias_hidden)
        self.projection = nn.Linear(channels, channels)

    def forward(self, tokens_bhwc: Tensor, biased_regions: Sequence[tuple[Region, Tensor | None]]) -> Tensor:
        """(B, H, W, C) -> (B, H, W, C) in the precision of the weights. The regions tile the grid; each comes
        with the bias of its window, or None where that is not kept."""
        tokens_bhwc = tokens_bhwc.to(self.qkv.weight.dtype)
        qkv_bias = torch.cat((self.q_bias, torch.zeros_like(self.q_bias), self.v_bias))
        qkv = linear(tokens_bhwc, self.qkv.weight, qkv_bias.to(tokens_bhwc.dtype)).view(
            *tokens_bhwc.shape[:-1], 3, self.heads, -1
        )
        qkv = self._cosine(qkv).flatten(-3)  # (B, H, W, 3C)
        mixed_bhwc = torch.empty_like(tokens_bhwc)
        made: dict[tuple[int, int], Tensor] = {}
        for region, kept_bias in biased_regions:
            if kept_bias is None and region.window_hw not in made:
                made[region.window_hw] = self.position_bias(region.window_hw)
            bias = made[region.window_hw] if kept_bias is None else kept_bias
            place = (slice(None), region.rows, region.columns)
            mixed = self._attend(as_windows(qkv[place], region.window_hw), bias)
            as_windows(mixed_bhwc[place], region.window_hw).copy_(mixed)
        projected: Tensor = self.projection(mixed_bhwc)
        return projected

    def _cosine(self, qkv: Tensor) -> Tensor:
        """Scale q and k so that their product is a cosine times the learnt scale: (..., 3, heads, C/heads)."""
        precise = torch.promote_types(qkv.dtype, torch.float32)  # half precision would overflow in the squares
        q_scale = self.logit_scale.to(precise).clamp(max=MAX_LOGIT_SCALE).exp().view(1, -1, 1)
        qk = normalize(qkv[..., :2, :, :].to(precise), dim=-1) * torch.cat((q_scale, torch.ones_like(q_scale)))
        return torch.cat((qk.to(qkv.dtype), qkv[..., 2:, :, :]), dim=-3)

    def _attend(self, qkv: Tensor, bias: Tensor) -> Tensor:
        """softmax(q k^T + bias) v within each window: (B, nH, nW, h, w, 3C) -> (B, nH, nW, h, w, C)."""
        windows = qkv.reshape(-1, bias.shape[-1], 3, self.heads, qkv.shape[-1] // (3 * self.heads))
        q, k, v = windows.permute(2, 0, 3, 1, 4)  # (B*nH*nW, heads, h*w, C/heads) each
        mixed = scaled_dot_product_attention(q, k, v, attn_mask=bias[None], scale=1.0)
        return mixed.transpose(1, 2).reshape(*qkv.shape[:-1], -1)
