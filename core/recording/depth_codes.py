"""Inverse depth as 16-bit numbers and back: as codes over a range, or as the two halves of each float32."""

from math import ceil, frexp, isfinite, ldexp
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.messages import DepthArray

Codes: TypeAlias = NDArray[np.uint16]

FULL_SCALE = 65535
_LARGEST = float(np.finfo(np.float32).max)
_FLOAT32_BITS, _SMALLEST_FLOAT32 = 24, -149  # of the fraction; power of two of the least number above 0
_FEWEST_STEPS = 10_000  # in a frame's range, so that half a step is 1/20,000 of it
_RESERVE = 1.15  # times as fine as need be when the step is chosen, so that it can stay while the range breathes
_FINEST = 1.5  # times as fine as need be: finer ones only make files larger and encoding slower
_ROOM_BELOW = 8_192  # codes under the lowest value when the step is chosen; above the highest there are far more


class CodedDepth(NamedTuple):
    codes: Codes
    offset: float  # value = offset + scale * code
    scale: float
    clipped_pixels: int


class CodedRange:
    """What the codes 0 to 65535 stand for. It stays while it fits, so that codes compare between frames.

    It moves when a frame leaves it, or when its step is too coarse for the frame's range or far finer than it has
    to be: FFV1's time and size grow with each bit. Each frame's values decode to within 1/20,000 of that frame's
    own range. Used by: one thread.
    """

    def __init__(self) -> None:
        self._offset = self._step = 0.0
        self._low = self._high = 0.0  # the values that have codes

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
        coarsest = _coarsest_step(low, high)
        if low < self._low or high > self._high or not coarsest / _FINEST <= self._step <= coarsest:
            self._move(low, high, coarsest)
        codes = np.subtract(inverse_depth, self._offset, dtype=np.float64)
        codes /= self._step
        return CodedDepth(np.rint(codes, out=codes).astype(np.uint16), self._offset, self._step, clipped)

    def _move(self, low: float, high: float, coarsest: float) -> None:
        """Both ends get a code of their own, so that rounding takes neither beyond what float32 holds."""
        self._step = (high - low) / ceil((high - low) / coarsest * _RESERVE)
        self._offset = low - _ROOM_BELOW * self._step
        self._low = min(low, max(self._offset, self._step - _LARGEST))
        self._high = max(high, min(self._offset + FULL_SCALE * self._step, _LARGEST - self._step))


def _coarsest_step(low: float, high: float) -> float:
    """The largest step that keeps the promise, with what is lost when a value is rounded to float32 again.

    Where neighbouring float32 are farther apart than half of the ideal step, half of it will do: either the two
    errors together are smaller than it, or the rounding finds the very value again.
    """
    ideal = (high - low) / _FEWEST_STEPS
    _, exponent = frexp(max(abs(low), abs(high)))
    apart = ldexp(1.0, max(exponent - _FLOAT32_BITS, _SMALLEST_FLOAT32))
    return max(ideal - apart, ideal / 2)


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
