"""Scaled cosine attention within windows.

Source: Swin V2, section 3.3.1, equation 2.
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

    def forward(self, tokens_bhwc: Tensor, biased_regions: Sequence[tuple[Region, Tensor]]) -> Tensor:
        """(B, H, W, C) -> (B, H, W, C). The regions tile the grid; each comes with the bias of its window."""
        qkv_bias = torch.cat((self.q_bias, torch.zeros_like(self.q_bias), self.v_bias))
        qkv = linear(tokens_bhwc, self.qkv.weight, qkv_bias)
        q, k, v = qkv.view(*tokens_bhwc.shape[:-1], 3, self.heads, -1).unbind(-3)  # (B, H, W, heads, C/heads) each
        precise = torch.promote_types(v.dtype, torch.float32)  # squares and exp overflow a half-precision type
        scale = self.logit_scale.to(precise).clamp(max=MAX_LOGIT_SCALE).exp().squeeze(-1)  # (heads, 1)
        q = (normalize(q.to(precise), dim=-1) * scale).to(v.dtype).flatten(-2)
        k = normalize(k.to(precise), dim=-1).to(v.dtype).flatten(-2)
        v = v.flatten(-2)
        mixed_bhwc = torch.empty_like(v)
        for region, bias in biased_regions:
            place = (slice(None), region.rows, region.columns)
            q_part, k_part, v_part, mixed_part = (
                as_windows(x[place], region.window_hw) for x in (q, k, v, mixed_bhwc)
            )
            mixed_part.copy_(self._attend(q_part, k_part, v_part, bias))
        projected: Tensor = self.projection(mixed_bhwc)
        return projected

    def _attend(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        """softmax(q k^T + bias) v within each window; q, k, v and the result (B, nH, nW, h, w, C)."""
        tokens, channels = bias.shape[-1], q.shape[-1]
        q_heads, k_heads, v_heads = (
            x.reshape(-1, tokens, self.heads, channels // self.heads).transpose(1, 2) for x in (q, k, v)
        )  # (B*nH*nW, heads, h*w, C/heads) each
        mixed = scaled_dot_product_attention(q_heads, k_heads, v_heads, attn_mask=bias[None], scale=1.0)
        return mixed.transpose(1, 2).reshape(q.shape)
