"""The sizes of a Swin V2 DPT as data: one frozen config, and a table of the three published networks.

Imports nothing heavy, so lists of models can be shown before torch is loaded.
"""

from dataclasses import dataclass, fields

from core.errors import EngineError
from core.network_size import KEEP, SQUARE

PATCH_PX = 4  # side of the square of pixels that becomes one token
STAGES = 4
STEP_PX = PATCH_PX * 2 ** (STAGES - 1)  # 32: every height and width must be a multiple of it
MIN_PX = 2 * STEP_PX  # 64: the last stage keeps at least 2x2 tokens

PerStage = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class DPTConfig:
    """Every number that shapes the network; checked when made.

    Raises: EngineError naming the first number that does not fit.
    """

    embed_dim: int  # channels of the first stage; every merging doubles them
    depths: PerStage  # blocks in each stage
    heads: PerStage  # attention heads in each stage
    window: int  # side of the attention window in tokens, at the training size
    training_px: int  # side of the square pictures it was trained on, or of the square with as many pixels
    pretrained_windows: PerStage = (0, 0, 0, 0)  # window of the pretraining each stage came from; 0: none
    decoder_channels: int = 256
    head_channels: int = 32
    mlp_ratio: int = 4
    position_bias_hidden: int = 512
    training_aspect: str = SQUARE  # or "keep": pictures were seen in their own shape
    antialias: bool = False  # pictures are smoothed as they shrink; MiDaS's were not

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name in ("depths", "heads", "pretrained_windows"):
                least = 0 if item.name == "pretrained_windows" else 1
                _require(
                    isinstance(value, tuple) and len(value) == STAGES and all(_is_int(v, least) for v in value),
                    f"{item.name} must be {STAGES} whole numbers of at least {least}, got {value!r}",
                )
            elif item.name == "training_aspect":
                _require(value in (SQUARE, KEEP), f"{item.name} must be {SQUARE} or {KEEP}, got {value!r}")
            elif item.name == "antialias":
                _require(isinstance(value, bool), f"{item.name} must be true or false, got {value!r}")
            else:
                _require(_is_int(value, 1), f"{item.name} must be a whole number of at least 1, got {value!r}")
        for stage, (channels, heads) in enumerate(zip(self.channels, self.heads, strict=True)):
            _require(
                channels % heads == 0, f"stage {stage} has {channels} channels for {heads} heads: not a multiple"
            )
        _require(
            self.training_px % STEP_PX == 0 and self.training_px >= MIN_PX,
            f"training_px must be a multiple of {STEP_PX} from {MIN_PX} up, got {self.training_px}",
        )
        # The position bias divides by window - 1.
        _require(self.window >= 2, f"window must be at least 2 tokens, got {self.window}")
        _require(
            1 not in self.pretrained_windows, "a pretrained window must be 0 (none) or at least 2 tokens, got 1"
        )
        _require(self.decoder_channels % 2 == 0, f"decoder_channels must be even, got {self.decoder_channels}")

    @property
    def channels(self) -> PerStage:
        """Channels of the four stages."""
        c = self.embed_dim
        return c, 2 * c, 4 * c, 8 * c

    @property
    def trained_windows(self) -> PerStage:
        """Window side of each stage at the training size: no larger than the stage's grid of tokens."""
        grid = self.training_px // PATCH_PX
        w = self.window
        return min(w, grid), min(w, grid // 2), min(w, grid // 4), min(w, grid // 8)

    @property
    def position_windows(self) -> PerStage:
        """Window side that scales the offsets of the position bias: the pretrained one where there is one."""
        p0, p1, p2, p3 = self.pretrained_windows
        t0, t1, t2, t3 = self.trained_windows
        return p0 or t0, p1 or t1, p2 or t2, p3 or t3


def check_size(image_hw: tuple[int, int]) -> None:
    """Raises: EngineError where the network cannot run on pictures of this height and width."""
    if any(side % STEP_PX or side < MIN_PX for side in image_hw):
        height, width = image_hw
        raise EngineError(
            f"the network takes a height and width in multiples of {STEP_PX} from {MIN_PX} up, "
            f"got {height}x{width}: resize the picture"
        )


def _is_int(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise EngineError(f"no network can be built so: {problem}")


PUBLISHED: dict[str, DPTConfig] = {
    "swin2-tiny-256": DPTConfig(
        embed_dim=96, depths=(2, 2, 6, 2), heads=(3, 6, 12, 24), window=16, training_px=256
    ),
    "swin2-base-384": DPTConfig(
        embed_dim=128,
        depths=(2, 2, 18, 2),
        heads=(4, 8, 16, 32),
        window=24,
        training_px=384,
        pretrained_windows=(12, 12, 12, 6),
    ),
    "swin2-large-384": DPTConfig(
        embed_dim=192,
        depths=(2, 2, 18, 2),
        heads=(6, 12, 24, 48),
        window=24,
        training_px=384,
        pretrained_windows=(12, 12, 12, 6),
    ),
}
