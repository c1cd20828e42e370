"""The decoder's 3x3 convolutions, in float32 on the CPU by way of Winograd's fast convolution.

Most of the network's work lies here. Of a tile of 4x4 outputs, a plain convolution multiplies 144 times a pair of
channels, this one 36 times; everything else about it is four matrix products, which every processor does well.

Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", section 4, F(4x4, 3x3); the points of
Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural Networks",
section 5: those of Lavin and Gray (0, 1, -1, 2, -2) give twice the rounding error of these.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from core.model.fast_layers import FastLayer, can_pack, traceable

TILE = 4  # rows and columns of outputs made together
TAPS = 3
PATCH = TILE + TAPS - 1  # rows and columns of inputs they need
POINTS = (0.0, 0.75, -0.75, 1.5, -1.5)  # and infinity
TILES_AT_ONCE = 256  # what is made of them on the way, 10 MB each time at 256 channels, stays near the processor
_SAME_SIZE = [1, 1], [1, 1], [1, 1]  # padding, stride, dilation
FEWEST_CHANNELS = 96  # below, the transforms cost more than the products save: measured, README.md, "Speed"

FEWEST_CHANNELS_IN_PARTS = 64  # below, casting and adding cost more than the products save


class Conv3x3(FastLayer, nn.Conv2d):
    """A 3x3 convolution that keeps the size. After `make_fast` it gives the same, but for rounding, sooner."""

    def __init__(self, in_channels: int, out_channels: int, *, bias: bool = True) -> None:
        super().__init__(in_channels, out_channels, kernel_size=TAPS, padding=1, bias=bias)

    def forward(self, map_bchw: Tensor, *, relu: bool = False, plus_bchw: Tensor | None = None) -> Tensor:
        """`relu`: followed by one. Or `plus_bchw`: added to the result."""
        if self.packed is not None and self.packed.dtype == self.weight.dtype:
            if plus_bchw is None:
                return _packed(map_bchw, self.packed, self.bias, *_SAME_SIZE, "relu" if relu else "none")
            return _packed_plus(map_bchw, plus_bchw, self.packed, self.bias, *_SAME_SIZE)
        if self._fast is None:
            out = super().forward(map_bchw)
        elif self.packed is not None:
            out = self._in_parts(map_bchw, self.packed)
        else:
            out = convolve(map_bchw, self._fast, self.bias)
        if relu:
            out = out.relu_()
        return out if plus_bchw is None else out.add_(plus_bchw)

    @property
    def reads(self) -> torch.dtype:
        """The precision in which it takes a map."""
        return self.weight.dtype if self.packed is None else self.packed.dtype

    @torch.no_grad()
    def make_fast(self) -> None:
        """For inference on the CPU; does nothing where it is no gain. In float32 Winograd's, at the cost
        of four times the weights; in bfloat16 oneDNN's with weights packed once, at the cost of as many again."""
        wide = min(self.in_channels, self.out_channels) >= FEWEST_CHANNELS
        if can_pack(self.weight):
            self._fast = torch.ops.mkldnn._reorder_convolution_weight(self.weight.detach(), *_SAME_SIZE, 1, None)
        elif wide and self.weight.device.type == "cpu" and self.weight.dtype == torch.float32:
            self._fast = transform(self.weight)

    @torch.no_grad()
    def make_fast_in_parts(self) -> None:
        """The same for a layer in float32 whose map and result may be rounded to bfloat16 but not its weights, as
        that would be the same in every pixel: it multiplies by their first eight bits and by the next eight."""
        first = self.weight.detach().bfloat16()
        both = torch.cat((first, (self.weight.detach() - first.float()).bfloat16()))
        both = both.contiguous(memory_format=torch.channels_last)
        if can_pack(both) and self.in_channels >= FEWEST_CHANNELS_IN_PARTS:
            self._fast = torch.ops.mkldnn._reorder_convolution_weight(both, *_SAME_SIZE, 1, None)

    def _in_parts(self, map_bchw: Tensor, packed: Tensor) -> Tensor:
        parts = _packed(map_bchw, packed, None, *_SAME_SIZE, "none")
        out = parts[:, : self.out_channels].float().add_(parts[:, self.out_channels :])
        return out if self.bias is None else out.add_(self.bias.view(-1, 1, 1))


@traceable
def _packed(
    map_bchw: Tensor,
    packed: Tensor,
    bias: Tensor | None,
    padding: list[int],
    stride: list[int],
    dilation: list[int],
    after: str,
) -> Tensor:
    return torch.ops.mkldnn._convolution_pointwise(  # type: ignore[no-any-return]
        map_bchw, packed, bias, padding, stride, dilation, 1, after, [], ""
    )


@traceable
def _packed_plus(
    map_bchw: Tensor,
    plus_bchw: Tensor,
    packed: Tensor,
    bias: Tensor | None,
    padding: list[int],
    stride: list[int],
    dilation: list[int],
) -> Tensor:
    return torch.ops.mkldnn._convolution_pointwise(  # type: ignore[no-any-return]
        map_bchw, plus_bchw, packed, bias, padding, stride, dilation, 1, "add", 1.0, None, [], None
    )


def convolve(map_bchw: Tensor, transformed: Tensor, bias: Tensor | None) -> Tensor:
    """(B, C, H, W) float32, channels last in memory -> (B, O, H, W) likewise; `transformed` is (36, C, O)."""
    b, channels, height, width = map_bchw.shape
    rows, columns = -(-height // TILE), -(-width // TILE)
    beyond = columns * TILE + 1 - width, rows * TILE + 1 - height  # the last tiles may reach over the border
    padded_bhwc = pad(map_bchw.permute(0, 2, 3, 1), (0, 0, 1, beyond[0], 1, beyond[1]))
    by_b, by_row, by_column, _ = padded_bhwc.stride()
    patches = padded_bhwc.as_strided(
        (PATCH, PATCH, b, rows, columns, channels), (by_row, by_column, by_b, TILE * by_row, TILE * by_column, 1)
    )
    out_bhwc = map_bchw.new_empty(b, rows, TILE, columns, TILE, transformed.shape[2])
    rows_at_once = max(1, TILES_AT_ONCE // (b * columns))
    for first in range(0, rows, rows_at_once):
        band = slice(first, first + rows_at_once)
        some = patches[:, :, :, band]
        spectra = torch.mm(_OF_PATCHES, some.reshape(PATCH**2, -1)).view(PATCH**2, -1, channels)
        products = torch.bmm(spectra, transformed).view(PATCH**2, -1)
        tiles = torch.mm(_TO_TILES, products).view(TILE, TILE, *some.shape[2:5], -1).permute(2, 3, 0, 4, 1, 5)
        if bias is None:
            out_bhwc[:, band] = tiles
        else:
            torch.add(tiles, bias, out=out_bhwc[:, band])
    return out_bhwc.view(b, rows * TILE, columns * TILE, -1)[:, :height, :width].permute(0, 3, 1, 2)


def transform(weight: Tensor) -> Tensor:
    """(O, C, 3, 3) -> (36, C, O) float32."""
    of_taps = torch.from_numpy(_matrices()[1])
    spread = torch.einsum("ai,bj,ocij->abco", of_taps, of_taps, weight.double())
    return spread.reshape(PATCH**2, weight.shape[1], weight.shape[0]).float()


def _matrices() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Toom and Cook's three in one dimension: of a patch (6, 6), of the taps (6, 3), to a tile (4, 6)."""
    of_patch, of_taps, to_tile = np.zeros((PATCH, PATCH)), np.zeros((PATCH, TAPS)), np.zeros((TILE, PATCH))
    points = np.array(POINTS)
    for i, point in enumerate(points):
        others = np.delete(points, i)
        of_patch[i, :-1] = np.poly(others)[::-1]
        of_taps[i] = point ** np.arange(TAPS) / np.prod(point - others)
        to_tile[:, i] = point ** np.arange(TILE)
    of_patch[-1] = np.poly(points)[::-1]
    of_taps[-1, -1] = to_tile[-1, -1] = 1  # the point at infinity
    return of_patch, of_taps, to_tile


def _in_two_dimensions(matrix: np.ndarray) -> Tensor:
    return torch.from_numpy(np.kron(matrix, matrix)).float()


_OF_PATCHES = _in_two_dimensions(_matrices()[0])  # (36, 36)
_TO_TILES = _in_two_dimensions(_matrices()[2])  # (16, 36)
