"""The small window under a lane's name: which network it runs, and how."""

from dataclasses import replace
from pathlib import PurePath

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.settings import DEFAULTS
from core.comparing.view import LaneView
from core.messages import ModelEntry
from ui import theme
from ui.model_picker import ModelPicker
from ui.network_section import NetworkSection

WIDTH_PX = 320


class LaneChoice(QFrame):
    """One for all lanes: it stays with the one it was opened for. Used by: window thread."""

    changed = pyqtSignal(int, dict)  # the lane's number, and what a person changed of its wish
    file_asked = pyqtSignal(int)  # a weights file for this lane
    models_asked = pyqtSignal()  # the manager: the one wanted is not on this computer

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("choice")
        self.setAccessibleName("What this lane runs")
        self._number = -1
        self.picker = ModelPicker()
        self.picker.chosen.connect(lambda name: self._tell(model=name))
        self.picker.file_asked.connect(self._ask_file)
        self.picker.wanted.connect(lambda _entry: self.models_asked.emit())
        self.picker.manager_asked.connect(self.models_asked)
        self.network = NetworkSection(auto_tip="The size the network was trained at.")
        self.network.changed.connect(lambda values: self._tell(**values))
        column = QVBoxLayout(self)
        edge = 12
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(theme.GRID_PX)
        column.addWidget(self.picker)
        column.addWidget(self.network)
        self.setFixedWidth(WIDTH_PX)
        self.hide()

    @property
    def number(self) -> int:
        """Of the lane it was opened for last; -1 before the first."""
        return self._number

    def open_for(self, lane: LaneView, under: QWidget) -> None:
        self._number = lane.number
        self.show_lane(lane)
        self.adjustSize()
        self.move(self._place_under(under))
        self.show()
        self.picker.setFocus()

    def show_lane(self, lane: LaneView) -> None:
        """Follow what the lane runs; one that this was not opened for changes nothing."""
        if lane.number != self._number:
            return
        wish = lane.wish
        entry = self.picker.entry(wish.model)
        self.picker.set_current(wish.model, PurePath(wish.model).name if entry is None else entry.title)
        self.network.set_settings(
            replace(DEFAULTS, size=wish.size, aspect=wish.aspect, precision=wish.precision, device=wish.device)
        )
        result = lane.result
        self.network.size_slider.set_picture(result.frame.rgb.shape[:2] if result is not None else None)
        self.network.size_slider.set_in_use(result)

    def set_models(self, entries: tuple[ModelEntry, ...]) -> None:
        self.picker.set_models(entries)

    def set_devices(self, devices: tuple[str, ...]) -> None:
        self.network.set_devices(devices)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _tell(self, **values: object) -> None:
        self.changed.emit(self._number, values)

    def _ask_file(self) -> None:
        self.hide()  # a popup would keep the mouse from the dialog
        self.file_asked.emit(self._number)

    def _place_under(self, under: QWidget) -> QPoint:
        """Below `under`, or above it where the screen ends."""
        place = under.mapToGlobal(QPoint(0, under.height() + 2))
        screen = under.screen()
        if screen is None:
            return place
        room = screen.availableGeometry()
        if place.y() + self.height() > room.bottom():
            place.setY(max(under.mapToGlobal(QPoint(0, 0)).y() - self.height() - 2, room.top()))
        place.setX(max(min(place.x(), room.right() - self.width()), room.left()))
        return place
