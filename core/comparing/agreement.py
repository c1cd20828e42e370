"""How well two maps of relative inverse depth agree, once scale and shift, which mean nothing, are fitted away.

Relative depth has no unit: two networks that see the same scene differ by a scale and a shift of inverse depth.
Both are fitted by least squares; what remains is measured as MiDaS does, on depth, which is 1 over inverse depth.
Source: Ranftl et al., "Towards Robust Monocular Depth Estimation", section 5 and appendix.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.comparing.measures import Agreement, Fit
from core.messages import DepthArray
from core.opencv import cv2

Hw = tuple[int, int]
Valid = NDArray[np.bool_]

DELTA_1 = 1.25  # depth that is off by more than this factor is wrong
FARTHEST = 50.0  # between networks, depth ends at so many times the near end: beyond, 1 over nearly 0 is all noise
_NEAR_PERCENT = 98.0


def agreement(
    inverse_depth: DepthArray, reference: DepthArray, most_pixels: int | None = None
) -> Agreement | None:
    """Of one network's map with another's; both are brought to the reference's grid. None where there is no basis.

    `most_pixels`: look at no more than that, evenly spread, which is as good for eyes and far quicker.

    Depth is cut off where the reference's inverse depth falls below its near end / 50, in both maps: networks give
    0 for the sky, and 1 / 0 cannot be compared.
    """
    height, width = reference.shape
    estimate = on_grid(inverse_depth, (height, width))
    if most_pixels is not None:
        every = stride(reference, most_pixels)
        estimate, reference = estimate[::every, ::every], reference[::every, ::every]
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
    if not wanted.size or not least > 0:
        return None
    first, second = _Centred.of(given), _Centred.of(wanted)
    fit = _fitted(first, second)
    fitted = np.maximum(fit.scale * given + fit.shift, least)
    floored = np.maximum(wanted, least)
    # |1/f - 1/w| / (1/w) = |w - f| / f, and 1/f : 1/w = w : f
    ratio = floored / fitted
    return Agreement(
        pearson=_correlation(first, second),
        abs_rel=float(np.mean(np.abs(floored - fitted) / fitted)),
        delta1_error=float(np.mean(np.maximum(ratio, 1 / ratio) > DELTA_1)),
        pixels=wanted.size,
        fit=fit,
    )


def fit_to(inverse_depth: DepthArray, reference: DepthArray) -> Fit | None:
    """The scale and shift that bring `inverse_depth` nearest to `reference` by least squares, on its grid.

    A map that is the same everywhere gets scale 0 and the reference's mean. None without a finite pair.
    """
    height, width = reference.shape
    estimate = on_grid(inverse_depth, (height, width))
    valid = both_finite(estimate, reference)
    if not valid.any():
        return None
    return _fitted(
        _Centred.of(estimate[valid].astype(np.float64)), _Centred.of(reference[valid].astype(np.float64))
    )


def difference(inverse_depth: DepthArray, reference: DepthArray, fit: Fit, span: float) -> DepthArray:
    """Where a map differs from the reference after the fit, on the reference's grid, as a share of `span`: above 0
    nearer, below 0 farther."""
    height, width = reference.shape
    off: DepthArray = fit.of(on_grid(inverse_depth, (height, width))) - reference
    off /= np.float32(max(span, float(np.finfo(np.float32).tiny)))
    return off


def on_grid(inverse_depth: DepthArray, hw: Hw) -> DepthArray:
    """(h, w) -> `hw`: means of what falls into a pixel where both sides shrink, else linear, which stays within
    the values there are. A pixel that a value which is not finite has a part in is not finite either."""
    height, width = hw
    if inverse_depth.shape == hw:
        return inverse_depth
    shrinks = height <= inverse_depth.shape[0] and width <= inverse_depth.shape[1]
    kernel = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(inverse_depth, (width, height), interpolation=kernel).astype(np.float32, copy=False)


def stride(map_hw: DepthArray, most_pixels: int) -> int:
    """Every how-manieth row and column to take, so that no more than about `most_pixels` are taken."""
    return max(1, math.ceil(math.sqrt(map_hw.size / most_pixels)))


def both_finite(first: DepthArray, second: DepthArray) -> Valid:
    return np.isfinite(first) & np.isfinite(second)


@dataclass(frozen=True, slots=True, eq=False)
class _Centred:
    """Values (N,) about their mean, so that large ones far from 0 lose no digits."""

    mean: float
    from_mean: NDArray[np.float64]
    spread: float  # sum of squares about the mean; 0 where float32's rounding alone could have given it

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> "_Centred":
        mean = float(values.mean())
        from_mean = values - mean
        spread = _dot(from_mean, from_mean)
        rounding = values.size * (float(np.abs(values).max()) * float(np.finfo(np.float32).eps)) ** 2
        return cls(mean, from_mean, spread if spread > rounding else 0.0)


def _fitted(given: _Centred, wanted: _Centred) -> Fit:
    if not given.spread:
        return Fit(0.0, wanted.mean)
    scale = _dot(given.from_mean, wanted.from_mean) / given.spread
    return Fit(scale, wanted.mean - scale * given.mean)


def _correlation(given: _Centred, wanted: _Centred) -> float | None:
    if not given.spread or not wanted.spread:
        return None
    shared = _dot(given.from_mean, wanted.from_mean)
    return float(np.clip(shared / np.sqrt(given.spread) / np.sqrt(wanted.spread), -1.0, 1.0))


def _dot(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Of two vectors, on this thread: BLAS would start threads of its own, which then wait for the network's."""
    return float(np.einsum("i,i->", first, second))
