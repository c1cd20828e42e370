"""The bar of a file's time: a click goes there, a drag seeks as it moves."""

from PyQt6.QtCore import QSignalBlocker, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QSlider, QStyle

SEEK_EVERY_MS = 60  # while dragging; the last place is always asked for
_STEPS_PER_S = 1000


class SeekBar(QSlider):
    sought = pyqtSignal(float)  # seconds from the start

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Place in the file")
        self.setToolTip("Drag to move through the file")
        self.setSingleStep(_STEPS_PER_S)
        self.setPageStep(5 * _STEPS_PER_S)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(SEEK_EVERY_MS)
        self._pace.timeout.connect(self._next)
        self._unsent_s: float | None = None
        self.valueChanged.connect(self._moved)

    @property
    def busy(self) -> bool:
        """A person is moving it, so the player's own position must not pull it back."""
        return self.isSliderDown() or self._pace.isActive()

    def set_duration(self, duration_s: float) -> None:
        with QSignalBlocker(self):
            self.setRange(0, max(round(duration_s * _STEPS_PER_S), 1))

    def set_position(self, position_s: float) -> None:
        if not self.busy:
            with QSignalBlocker(self):
                self.setValue(round(position_s * _STEPS_PER_S))

    def position_s(self) -> float:
        return self.value() / _STEPS_PER_S

    def go_to(self, position_s: float) -> None:
        """As if a person had moved it there, within the file."""
        self.setValue(round(position_s * _STEPS_PER_S))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Jump to the click, then go on as if the handle had been taken there."""
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self.isSliderDown():
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self.setSliderDown(False)

    def _go_to(self, x: float) -> None:
        handle_px = 16
        room_px = max(self.width() - handle_px, 1)
        self.setValue(
            QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), round(x - handle_px / 2), room_px)
        )

    def _moved(self) -> None:
        self._unsent_s = self.position_s()
        if not self._pace.isActive():
            self._next()

    def _next(self) -> None:
        if self._unsent_s is not None:
            place_s, self._unsent_s = self._unsent_s, None
            self._pace.start()
            self.sought.emit(place_s)
