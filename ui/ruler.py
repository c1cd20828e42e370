"""The ruler beside the picture: which colour stands for which inverse depth."""

import math
from functools import lru_cache

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from core import colormaps
from core.look import Look
from ui.images import image_of
from ui.scene import BACKGROUND

WIDTH_PX = 78
_BAR = QRectF(12, 30, 14, 0)  # left, top and width; its height follows the widget's
_BOTTOM = 30
_LABEL_LEFT = 34
_LINE_PX = 18  # a label needs this much height
_TEXT, _MUTED = QColor("#e4e8ed"), QColor("#9aa4b2")


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Up to `most` round numbers from `low` to `high`, evenly spaced by 1, 2, 2.5 or 5 times a power of ten."""
    span = high - low
    if most < 1 or not (math.isfinite(span) and span > 0.0):
        return []
    power = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0):
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [n * step for n in range(first, last + 1)]
    return []


def label(value: float, span: float) -> str:
    """`value` with as many digits as tell hundredths of `span` apart."""
    if not (math.isfinite(value) and math.isfinite(span) and span > 0.0):
        return "–"
    if max(abs(value), span) >= 1e6 or span < 1e-4:
        return f"{value:.2e}"
    decimals = min(max(2 - math.floor(math.log10(span)), 0), 6)
    text = f"{value:.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text  # no "-0"


class Ruler(QWidget):
    """Near at the top, far at the bottom, the real ends of the range and round numbers between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self._value: float | None = None
        self._painted: object = None
        self.setFixedWidth(WIDTH_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Ruler of inverse depth")
        self.setToolTip("Inverse depth: larger is nearer. Relative, without a unit.")

    def set_look(self, look: Look) -> None:
        """Show the colour map and the range of `look`; paints only where what is legible changes."""
        self._look = look
        self._update_if_changed()

    def set_value(self, value: float | None) -> None:
        """Point at the inverse depth under the cursor; None: at nothing."""
        self._value = value
        self._update_if_changed()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, 300)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        self._painted = self._legible()
        painter = QPainter(self)
        painter.fillRect(self.rect(), BACKGROUND)
        bar = self._bar()
        if bar.height() < 2 * _LINE_PX:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, _strip(self._look.colormap, self._look.invert))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(255, 255, 255, 40), 1.0))
        painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._paint_labels(painter, bar)
        self._paint_pointer(painter, bar)

    def _paint_labels(self, painter: QPainter, bar: QRectF) -> None:
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(_MUTED)
        left = Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            QRectF(bar.left(), bar.top() - 24, WIDTH_PX, 18), left | Qt.AlignmentFlag.AlignBottom, "near"
        )
        painter.drawText(
            QRectF(bar.left(), bar.bottom() + 6, WIDTH_PX, 18), left | Qt.AlignmentFlag.AlignTop, "far"
        )
        for y, text, is_end in self._labels(bar):
            painter.setPen(_TEXT if is_end else _MUTED)
            painter.drawLine(QPointF(bar.right() + 1, y), QPointF(bar.right() + (5 if is_end else 4), y))
            painter.drawText(
                QRectF(_LABEL_LEFT, y - _LINE_PX / 2, WIDTH_PX - _LABEL_LEFT, _LINE_PX),
                left | Qt.AlignmentFlag.AlignVCenter,
                text,
            )

    def _paint_pointer(self, painter: QPainter, bar: QRectF) -> None:
        y = self._pointer_y(bar)
        if y is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_TEXT)
            tip = QPointF(bar.left() - 2, y)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-7, -4.5), tip + QPointF(-7, 4.5)]))

    def _bar(self) -> QRectF:
        return QRectF(_BAR.left(), _BAR.top(), _BAR.width(), max(self.height() - _BAR.top() - _BOTTOM, 0.0))

    def _y_of(self, value: float, bar: QRectF) -> float:
        return bar.bottom() - (value - self._look.low) / (self._look.high - self._look.low) * bar.height()

    def _labels(self, bar: QRectF) -> list[tuple[float, str, bool]]:
        """y, text and whether it is an end, for each label there is room for."""
        low, high = self._look.low, self._look.high
        span = high - low
        ends = [(bar.top(), label(high, span), True), (bar.bottom(), label(low, span), True)]
        most = min(5, int(bar.height() / (2 * _LINE_PX)))
        between = [(self._y_of(value, bar), label(value, span), False) for value in ticks(low, high, most)]
        free = bar.top() + _LINE_PX, bar.bottom() - _LINE_PX
        return [*ends, *(item for item in between if free[0] <= item[0] <= free[1])]

    def _pointer_y(self, bar: QRectF) -> float | None:
        if self._value is None or not math.isfinite(self._value) or not self._look.high > self._look.low:
            return None
        return min(max(self._y_of(self._value, bar), bar.top()), bar.bottom())

    def _legible(self) -> object:
        """Everything that is painted, to the pixel."""
        bar = self._bar()
        y = self._pointer_y(bar)
        labels = [(round(place), text) for place, text, _ in self._labels(bar)]
        return self.size(), self._look.colormap, self._look.invert, labels, None if y is None else round(y)

    def _update_if_changed(self) -> None:
        if self._legible() != self._painted:
            self.update()


@lru_cache(maxsize=4)
def _strip(colormap: str, invert: bool) -> QImage:
    """The colour map as an image of one column, near at the top."""
    table = colormaps.table(colormap)
    return image_of((table if invert else table[::-1])[:, None])
