"""Figures as people read them, the same in the table and on the page."""

import math

from core.comparing.measures import Score

NONE = "–"


def figure(value: float | None) -> str:
    """Three digits, as many as are worth reading: 0.0123, 0.85, 12.3, 456."""
    if value is None:
        return NONE
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:.{max(0, min(4, 2 - math.floor(math.log10(abs(value)))))}f}"


def percent(share: float | None) -> str:
    """A share as per cent, 0.1234 as 12.3 %."""
    return NONE if share is None else f"{figure(100 * share)} %"


def millions(count: int) -> str:
    return f"{count / 1e6:.1f} M"


def score_words(score: Score | None) -> list[str]:
    """Pearson, AbsRel and the share off by more than 1.25."""
    if score is None:
        return [NONE] * 3
    pearson = NONE if score.pearson is None else f"{score.pearson:.3f}"
    return [pearson, figure(score.abs_rel), percent(score.delta1_error)]
