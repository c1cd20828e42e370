"""Taming: scale a network so that float16 can hold every value on the way, without changing the depth.

Swin V2 normalises the end of each branch, so training is free to let branches grow; MiDaS warns that half
precision "may yield non-finite depth values" for this reason. A LayerNorm gives the same for an input 2^-k times
as large if its epsilon is 2^-2k times as large, and in float32 scaling by a power of two rounds nothing (barring
numbers below 1e-38). So the tamed network gives the same float32 depth bit for bit, and its weights fit when cast.

**Why the scales of the encoder suffice.** They come from a bound, not from samples. What LayerNorm puts out is
γ·n + β with ‖n‖ ≤ sqrt(C). Tokens are sums of such terms, so by Cauchy and Schwarz a row w of a linear layer that
reads them gives at most the sum of sqrt(C)·‖w∘γ‖ over the terms, plus |w|·|sum of β|. Attention's weights sum to
one and |gelu(x)| ≤ |x|, so the bounds of values and of the hidden layer carry over to the branch's last layer by
the sums of its rows' absolute weights. A layer is scaled by the power of two that brings its bound to 2^15 or just
below, half of what float16 holds: no picture can overflow it, rounding included. Queries and keys are normalised
and values end before a LayerNorm, so `qkv` can be scaled too. `fc1` alone cannot, for gelu is no multiple; in the
networks measured its bound lies 300 times below the limit. Patch embedding and merging stay in float32.

**Why they do not underflow.** Layers whose bound is below 2^15 stay as they are. In the others typical values lie
some 10^4 below the bound, near 1: 14 powers of two above the smallest number that float16 holds in full precision.

**The decoder** has no norms to bound it: products of its row sums would be far too cautious. But it is made of
convolutions, ReLUs and interpolations, so all of it up to the head can be scaled as one, undone in the head's
first weights, which stay in float32. Its scale comes from a short calibration: the largest value that a few
made-up pictures, harsher than real ones, cause is brought to 2^8, which leaves a factor of 2^8 for what they do
not show.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from core.model.encoder import Block, Encoder, Stage

if TYPE_CHECKING:
    from core.model.dpt import DPT

SAFE = 2.0**15  # half of what float16 holds
CALIBRATED = 2.0**8  # the largest value of the decoder on the made-up pictures
CALIBRATION_PX = 64


@torch.no_grad()
def tame(network: "DPT") -> None:
    """Replace weights of a float32 network by scaled ones; its float32 depth stays the same."""
    _tame_encoder(network.encoder)
    _tame_decoder(network)


def _tame_encoder(encoder: Encoder) -> None:
    tokens = _Tokens(encoder.patch_embed.norm)
    for stage in cast("list[Stage]", encoder.stages):
        if not isinstance(stage.merging, nn.Identity):
            tokens = _Tokens(stage.merging.norm)
        for block in cast("list[Block]", stage.blocks):
            _tame_block(block, tokens)


def _tame_block(block: Block, tokens: "_Tokens") -> None:
    """`tokens`: what comes into the block, and after this call what leaves it."""
    attention, mlp = block.attention, block.mlp
    no_bias = torch.zeros_like(attention.q_bias)
    loudest = tokens.through(attention.qkv.weight)
    loudest += torch.cat((attention.q_bias, no_bias, attention.v_bias)).abs()
    inner = _to_safety(loudest)
    for name in ("q_bias", "v_bias"):
        _multiply(attention, name, inner)
    _multiply(attention.qkv, "weight", inner)
    values = inner * loudest.chunk(3)[2]
    # What the projection reads is scaled already: its bias takes the whole scale, its weight what is left of it.
    loudest = attention.projection.weight.abs() @ values + inner * attention.projection.bias.abs()
    rest = _to_safety(loudest)
    _scale_before(block.norm1, attention.projection, rest, bias=inner * rest)
    tokens.add(block.norm1)

    hidden = tokens.through(mlp.fc1.weight) + mlp.fc1.bias.abs()
    loudest = mlp.fc2.weight.abs() @ hidden + mlp.fc2.bias.abs()
    _scale_before(block.norm2, mlp.fc2, _to_safety(loudest))
    tokens.add(block.norm2)


def _tame_decoder(network: "DPT") -> None:
    peak = _decoder_peak(network)
    scale = 2.0 ** -max(0, math.ceil(math.log2(peak / CALIBRATED))) if peak > 0 else 1.0
    for layer in _decoder_layers(network):
        if layer.bias is not None:
            _multiply(layer, "bias", scale)
    for first in network.reassemble.projections:
        _multiply(first, "weight", scale)
    _multiply(network.head.conv1, "weight", 1 / scale)


def _decoder_peak(network: "DPT") -> float:
    """The largest absolute value that a convolution before the head gives for the made-up pictures."""
    peaks: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda _layer, _inputs, out: peaks.append(out.abs().amax()))
        for layer in _decoder_layers(network)
    ]
    try:
        image_bchw = calibration_pictures().to(network.head.conv1.weight.device)
        network.fusion(network.reassemble(network.encoder(image_bchw)))
    finally:
        for hook in hooks:
            hook.remove()
        network.encoder.plans.clear()  # a size that nobody asked for
    return float(torch.stack(peaks).amax())


def _decoder_layers(network: "DPT") -> Iterator[nn.Conv2d]:
    """All convolutions before the head."""
    for part in (network.reassemble, network.fusion):
        yield from (layer for layer in part.modules() if isinstance(layer, nn.Conv2d))


def calibration_pictures() -> Tensor:
    """(4, 3, 64, 64) in -1 to 1: noise, a ramp, a checkerboard of single pixels, one bright pixel in the dark."""
    side = CALIBRATION_PX
    noise = torch.rand(3, side, side, generator=torch.Generator().manual_seed(0)) * 2 - 1
    ramp = torch.linspace(-1, 1, side).expand(3, side, side)
    row, column = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    board = ((row + column) % 2 * 2.0 - 1).expand(3, side, side)
    spot = torch.full((3, side, side), -1.0)
    spot[:, side // 2, side // 2] = 1.0
    return torch.stack((noise, ramp, board, spot))


class _Tokens:
    """What is known of the tokens at some depth: a sum of LayerNorms' outputs."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        self._gammas: list[Tensor] = [norm.weight]
        self._beta = norm.bias.clone()

    def add(self, norm: nn.LayerNorm) -> None:
        self._gammas.append(norm.weight)
        self._beta += norm.bias

    def through(self, weight: Tensor) -> Tensor:
        """Bounds of |weight @ token|, a row each: (out, C) -> (out,)."""
        gammas = torch.stack(self._gammas, dim=1)  # (C, terms)
        lengths = (weight.square() @ gammas.square()).sqrt().sum(dim=1)
        return math.sqrt(len(self._beta)) * lengths + weight.abs() @ self._beta.abs()


def _to_safety(loudest: Tensor) -> float:
    """The power of two, 1 at most, that brings the largest of these bounds to `SAFE`."""
    bound = float(loudest.amax())
    return 2.0 ** -max(0, math.ceil(math.log2(bound / SAFE))) if bound > 0 else 1.0


def _scale_before(norm: nn.LayerNorm, layer: nn.Linear, weight: float, bias: float | None = None) -> None:
    """Scale the layer before `norm`; its output becomes `bias` times what it was, by default `weight` times."""
    whole = weight if bias is None else bias
    _multiply(layer, "weight", weight)
    _multiply(layer, "bias", whole)
    norm.eps *= whole**2


def _multiply(module: nn.Module, name: str, factor: float) -> None:
    """Out of place: the weights may lie in a file that is mapped into memory."""
    if factor != 1.0:
        setattr(module, name, nn.Parameter(getattr(module, name) * factor, requires_grad=False))
