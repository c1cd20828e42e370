"""What leaves the device after a frame: depth, its range and whether it is finite, in one tensor and one copy."""

import math
import time
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.depth_range import HIGH_PERCENT, LOW_PERCENT, sample_places
from core.messages import DepthArray

_FIGURES = 4  # behind the depth: smallest, largest, low, high


class Readout(NamedTuple):
    """One frame's depth on the host."""

    inverse_depth: DepthArray  # (h, w), read-only
    low: float  # 2nd and 98th percentile of a sample of it, as `sample_percentiles` gives them
    high: float
    finite: bool  # where it is not, low and high mean nothing
    finished_at_s: float  # it lay on the host


class Packer:
    """Packs the depth of one size on one device. It keeps what depends on the size alone on the device."""

    def __init__(self, network_hw: tuple[int, int], device: torch.device) -> None:
        self.network_hw = network_hw
        self.length = network_hw[0] * network_hw[1] + _FIGURES
        places = torch.from_numpy(sample_places(*network_hw))
        ranks = torch.tensor([LOW_PERCENT, HIGH_PERCENT], dtype=torch.float64) / 100 * (len(places) - 1)
        below = ranks.floor().long()
        self._places = places.to(device)
        self._below, self._above = below.to(device), ranks.ceil().long().to(device)  # among the sample in order
        self._share = (ranks - below).float().to(device)  # of the way from the one to the other

    def pack(self, depth_hw: Tensor) -> Tensor:
        """(h, w) in any precision -> (h * w + 4,) float32 on the device: the depth and its figures.

        Whether all is finite shows in the extremes, as a NaN anywhere makes both NaN: the check costs one
        reduction, and no trip of its own to the host.
        """
        values = depth_hw.float().flatten()
        smallest, largest = values.aminmax()
        ordered = values[self._places].sort().values
        ends = torch.lerp(ordered[self._below], ordered[self._above], self._share)
        return torch.cat((values, smallest.view(1), largest.view(1), ends))

    def depth(self, packed: Tensor) -> Tensor:
        """The depth within what `pack` gave, (1, h, w), sharing its memory."""
        return packed[:-_FIGURES].view(1, *self.network_hw)

    def unpack(self, packed: NDArray[np.float32]) -> Readout:
        """What `pack` gave, on the host. The depth shares its memory, which nobody may change any more."""
        smallest, largest, low, high = (float(value) for value in packed[-_FIGURES:])
        depth = packed[:-_FIGURES].reshape(self.network_hw)
        depth.flags.writeable = False
        finite = math.isfinite(smallest) and math.isfinite(largest)
        return Readout(depth, low, high, finite, time.monotonic())
