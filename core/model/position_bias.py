"""Log-spaced continuous position bias: what attention adds for the offset between two tokens of a window.

Source: Swin V2, section 3.3, equations 3 and 4.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


class PositionBias(nn.Module):
    """A small network from the offset (rows, columns) between two tokens to one number a head.

    Being continuous, it serves any window. Its result depends on the window alone, so it is no part of a frame's
    work: `core.model.size_plan` asks for it once a size.
    """

    def __init__(self, heads: int, reference_window: int, hidden: int) -> None:
        """`reference_window`: the window in tokens whose farthest offset is scaled to ±8 before the logarithm."""
        super().__init__()
        self.reference_window = reference_window
        self._layers = nn.Linear(2, hidden), nn.Linear(hidden, heads, bias=False)
        self.mlp = nn.Sequential(self._layers[0], nn.ReLU(), self._layers[1])

    def forward(self, window_hw: tuple[int, int]) -> Tensor:
        """(heads, h*w, h*w) in the type of the weights: 0 to 16 for query token (first) and key token (second).

        Worked out in float32 at least.
        """
        h, w = window_hw
        first, second = self._layers
        dtype, device = first.weight.dtype, first.weight.device
        precise = torch.promote_types(dtype, torch.float32)
        # Every offset that occurs, rows then columns: (2h-1, 2w-1, 2).
        down, across = (torch.arange(1 - n, n, device=device, dtype=precise) for n in window_hw)
        offsets = torch.stack(torch.meshgrid(down, across, indexing="ij"), dim=-1)
        scaled = offsets * 8 / (self.reference_window - 1)
        log_spaced = scaled.sign() * torch.log2(1 + scaled.abs()) / math.log2(8)
        hidden = linear(log_spaced, first.weight.to(precise), first.bias.to(precise)).relu()
        table = 16 * torch.sigmoid(linear(hidden, second.weight.to(precise)))  # (2h-1, 2w-1, heads)
        # Slide a window over the table: at query (i, j) it holds the offsets to all keys, the last key first.
        table = table.to(dtype).permute(2, 0, 1).contiguous()
        keys_reversed = table.unfold(1, h, 1).unfold(2, w, 1)  # (heads, h, w, h, w)
        return keys_reversed.flip(-2, -1).reshape(-1, h * w, h * w)

    def nbytes(self, window_hw: tuple[int, int]) -> int:
        """Memory of the bias for this window."""
        weight = self._layers[1].weight
        return weight.shape[0] * (window_hw[0] * window_hw[1]) ** 2 * weight.element_size()
