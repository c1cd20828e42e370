"""Inverse depth as 16-bit numbers and back: as codes over a range, or as the two halves of each float32."""

from math import isfinite
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.messages import DepthArray

Codes: TypeAlias = NDArray[np.uint16]

FULL_SCALE = 65535
_LARGEST = float(np.finfo(np.float32).max)
_HEADROOM = 0.25  # of a frame's range, on either side of it, so that the next frames find room
_WIDEST = 3.0  # times a frame's own range; at 3.27 a step would be 1/20,000 of it


class CodedDepth(NamedTuple):
    codes: Codes
    offset: float  # value = offset + scale * code
    scale: float
    clipped_pixels: int


class CodedRange:
    """The range that codes 0 to 65535 stand for. It stays while it fits, so that codes compare between frames.

    It moves when a frame leaves it, or uses less than a third of it. Each frame's values decode to within 1/20,000
    of that frame's own range. Used by: one thread.
    """

    def __init__(self) -> None:
        self._low = self._high = 0.0

    def encode(self, inverse_depth: DepthArray) -> CodedDepth:
        """(h, w) float32 -> codes. What is not finite goes to the nearest finite value, and is counted."""
        low, high = float(inverse_depth.min()), float(inverse_depth.max())
        clipped = 0
        if not (isfinite(low) and isfinite(high)):
            finite = np.isfinite(inverse_depth)
            clipped = int(finite.size - np.count_nonzero(finite))
            some = inverse_depth[finite]
            low, high = (float(some.min()), float(some.max())) if some.size else (0.0, 0.0)
            inverse_depth = np.nan_to_num(inverse_depth, nan=low, posinf=high, neginf=low)
        if low == high:
            return CodedDepth(np.zeros(inverse_depth.shape, np.uint16), low, 0.0, clipped)
        if low < self._low or high > self._high or self._high - self._low > _WIDEST * (high - low):
            margin = _HEADROOM * (high - low)
            self._low, self._high = max(low - margin, -_LARGEST), min(high + margin, _LARGEST)
        scale = (self._high - self._low) / FULL_SCALE
        codes = np.subtract(inverse_depth, self._low, dtype=np.float64)
        codes /= scale
        return CodedDepth(np.rint(codes, out=codes).astype(np.uint16), self._low, scale, clipped)


def values(codes: Codes, offset: float, scale: float) -> DepthArray:
    """The float32 values that codes stand for."""
    with np.errstate(over="ignore", invalid="ignore"):  # a damaged file's scale may be anything
        return (offset + scale * codes.astype(np.float64)).astype(np.float32)


def split_floats(inverse_depth: DepthArray) -> Codes:
    """(h, w) float32 -> (2h, w): above the high 16 bits of each value, below the low ones."""
    bits = np.ascontiguousarray(inverse_depth, np.float32).view(np.uint32)
    return np.concatenate((bits >> 16, bits & 0xFFFF)).astype(np.uint16)


def join_floats(halves: Codes) -> DepthArray:
    """(2h, w) as `split_floats` made it -> (h, w) float32, bit by bit the same."""
    height = halves.shape[0] // 2
    bits = halves[:height].astype(np.uint32) << 16 | halves[height : 2 * height]
    return bits.view(np.float32)
