"""A viewport that shares zoom and cursor with others, and can show two lanes with an edge between them."""

from dataclasses import replace

from PyQt6.QtCore import QPointF, pyqtSignal
from PyQt6.QtWidgets import QWidget

from core.look import Look, View
from core.messages import DepthResult
from ui.fit import Content, Pane, Rect, Zoom, pane_at
from ui.marks import CROSS_PX
from ui.scene import Mark, Scene
from ui.viewport import Viewport

Place = tuple[float, float]  # shares of the picture's width and height


class LaneViewport(Viewport):
    """Shows one lane, or in a wipe a second one at the left of the edge. Used by: window thread only."""

    zoom_changed = pyqtSignal(object)  # Zoom, where a person changed it here
    pointed = pyqtSignal(object)  # Place under the cursor; None: it left the picture

    def __init__(self, parent: QWidget | None = None, *, opengl: bool | None = None) -> None:
        super().__init__(parent, opengl=opengl)
        self._told_zoom = self._zoom
        self._told_place: Place | None = None
        self._pointed: Place | None = None  # where the cursor is in another viewport
        self._left: tuple[DepthResult, Look] | None = None

    @property
    def result(self) -> DepthResult | None:
        return self._result

    def show_lane(self, result: DepthResult, look: Look) -> None:
        """Show `result`; one that stands here already is not painted as a new one."""
        self.set_look(look)
        if result is not self._result:
            self.show_result(result)

    def show_left(self, result: DepthResult | None, look: Look) -> None:
        """In a wipe, `result` left of the edge instead of the picture; None: the picture."""
        left = None if result is None else (result, look)
        if left != self._left:
            if result is not None and (self._left is None or self._left[0] is not result):
                self._unpainted = result
            self._left = left
            self._canvas.update()

    def set_zoom(self, zoom: Zoom) -> None:
        """Follow another viewport."""
        if zoom != self._zoom:
            self._zoom = self._told_zoom = zoom
            self._tell_probe()
            self._canvas.update()

    def mark(self, place: Place | None) -> None:
        """A cross at `place`, where the cursor is in another viewport; None: nowhere."""
        if place != self._pointed:
            self._pointed = place
            self._canvas.update()

    def clear(self) -> None:
        """The zoom stays: it belongs to all."""
        zoom = self._zoom
        super().clear()
        self._zoom = self._told_zoom = zoom
        self._left = None

    def _point_at(self, position: QPointF | None) -> None:
        """Every move of the mouse, and every zoom by it, ends here."""
        super()._point_at(position)
        if self._zoom != self._told_zoom:
            self._told_zoom = self._zoom
            self.zoom_changed.emit(self._zoom)
        place = self._place_under(position)
        if place != self._told_place:
            self._told_place = place
            self.pointed.emit(place)

    def _place_under(self, position: QPointF | None) -> Place | None:
        if position is None:
            return None
        pane = pane_at(self._panes(), position.x(), position.y())
        return None if pane is None else pane.place_at(position.x(), position.y())

    def _scene(self) -> Scene | None:
        scene = super()._scene()
        if scene is None or self._left is None or self._effective_view() is not View.WIPE:
            return scene
        result, look = self._left
        left, right = scene.panes
        beside = Scene(result.frame.rgb, result.inverse_depth, look, (replace(left, content=Content.DEPTH),))
        return replace(scene, panes=(right,), beside=beside)

    def _marks(self, panes: tuple[Pane, ...]) -> tuple[tuple[Mark, Rect], ...]:
        marks = super()._marks(panes)
        if self._pointed is None or not panes:
            return marks
        picture, (u, v) = panes[0].picture, self._pointed
        x, y = picture.x + u * picture.width, picture.y + v * picture.height
        if not any(pane.cell.contains(x, y) for pane in panes):
            return marks
        return (*marks, (Mark.CROSS, Rect(x - CROSS_PX / 2, y - CROSS_PX / 2, CROSS_PX, CROSS_PX)))
