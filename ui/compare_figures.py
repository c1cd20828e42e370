"""The figures of a lane: what it costs, what it needs, how well it agrees with the reference and the truth."""

from collections.abc import Callable
from typing import NamedTuple

from core.comparing.measures import Agreement, Score
from core.comparing.view import LaneView
from core.comparing.wording import NONE, figure, percent


class Figure(NamedTuple):
    caption: str
    widest: str  # a text that needs all the room the figure may ever need
    tip: str
    text: Callable[[LaneView], str]
    leaves: int  # where there is no room, the highest number leaves first


class Group(NamedTuple):
    """Figures that stay on one line where they can, behind a word that says what they are about."""

    name: str
    figures: tuple[Figure, ...]


def _ms(lane: LaneView) -> str:
    if lane.median_ms is None:
        return NONE
    return f"{lane.median_ms:.1f} ms" if lane.median_ms < 100 else f"{lane.median_ms:.0f} ms"


def _fps(lane: LaneView) -> str:
    if lane.fps_alone is None:
        return NONE
    return f"{lane.fps_alone:.1f} fps" if lane.fps_alone >= 1 else f"{lane.fps_alone:.2f} fps"


def _parameters(lane: LaneView) -> str:
    return f"{figure(lane.parameters / 1e6)} M" if lane.parameters else NONE


def _memory(lane: LaneView) -> str:
    return NONE if lane.memory_mb is None else f"{lane.memory_mb:.0f} MB"


def _pearson(measured: Agreement | Score | None) -> str:
    return NONE if measured is None or measured.pearson is None else f"{measured.pearson:.3f}"


def _abs_rel(measured: Agreement | Score | None) -> str:
    return NONE if measured is None else figure(measured.abs_rel)


def _off(measured: Agreement | Score | None) -> str:
    return NONE if measured is None else percent(measured.delta1_error)


_FITTED = "after a scale and a shift of inverse depth were fitted"
COST = Group("", (
    Figure("", "000.0 ms", "Time for a frame, from the picture to its depth: the median of the latest", _ms, 0),
    Figure("alone", "000.0 fps", "Frames a second it would reach if nothing else ran", _fps, 1),
    Figure("", "00.0 M", "Parameters of the network", _parameters, 8),
    Figure("", "0000 MB", "Memory that its weights and running it take", _memory, 6),
    Figure("", "fp32", "Precision: the number format the network computes in",
           lambda lane: lane.info.precision if lane.info else NONE, 5),
))  # fmt: skip
AGREEMENT = Group("reference", (
    Figure("Pearson", "–0.000", "Correlation of inverse depth with that of the reference lane: 1 is best",
           lambda lane: _pearson(lane.agreement), 2),
    Figure("AbsRel", "0.0000", f"Mean error of depth against the reference lane, {_FITTED}: 0 is best",
           lambda lane: _abs_rel(lane.agreement), 4),
    Figure("δ > 1.25", "00.0 %", f"Pixels off from the reference lane by more than a factor of 1.25, {_FITTED}",
           lambda lane: _off(lane.agreement), 9),
))  # fmt: skip
TRUTH = Group("truth", (
    Figure("AbsRel", "0.0000", f"Mean error of depth against the truth, {_FITTED}: 0 is best",
           lambda lane: _abs_rel(lane.score), 3),
    Figure("δ > 1.25", "00.0 %", f"Pixels off from the truth by more than a factor of 1.25, {_FITTED}",
           lambda lane: _off(lane.score), 7),
    Figure("Pearson", "–0.000", "Correlation with the true inverse depth: 1 is best",
           lambda lane: _pearson(lane.score), 10),
))  # fmt: skip


def groups_of(*, is_reference: bool, has_truth: bool) -> tuple[Group, ...]:
    """The reference lane agrees with itself, which needs no figures."""
    groups = (COST,) if is_reference else (COST, AGREEMENT)
    return (*groups, TRUTH) if has_truth else groups


def told(lane: LaneView, groups: tuple[Group, ...], yardstick: str) -> str:
    """All figures with what they mean, a line each; `yardstick`: what trivial answers reach against the truth."""
    lines = []
    for group in groups:
        for each in group.figures:
            name = f"{group.name} {each.caption}".strip()
            lines.append(f"{name + ': ' if name else ''}{each.text(lane)} – {each.tip}")
        if group is TRUTH and yardstick:
            lines.append(yardstick)
    return "\n".join(lines)
