"""The figures under a lane: what it costs, what it needs, how well it agrees with the reference and the truth."""

from collections.abc import Callable
from typing import NamedTuple

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize
from PyQt6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from core.comparing.measures import Agreement, Score
from core.comparing.view import LaneView
from core.comparing.wording import NONE, figure, percent
from ui import theme

_LINE_PX = 18
_EDGE_PX = 8
_GAP_PX = 11
_CAPTION_GAP_PX = 4
_GROUND = QColor(theme.COLOURS["panel"])
_TEXT, _MUTED = QColor(theme.COLOURS["text"]), QColor(theme.COLOURS["muted"])


def strip_height(lines: int) -> int:
    """Of a strip of so many lines, in pixels."""
    return lines * _LINE_PX + 6


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


class _Placed(NamedTuple):
    figure: Figure | None  # None: the name of a group
    text: str  # of the name
    room: QRectF


class FigureStrip(QWidget):
    """Paints the figures in fixed places, so that nothing moves while they change. Used by: window thread."""

    def __init__(self) -> None:
        super().__init__()
        self._font = theme.tabular(QApplication.font())  # the style sheet would give it another size
        self._font.setPixelSize(12)
        self._measure = QFontMetricsF(self._font)
        self._lane: LaneView | None = None
        self._is_reference = False
        self._has_truth = False
        self._yardstick = ""  # what trivial answers reach against the truth
        self._lines = 2
        self._placed: list[_Placed] = []
        self._painted: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._place()

    def show_lane(self, lane: LaneView, *, is_reference: bool, has_truth: bool, yardstick: str) -> None:
        moved = (is_reference, has_truth) != (self._is_reference, self._has_truth)
        self._lane, self._is_reference, self._has_truth = lane, is_reference, has_truth
        self._yardstick = yardstick
        if moved:
            self._place()
        texts = self.texts()
        if moved or texts != self._painted:
            self._painted = texts
            self.setAccessibleName(", ".join(texts))
            self.update()

    def set_lines(self, lines: int) -> None:
        """How many lines of text there is room for."""
        if lines != self._lines:
            self._lines = lines
            self._place()
            self.update()

    def texts(self) -> list[str]:
        """What is shown, figure by figure."""
        if self._lane is None:
            return []
        return [
            f"{each.figure.caption} {each.figure.text(self._lane)}".strip() for each in self._placed if each.figure
        ]

    def everything(self) -> str:
        """All figures with what they mean, those for which there is no room as well."""
        if self._lane is None:
            return ""
        lines = []
        for group in self._groups():
            for each in group.figures:
                name = f"{group.name} {each.caption}".strip()
                lines.append(f"{name + ': ' if name else ''}{each.text(self._lane)} – {each.tip}")
            if group is TRUTH and self._yardstick:
                lines.append(self._yardstick)
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        painter.setFont(self._font)
        if self._lane is None:
            return
        rise = self._measure.ascent() + (_LINE_PX - self._measure.height()) / 2
        for each in self._placed:
            start = QPointF(each.room.left(), each.room.top() + rise)
            if each.figure is None:
                painter.setPen(_MUTED)
                painter.drawText(start, each.text)
                continue
            if each.figure.caption:
                painter.setPen(_MUTED)
                painter.drawText(start, each.figure.caption)
                start += QPointF(self._measure.horizontalAdvance(each.figure.caption) + _CAPTION_GAP_PX, 0)
            painter.setPen(_TEXT)
            painter.drawText(start, each.figure.text(self._lane))
        painter.end()

    def _tip_at(self, place: QPoint) -> str:
        under = next(
            (each.figure for each in self._placed if each.figure and each.room.contains(QPointF(place))), None
        )
        if under is None:
            return self.everything()
        is_truth = under in TRUTH.figures and self._yardstick
        return f"{under.tip}\n{self._yardstick}" if is_truth else under.tip

    def _groups(self) -> tuple[Group, ...]:
        groups = (COST,) if self._is_reference else (COST, AGREEMENT)
        return (*groups, TRUTH) if self._has_truth else groups

    def _place(self) -> None:
        """Fill the lines from the left; where they do not hold all, the least needed figures leave."""
        self.setFixedHeight(strip_height(self._lines))
        groups = self._groups()
        most = max(each.leaves for group in groups for each in group.figures)
        for kept in range(most, -1, -1):
            self._placed = self._flowed(groups, kept)
            if all(each.room.bottom() <= self.height() for each in self._placed):
                break

    def _flowed(self, groups: tuple[Group, ...], kept: int) -> list[_Placed]:
        placed: list[_Placed] = []
        right = self.width() - _EDGE_PX
        x, y = float(_EDGE_PX), 2.0
        for group in groups:
            figures = [each for each in group.figures if each.leaves <= kept]
            if not figures:
                continue
            name_px = self._measure.horizontalAdvance(group.name) + 8 if group.name else 0.0
            whole_px = name_px + sum(self._width(each) + _GAP_PX for each in figures) - _GAP_PX
            if x > _EDGE_PX and x + whole_px > right:
                x, y = float(_EDGE_PX), y + _LINE_PX
            if group.name:
                placed.append(_Placed(None, group.name, QRectF(x, y, name_px, _LINE_PX)))
                x += name_px
            for each in figures:
                width = self._width(each)
                if x > _EDGE_PX and x + width > right:
                    x, y = float(_EDGE_PX), y + _LINE_PX
                placed.append(_Placed(each, "", QRectF(x, y, width, _LINE_PX)))
                x += width + _GAP_PX
            x += _GAP_PX
        return placed

    def _width(self, item: Figure) -> float:
        caption_px = self._measure.horizontalAdvance(item.caption) + _CAPTION_GAP_PX if item.caption else 0.0
        return caption_px + self._measure.horizontalAdvance(item.widest)
