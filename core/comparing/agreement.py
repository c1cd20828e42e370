"""How well two maps of relative inverse depth agree, once scale and shift, which mean nothing, are fitted away.

Relative depth has no unit: two networks that see the same scene differ by a scale and a shift of inverse depth.
Both are fitted by least squares; what remains is measured as MiDaS does, on depth, which is 1 over inverse depth.
Source: Ranftl et al., "Towards Robust Monocular Depth Estimation", section 5 and appendix.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.messages import DepthArray
from core.opencv import cv2

Hw = tuple[int, int]
Valid = NDArray[np.bool_]

DELTA_1 = 1.25  # depth that is off by more than this factor is wrong
FARTHEST = 50.0  # between networks, depth ends at so many times the near end: beyond, 1 over nearly 0 is all noise
_NEAR_PERCENT = 98.0


@dataclass(frozen=True, slots=True)
class Fit:
    """What brings one map's values nearest to another's: scale * value + shift."""

    scale: float
    shift: float

    def of(self, inverse_depth: DepthArray) -> DepthArray:
        fitted: DepthArray = (inverse_depth * np.float32(self.scale) + np.float32(self.shift)).astype(np.float32)
        return fitted


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of a map with a reference, after the fit. None where the figure does not exist."""

    pearson: float | None  # correlation of inverse depth, -1 to 1; None where either is the same everywhere
    abs_rel: float  # mean of |depth - reference| / reference
    delta1_error: float  # share of the pixels whose depth is off by more than a factor of 1.25; 0 is best
    pixels: int  # how many were compared
    fit: Fit


def agreement(inverse_depth: DepthArray, reference: DepthArray) -> Agreement | None:
    """Of one network's map with another's; both are brought to the reference's grid. None where there is no basis.

    Depth is cut off where the reference's inverse depth falls below its near end / 50, in both maps: networks give
    0 for the sky, and 1 / 0 cannot be compared.
    """
    height, width = reference.shape
    estimate = on_grid(inverse_depth, (height, width))
    valid = both_finite(estimate, reference)
    if not valid.any():
        return None
    least = float(np.percentile(reference[valid], _NEAR_PERCENT)) / FARTHEST
    return measure(estimate, reference, valid, least)


def measure(estimate: DepthArray, reference: DepthArray, valid: Valid, least: float) -> Agreement | None:
    """Of two maps of one size where `valid`; inverse depth below `least` is taken for `least`, in both.

    None without a valid pixel, or where `least` is not above 0, as there is no depth then.
    """
    wanted = reference[valid].astype(np.float64)
    given = estimate[valid].astype(np.float64)
    fit = fit_values(given, wanted)
    if fit is None or not least > 0:
        return None
    fitted = np.maximum(fit.scale * given + fit.shift, least)
    floored = np.maximum(wanted, least)
    # |1/f - 1/w| / (1/w) = |w - f| / f, and 1/f : 1/w = w : f
    ratio = floored / fitted
    return Agreement(
        pearson=pearson(given, wanted),
        abs_rel=float(np.mean(np.abs(floored - fitted) / fitted)),
        delta1_error=float(np.mean(np.maximum(ratio, 1 / ratio) > DELTA_1)),
        pixels=wanted.size,
        fit=fit,
    )


def fit_to(inverse_depth: DepthArray, reference: DepthArray) -> Fit | None:
    """Scale and shift that bring `inverse_depth` nearest to `reference`, on the reference's grid."""
    height, width = reference.shape
    estimate = on_grid(inverse_depth, (height, width))
    valid = both_finite(estimate, reference)
    return fit_values(estimate[valid].astype(np.float64), reference[valid].astype(np.float64))


def fit_values(values: NDArray[np.float64], wanted: NDArray[np.float64]) -> Fit | None:
    """Least squares over pairs of finite values (N,). Values that are all the same give scale 0 and the mean.

    None without a pair.
    """
    if not values.size:
        return None
    mean, wanted_mean = float(values.mean()), float(wanted.mean())
    from_mean = values - mean  # so that large values far from 0 lose no digits
    spread = float(from_mean @ from_mean)
    if spread <= _noise_of(values):
        return Fit(0.0, wanted_mean)
    scale = float(from_mean @ (wanted - wanted_mean)) / spread
    return Fit(scale, wanted_mean - scale * mean)


def pearson(values: NDArray[np.float64], wanted: NDArray[np.float64]) -> float | None:
    """Correlation of pairs of finite values (N,); None where either is the same everywhere."""
    first, second = values - values.mean(), wanted - wanted.mean()
    spreads = float(first @ first), float(second @ second)
    if spreads[0] <= _noise_of(values) or spreads[1] <= _noise_of(wanted):
        return None
    return float(np.clip(first @ second / np.sqrt(spreads[0] * spreads[1]), -1.0, 1.0))


def on_grid(inverse_depth: DepthArray, hw: Hw) -> DepthArray:
    """(h, w) -> `hw`: means of what falls into a pixel where both sides shrink, else linear, which stays within
    the values there are. A pixel that a value which is not finite has a part in is not finite either."""
    height, width = hw
    if inverse_depth.shape == hw:
        return inverse_depth
    shrinks = height <= inverse_depth.shape[0] and width <= inverse_depth.shape[1]
    kernel = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(inverse_depth, (width, height), interpolation=kernel).astype(np.float32, copy=False)


def both_finite(first: DepthArray, second: DepthArray) -> Valid:
    return np.isfinite(first) & np.isfinite(second)


def _noise_of(values: NDArray[np.float64]) -> float:
    """The sum of squares that float32's rounding alone may give to values that are all the same."""
    return values.size * (float(np.abs(values).max()) * float(np.finfo(np.float32).eps)) ** 2
