"""The network: a Swin V2 encoder and the DPT decoder, as MiDaS v3.1 joins them.

Source: DPT ("Vision Transformers for Dense Prediction"), figure 1; MiDaS v3.1, section 3.
"""

from typing import cast

import torch
from torch import Tensor, nn

from core.errors import EngineError
from core.model.config import DPTConfig, check_size
from core.model.convolution import Conv3x3
from core.model.encoder import Block, Encoder
from core.model.fast_layers import Linear
from core.model.fusion import Fusion
from core.model.head import Head
from core.model.reassemble import Reassemble
from core.model.taming import tame

SHALLOW = 12  # blocks; a deeper encoder takes all that bfloat16 may lie off, and the head less of the time


class DPT(nn.Module):
    """A picture in, relative inverse depth out. Re-entrant: threads may share it."""

    def __init__(self, config: DPTConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.reassemble = Reassemble(config)
        self.fusion = Fusion(config)
        self.head = Head(config)
        self.encoder.initialise()
        self.head.initialise()
        self._arrange()
        self.register_load_state_dict_post_hook(DPT._arrange)  # type: ignore[no-untyped-call]

    def forward(self, image_bchw: Tensor) -> Tensor:
        """RGB scaled to -1..1, (B, 3, H, W) -> inverse depth (B, H, W), larger is nearer, no unit.

        H and W are multiples of 32 from 64 up. The picture is cast to the tokens' precision, the result has the
        head's. Raises: EngineError where the size does not fit.
        """
        check_image(image_bchw)
        maps = self.encoder(image_bchw.to(self.encoder.patch_embed.projection.weight.dtype))
        maps = self.reassemble(maps)
        fused = self.fusion(maps)
        return cast(Tensor, self.head(fused))

    def to_precision(self, dtype: torch.dtype, *, decoder: torch.dtype | None = None) -> "DPT":
        """For inference: attention and MLPs compute in `dtype`, reassembly and fusion in `decoder` (as a rule the
        same), tokens and head in float32; on a CPU the head's first convolution too is the decoder's in bfloat16.

        The one place that says what runs in which precision; README.md, "Precision", says why. Takes float32
        weights, some of which float16 may be unable to hold before they are tamed, on the device that is to run.
        """
        decoder = decoder or dtype
        self.float()
        if dtype == torch.float16:
            tame(self)
        self.reassemble.to(decoder)
        self.fusion.to(decoder)
        for block in (block for block in self.encoder.modules() if isinstance(block, Block)):
            for layer in block.modules():
                if isinstance(layer, nn.Linear):  # not the norms, nor the few numbers beside these weights
                    layer.to(dtype)
        if decoder == torch.bfloat16 and self.encoder.device.type == "cpu":
            self.head.conv1.to(decoder)
        for layer in self.modules():
            if isinstance(layer, (Conv3x3, Linear)):
                layer.make_fast()
        if self.head.conv1.weight.dtype == torch.bfloat16 and sum(self.config.depths) <= SHALLOW:
            self.head.conv2.make_fast_in_parts()
        return self

    def prepare(self, image_hw: tuple[int, int]) -> None:
        """Work out ahead what depends on the size alone, so that the first picture of it is no slower.

        Raises: EngineError where the size does not fit.
        """
        check_size(image_hw)
        self.encoder.plan(image_hw)

    def _arrange(self, _keys: object = None) -> None:
        """Lay the convolutions' weights out as the maps are, channels last: see README.md, "Speed"."""
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def check_image(image_bchw: Tensor) -> None:
    """Raises: EngineError where this is no batch of pictures the network can take."""
    if image_bchw.dim() != 4 or image_bchw.shape[1] != 3:
        raise EngineError(f"the network takes pictures (B, 3, H, W), got {tuple(image_bchw.shape)}")
    check_size((image_bchw.shape[2], image_bchw.shape[3]))
