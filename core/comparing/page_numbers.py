"""The numbers on a comparison's page: the table, what its words mean, and the charts."""

from collections.abc import Iterable, Sequence
from html import escape

from core.comparing.charts import COLOURS, TRIVIAL_COLOUR, Bar, Series, bar_chart, line_chart
from core.comparing.comparison import Comparison, LaneFigures
from core.comparing.lanes import Lane
from core.comparing.wording import NONE, figure, millions, score_words

_COLUMNS = 6  # before those of the reference and the truth, three each


def colour_of(lane: int) -> str:
    """The lane's colour in charts and beside its name."""
    return COLOURS[lane % len(COLOURS)]


def chip(colour: str) -> str:
    return f'<i class="chip" style="background:{colour}"></i>'


def noun(comparison: Comparison, count: int) -> str:
    """What is compared: pictures where they have names, else frames."""
    what = "picture" if any(frame.name for frame in comparison.frames) else "frame"
    return what if count == 1 else f"{what}s"


def table(comparison: Comparison) -> str:
    """A row a lane, in words for one that failed; where the truth is known, one for each trivial answer."""
    has_truth = comparison.has_truth
    heads = ["lane", "parameters", "memory", "median", "p95", "alone"]
    groups = f'<tr><th colspan="{_COLUMNS}"></th><th colspan="3">against the reference</th>'
    groups += '<th colspan="3">against the truth</th></tr>' if has_truth else "</tr>"
    heads += ["Pearson", "AbsRel", "δ &gt; 1.25"] * (2 if has_truth else 1)
    rows = [_lane_row(comparison, number) for number in range(len(comparison.lanes))]
    rows += [
        f'<tr class="trivial"><td>{chip(TRIVIAL_COLOUR)}{escape(name)}, a trivial answer</td>'
        f"{_cells([''] * (_COLUMNS + 2))}{_cells(score_words(score))}</tr>"
        for name, score in comparison.trivial_overall().items()
    ]
    head = "".join(f"<th>{name}</th>" for name in heads)
    content = f"<thead>{groups}<tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<div class="wide"><table>{content}</table></div>'


def _lane_row(comparison: Comparison, number: int) -> str:
    lane = comparison.lanes[number]
    is_reference = number == comparison.reference
    mark = " <em>reference</em>" if is_reference else ""
    first = f"<td>{chip(colour_of(number))}{escape(_label(lane))}{mark}</td>"
    if not comparison.frames_of(number):
        why = lane.failure or "no frame gave finite depth"
        return f'<tr class="failed">{first}{_across(comparison, why)}</tr>'
    cells = [
        millions(lane.info.parameters) if lane.info else NONE,
        f"{figure(lane.memory_mb)} MB" if lane.memory_mb is not None else NONE,
        f"{figure(lane.median_ms)} ms",
        f"{figure(lane.p95_ms)} ms",
        f"{figure(lane.fps_alone)} fps",
    ]
    cells += [""] * 3 if is_reference else score_words(comparison.agreement_of(number))
    if comparison.has_truth:
        cells += score_words(comparison.score_of(number))
    row = f"<tr>{first}{_cells(cells)}</tr>"
    if lane.failure:
        row += f'<tr class="failed"><td></td>{_across(comparison, f"ended early: {lane.failure}")}</tr>'
    if lane.non_finite:
        row += f'<tr class="failed"><td></td>{_across(comparison, f"{lane.non_finite} without finite depth")}</tr>'
    return row


def _label(lane: Lane) -> str:
    return f"{lane.label} on {lane.info.device}" if lane.info else lane.label


def _across(comparison: Comparison, text: str) -> str:
    """One cell under all columns but the first."""
    return f'<td colspan="{_COLUMNS + (5 if comparison.has_truth else 2)}">{escape(text)}</td>'


def legend(comparison: Comparison) -> str:
    """What the figures mean, for a reader who was not there."""
    said = [
        "Times run from the picture to depth on the host; “alone” is what the lane would reach if nothing else "
        "ran. Depth is relative: before anything is compared, scale and shift of inverse depth are fitted by "
        "least squares. AbsRel is the mean error of depth as a share of it, δ &gt; 1.25 the share of pixels off "
        "by more than that factor; for both, less is better. Pearson is the correlation of inverse depth: 1 is "
        "best.",
    ]
    if comparison.has_truth:
        said.append(
            "A network that does not beat the row, a slope from top to bottom, has learnt nothing about the "
            "picture. Figures over all pictures are the means of the pictures' own."
        )
    return f'<p class="note">{" ".join(said)}</p>'


def charts(comparison: Comparison) -> str:
    """Speed, agreement with the reference and, where it is known, error against the truth."""
    lanes = [n for n in range(len(comparison.lanes)) if comparison.frames_of(n)]
    across = noun(comparison, 2)
    bars = [
        Bar(
            lane.label,
            lane.median_ms,
            lane.p95_ms,
            f"{figure(lane.median_ms)} ms, {figure(lane.fps_alone)} fps",
            c,
        )
        for lane, c in ((comparison.lanes[n], colour_of(n)) for n in lanes)
        if lane.median_ms is not None
    ]
    found = [_figure("Time of a frame: median, and 95th percentile", bar_chart("Time of a frame", bars))]

    def series(number: int, values: Iterable[float | None]) -> Series:
        return Series(comparison.lanes[number].label, list(values), colour_of(number))

    times = [series(n, map(_time, comparison.of_lane(n))) for n in lanes]
    found.append(_line_figure("Milliseconds, frame by frame", times, across))
    others = [n for n in lanes if n != comparison.reference]
    if others:
        errors = [series(n, map(_reference_error, comparison.of_lane(n))) for n in others]
        found.append(_line_figure("AbsRel against the reference", errors, across))
    if comparison.has_truth:
        errors = [series(n, map(_true_error, comparison.of_lane(n))) for n in lanes]
        rows = [score.abs_rel if (score := frame.trivial.get("row")) else None for frame in comparison.frames]
        errors.append(Series("row, a trivial answer", rows, TRIVIAL_COLOUR, is_dashed=True))
        found.append(_line_figure("AbsRel against the truth", errors, across))
    return f'<div class="charts">{"".join(found)}</div>'


def _time(figures: LaneFigures | None) -> float | None:
    return figures.ms if figures else None


def _reference_error(figures: LaneFigures | None) -> float | None:
    return figures.agreement.abs_rel if figures and figures.agreement else None


def _true_error(figures: LaneFigures | None) -> float | None:
    return figures.score.abs_rel if figures and figures.score else None


def _line_figure(title: str, series: Sequence[Series], across: str) -> str:
    keys = " ".join(f"<span>{chip(each.colour)}{escape(each.label)}</span>" for each in series)
    return _figure(title, line_chart(title, series, across), f'<p class="keys">{keys}</p>')


def _figure(title: str, svg: str, below: str = "") -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{svg}{below}</figure>"


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"<td>{text}</td>" for text in texts)
