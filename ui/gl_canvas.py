"""Paints the picture with OpenGL: arrays go to the driver as they came, and the shader does the rest."""

from collections.abc import Callable

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtOpenGL import QOpenGLFramebufferObject, QOpenGLPaintDevice
from PyQt6.QtOpenGLWidgets import QOpenGLWidget
from PyQt6.QtWidgets import QWidget

from core.errors import WindowError
from ui.gl import surface_format
from ui.marks import paint_marks
from ui.renderer import Renderer
from ui.scene import Scene


class GlCanvas(QOpenGLWidget):
    """Paints what `scene()` gives. Used by: window thread only."""

    shown = pyqtSignal()  # what was painted is on the screen
    refused = pyqtSignal(object)  # WindowError: this canvas will paint nothing

    def __init__(self, scene: Callable[[], Scene | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFormat(surface_format())
        self._scene = scene
        self._renderer: Renderer | None = None
        self.frameSwapped.connect(self.shown)

    def initializeGL(self) -> None:
        # Called again when the widget moved to another window: everything lived in the old context.
        context = self.context()
        if context is None:
            return
        try:
            self._renderer = Renderer(context)
        except WindowError as error:
            self._renderer = None
            self.refused.emit(error)

    def paintGL(self) -> None:
        if self._renderer is None:
            return
        density = self.devicePixelRatioF()
        target_wh = round(self.width() * density), round(self.height() * density)
        scene = self._scene()
        if scene is None:
            self._renderer.clear(target_wh)
            return
        self._renderer.draw(scene, target_wh, density)
        if scene.marks:
            # Not QPainter(self): while Qt grabs the widget, that would paint somewhere else.
            device = QOpenGLPaintDevice(*target_wh)
            device.setDevicePixelRatio(density)
            painter = QPainter(device)
            paint_marks(painter, scene.marks, density)
            painter.end()

    def picture(self, scene: Scene, size_wh: tuple[int, int]) -> QImage:
        """`scene` in an image of `size_wh` pixels, without its marks; smaller where the driver's limit is lower.

        A null image where nothing can be painted.
        """
        if self._renderer is None:
            return QImage()
        density = min(1.0, self._renderer.max_texture_px / max(size_wh))
        target_wh = max(round(size_wh[0] * density), 1), max(round(size_wh[1] * density), 1)
        self.makeCurrent()
        try:
            target = QOpenGLFramebufferObject(*target_wh)
            if not target.bind():
                return QImage()
            self._renderer.draw(scene, target_wh, density)
            image = target.toImage()
            target.release()
        finally:
            self.doneCurrent()
        return image.convertToFormat(QImage.Format.Format_RGB32)
