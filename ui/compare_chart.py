"""A small chart over time: how long each lane takes and how well it agrees with the reference."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from core.comparing.view import HISTORY_S, LaneView
from ui import theme

HEIGHT_PX = 96
_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 46, 14, 22, 18
_MOSTLY = 97  # percent of the times that the scale has room for at the least
_LEAST_STEP_PX = 4.0  # between two points of a line: more cost time and show nothing
_GROUND, _LINE = QColor(theme.COLOURS["panel"]), QColor(theme.COLOURS["line"])
_MUTED = QColor(theme.COLOURS["muted"])
_SIDES = Qt.AlignmentFlag


class Trace(NamedTuple):
    """One line, in logical pixels of the chart's plot from its upper left, newest last."""

    colour: str
    points: list[QPointF]


class Scale(NamedTuple):
    low: float
    high: float


class Chart(QWidget):
    """Two plots beside each other over the last minute. Used by: window thread."""

    def __init__(self) -> None:
        super().__init__()
        self._lanes: Sequence[tuple[str, LaneView]] = ()
        self._now_s = 0.0
        self._cost = ""
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Speed and agreement over the last minute")
        self.setToolTip(
            "The last minute, a line a lane in the colour of its number.\n"
            "Left: milliseconds for a frame, less is faster, and what comparing adds to the lanes’ own time.\n"
            "Right: Pearson correlation with the reference lane; 1 is best."
        )

    def sizeHint(self) -> QSize:
        return QSize(600, HEIGHT_PX)

    def show_lanes(
        self, lanes: Sequence[tuple[str, LaneView]], now_s: float, overhead: float | None = None
    ) -> None:
        """Lanes with their colours; `now_s`: the right end, on the clock of their histories.

        `overhead`: what comparing takes besides the lanes, as a share of their time.
        """
        self._lanes, self._now_s = lanes, now_s
        self._cost = "" if overhead is None else f"comparing itself adds {100 * overhead:.1f} %"
        self.update()

    def speed_scale(self) -> Scale:
        """From 0 to a round number above what is shown, so that it rests while figures move."""
        shown = [lane.history.ms for _, lane in self._lanes if lane.history is not None]
        return Scale(0.0, _round_up(max((_greatest(values) for values in shown), default=0.0)))

    def agreement_scale(self) -> Scale:
        """To 1, from as near to it as shows everything."""
        shown = [lane.history.pearson for _, lane in self._lanes if lane.history is not None]
        least = min((_least(values) for values in shown), default=1.0)
        return Scale(next((low for low in (0.99, 0.95, 0.9, 0.8, 0.5, 0.0) if least >= low), -1.0), 1.0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        half = self.width() / 2
        speed, agreement = QRectF(0, 0, half, HEIGHT_PX), QRectF(half, 0, half, HEIGHT_PX)
        for room, title, scale, name in (
            (speed, "ms per frame", self.speed_scale(), "ms"),
            (agreement, "agreement with the reference (Pearson)", self.agreement_scale(), "pearson"),
        ):
            plot = room.adjusted(_LEFT_PX, _TOP_PX, -_RIGHT_PX, -_BOTTOM_PX)
            _paint_frame(painter, plot, title, self._cost if name == "ms" else "", scale)
            painter.save()
            painter.setClipRect(plot.adjusted(-1, -3, 4, 3))
            for trace in self._traces(plot, scale, name):
                _paint_trace(painter, trace)
            painter.restore()
        painter.end()

    def _traces(self, plot: QRectF, scale: Scale, name: str) -> list[Trace]:
        traces = []
        for colour, lane in self._lanes:
            if lane.history is None:
                continue
            values: NDArray[np.float32] = getattr(lane.history, name)
            shown = np.flatnonzero(np.isfinite(values) & (lane.history.time_s >= self._now_s - HISTORY_S))
            step = max(round(_LEAST_STEP_PX * shown.size / max(plot.width(), 1.0)), 1)
            shown = shown[::-1][::step][::-1]  # the newest stays
            xs = plot.right() - (self._now_s - lane.history.time_s[shown]) / HISTORY_S * plot.width()
            ys = plot.bottom() - (values[shown] - scale.low) / (scale.high - scale.low) * plot.height()
            points = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
            traces.append(Trace(colour, points))
        return traces


def _paint_frame(painter: QPainter, plot: QRectF, title: str, aside: str, scale: Scale) -> None:
    painter.setPen(_MUTED)
    above = QRectF(plot.left(), plot.top() - 20, plot.width(), 16)
    painter.drawText(above, _SIDES.AlignLeft | _SIDES.AlignVCenter, title)
    painter.drawText(above, _SIDES.AlignRight | _SIDES.AlignVCenter, aside)
    for share in (0.0, 0.5, 1.0):
        y = plot.bottom() - share * plot.height()
        painter.setPen(QPen(_LINE, 1.0))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(_MUTED)
        value = scale.low + share * (scale.high - scale.low)
        room = QRectF(plot.left() - _LEFT_PX, y - 8, _LEFT_PX - 6, 16)
        painter.drawText(room, _SIDES.AlignRight | _SIDES.AlignVCenter, f"{value:.6g}")
    under = QRectF(plot.left(), plot.bottom() + 2, plot.width(), 14)
    painter.drawText(under, _SIDES.AlignLeft, f"{HISTORY_S:.0f} s ago")
    painter.drawText(under, _SIDES.AlignRight, "now")


def _paint_trace(painter: QPainter, trace: Trace) -> None:
    if not trace.points:
        return
    colour = QColor(trace.colour)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.6))
    painter.drawPolyline(QPolygonF(trace.points))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(trace.points[-1], 2.8, 2.8)


def _greatest(values: NDArray[np.float32]) -> float:
    """But for outliers: one slow frame shall not press a minute of the others flat."""
    known = values[np.isfinite(values)]
    return max(float(np.percentile(known, _MOSTLY)), float(known[-1])) if known.size else 0.0


def _least(values: NDArray[np.float32]) -> float:
    known = values[np.isfinite(values)]
    return float(known.min()) if known.size else 1.0


def _round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    if value <= 0:
        return 10.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= value)
