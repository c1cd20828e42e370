"""What the colours of a map of differences mean, zero in the middle."""

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from core import colormaps
from core.comparing.view import FULL_DIFFERENCE
from ui import theme
from ui.images import image_of

HEIGHT_PX = 40
_STRIP_PX = (320.0, 10.0)  # at most so wide, and so high
_GROUND = QColor(theme.COLOURS["panel"])
_TEXT, _MUTED = QColor(theme.COLOURS["text"]), QColor(theme.COLOURS["muted"])


class DifferenceLegend(QWidget):
    """Used by: window thread."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Colours of differences: blue is farther than the reference, red is nearer")
        self.setToolTip(
            "What remains between a lane and the reference after a scale and a shift of inverse depth\n"
            "were fitted, as a share of the reference’s own range. Nearly white: the same."
        )

    def sizeHint(self) -> QSize:
        return QSize(500, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        width = min(_STRIP_PX[0], self.width() - 220.0)
        strip = QRectF((self.width() - width) / 2, 7.0, width, _STRIP_PX[1])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(strip, _colours())
        sides = Qt.AlignmentFlag
        words = QRectF(strip.left() - 160, strip.top() - 4, 152, 18)
        painter.setPen(_TEXT)
        painter.drawText(words, sides.AlignRight | sides.AlignVCenter, "farther than reference")
        words.moveLeft(strip.right() + 8)
        painter.drawText(words, sides.AlignLeft | sides.AlignVCenter, "nearer than reference")
        for share in (-1.0, -0.5, 0.0, 0.5, 1.0):
            x = strip.center().x() + share * strip.width() / 2
            painter.setPen(QPen(_MUTED, 1.0))
            painter.drawLine(QPointF(x, strip.bottom()), QPointF(x, strip.bottom() + 4))
            text = f"{100 * share * FULL_DIFFERENCE:+.3g} %" if share else "0"
            painter.drawText(QRectF(x - 40, strip.bottom() + 4, 80, 15), sides.AlignCenter, text)
        painter.end()


def _colours() -> QImage:
    return image_of(colormaps.table(colormaps.DIFFERENCE)[None])
