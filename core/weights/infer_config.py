"""The network's config from the shapes of a file's tensors, in Fathom's names. Values are never looked at."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from core.errors import EngineError, WeightsError
from core.model.config import PATCH_PX, PUBLISHED, STAGES, DPTConfig
from core.network_size import SQUARE

MAX_DEPTH = 128  # blocks in a stage; the published networks have 18
MAX_WINDOW = 64  # tokens; an attention mask grows with its fourth power
MAX_TRAINING_PX = 4096

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Training:
    """What shapes of weights do not tell: how the network was trained."""

    window: int
    training_px: int
    pretrained_windows: tuple[int, int, int, int] | None = None  # None: as the published network of that size
    training_aspect: str = SQUARE
    antialias: bool = False


@dataclass(frozen=True, slots=True)
class Sizes:
    """The part of a config that the weights' shapes tell."""

    embed_dim: int
    depths: tuple[int, int, int, int]
    heads: tuple[int, int, int, int]
    decoder_channels: int
    head_channels: int
    mlp_ratio: int
    position_bias_hidden: int


def sizes_of(shapes: Mapping[str, Shape]) -> Sizes:
    """Read the sizes off a few telling tensors. Raises: WeightsError where they are missing or of a wrong rank."""
    embed_dim = _dim(shapes, "encoder.patch_embed.projection.weight", 4)
    depths = tuple(_depth(shapes, stage) for stage in range(STAGES))
    heads = tuple(
        _dim(shapes, f"encoder.stages.{stage}.blocks.0.attention.logit_scale", 3) for stage in range(STAGES)
    )
    first = "encoder.stages.0.blocks.0"
    return Sizes(
        embed_dim=embed_dim,
        depths=(depths[0], depths[1], depths[2], depths[3]),
        heads=(heads[0], heads[1], heads[2], heads[3]),
        decoder_channels=_dim(shapes, "reassemble.projections.0.weight", 4),
        head_channels=_dim(shapes, "head.conv2.weight", 4),
        mlp_ratio=_dim(shapes, f"{first}.mlp.fc1.weight", 2) // embed_dim,
        position_bias_hidden=_dim(shapes, f"{first}.attention.position_bias.mlp.0.weight", 2),
    )


def training_from_masks(masks: Iterable[tuple[int, Shape]]) -> Training | None:
    """Window and training size from (stage, shape) of the attention masks (windows, N, N); None without masks.

    N is the window's area, and that many windows tile the stage's square grid. Only blocks that shift have a mask.
    Raises: WeightsError where the shapes do not go together.
    """
    found = {_training_of_mask(stage, shape) for stage, shape in masks}
    if len(found) > 1:
        said = " and ".join(f"{training.training_px} px with window {training.window}" for training in found)
        raise WeightsError(f"the attention masks disagree about the training size ({said}): not a usable model")
    return next(iter(found), None)


def published_like(sizes: Sizes) -> DPTConfig | None:
    """The published network whose weights have exactly these sizes."""
    told = asdict(sizes)
    return next((c for c in PUBLISHED.values() if all(getattr(c, k) == v for k, v in told.items())), None)


def config_from(sizes: Sizes, training: Training | None) -> DPTConfig:
    """The whole config; what the file leaves open comes from the published network of that size.

    Raises: WeightsError where the file tells too little, or no network can have these sizes.
    """
    published = published_like(sizes)
    if training is None:
        if published is None:
            raise WeightsError(
                "the file does not tell its attention window: wanted attention masks, a config.json beside it, "
                "or the sizes of a published model"
            )
        return published
    pretrained = training.pretrained_windows
    if pretrained is None:
        same = published and (published.window, published.training_px) == (training.window, training.training_px)
        pretrained = published.pretrained_windows if published and same else (0, 0, 0, 0)
    if not (
        2 <= training.window <= MAX_WINDOW
        and training.training_px <= MAX_TRAINING_PX
        and all(window <= MAX_WINDOW for window in pretrained)
    ):
        raise WeightsError(
            f"a window of {training.window} tokens ({pretrained} in pretraining) at {training.training_px} px is "
            f"beyond reason: wanted at most {MAX_WINDOW} tokens and {MAX_TRAINING_PX} px"
        )
    try:
        return DPTConfig(**asdict(sizes), **(asdict(training) | {"pretrained_windows": pretrained}))
    except EngineError as error:
        raise WeightsError(str(error)) from error


def _dim(shapes: Mapping[str, Shape], key: str, rank: int) -> int:
    """The first dimension of the tensor called `key`, which has to be of `rank` and not empty."""
    shape = shapes.get(key)
    if shape is None:
        raise WeightsError(f"the weights lack {key}: not a complete Swin V2 DPT")
    if len(shape) != rank or 0 in shape:
        raise WeightsError(f"{key} has the shape {shape}, wanted {rank} dimensions: not a Swin V2 DPT")
    return shape[0]


def _depth(shapes: Mapping[str, Shape], stage: int) -> int:
    """How many blocks of the stage have a weight; gaps in their numbers show as missing and unexpected later."""
    prefix = f"encoder.stages.{stage}.blocks."
    depth = len({key.removeprefix(prefix).partition(".")[0] for key in shapes if key.startswith(prefix)})
    if depth > MAX_DEPTH:
        raise WeightsError(f"stage {stage} has {depth} blocks, beyond reason: wanted at most {MAX_DEPTH}")
    return depth


def _training_of_mask(stage: int, shape: Shape) -> Training:
    if len(shape) == 3 and 0 not in shape and shape[1] == shape[2]:
        windows_across, window = math.isqrt(shape[0]), math.isqrt(shape[1])
        if windows_across**2 == shape[0] and window**2 == shape[1]:
            return Training(window, windows_across * window * PATCH_PX * 2**stage)
    raise WeightsError(f"stage {stage} has an attention mask of shape {shape}, wanted (windows, N, N) of squares")
