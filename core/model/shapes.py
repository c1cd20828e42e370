"""Every tensor of the network and its shape, from the config alone. Imports no torch: a file is judged early."""

from collections.abc import Iterator

from core.model.config import PATCH_PX, STAGES, DPTConfig

Shape = tuple[int, ...]


def shapes_of(config: DPTConfig) -> dict[str, Shape]:
    """The keys of `DPT(config).state_dict()` with the shapes of their tensors; a test holds the two together."""
    return {**dict(_encoder(config)), **dict(_decoder(config))}


def _encoder(config: DPTConfig) -> Iterator[tuple[str, Shape]]:
    yield "encoder.patch_embed.projection.weight", (config.embed_dim, 3, PATCH_PX, PATCH_PX)
    yield "encoder.patch_embed.projection.bias", (config.embed_dim,)
    yield from _norm("encoder.patch_embed.norm", config.embed_dim)
    for stage in range(STAGES):
        prefix = f"encoder.stages.{stage}"
        channels = config.channels[stage]
        if stage:
            yield f"{prefix}.merging.reduction.weight", (channels, 2 * channels)
            yield from _norm(f"{prefix}.merging.norm", channels)
        for block in range(config.depths[stage]):
            yield from _block(f"{prefix}.blocks.{block}", config, channels, config.heads[stage])


def _block(prefix: str, config: DPTConfig, channels: int, heads: int) -> Iterator[tuple[str, Shape]]:
    attention, hidden = f"{prefix}.attention", config.mlp_ratio * channels
    yield f"{attention}.qkv.weight", (3 * channels, channels)
    yield f"{attention}.q_bias", (channels,)
    yield f"{attention}.v_bias", (channels,)
    yield f"{attention}.logit_scale", (heads, 1, 1)
    yield f"{attention}.position_bias.mlp.0.weight", (config.position_bias_hidden, 2)
    yield f"{attention}.position_bias.mlp.0.bias", (config.position_bias_hidden,)
    yield f"{attention}.position_bias.mlp.2.weight", (heads, config.position_bias_hidden)
    yield from _layer(f"{attention}.projection", (channels, channels))
    yield from _norm(f"{prefix}.norm1", channels)
    yield from _norm(f"{prefix}.norm2", channels)
    yield from _layer(f"{prefix}.mlp.fc1", (hidden, channels))
    yield from _layer(f"{prefix}.mlp.fc2", (channels, hidden))


def _decoder(config: DPTConfig) -> Iterator[tuple[str, Shape]]:
    wide = config.decoder_channels
    for stage in range(STAGES):
        yield f"reassemble.projections.{stage}.weight", (wide, config.channels[stage], 3, 3)
        block = f"fusion.blocks.{stage}"
        for residual in (2,) if stage == STAGES - 1 else (1, 2):  # the coarsest has no second input
            yield from _layer(f"{block}.residual{residual}.conv1", (wide, wide, 3, 3))
            yield from _layer(f"{block}.residual{residual}.conv2", (wide, wide, 3, 3))
        yield from _layer(f"{block}.projection", (wide, wide, 1, 1))
    yield from _layer("head.conv1", (wide // 2, wide, 3, 3))
    yield from _layer("head.conv2", (config.head_channels, wide // 2, 3, 3))
    yield from _layer("head.conv3", (1, config.head_channels, 1, 1))


def _layer(prefix: str, weight: Shape) -> Iterator[tuple[str, Shape]]:
    yield f"{prefix}.weight", weight
    yield f"{prefix}.bias", weight[:1]


def _norm(prefix: str, channels: int) -> Iterator[tuple[str, Shape]]:
    yield f"{prefix}.weight", (channels,)
    yield f"{prefix}.bias", (channels,)
