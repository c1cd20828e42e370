"""One zoom and one cursor for all viewports of a comparison."""

from PyQt6.QtCore import QObject, pyqtSignal

from ui.compare_viewport import LaneViewport, Place
from ui.fit import Zoom


class ViewportLink(QObject):
    """What is done in one viewport happens in all. Used by: window thread."""

    moved = pyqtSignal()  # the cursor is at another place, or left

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewports: list[LaneViewport] = []
        self._zoom = Zoom()
        self.place: Place | None = None  # under the cursor; None: it is in no picture

    @property
    def zoom(self) -> Zoom:
        return self._zoom

    def add(self, viewport: LaneViewport) -> None:
        viewport.set_zoom(self._zoom)
        viewport.mark(self.place)
        viewport.zoom_changed.connect(self._follow_zoom)
        viewport.pointed.connect(self._follow_cursor)
        self._viewports.append(viewport)

    def remove(self, viewport: LaneViewport) -> None:
        """Before it is deleted."""
        viewport.zoom_changed.disconnect(self._follow_zoom)
        viewport.pointed.disconnect(self._follow_cursor)
        self._viewports.remove(viewport)

    def _follow_zoom(self, zoom: Zoom) -> None:
        self._zoom = zoom
        for viewport in self._viewports:
            viewport.set_zoom(zoom)

    def _follow_cursor(self, place: Place | None) -> None:
        source = self.sender()
        self.place = place
        for viewport in self._viewports:
            viewport.mark(None if viewport is source else place)
        self.moved.emit()
