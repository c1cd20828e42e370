"""Paints the picture without OpenGL, for machines where OpenGL is missing or would run on the processor itself.

There the network needs every core. Measured with Mesa's llvmpipe on two cores at 1280x800: QOpenGLWidget costs
20 ms of processor time a frame before anything is drawn in it, and this canvas 1 to 8 ms in all. Depth is coloured
at the network's own small size, and QPainter scales.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from core import colormaps
from core.look import Look
from core.messages import DepthArray, RgbArray
from ui.fit import Content, Pane
from ui.images import image_of, image_of_words
from ui.marks import paint_marks
from ui.scene import BACKGROUND, Scene, on_pixels

_SHRUNK = 0.6  # a picture shown smaller than this is averaged down first


class RasterCanvas(QWidget):
    """Paints what `scene()` gives. Used by: window thread only."""

    shown = pyqtSignal()  # what was painted is on the screen

    def __init__(self, scene: Callable[[], Scene | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._images = _Images(), _Images()  # of the scene, and of the one beside it
        self._flushed = QTimer(self)  # fires once Qt has brought to the screen what a paint event left
        self._flushed.setSingleShot(True)
        self._flushed.timeout.connect(self.shown)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), BACKGROUND)
        scene = self._scene()
        if scene is not None:
            self._paint(painter, scene, self.devicePixelRatioF())
            paint_marks(painter, scene.marks, self.devicePixelRatioF())
        painter.end()
        self._flushed.start(0)

    def picture(self, scene: Scene, size_wh: tuple[int, int]) -> QImage:
        """`scene` in an image of `size_wh` pixels, without its marks."""
        image = QImage(*size_wh, QImage.Format.Format_RGB32)
        image.fill(BACKGROUND)
        painter = QPainter(image)
        self._paint(painter, scene, 1.0)
        painter.end()
        return image

    def _paint(self, painter: QPainter, scene: Scene, density: float) -> None:
        for images, part in zip(self._images, scene.parts, strict=False):
            images.paint(painter, part, density)


class _Images:
    """The newest picture and depth as QPainter wants them, converted once for all the paints that show them."""

    def __init__(self) -> None:
        self._rgb: RgbArray | None = None
        self._shrunk_by = 1
        self._colour = QImage()
        self._depth: DepthArray | None = None
        self._depth_look: tuple[object, ...] = ()
        self._coloured = QImage()

    def paint(self, painter: QPainter, scene: Scene, density: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for pane in scene.panes:
            if pane.content is not Content.DEPTH:
                _paint_pane(painter, pane, self._colour_image(scene.rgb, pane.picture.width * density), density)
            if pane.content is not Content.COLOUR and scene.depth is not None:
                painter.setOpacity(scene.look.opacity if pane.content is Content.OVERLAY else 1.0)
                _paint_pane(painter, pane, self._depth_image(scene.depth, scene.look), density)
                painter.setOpacity(1.0)

    def _colour_image(self, rgb: RgbArray, width_px: float) -> QImage:
        shrunk_by = max(int(rgb.shape[1] / max(width_px, 1.0)), 1) if width_px < _SHRUNK * rgb.shape[1] else 1
        if rgb is not self._rgb or shrunk_by != self._shrunk_by:
            self._rgb, self._shrunk_by = rgb, shrunk_by
            self._colour = image_of(rgb)
            if shrunk_by > 1:
                height, width = (max(side // shrunk_by, 1) for side in rgb.shape[:2])
                modes = Qt.AspectRatioMode, Qt.TransformationMode
                self._colour = self._colour.scaled(
                    width, height, modes[0].IgnoreAspectRatio, modes[1].SmoothTransformation
                )
        return self._colour

    def _depth_image(self, depth: DepthArray, look: Look) -> QImage:
        depth_look = (look.colormap, look.low, look.high, look.invert)
        if depth is not self._depth or depth_look != self._depth_look:
            self._depth, self._depth_look = depth, depth_look
            words = _words(look.colormap).take(colormaps.levels(depth, look.low, look.high, invert=look.invert))
            if not (finite := np.isfinite(depth)).all():
                words[~finite] = 0xFF000000
            self._coloured = image_of_words(words)
        return self._coloured


@cache
def _words(colormap: str) -> NDArray[np.uint32]:
    red, green, blue = colormaps.table(colormap).astype(np.uint32).T
    return 0xFF000000 | red << 16 | green << 8 | blue


def _paint_pane(painter: QPainter, pane: Pane, image: QImage, density: float) -> None:
    left, top, right, bottom = on_pixels(pane.visible, density)
    if right <= left or bottom <= top:
        return
    picture = pane.picture
    across, down = image.width() / (picture.width * density), image.height() / (picture.height * density)
    part = QRectF(
        (left - picture.x * density) * across,
        (top - picture.y * density) * down,
        (right - left) * across,
        (bottom - top) * down,
    )
    target = QRectF(left / density, top / density, (right - left) / density, (bottom - top) / density)
    painter.drawImage(target, image, part)
