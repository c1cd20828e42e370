"""Swin V2 encoder: four stages of windowed attention, each on half the grid of the one before.

Source: Swin V2, section 3 (blocks: figure 1, right; res-post-norm: section 3.2).
"""

from collections.abc import Iterator
from typing import cast

import torch
from torch import Tensor, nn

from core.model.attention import AttentionPlan, WindowAttention
from core.model.config import DPTConfig
from core.model.fast_layers import Linear
from core.model.norm import Norm
from core.model.patch_embed import PatchEmbed, PatchMerging
from core.model.size_plan import PlanCache, SizePlan, make_plan

BRANCH_START = 0.2  # weight of a branch's norm; at the published 0 a branch not needed at once is never taken up


class MLP(nn.Module):
    """Two linear layers on each token by itself."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = Linear(channels, hidden)
        self.fc2 = Linear(hidden, channels)

    def forward(self, tokens_bhwc: Tensor) -> Tensor:
        hidden = self.fc1(tokens_bhwc.to(self.fc1.weight.dtype), gelu=True)
        out: Tensor = self.fc2(hidden)
        return out


class Block(nn.Module):
    """Attention, then MLP; each branch is normalised before it is added (res-post-norm).

    The tokens have the precision of the norms; each branch casts what it reads to its own.
    """

    def __init__(self, config: DPTConfig, stage: int) -> None:
        super().__init__()
        channels = config.channels[stage]
        self.attention = WindowAttention(
            channels, config.heads[stage], config.position_windows[stage], config.position_bias_hidden
        )
        self.norm1 = Norm(channels)
        self.mlp = MLP(channels, channels * config.mlp_ratio)
        self.norm2 = Norm(channels)

    def forward(self, tokens_bhwc: Tensor, plan: AttentionPlan) -> Tensor:
        # In place: a norm's gradient needs what came in, not what went out.
        tokens_bhwc = self.norm1(self.attention(tokens_bhwc, plan)).add_(tokens_bhwc)
        out: Tensor = self.norm2(self.mlp(tokens_bhwc)).add_(tokens_bhwc)
        return out


class Stage(nn.Module):
    """Merging (but for the first stage), then blocks; every odd block's windows are shifted by half a window."""

    def __init__(self, config: DPTConfig, stage: int) -> None:
        super().__init__()
        self.merging = PatchMerging(config.channels[stage - 1]) if stage else nn.Identity()
        self.blocks = nn.ModuleList(Block(config, stage) for _ in range(config.depths[stage]))

    def forward(self, tokens_bhwc: Tensor, plans: tuple[AttentionPlan, ...]) -> Tensor:
        tokens_bhwc = self.merging(tokens_bhwc)
        for block, plan in zip(self.blocks, plans, strict=True):
            tokens_bhwc = block(tokens_bhwc, plan)
        return tokens_bhwc


class Encoder(nn.Module):
    """(B, 3, H, W) -> the maps after each stage, fine to coarse: (B, C, H/4, W/4) to (B, 8C, H/32, W/32)."""

    def __init__(self, config: DPTConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbed(config.embed_dim)
        self.stages = nn.ModuleList(Stage(config, stage) for stage in range(len(config.depths)))
        self.plans = PlanCache()

    def forward(self, image_bchw: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        plan = self.plan((image_bchw.shape[-2], image_bchw.shape[-1]))
        tokens_bhwc = self.patch_embed(image_bchw)
        maps = []
        for stage, block_plans in zip(self.stages, plan.blocks, strict=True):
            tokens_bhwc = stage(tokens_bhwc, block_plans)
            maps.append(tokens_bhwc.permute(0, 3, 1, 2))  # to (B, C, h, w), channels last in memory
        fine, middle, coarse, coarsest = maps
        return fine, middle, coarse, coarsest

    def plan(self, image_hw: tuple[int, int]) -> SizePlan:
        """What depends on the size alone; in training without the biases, which gradients are to flow through."""
        if self.training and torch.is_grad_enabled():
            return make_plan(self, image_hw, room_bytes=0, known={}, stamp=None)
        return self.plans.get(self, image_hw)

    def attentions(self) -> Iterator[WindowAttention]:
        """Of all blocks, in order."""
        for stage in self.stages:
            for block in cast(Stage, stage).blocks:
                yield cast(Block, block).attention

    @property
    def device(self) -> torch.device:
        return self.patch_embed.projection.weight.device

    def train(self, mode: bool = True) -> "Encoder":
        """Drop the plans: some optimisers change weights in a way that leaves no trace for the cache to see."""
        self.plans.clear()
        return super().train(mode)

    @torch.no_grad()
    def initialise(self) -> None:
        """Start values for training from scratch: the published ones, but that no branch begins silent."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, Block):
                for norm in (module.norm1, module.norm2):
                    nn.init.constant_(norm.weight, BRANCH_START)
                    nn.init.zeros_(norm.bias)
