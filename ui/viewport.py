"""The picture in the window: colour and depth in one of five views, with zoom, probe and a draggable wipe."""

import time
from dataclasses import replace

from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QMouseEvent, QWheelEvent
from PyQt6.QtOpenGL import QOpenGLFramebufferObject
from PyQt6.QtOpenGLWidgets import QOpenGLWidget
from PyQt6.QtWidgets import QWidget

from core.errors import WindowError
from core.look import Look, View
from core.messages import DepthArray, DepthResult, Frame
from ui.fit import Pane, Rect, Zoom, fit, pane_at, panned, sheet, whole, wipe_edge, zoomed
from ui.gl import surface_format
from ui.probe import Probe, probe
from ui.renderer import Mark, Renderer

_GRAB_PX = 8.0  # how near the wipe's edge the mouse takes hold of it
_ZOOM_STEP = 1.2  # for each notch of the wheel


class Viewport(QOpenGLWidget):
    """Shows the newest result as `Look` says. Pixels go to the driver as they came; the shader does the rest.

    Used by: window thread only.
    """

    probed = pyqtSignal(object)  # Probe under the cursor, or None
    wipe_dragged = pyqtSignal(float)  # 0 to 1
    painted = pyqtSignal(
        float, float
    )  # capture-to-paint ms and paint time (monotonic s), once for each new result
    failed = pyqtSignal(object)  # WindowError: OpenGL cannot be used, nothing will be painted

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFormat(surface_format())
        self.setMouseTracking(True)
        self.setAccessibleName("Picture and depth")
        self._look = Look()
        self._frame: Frame | None = None
        self._result: DepthResult | None = None
        self._zoom = Zoom()
        self._renderer: Renderer | None = None
        self._cursor: QPointF | None = None  # None while it is outside
        self._probe: Probe | None = None  # told last
        self._dragging_wipe = False
        self._panned_from: QPointF | None = None
        self._unpainted: DepthResult | None = None  # the result that no paint has shown yet
        self._drawn: DepthResult | None = None  # drawn, and not yet on the screen
        self.frameSwapped.connect(self._tell_painted)

    # What is shown

    def show_result(self, result: DepthResult) -> None:
        self._result = self._unpainted = result
        self._frame = result.frame
        self._tell_probe()
        self.update()

    def show_frame(self, frame: Frame) -> None:
        """Colour alone, until the first depth of its source is there."""
        if self._result is not None and self._result.frame.source_id == frame.source_id:
            return
        self._result = self._unpainted = None
        self._frame = frame
        self._tell_probe()
        self.update()

    def set_look(self, look: Look) -> None:
        if look != self._look:
            self._look = look
            self._choose_pointer()
            self._tell_probe()
            self.update()

    def clear(self) -> None:
        self._frame = self._result = self._unpainted = None
        self._zoom = Zoom()
        self._tell_probe()
        self.update()

    def picture(self) -> QImage:
        """What is shown, at the source's resolution, without marks and zoom; SIDE twice as wide, colour left.

        A null image while there is nothing to show.
        """
        if self._frame is None or self._renderer is None:
            return QImage()
        rgb = self._frame.rgb
        (width, height), panes = sheet(self._effective_view(), rgb.shape[:2], self._look.wipe)
        density = min(1.0, self._renderer.max_texture_px / max(width, height))
        target_wh = max(round(width * density), 1), max(round(height * density), 1)
        self.makeCurrent()
        try:
            target = QOpenGLFramebufferObject(*target_wh)
            if not target.bind():
                return QImage()
            self._renderer.draw(panes, self._look, rgb, self._depth(), target_wh, density)
            image = target.toImage()
            target.release()
        finally:
            self.doneCurrent()
        return image.convertToFormat(QImage.Format.Format_RGB888)

    # Painting

    def initializeGL(self) -> None:
        # Again after the widget moved to another window: everything lived in the old context.
        context = self.context()
        if context is None:
            return
        try:
            self._renderer = Renderer(context)
        except WindowError as error:
            self._renderer = None
            self.failed.emit(error)
            return
        context.aboutToBeDestroyed.connect(self._release)

    def paintGL(self) -> None:
        if self._renderer is None:
            return
        density = self.devicePixelRatioF()
        target_wh = round(self.width() * density), round(self.height() * density)
        if self._frame is None:
            self._renderer.clear(target_wh)
            return
        panes = self._panes()
        self._renderer.draw(panes, self._look, self._frame.rgb, self._depth(), target_wh, density)
        for mark, rect in self._marks(panes):
            self._renderer.draw_mark(mark, rect, target_wh, density)
        if self._unpainted is not None:
            self._drawn, self._unpainted = self._unpainted, None

    def _tell_painted(self) -> None:
        if self._drawn is not None:
            now_s = time.monotonic()
            latency_ms = 1e3 * (now_s - self._drawn.frame.captured_at_s)
            self._drawn = None
            self.painted.emit(latency_ms, now_s)

    def _release(self) -> None:
        if self._renderer is not None:
            self.makeCurrent()
            self._renderer.destroy()
            self._renderer = None
            self.doneCurrent()

    def _depth(self) -> DepthArray | None:
        return None if self._result is None else self._result.inverse_depth

    def _effective_view(self) -> View:
        """Before there is depth the whole picture is shown in colour, whatever view is picked."""
        if self._result is None and self._look.view is not View.SIDE:
            return View.COLOUR
        return self._look.view

    def _panes(self) -> tuple[Pane, ...]:
        if self._frame is None:
            return ()
        picture_hw = self._frame.rgb.shape[:2]
        return fit(self._effective_view(), picture_hw, (self.width(), self.height()), self._zoom, self._look.wipe)

    def _marks(self, panes: tuple[Pane, ...]) -> list[tuple[Mark, Rect]]:
        marks = []
        if self._effective_view() is View.WIPE:
            visible = whole(panes[0], panes).visible
            edge = wipe_edge(panes[0].picture, self._look.wipe)
            middle = visible.y + visible.height / 2
            marks.append((Mark.EDGE, Rect(edge - 3.0, visible.y, 6.0, visible.height)))
            marks.append((Mark.HANDLE, Rect(edge - 14.0, middle - 14.0, 28.0, 28.0)))
        elif self._effective_view() is View.SIDE and self._cursor is not None:
            # The same place in the other pane, where the cursor is not.
            here = pane_at(panes, self._cursor.x(), self._cursor.y())
            place = None if here is None else here.place_at(self._cursor.x(), self._cursor.y())
            for pane in panes:
                if place is not None and pane is not here:
                    x = pane.picture.x + place[0] * pane.picture.width
                    y = pane.picture.y + place[1] * pane.picture.height
                    if pane.cell.contains(x, y):
                        marks.append((Mark.CROSS, Rect(x - 12.0, y - 12.0, 24.0, 24.0)))
        return marks

    # The mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._near_wipe_edge(event.position()):
            self._dragging_wipe = True
            self._drag_wipe(event.position())
        elif self._zoom.scale > 1.0:
            self._panned_from = event.position()
        self._choose_pointer()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        position = event.position()
        if self._dragging_wipe:
            self._drag_wipe(position)
        elif self._panned_from is not None:
            moved, self._panned_from = position - self._panned_from, position
            panes = self._panes()
            if panes:
                self._zoom = panned(self._zoom, moved.x(), moved.y(), whole(panes[0], panes))
                self.update()
        self._point_at(position)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self._dragging_wipe = False
            self._panned_from = None
            self._choose_pointer()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self._zoom = Zoom()
            self._point_at(event.position())
            self.update()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        panes = self._panes()
        position = event.position()
        pane = pane_at(panes, position.x(), position.y())
        if pane is not None:
            factor = _ZOOM_STEP ** (event.angleDelta().y() / 120)
            self._zoom = zoomed(self._zoom, factor, whole(pane, panes), position.x(), position.y())
            self._point_at(position)
            self.update()
        event.accept()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point_at(None)

    def _point_at(self, position: QPointF | None) -> None:
        self._cursor = position
        self._choose_pointer()
        self._tell_probe()
        if self._result is not None and self._look.view is View.SIDE:
            self.update()  # for the cross in the other pane

    def _tell_probe(self) -> None:
        found: Probe | None = None
        if self._cursor is not None and self._result is not None:
            x, y = self._cursor.x(), self._cursor.y()
            pane = pane_at(self._panes(), x, y)
            place = None if pane is None else pane.place_at(x, y)
            found = None if place is None else probe(self._result, place)
        if found != self._probe:
            self._probe = found
            self.probed.emit(found)

    def _near_wipe_edge(self, position: QPointF) -> bool:
        panes = self._panes()
        if not panes or self._effective_view() is not View.WIPE:
            return False
        visible = whole(panes[0], panes).visible
        edge = wipe_edge(panes[0].picture, self._look.wipe)
        return abs(position.x() - edge) <= _GRAB_PX and visible.y <= position.y() <= visible.bottom

    def _drag_wipe(self, position: QPointF) -> None:
        panes = self._panes()
        if not panes:
            return
        picture = panes[0].picture
        wipe = min(max((position.x() - picture.x) / picture.width, 0.0), 1.0)
        if wipe != self._look.wipe:
            self._look = replace(self._look, wipe=wipe)  # at once: the edge stays under the mouse
            self.update()
            self.wipe_dragged.emit(wipe)

    def _choose_pointer(self) -> None:
        shapes = Qt.CursorShape
        shape = shapes.ArrowCursor
        if self._panned_from is not None:
            shape = shapes.ClosedHandCursor
        elif self._cursor is not None:
            if self._dragging_wipe or self._near_wipe_edge(self._cursor):
                shape = shapes.SplitHCursor
            elif pane_at(self._panes(), self._cursor.x(), self._cursor.y()) is not None:
                shape = shapes.CrossCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)
