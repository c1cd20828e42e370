"""Which depths get the ends of the colour map: percentiles of a sample, eased so the picture does not flicker."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.messages import DepthArray, RgbArray

ATTACK_S = 0.15  # time constant of an end that moves outwards: something nearer or farther must not clip for long
RELEASE_S = 1.0  # and of one that moves inwards: a hand that comes and goes must not make the scene pulse
# What tells a scene cut. Measured with the built-in network: between unrelated pictures colours change by 62 of
# 255 levels and more in 19 of 20 pairs, and depth by 0.13 to 0.25 of its span; within a scene, a third of a second
# apart with hands and people in motion, by at most 32 levels and 0.16.
CUT_COLOUR = 45.0  # mean change of colour, in levels, that means another picture …
CUT_CHANGE_IN_COLOUR = 0.1  # … where depth changed by this share of its span too: a light switched on is no cut
CUT_CHANGE = 0.25  # mean change of depth that means another scene by itself
CUT_OVERLAP = 0.2  # two ranges that share less than this of their union belong to different scenes
LEAST_SPAN = 1e-3  # of the values' size: a flat wall is shown in the middle colour, not as amplified noise

LOW_PERCENT, HIGH_PERCENT = 2.0, 98.0
_SAMPLE_SIDE = 64  # a sample has at most 64 x 64 values
_DEPTH_THUMBNAIL_SIDE = 16
_COLOUR_THUMBNAIL_SIDE = 32


def sample_percentiles(
    depth: DepthArray, low: float = LOW_PERCENT, high: float = HIGH_PERCENT
) -> tuple[float, float]:
    """The `low` and `high` percentile of a sample of `depth` (h, w): at most 4096 values spread evenly over it.

    Non-finite values are left out; a map without a finite value gives (0.0, 1.0). Equal ends are possible.
    Used by: inference thread, once a result.
    """
    values = _grid(depth, _SAMPLE_SIDE)
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    first, last = np.percentile(values, (low, high))
    return float(first), float(last)


def scale_of(low: float, high: float) -> float:
    """What `depth - low` is multiplied with to lie from 0 to 1; 0 where the range is empty or not a number."""
    span = high - low
    return 1.0 / span if math.isfinite(span) and span > 0.0 else 0.0


@dataclass(slots=True)
class _Seen:
    """The result that was measured last."""

    low: float
    high: float
    at_s: float
    depth: NDArray[np.float32] | None  # both small
    rgb: NDArray[np.float32] | None


class AutoRange:
    """The range of inverse depth on display: follows the scene gently, jumps at a cut, or stays locked.

    Each end is eased by the time that really passed: fast outwards, slowly inwards. At a scene cut, after
    `reset()` and at the very first result the range is the measured one at once. Used by: window thread, recorder.
    """

    def __init__(self, attack_s: float = ATTACK_S, release_s: float = RELEASE_S) -> None:
        self._attack_s = attack_s
        self._release_s = release_s
        self._low = 0.0
        self._high = 1.0
        self._seen: _Seen | None = None
        self._locked = False

    @property
    def range(self) -> tuple[float, float]:
        return self._low, self._high

    @property
    def locked(self) -> bool:
        return self._locked

    def lock(self, low: float | None = None, high: float | None = None) -> None:
        """Keep the range that is shown, or the one given, whatever comes."""
        self._low = self._low if low is None else low
        self._high = self._high if high is None else high
        self._locked = True

    def unlock(self) -> None:
        """Follow the scene again, easing from the range that was locked."""
        self._locked = False

    def reset(self) -> None:
        """Forget the scene: the next result sets the range at once. For a change of source, model or size."""
        self._seen = None

    def update(
        self,
        low: float,
        high: float,
        at_s: float,
        depth: DepthArray | None = None,
        rgb: RgbArray | None = None,
    ) -> tuple[float, float]:
        """The range to show, given a result's percentiles and its monotonic time.

        `depth` (h, w) and `rgb` (H, W, 3) let a scene cut be seen in the content, not in the two percentiles
        alone; a few of their values are read. A measurement that is not finite changes nothing.
        """
        if not (math.isfinite(low) and math.isfinite(high)):
            return self.range
        low, high = _with_least_span(low, high)
        small_depth = None if depth is None else _grid(depth, _DEPTH_THUMBNAIL_SIDE).astype(np.float32)
        small_rgb = None if rgb is None else _grid(rgb, _COLOUR_THUMBNAIL_SIDE).astype(np.float32)
        before, self._seen = self._seen, _Seen(low, high, at_s, small_depth, small_rgb)
        if self._locked:
            return self.range
        if before is None or _is_cut(before, self._seen):
            self._low, self._high = low, high
        else:
            elapsed_s = max(at_s - before.at_s, 0.0)
            self._low = self._eased(self._low, low, elapsed_s, outwards=low < self._low)
            self._high = self._eased(self._high, high, elapsed_s, outwards=high > self._high)
        return self.range

    def _eased(self, shown: float, measured: float, elapsed_s: float, *, outwards: bool) -> float:
        constant_s = self._attack_s if outwards else self._release_s
        return measured + (shown - measured) * math.exp(-elapsed_s / constant_s)


def sample_places(height: int, width: int) -> NDArray[np.int64]:
    """Where `sample_percentiles` looks in a map of (height, width): indices into its values laid end to end."""
    ys, xs = _places(height, width, _SAMPLE_SIDE)
    return (ys[:, None] * width + xs).ravel()


def _grid(picture: NDArray[Any], side: int) -> NDArray[Any]:
    """Pixels of `picture` on a grid of at most side x side, each from the middle of its cell."""
    ys, xs = _places(picture.shape[0], picture.shape[1], side)
    return picture[np.ix_(ys, xs)]


def _places(height: int, width: int, side: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows and columns of that grid."""
    rows, columns = min(height, side), min(width, side)
    ys = (np.arange(rows) * 2 + 1) * height // (2 * rows)
    xs = (np.arange(columns) * 2 + 1) * width // (2 * columns)
    return ys, xs


def _with_least_span(low: float, high: float) -> tuple[float, float]:
    least = LEAST_SPAN * max(abs(low), abs(high), 1e-6)
    if high - low >= least:
        return low, high
    middle = (low + high) / 2
    return middle - least / 2, middle + least / 2


def _is_cut(before: _Seen, now: _Seen) -> bool:
    union = max(before.high, now.high) - min(before.low, now.low)
    shared = min(before.high, now.high) - max(before.low, now.low)
    if shared < CUT_OVERLAP * union:
        return True
    change = _mean_change(before.depth, now.depth) / max(before.high - before.low, now.high - now.low)
    if change > CUT_CHANGE:
        return True
    return change > CUT_CHANGE_IN_COLOUR and _mean_change(before.rgb, now.rgb) > CUT_COLOUR


def _mean_change(before: NDArray[np.float32] | None, now: NDArray[np.float32] | None) -> float:
    """0 where one is missing, has another size, or they share no finite value."""
    if before is None or now is None or before.shape != now.shape:
        return 0.0
    change = np.abs(now - before)
    change = change[np.isfinite(change)]
    return float(change.mean()) if change.size else 0.0
