"""What is measured of a map of relative inverse depth, as values. How: agreement.py and truth.py."""

from dataclasses import dataclass

import numpy as np

from core.messages import DepthArray


@dataclass(frozen=True, slots=True)
class Fit:
    """What brings one map's values nearest to another's: scale * value + shift."""

    scale: float
    shift: float

    def of(self, inverse_depth: DepthArray) -> DepthArray:
        fitted: DepthArray = (inverse_depth * np.float32(self.scale) + np.float32(self.shift)).astype(np.float32)
        return fitted

    def undone(self, value: float) -> float | None:
        """Which value of the map's own becomes `value`; None where all become the same."""
        return (value - self.shift) / self.scale if self.scale else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of a map with a reference, after the fit. None where the figure does not exist."""

    pearson: float | None  # correlation of inverse depth, -1 to 1; None where either is the same everywhere
    abs_rel: float  # mean of |depth - reference| / reference
    delta1_error: float  # share of the pixels whose depth is off by more than a factor of 1.25; 0 is best
    pixels: int  # how many were compared
    fit: Fit


@dataclass(frozen=True, slots=True)
class Score:
    """Of one picture or, as means, of many. What AbsRel and delta-1 mean: core/comparing/agreement.py."""

    pearson: float | None
    abs_rel: float
    delta1_error: float


@dataclass(frozen=True, slots=True)
class LiveError:
    """How far the live view's depth is from the truth, as of a moment ago."""

    score: Score
    row: Score | None  # of the trivial answer that any network has to beat: lower in the picture is nearer
    kind: str  # of the truth: "rendered" or "measured"
