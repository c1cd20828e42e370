"""Small charts as inline SVG: they scale, print, and take the page's own ink for all but the lanes' colours."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

# Told apart on white and on near black, and by people who do not tell red from green.
COLOURS = ("#3f8fe0", "#e07f2a", "#1fa187", "#b05fc9", "#cf4a5c", "#8c8a2e", "#6b7fd7", "#9c6b4a")
TRIVIAL_COLOUR = "#8a8f98"

WIDTH_PX, HEIGHT_PX = 520, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 34
_MOST_POINTS = 240  # more would be narrower than a pixel
_TICKS = 4
_BAR_PX, _GAP_PX, _FIGURES_PX = 20, 12, 150


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value a frame, None where there is none."""

    label: str
    values: Sequence[float | None]
    colour: str
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    mark: float | None  # where a thin line goes on to: the 95th percentile
    figures: str
    colour: str


def line_chart(title: str, series: Sequence[Series], across: str) -> str:
    """Values from 0 over frames; `across` names the horizontal axis. Many frames are drawn as medians of a few."""
    drawn = [Series(each.label, thinned(each.values), each.colour, each.is_dashed) for each in series]
    count = max((len(each.values) for each in series), default=0)
    highest = max((value for each in drawn for value in each.values if value is not None), default=1.0)
    ticks = ticks_up_to(highest)
    right, bottom = WIDTH_PX - _RIGHT, HEIGHT_PX - _BOTTOM

    def y(value: float) -> float:
        return bottom - (bottom - _TOP) * value / ticks[-1]

    parts = [_opening(title, HEIGHT_PX)]
    for tick in ticks:
        parts.append(_line(_LEFT, y(tick), right, y(tick), "currentColor", 'stroke-opacity="0.18"'))
        parts.append(_text(_LEFT - 8, y(tick) + 4, f"{tick:g}", "end"))
    parts.append(_text((_LEFT + right) / 2, HEIGHT_PX - 4, across, "middle"))
    parts.append(_text(_LEFT, bottom + 16, "1", "middle"))
    if count > 1:
        parts.append(_text(right, bottom + 16, str(count), "end"))
    for each in drawn:
        steps = max(len(each.values) - 1, 1)
        points = [
            None if value is None else (_LEFT + (right - _LEFT) * number / steps, y(value))
            for number, value in enumerate(each.values)
        ]
        dashes = ' stroke-dasharray="5 4"' if each.is_dashed else ""
        parts.extend(_strokes(points, each, dashes))
    parts.append("</svg>")
    return "".join(parts)


def bar_chart(title: str, bars: Sequence[Bar]) -> str:
    """A bar a lane from 0, longest at the right; the thin line ends at the bar's mark."""
    height = _TOP + (_BAR_PX + _GAP_PX + 14) * len(bars)
    longest = max((max(bar.value, bar.mark or 0.0) for bar in bars), default=1.0) or 1.0
    room = WIDTH_PX - _RIGHT - _FIGURES_PX
    parts = [_opening(title, height)]
    for number, bar in enumerate(bars):
        top = _TOP + (_BAR_PX + _GAP_PX + 14) * number
        end, mark = room * bar.value / longest, room * (bar.mark or bar.value) / longest
        middle = top + 14 + _BAR_PX / 2
        parts.append(_text(0, top + 8, bar.label, "start"))
        parts.append(
            f'<rect x="0" y="{top + 14}" width="{max(end, 1):.1f}" height="{_BAR_PX}" rx="2" fill="{bar.colour}"/>'
        )
        if mark > end:
            parts.append(_line(end, middle, mark, middle, bar.colour, 'stroke-width="2"'))
            parts.append(_line(mark, middle - 5, mark, middle + 5, bar.colour, 'stroke-width="2"'))
        parts.append(_text(max(end, mark) + 8, middle + 4, bar.figures, "start"))
    parts.append("</svg>")
    return "".join(parts)


def thinned(values: Sequence[float | None]) -> list[float | None]:
    """At most 240 values: medians of runs of frames, which a single slow frame does not bend."""
    if len(values) <= _MOST_POINTS:
        return list(values)
    run = math.ceil(len(values) / _MOST_POINTS)
    found: list[float | None] = []
    for start in range(0, len(values), run):
        known = [value for value in values[start : start + run] if value is not None]
        found.append(median(known) if known else None)
    return found


def ticks_up_to(highest: float) -> list[float]:
    """Round numbers from 0 to at least `highest`, about four steps."""
    rough = max(highest, 1e-9) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    steps = max(math.ceil(highest / step * 0.999), 1)
    return [float(f"{step * number:.10g}") for number in range(steps + 1)]


def _strokes(points: Sequence[tuple[float, float] | None], series: Series, dashes: str) -> list[str]:
    """Lines through neighbours; a point without one is a dot, so that it is seen at all."""
    parts: list[str] = []
    run: list[tuple[float, float]] = []
    for point in [*points, None]:
        if point is not None:
            run.append(point)
            continue
        if len(run) == 1:
            parts.append(f'<circle cx="{run[0][0]:.1f}" cy="{run[0][1]:.1f}" r="3" fill="{series.colour}"/>')
        elif run:
            places = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            parts.append(
                f'<polyline points="{places}" fill="none" stroke="{series.colour}" stroke-width="2" '
                f'stroke-linejoin="round"{dashes}><title>{escape(series.label)}</title></polyline>'
            )
        run = []
    return parts


def _opening(title: str, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height:g}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12">'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor">{escape(text)}</text>'
