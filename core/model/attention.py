"""Scaled cosine attention within windows.

Source: Swin V2, section 3.2, equation 2.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from core.model.fast_layers import Linear
from core.model.position_bias import PositionBias
from core.model.windows import Cut

MAX_LOGIT_SCALE = math.log(100)  # the published code clamps the learnt temperature here
_SHORTEST = 1e-12  # a vector of zeros stays one


@dataclass(frozen=True, slots=True, eq=False)
class AttentionPlan:
    """What one block needs to know of a size and of its weights before any frame comes."""

    cut: Cut
    biases: tuple[Tensor | None, ...]  # (heads, N, N) for each run of windows; None: worked out in every frame,
    # because gradients are to flow to its weights or because there is no room for it
    qkv_bias: Tensor  # (3C,), in the precision of the weights
    qk_scale: Tensor  # (2, heads, 1): the learnt temperature for q, ones for k; float32 at least


class WindowAttention(nn.Module):
    """Every token attends to the tokens of its window: cosine of q and k, times a learnt scale, plus a bias."""

    def __init__(self, channels: int, heads: int, reference_window: int, position_bias_hidden: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = Linear(channels, 3 * channels, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(channels))
        self.v_bias = nn.Parameter(torch.zeros(channels))  # keys have none
        self.logit_scale = nn.Parameter(torch.full((heads, 1, 1), math.log(10)))
        self.position_bias = PositionBias(heads, reference_window, position_bias_hidden)
        self.projection = Linear(channels, channels)

    def forward(self, tokens_bhwc: Tensor, plan: AttentionPlan) -> Tensor:
        """(B, H, W, C) -> (B, H, W, C) in the precision of the weights."""
        b, _, _, c = tokens_bhwc.shape
        tokens_blc = tokens_bhwc.to(self.qkv.weight.dtype).view(b, -1, c)
        if plan.cut.order is not None:
            tokens_blc = tokens_blc.index_select(1, plan.cut.order)
        qkv = self.qkv(tokens_blc, plan.qkv_bias).view(b, -1, 3, self.heads, c // self.heads)
        qk, v = self._cosine(qkv[:, :, :2], plan.qk_scale), qkv[:, :, 2]
        mixed = []
        for run, kept_bias in zip(plan.cut.runs, plan.biases, strict=True):
            bias = self.position_bias(run.window_hw) if kept_bias is None else kept_bias
            mixed.append(self._attend(qk[:, run.start : run.stop], v[:, run.start : run.stop], bias))
        mixed_blc = mixed[0] if len(mixed) == 1 else torch.cat(mixed, dim=1)
        if plan.cut.back is not None:
            mixed_blc = mixed_blc.index_select(1, plan.cut.back)
        projected: Tensor = self.projection(mixed_blc)
        return projected.view(tokens_bhwc.shape)

    def qkv_bias(self) -> Tensor:
        """One bias for q, k and v together: (3C,), in the precision of the weights."""
        together = torch.cat((self.q_bias, torch.zeros_like(self.q_bias), self.v_bias))
        return together.to(self.qkv.weight.dtype)

    def qk_scale(self) -> Tensor:
        """What the directions of q and k are multiplied by: (2, heads, 1), float32 at least."""
        q_scale = _precise(self.logit_scale).clamp(max=MAX_LOGIT_SCALE).exp().view(-1, 1)
        return torch.stack((q_scale, torch.ones_like(q_scale)))

    def stamp(self) -> object:
        """Differs once what a plan is made from was loaded, moved, cast or changed in place; plain values only."""
        own = (self.q_bias, self.v_bias, self.logit_scale)
        return tuple(weight_stamp(weight) for weight in (*own, *self.position_bias.mlp.parameters()))

    def _cosine(self, qk: Tensor, scale: Tensor) -> Tensor:
        """Scale q and k so that their product is a cosine times the learnt scale: (B, L, 2, heads, C/heads)."""
        # In half precision the squares would overflow.
        lengths = torch.linalg.vector_norm(qk, dim=-1, keepdim=True, dtype=scale.dtype)
        scaled: Tensor = qk * (scale / lengths.clamp(min=_SHORTEST))
        return scaled.to(qk.dtype)

    def _attend(self, qk: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        """softmax(q k^T + bias) v within each window: (B, n*N, 2, heads, d), (B, n*N, heads, d) -> (B, n*N, C)."""
        tokens = bias.shape[-1]
        q, k = qk.reshape(-1, tokens, *qk.shape[2:]).permute(2, 0, 3, 1, 4)  # (B*n, heads, N, d) each
        v_windows = v.reshape(-1, tokens, *v.shape[2:]).transpose(1, 2)
        mixed = scaled_dot_product_attention(q, k, v_windows, attn_mask=bias[None], scale=1.0)
        return mixed.transpose(1, 2).reshape(*v.shape[:2], -1)


def weight_stamp(weight: Tensor) -> object:
    """Differs once `weight` was loaded, moved, cast or changed in place."""
    return weight.data_ptr(), 0 if weight.is_inference() else weight._version, weight.dtype, weight.device


def _precise(x: Tensor) -> Tensor:
    return x.to(torch.promote_types(x.dtype, torch.float32))
