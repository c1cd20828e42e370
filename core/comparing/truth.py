"""Depth against the truth by MiDaS's protocol, and the two trivial answers that any network has to beat.

Per picture: the network's map is scaled up to the truth's size by a cubic, scale and shift are fitted to the true
inverse depth by least squares over the pixels where something was measured, and what that makes nearer to nothing
than the farthest measured pixel is taken to be as far as that one. Then AbsRel and delta-1 on depth, Pearson on
inverse depth. Over all pictures: the mean of the pictures' figures, as MiDaS averages, so each counts the same.
Source: Ranftl et al., "Towards Robust Monocular Depth Estimation", section 5; Eigen et al. 2014 for the measures.
"""

from collections.abc import Callable, Iterable
from statistics import fmean

import numpy as np

from core.comparing.agreement import both_finite, measure
from core.comparing.measures import Score
from core.depth_files import at_picture_size
from core.messages import DepthArray

CONSTANT, ROW = "constant", "row"


def score(inverse_depth: DepthArray, true_inverse_depth: DepthArray, every: int = 1) -> Score | None:
    """Of a network's map (h, w) against the truth (H, W), NaN or not above 0 where nothing was measured.

    With `every` only every so-manieth row and column counts. None where there is no pixel to compare.
    """
    height, width = true_inverse_depth.shape
    estimate = at_picture_size(inverse_depth, (height, width))
    return _score(estimate[::every, ::every], true_inverse_depth[::every, ::every])


def _constant(height: int, width: int) -> DepthArray:
    return np.ones((height, width), np.float32)


def _row(height: int, width: int) -> DepthArray:
    return np.repeat(np.arange(height, dtype=np.float32)[:, None], width, axis=1)


TRIVIAL: dict[str, Callable[[int, int], DepthArray]] = {CONSTANT: _constant, ROW: _row}


def trivial_scores(true_inverse_depth: DepthArray, every: int = 1) -> dict[str, Score | None]:
    """What the same depth everywhere reaches, and what the pixel's row does: lower in the picture is nearer.

    `every`: as `score`.
    """
    truth = true_inverse_depth[::every, ::every]
    height, width = truth.shape
    return {name: _score(answer(height, width), truth) for name, answer in TRIVIAL.items()}


def overall(scores: Iterable[Score | None]) -> Score | None:
    """The mean of the pictures' figures; None without any."""
    known = [each for each in scores if each is not None]
    if not known:
        return None
    correlations = [each.pearson for each in known if each.pearson is not None]
    return Score(
        pearson=fmean(correlations) if correlations else None,
        abs_rel=fmean(each.abs_rel for each in known),
        delta1_error=fmean(each.delta1_error for each in known),
    )


def _score(estimate: DepthArray, truth: DepthArray) -> Score | None:
    valid = both_finite(estimate, truth) & (truth > 0)
    if not valid.any():
        return None
    found = measure(estimate, truth, valid, least=float(truth[valid].min()))
    return None if found is None else Score(found.pearson, found.abs_rel, found.delta1_error)
