"""The strip of figures under a lane: painted in fixed places, so that nothing moves while they change."""

from functools import cache
from typing import NamedTuple

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from core.comparing.view import LaneView
from ui import theme
from ui.compare_figures import TRUTH, Figure, Group, groups_of, told

LINE_PX = 18
TOP_PX = 2  # above the first line
_EDGE_PX = 8
_GAP_PX = 11
_CAPTION_GAP_PX = 4
_GROUND = QColor(theme.COLOURS["panel"])
_TEXT, _MUTED = QColor(theme.COLOURS["text"]), QColor(theme.COLOURS["muted"])


class Placed(NamedTuple):
    figure: Figure | None  # None: the name of a group
    text: str  # of the name
    room: QRectF


def strip_height(lines: int) -> int:
    """Of a strip of so many lines, in pixels."""
    return lines * LINE_PX + 6


@cache
def lines_needed(width_px: int, *, has_truth: bool) -> int:
    """How many lines a strip of this width takes to show every figure there can be."""
    groups = groups_of(is_reference=False, has_truth=has_truth)
    return round(max(each.room.bottom() for each in _flowed(groups, _every(groups), width_px)) / LINE_PX)


class FigureStrip(QWidget):
    """Used by: window thread."""

    def __init__(self) -> None:
        super().__init__()
        self._lane: LaneView | None = None
        self._groups: tuple[Group, ...] = ()
        self._yardstick = ""  # what trivial answers reach against the truth
        self._lines = 2
        self._placed: list[Placed] = []
        self._painted: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(strip_height(self._lines))

    def show_lane(self, lane: LaneView, *, is_reference: bool, has_truth: bool, yardstick: str) -> None:
        self._lane, self._yardstick = lane, yardstick
        groups = groups_of(is_reference=is_reference, has_truth=has_truth)
        if groups != self._groups:
            self._groups = groups
            self._place()
        texts = self.texts()
        if texts != self._painted:
            self._painted = texts
            self.setAccessibleName(", ".join(texts))
            self.update()

    def set_lines(self, lines: int) -> None:
        """How many lines of text there is room for."""
        if lines != self._lines:
            self._lines = lines
            self.setFixedHeight(strip_height(lines))
            self._place()

    def texts(self) -> list[str]:
        """What is shown, figure by figure."""
        if self._lane is None:
            return []
        shown = [each.figure for each in self._placed if each.figure is not None]
        return [f"{each.caption} {each.text(self._lane)}".strip() for each in shown]

    def everything(self) -> str:
        """All figures with what they mean, those for which there is no room as well."""
        return "" if self._lane is None else told(self._lane, self._groups, self._yardstick)

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
        painter.setFont(_font())
        for each in self._placed if self._lane is not None else ():
            start = QPointF(each.room.left(), each.room.top() + _rise_px())
            caption = each.text if each.figure is None else each.figure.caption
            painter.setPen(_MUTED)
            painter.drawText(start, caption)
            if each.figure is not None and self._lane is not None:
                painter.setPen(_TEXT)
                painter.drawText(start + QPointF(_caption_px(each.figure), 0), each.figure.text(self._lane))
        painter.end()

    def _tip_at(self, place: QPoint) -> str:
        under = [each.figure for each in self._placed if each.figure and each.room.contains(QPointF(place))]
        if not under:
            return self.everything()
        is_truth = under[0] in TRUTH.figures and self._yardstick
        return f"{under[0].tip}\n{self._yardstick}" if is_truth else under[0].tip

    def _place(self) -> None:
        """Fill the lines from the left; where they do not hold all, the least needed figures leave."""
        for kept in range(_every(self._groups), -1, -1):
            self._placed = _flowed(self._groups, kept, self.width())
            if all(each.room.bottom() <= self.height() for each in self._placed):
                break
        self.update()


def _every(groups: tuple[Group, ...]) -> int:
    return max((each.leaves for group in groups for each in group.figures), default=0)


def _flowed(groups: tuple[Group, ...], kept: int, width_px: int) -> list[Placed]:
    """The places of all figures that leave not before `kept`. A group begins a line where it would break."""
    placed: list[Placed] = []
    right = width_px - _EDGE_PX
    x, y = float(_EDGE_PX), float(TOP_PX)
    for group in groups:
        figures = [each for each in group.figures if each.leaves <= kept]
        if not figures:
            continue
        name_px = _measure().horizontalAdvance(group.name) + 8 if group.name else 0.0
        whole_px = name_px + sum(_width_px(each) + _GAP_PX for each in figures) - _GAP_PX
        if x > _EDGE_PX and x + whole_px > right:
            x, y = float(_EDGE_PX), y + LINE_PX
        if group.name:
            placed.append(Placed(None, group.name, QRectF(x, y, name_px, LINE_PX)))
            x += name_px
        for each in figures:
            width = _width_px(each)
            if x > _EDGE_PX and x + width > right:
                x, y = float(_EDGE_PX), y + LINE_PX
            placed.append(Placed(each, "", QRectF(x, y, width, LINE_PX)))
            x += width + _GAP_PX
        x += _GAP_PX
    return placed


@cache
def _font() -> QFont:
    """Not the widget's own: the style sheet sets that when the widget is first shown."""
    font = theme.tabular(QApplication.font())
    font.setPixelSize(12)
    return font


@cache
def _measure() -> QFontMetricsF:
    return QFontMetricsF(_font())


def _rise_px() -> float:
    """From the top of a line to where its letters stand."""
    return _measure().ascent() + (LINE_PX - _measure().height()) / 2


def _caption_px(figure: Figure) -> float:
    return _measure().horizontalAdvance(figure.caption) + _CAPTION_GAP_PX if figure.caption else 0.0


def _width_px(figure: Figure) -> float:
    return _caption_px(figure) + _measure().horizontalAdvance(figure.widest)
