"""A comparison as one HTML page that a person can send: nothing outside it is needed, or would be loaded."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from core.comparing.comparison import Comparison, FrameFigures, LaneFigures
from core.comparing.page_numbers import charts, chip, colour_of, legend, noun, table
from core.comparing.page_style import STYLE
from core.comparing.pictures import LaneThumbnail, Rgb, SheetRow, as_data_uri
from core.comparing.running import Outcome
from core.comparing.view import FULL_DIFFERENCE
from core.comparing.wording import figure

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_MARK = '<meta name="generator" content="Fathom"/>'
_MARK_WITHIN = 400  # bytes from the start


def as_html(outcome: Outcome, facts: Mapping[str, str], *, made_at: str, colormap: str) -> str:
    """The page. `facts`: the machine, as `core.bench.machine` tells; `made_at`: when, in words."""
    comparison, source = outcome.comparison, outcome.source
    frames = len(comparison.frames)
    title = f"Depth of {source.name}, compared"
    body = [
        f"<header><h1>{escape(title)}</h1>",
        f"<p>{frames} {noun(comparison, frames)} · {escape(made_at)} · {escape(_machine(facts))}</p></header>",
        "<section><h2>Figures</h2>",
        table(comparison),
        legend(comparison),
        "</section><section><h2>Charts</h2>",
        charts(comparison),
        "</section><section><h2>Pictures</h2>",
        _how_to_see(comparison, colormap),
        *_rows(comparison, outcome.sheet),
        "</section>",
    ]
    content = "\n".join(body)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>{_MARK}'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>\n{content}\n</body></html>\n"
    )


def is_page(path: Path) -> bool:
    """Whether the file is a page that `as_html` made. Raises: OSError."""
    with path.open("rb") as file:
        return _MARK.encode() in file.read(_MARK_WITHIN)


def _machine(facts: Mapping[str, str]) -> str:
    where = [facts[name] for name in ("gpu", "processor") if name in facts]
    versions = [f"{name} {facts[name]}" for name in ("fathom", "torch", "cuda") if name in facts]
    return ", ".join((where[:1] or []) + versions)


def _how_to_see(comparison: Comparison, colormap: str) -> str:
    said = (
        f"Depth in the colours of {escape(colormap)}; every lane is fitted to the reference and shown in its "
        "range, so that equal colours mean equal depth. Below it the difference to the reference: "
        '<span class="key near"></span> nearer, <span class="key far"></span> farther, strongest from '
        f"{100 * FULL_DIFFERENCE:g} % of the reference's range."
    )
    if comparison.has_truth:
        said += " Below the photo the true depth, in a range of its own; grey where nothing is known."
    return f'<p class="note">{said}</p>'


def _rows(comparison: Comparison, sheet: Sequence[SheetRow]) -> list[str]:
    by_index = {frame.index: frame for frame in comparison.frames}
    return [_row(comparison, row, by_index[row.index]) for row in sheet]


def _row(comparison: Comparison, row: SheetRow, frame: FrameFigures) -> str:
    cells = [f"<div><h4>{escape(_where(frame))}</h4>{_picture(row.colour, 'colour')}"]
    if row.truth is not None:
        cells.append(f"{_picture(row.truth, 'true depth')}<p>{_trivial_words(frame)}</p>")
    cells.append("</div>")
    shown = [number for number in range(len(comparison.lanes)) if comparison.frames_of(number)]
    for number in shown:
        name = f"{chip(colour_of(number))}{escape(comparison.lanes[number].label)}"
        cells.append(f"<div><h4>{name}</h4>{_lane_cell(row.lanes[number], frame.lanes[number])}</div>")
    return f'<div class="row" style="--columns:{len(shown) + 1}">{"".join(cells)}</div>'


def _lane_cell(thumbnail: LaneThumbnail | None, figures: LaneFigures | None) -> str:
    if thumbnail is None or figures is None:
        return '<p class="failed">no depth of this frame</p>'
    errors = {"reference": figures.agreement, "truth": figures.score}
    said = [f"{figure(each.abs_rel)} to the {name}" for name, each in errors.items() if each is not None]
    words = f"{figure(figures.ms)} ms" + (f", AbsRel {', '.join(said)}" if said else "")
    difference = (
        "" if thumbnail.difference is None else _picture(thumbnail.difference, "difference to the reference")
    )
    return f"{_picture(thumbnail.depth, 'depth')}{difference}<p>{words}</p>"


def _where(frame: FrameFigures) -> str:
    if frame.name:
        return frame.name
    return f"frame {frame.index + 1}" + ("" if frame.media_time_s is None else f", {frame.media_time_s:.2f} s")


def _trivial_words(frame: FrameFigures) -> str:
    return "AbsRel to the truth: " + ", ".join(
        f"{escape(name)} {figure(score.abs_rel)}" for name, score in frame.trivial.items() if score is not None
    )


def _picture(rgb: Rgb, what: str) -> str:
    height, width, _ = rgb.shape
    return f'<img src="{as_data_uri(rgb)}" width="{width}" height="{height}" alt="{escape(what)}"/>'
