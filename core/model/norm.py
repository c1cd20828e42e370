"""LayerNorm in a precision of its own."""

from torch import Tensor, nn


class Norm(nn.LayerNorm):
    """Normalises in the precision of its weights, whatever comes in, and stays in it."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.to(self.weight.dtype))
