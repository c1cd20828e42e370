"""The picture in the window: colour and depth in one of five views, with zoom, probe and a draggable wipe."""

import logging
import time
from dataclasses import replace
from typing import TypeAlias

from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from core.errors import WindowError
from core.look import Look, View
from core.messages import DepthArray, DepthResult, Frame
from ui.fit import Pane, Rect, Zoom, fit, pane_at, panned, sheet, whole, wipe_edge, zoomed
from ui.gl import has_fast_opengl
from ui.gl_canvas import GlCanvas
from ui.marks import CROSS_PX, HANDLE_PX
from ui.probe import Probe, probe
from ui.raster_canvas import RasterCanvas
from ui.scene import Mark, Scene

Canvas: TypeAlias = GlCanvas | RasterCanvas

_log = logging.getLogger(__name__)

_GRAB_PX = 8.0  # how near the wipe's edge the mouse takes hold of it
_ZOOM_STEP = 1.2  # for each notch of the wheel


class Viewport(QWidget):
    """Shows the newest result as `Look` says, on a canvas of OpenGL, or of QPainter where that is cheaper.

    Used by: window thread only.
    """

    probed = pyqtSignal(object)  # Probe under the cursor, or None
    wipe_dragged = pyqtSignal(float)  # 0 to 1
    painted = pyqtSignal(
        float, float
    )  # capture-to-paint ms and paint time (monotonic s), once for each new result

    def __init__(self, parent: QWidget | None = None, *, opengl: bool | None = None) -> None:
        """`opengl`: paint with it or without; None: with it where a graphics processor runs it."""
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAccessibleName("Picture and depth")
        self._look = Look()
        self._frame: Frame | None = None
        self._result: DepthResult | None = None
        self._zoom = Zoom()
        self._cursor: QPointF | None = None  # None while it is outside
        self._probe: Probe | None = None  # told last
        self._dragging_wipe = False
        self._panned_from: QPointF | None = None
        self._unpainted: DepthResult | None = None  # the result that no paint has shown yet
        self._drawn: DepthResult | None = None  # drawn, and not yet on the screen
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._canvas: Canvas = RasterCanvas(self._scene, self)
        if opengl if opengl is not None else has_fast_opengl():
            canvas = GlCanvas(self._scene, self)
            canvas.refused.connect(self._give_opengl_up, Qt.ConnectionType.QueuedConnection)
            self._canvas = canvas
        self._paint_by(self._canvas)

    # What is shown

    def show_result(self, result: DepthResult) -> None:
        self._result = self._unpainted = result
        self._frame = result.frame
        self._tell_probe()
        self._canvas.update()

    def show_frame(self, frame: Frame) -> None:
        """Colour alone, until the first depth of its source is there."""
        if self._result is not None and self._result.frame.source_id == frame.source_id:
            return
        self._result = self._unpainted = None
        self._frame = frame
        self._tell_probe()
        self._canvas.update()

    def set_look(self, look: Look) -> None:
        if look != self._look:
            self._look = look
            self._choose_pointer()
            self._tell_probe()
            self._canvas.update()

    def clear(self) -> None:
        self._frame = self._result = self._unpainted = None
        self._zoom = Zoom()
        self._tell_probe()
        self._canvas.update()

    def picture(self) -> QImage:
        """What is shown, at the source's resolution, without marks and zoom; SIDE twice as wide, colour left.

        A null image while there is nothing to show.
        """
        if self._frame is None:
            return QImage()
        height, width = self._frame.rgb.shape[:2]
        size_wh, panes = sheet(self._effective_view(), (height, width), self._look.wipe)
        return self._canvas.picture(Scene(self._frame.rgb, self._depth(), self._look, panes), size_wh)

    # Painting

    def _scene(self) -> Scene | None:
        """What to paint now; asked for by the canvas in the middle of its paint."""
        if self._frame is None:
            return None
        if self._unpainted is not None:
            self._drawn, self._unpainted = self._unpainted, None
        panes = self._panes()
        return Scene(self._frame.rgb, self._depth(), self._look, panes, self._marks(panes))

    def _paint_by(self, canvas: Canvas) -> None:
        canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.shown.connect(self._tell_painted)
        self._layout.addWidget(canvas)

    def _give_opengl_up(self, error: WindowError) -> None:
        _log.warning("%s; the picture is painted without OpenGL", error)
        old, self._canvas = self._canvas, RasterCanvas(self._scene, self)
        self._layout.removeWidget(old)
        old.hide()
        old.deleteLater()
        self._paint_by(self._canvas)

    def _tell_painted(self) -> None:
        if self._drawn is not None:
            now_s = time.monotonic()
            latency_ms = self._drawn.frame.age_ms(now_s)
            self._drawn = None
            self.painted.emit(latency_ms, now_s)

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

    def _marks(self, panes: tuple[Pane, ...]) -> tuple[tuple[Mark, Rect], ...]:
        marks: list[tuple[Mark, Rect]] = []
        if self._effective_view() is View.WIPE:
            visible = whole(panes[0], panes).visible
            edge = wipe_edge(panes[0].picture, self._look.wipe)
            middle = visible.y + visible.height / 2
            marks.append((Mark.EDGE, Rect(edge - 3.0, visible.y, 6.0, visible.height)))
            marks.append((Mark.HANDLE, _square(edge, middle, HANDLE_PX)))
        elif self._effective_view() is View.SIDE and self._cursor is not None:
            # The same place in the other pane, where the cursor is not.
            here = pane_at(panes, self._cursor.x(), self._cursor.y())
            place = None if here is None else here.place_at(self._cursor.x(), self._cursor.y())
            for pane in panes:
                if place is not None and pane is not here:
                    x = pane.picture.x + place[0] * pane.picture.width
                    y = pane.picture.y + place[1] * pane.picture.height
                    if pane.cell.contains(x, y):
                        marks.append((Mark.CROSS, _square(x, y, CROSS_PX)))
        return tuple(marks)

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
                self._canvas.update()
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
            self._canvas.update()

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
            self._canvas.update()
        event.accept()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point_at(None)

    def _point_at(self, position: QPointF | None) -> None:
        self._cursor = position
        self._choose_pointer()
        self._tell_probe()
        if self._result is not None and self._look.view is View.SIDE:
            self._canvas.update()  # for the cross in the other pane

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
            self._canvas.update()
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


def _square(x: float, y: float, side: float) -> Rect:
    return Rect(x - side / 2, y - side / 2, side, side)
