"""Paints the wipe's edge and handle and the probe's cross: light with a dark rim, legible on any picture."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from ui.fit import Rect
from ui.scene import Mark

_LIGHT = QColor(244, 245, 247)
_RIM = QColor(0, 0, 0, 130)
_HANDLE_RADIUS = 11.0
_CROSS_REACH, _CROSS_GAP = 9.0, 3.0


def paint_marks(painter: QPainter, marks: tuple[tuple[Mark, Rect], ...]) -> None:
    """Paint `marks`, whose places are in logical pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark, rect in marks:
        middle = QPointF(rect.x + rect.width / 2, rect.y + rect.height / 2)
        if mark is Mark.EDGE:
            for width, colour in ((3.5, _RIM), (1.5, _LIGHT)):
                painter.fillRect(QRectF(middle.x() - width / 2, rect.y, width, rect.height), colour)
        elif mark is Mark.HANDLE:
            _paint_handle(painter, middle)
        else:
            _paint_cross(painter, middle)


def _paint_handle(painter: QPainter, middle: QPointF) -> None:
    painter.setPen(QPen(_RIM, 1.5))
    painter.setBrush(_LIGHT)
    painter.drawEllipse(middle, _HANDLE_RADIUS, _HANDLE_RADIUS)
    painter.setPen(QPen(QColor(40, 43, 48), 1.8, cap=Qt.PenCapStyle.RoundCap))
    for side in (-1.0, 1.0):  # arrow heads that point outwards
        tip = middle + QPointF(6.5 * side, 0.0)
        for slope in (-1.0, 1.0):
            painter.drawLine(tip, tip + QPointF(-3.0 * side, 3.0 * slope))


def _paint_cross(painter: QPainter, middle: QPointF) -> None:
    for width, colour in ((3.2, _RIM), (1.2, _LIGHT)):
        painter.setPen(QPen(colour, width, cap=Qt.PenCapStyle.FlatCap))
        for direction in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
            painter.drawLine(middle + direction * _CROSS_GAP, middle + direction * _CROSS_REACH)
