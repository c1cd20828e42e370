"""Paints the wipe's edge and handle and the probe's cross: light with a dark rim, legible on any picture."""

from functools import cache

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from ui.fit import Rect
from ui.scene import Mark

HANDLE_PX = 28.0  # side of the square a handle or a cross is painted in
CROSS_PX = 24.0

_LIGHT = QColor(244, 245, 247)
_RIM = QColor(0, 0, 0, 130)


def paint_marks(painter: QPainter, marks: tuple[tuple[Mark, Rect], ...], density: float) -> None:
    """Paint `marks`, whose places are in logical pixels of `density` device pixels."""
    for mark, rect in marks:
        if mark is Mark.EDGE:
            middle = round(rect.x + rect.width / 2)
            for width, colour in ((4.0, _RIM), (2.0, _LIGHT)):
                painter.fillRect(QRectF(middle - width / 2, rect.y, width, rect.height), colour)
        else:
            painter.drawImage(QPointF(round(rect.x), round(rect.y)), _drawing(mark, density))


@cache
def _drawing(mark: Mark, density: float) -> QImage:
    """A handle or a cross as a picture: drawn once, and smooth on an OpenGL surface without multisampling too."""
    side = HANDLE_PX if mark is Mark.HANDLE else CROSS_PX
    image = QImage(round(side * density), round(side * density), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(density)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / 2, side / 2)
    if mark is Mark.HANDLE:
        _draw_handle(painter)
    else:
        _draw_cross(painter)
    painter.end()
    return image


def _draw_handle(painter: QPainter) -> None:
    painter.setPen(QPen(_RIM, 1.5))
    painter.setBrush(_LIGHT)
    painter.drawEllipse(QPointF(), 11.5, 11.5)
    pen = QPen(QColor(40, 43, 48), 1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for side in (-1.0, 1.0):  # arrow heads that point outwards
        tip = QPointF(6.5 * side, 0.0)
        for slope in (-1.0, 1.0):
            painter.drawLine(tip, tip + QPointF(-3.0 * side, 3.0 * slope))


def _draw_cross(painter: QPainter) -> None:
    for width, colour in ((4.0, _RIM), (2.0, _LIGHT)):
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for direction in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
            painter.drawLine(direction * 3.0, direction * 10.0)
