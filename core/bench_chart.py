"""The figures of `bench` as a picture: two bars a case, with the 95th percentile and a scale in milliseconds."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.bench import BenchRow
from core.opencv import cv2

Image = NDArray[np.uint8]  # (H, W, 3), BGR as OpenCV writes it
Colour = tuple[int, int, int]

WIDTH_PX = 1280
PAPER, INK, FAINT, GRID = (255, 255, 255), (40, 36, 32), (120, 116, 112), (228, 226, 224)
MODEL, WHOLE = (176, 114, 44), (61, 133, 235)  # blue, orange
LOG_FROM = 12.0  # where the slowest takes so many times the fastest's time, the scale is logarithmic
_FINER = 2  # drawn so many times as large, then made smaller: smooth letters and edges
_MARGIN, _TOP, _BOTTOM, _ROW, _BAR = 28, 118, 84, 58, 18
_FIGURES = 190  # room for the figures behind the longest bar
_TICKS = 6  # on a linear scale, about


def draw(rows: Sequence[BenchRow], facts: Mapping[str, str]) -> Image:
    """The chart of at least one row; `facts` are what `core.bench.machine` says of the machine."""
    labels = [(row.model, f"{row.height}x{row.width} {row.precision} {row.device}") for row in rows]
    widest = max(_width(text, size) for pair in labels for text, size in zip(pair, (0.52, 0.46), strict=True))
    left = _MARGIN + min(widest, WIDTH_PX // 3) + 16
    scale = _Scale(rows, left, WIDTH_PX - _MARGIN - _FIGURES)
    canvas = _Canvas(_TOP + _ROW * len(rows) + _BOTTOM)
    _head(canvas, facts, logarithmic=scale.logarithmic)
    bottom = _TOP + _ROW * len(rows)
    for tick_ms in scale.ticks:
        x = scale.x(tick_ms)
        canvas.line((x, _TOP - 6), (x, bottom), GRID)
        canvas.text((x, bottom + 20), f"{tick_ms:g}", 0.44, FAINT, align="middle")
    canvas.text(((left + scale.right) // 2, bottom + 44), "milliseconds a frame", 0.46, FAINT, align="middle")
    for number, (row, (name, detail)) in enumerate(zip(rows, labels, strict=True)):
        y = _TOP + _ROW * number
        canvas.text((left - 16, y + 22), _shortened(name, left - 16 - _MARGIN, 0.52), 0.52, INK, align="right")
        canvas.text((left - 16, y + 41), detail, 0.46, FAINT, align="right")
        whole = f"{_figure(row.end_to_end_ms)} ms, {_figure(row.fps)} fps"
        _bar(canvas, scale, y + 9, (row.model_ms, row.model_ms_p95), MODEL, f"{_figure(row.model_ms)} ms")
        _bar(canvas, scale, y + 9 + _BAR + 2, (row.end_to_end_ms, row.end_to_end_ms_p95), WHOLE, whole)
    canvas.line((left, _TOP - 6), (left, bottom), INK)
    return canvas.picture()


def as_png(rows: Sequence[BenchRow], facts: Mapping[str, str]) -> bytes:
    """The chart as the content of a PNG file."""
    return bytes(cv2.imencode(".png", draw(rows, facts))[1])


class _Scale:
    """From milliseconds to pixels, and where the grid's lines lie."""

    def __init__(self, rows: Sequence[BenchRow], left: int, right: int) -> None:
        times = [value for row in rows for value in (row.model_ms, row.end_to_end_ms)]
        longest = max(max(row.model_ms_p95, row.end_to_end_ms_p95, row.end_to_end_ms) for row in rows)
        shortest = max(min(times), 1e-3)
        self.left, self.right = left, right
        self.logarithmic = max(times) > LOG_FROM * shortest
        if self.logarithmic:
            first = math.floor(math.log10(shortest / 2))
            self._low = 10.0**first
            decades = range(first, math.ceil(math.log10(longest)) + 1)
            self.ticks = [m * 10.0**d for d in decades for m in (1, 2, 5) if self._low <= m * 10.0**d <= longest]
        else:
            self._low = 0.0
            step = _round_step(longest / _TICKS)
            self.ticks = [step * n for n in range(int(longest / step) + 1)]
        self._high = max(longest, self.ticks[-1])

    def x(self, time_ms: float) -> int:
        if self.logarithmic:
            low, high = math.log10(self._low), math.log10(self._high)
            share = (math.log10(max(time_ms, self._low)) - low) / (high - low)
        else:
            share = time_ms / self._high
        return round(self.left + share * (self.right - self.left))


def _round_step(step: float) -> float:
    """1, 2 or 5 times a power of ten, at least `step`."""
    power = 10.0 ** math.floor(math.log10(max(step, 1e-3)))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= step * 0.999)


def _head(canvas: "_Canvas", facts: Mapping[str, str], *, logarithmic: bool) -> None:
    canvas.text((_MARGIN, 38), "How fast the networks run here", 0.8, INK, weight=2)
    where = facts.get("gpu") or facts.get("processor", "")
    versions = ", ".join(f"{name} {facts[name]}" for name in ("fathom", "torch", "cuda") if name in facts)
    canvas.text((_MARGIN, 62), _shortened(f"{where}; {versions}", WIDTH_PX - 2 * _MARGIN, 0.46), 0.46, FAINT)
    x = _MARGIN
    note = "median; the thin line ends at the 95th percentile"
    for colour, text in ((MODEL, "network alone"), (WHOLE, "1280x720 picture in, depth out"), (None, note)):
        if colour is not None:
            canvas.box((x, 80), (x + 14, 94), colour)
            x += 22
        shown = text + (", logarithmic scale" if colour is None and logarithmic else "")
        canvas.text((x, 92), shown, 0.46, INK if colour else FAINT)
        x += _width(shown, 0.46) + 28


def _bar(
    canvas: "_Canvas", scale: _Scale, y: int, times_ms: tuple[float, float], colour: Colour, figures: str
) -> None:
    """A bar to the median and a thin line on to the 95th percentile, the figures behind both."""
    end, p95 = (scale.x(time_ms) for time_ms in times_ms)
    middle = y + _BAR // 2
    canvas.box((scale.left, y), (max(end, scale.left + 1), y + _BAR), colour)
    if p95 > end:
        canvas.line((end, middle), (p95, middle), colour, 2)
        canvas.line((p95, middle - 5), (p95, middle + 5), colour, 2)
    canvas.text((max(end, p95) + 8, middle + 5), figures, 0.46, INK)


def _figure(value: float) -> str:
    """Three digits, as many as are worth reading: 0.85, 12.3, 456."""
    return f"{value:.{max(0, min(2, 2 - math.floor(math.log10(max(value, 0.1)))))}f}"


def _shortened(text: str, room_px: int, size: float) -> str:
    while len(text) > 4 and _width(text, size) > room_px:
        text = text[:-4] + "..."
    return text


def _width(text: str, size: float) -> int:
    """Of `text` in the finished picture; measured as it is drawn, for letters do not grow evenly."""
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size * _FINER, _FINER)
    return math.ceil(width / _FINER)


class _Canvas:
    """Paper of the chart's width; all coordinates are pixels of the finished picture."""

    def __init__(self, height_px: int) -> None:
        self._size = WIDTH_PX, height_px
        self._paper: Image = np.full((height_px * _FINER, WIDTH_PX * _FINER, 3), PAPER, np.uint8)

    def box(self, first: tuple[int, int], last: tuple[int, int], colour: Colour) -> None:
        low, high = (_finer(point) for point in (first, last))
        cv2.rectangle(self._paper, low, (high[0] - 1, high[1] - 1), colour, cv2.FILLED)

    def line(self, first: tuple[int, int], last: tuple[int, int], colour: Colour, width: int = 1) -> None:
        cv2.line(self._paper, _finer(first), _finer(last), colour, width * _FINER)

    def text(
        self,
        base: tuple[int, int],
        text: str,
        size: float,
        colour: Colour,
        *,
        align: str = "left",
        weight: int = 1,
    ) -> None:
        """`base`: on the line the letters stand on; its left end, middle or right end, as `align` says."""
        x = base[0] - {"left": 0, "middle": _width(text, size) // 2, "right": _width(text, size)}[align]
        place, font = _finer((x, base[1])), cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(self._paper, text, place, font, size * _FINER, colour, weight * _FINER, cv2.LINE_AA)

    def picture(self) -> Image:
        return cv2.resize(self._paper, self._size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _finer(point: tuple[int, int]) -> tuple[int, int]:
    return point[0] * _FINER, point[1] * _FINER
