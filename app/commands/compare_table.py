"""The table that `compare` prints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.comparing.comparison import Comparison

_SCORE = ("Pearson", "AbsRel", "δ>1.25")  # the last two are errors: less is better
_COST = ("median", "p95", "alone", "parameters", "memory")


def print_table(comparison: "Comparison") -> None:
    """A row a lane, in words where it failed; with a truth also the trivial answers, and each named picture."""
    _print_aligned(_heads(comparison), _lanes(comparison))
    for number, lane in enumerate(comparison.lanes):
        if lane.failure and comparison.frames_of(number):
            print(f"{lane.label} ended after {comparison.frames_of(number)} frames: {lane.failure}")
        if lane.non_finite:
            print(f"{lane.label} gave no finite depth of {lane.non_finite} frames")
    if comparison.has_truth and any(frame.name for frame in comparison.frames):
        print("\nAbsRel, δ>1.25 against the truth")
        _print_aligned(["picture", *_columns(comparison)], _pictures(comparison))


def _heads(comparison: "Comparison") -> list[str]:
    truth = [f"true {name}" for name in _SCORE] if comparison.has_truth else []
    return ["lane", *_COST, *_SCORE, *truth]


def _lanes(comparison: "Comparison") -> list[list[str]]:
    from core.comparing.wording import NONE, figure, millions, score_words

    rows = []
    for number, lane in enumerate(comparison.lanes):
        if not comparison.frames_of(number):
            rows.append([lane.label, lane.failure or "no frame was compared"])
            continue
        is_reference = number == comparison.reference
        rows.append(
            [
                lane.label,
                f"{figure(lane.median_ms)} ms",
                f"{figure(lane.p95_ms)} ms",
                f"{figure(lane.fps_alone)} fps",
                millions(lane.info.parameters) if lane.info else NONE,
                NONE if lane.memory_mb is None else f"{figure(lane.memory_mb)} MB",
                *(["reference", "", ""] if is_reference else score_words(comparison.agreement_of(number))),
                *(score_words(comparison.score_of(number)) if comparison.has_truth else []),
            ]
        )
    for name, score in comparison.trivial_overall().items():
        rows.append([f"trivial: {name}", *[""] * (len(_COST) + len(_SCORE)), *score_words(score)])
    return rows


def _columns(comparison: "Comparison") -> list[str]:
    """The lanes that gave depth, then the trivial answers."""
    lanes = [lane.label for number, lane in enumerate(comparison.lanes) if comparison.frames_of(number)]
    return [*lanes, *comparison.trivial_overall()]


def _pictures(comparison: "Comparison") -> list[list[str]]:
    from core.comparing.wording import NONE, figure, percent

    rows = []
    for frame in comparison.frames:
        there = [each for number, each in enumerate(frame.lanes) if comparison.frames_of(number)]
        scores = [None if each is None else each.score for each in there]
        scores += [frame.trivial.get(name) for name in comparison.trivial_overall()]
        said = [NONE if s is None else f"{figure(s.abs_rel)}, {percent(s.delta1_error)}" for s in scores]
        rows.append([frame.name, *said])
    return rows


def _print_aligned(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as they need to be, the first to the left; a row with fewer cells runs on in its last."""
    whole = [row for row in (heads, *rows) if len(row) == len(heads)]
    first = max(len(row[0]) for row in (heads, *rows))
    widths = [max(len(row[column]) for row in whole) for column in range(1, len(heads))]
    for row in (heads, *rows):
        cells = (
            [f"{text:>{width}}" for text, width in zip(row[1:], widths, strict=True)] if row in whole else row[1:]
        )
        print("  ".join([f"{row[0]:<{first}}", *cells]).rstrip())
