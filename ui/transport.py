"""The bar under the picture: play and step, the place in a file, and the window's own buttons."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from core.messages import SourceInfo, SourceState, Status
from ui import theme
from ui.controls import icon_button
from ui.seek_bar import SeekBar
from ui.shortcuts import hint
from ui.wording import time_text

ROOM_PX = 454  # for the buttons and a seek bar that can still be aimed at
COMPARE_ROOM_PX = 460  # and for one button more
HELP_ROOM_PX = 500  # and for two


class TransportBar(QWidget):
    """Steps, loop and seek bar are there only for a source that can do them."""

    asked = pyqtSignal(str)  # the name of an action in ui/shortcuts.py
    loop_chosen = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = self._action_button("step_back", "step-back", "One frame back")
        self.play = self._action_button("toggle_pause", "pause", "Pause")
        self.forward = self._action_button("step_forward", "step-forward", "One frame on")
        self.seek_bar = SeekBar()
        self.seek_bar.valueChanged.connect(self._show_time)
        self.time = QLabel()
        self.time.setFont(theme.tabular(self.time.font()))
        self.time.setToolTip("Place in the file and its length")
        self.loop = icon_button("loop", "Loop", "Start again when the file ends", checkable=True)
        self.loop.clicked.connect(self.loop_chosen)
        self.live = QLabel()
        theme.set_role(self.live, "muted")
        self.snapshot = self._action_button("snapshot", "snapshot", "Save a snapshot: picture, depth and view")
        self.record = self._action_button("record", "record", "Record colour and depth")
        self.compare = self._action_button("compare", "compare", "Compare models live", checkable=True)
        self.full_screen = self._action_button("full_screen", "full-screen", "Full screen")
        self.help = self._action_button("help", "help", "All keys")
        self.panel = self._action_button("panel", "panel", "Show or hide the panel", checkable=True)
        self._duration_s = 0.0
        self._source: SourceInfo | None = None

        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID_PX, 4, theme.GRID_PX, 4)
        row.setSpacing(4)
        for button in (self.back, self.play, self.forward):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self.seek_bar, stretch=1)
        row.addWidget(self.time)
        row.addWidget(self.loop)
        row.addWidget(self.live, stretch=1)
        row.addSpacing(theme.GRID_PX)
        for button in (self.compare, self.record, self.snapshot, self.full_screen, self.help, self.panel):
            row.addWidget(button)
        self._suit(None)

    def show_status(self, status: Status) -> None:
        if status.source is not self._source:
            self._source = status.source
            self._suit(status.source)
        stands = status.source_state in (SourceState.PAUSED, SourceState.ENDED)
        self.play.setIcon(theme.icon("play" if stands else "pause"))
        self.play.setAccessibleName("Play" if stands else "Pause")
        self.play.setToolTip(("Play" if stands else "Pause") + hint("toggle_pause"))
        self.play.setEnabled(status.source is not None)

    def show_recording(self, *, running: bool) -> None:
        what = "End the recording" if running else "Record colour and depth"
        self.record.setIcon(theme.icon("record-stop" if running else "record"))
        self.record.setAccessibleName(what)
        self.record.setToolTip(what + hint("record"))

    def set_position(self, position_s: float | None) -> None:
        if position_s is not None and self._duration_s:
            self.seek_bar.set_position(position_s)
            self._show_time()

    def _suit(self, source: SourceInfo | None) -> None:
        """Show what this source can do."""
        seekable = source is not None and source.seekable
        self._duration_s = source.duration_s or 0.0 if source is not None and source.seekable else 0.0
        for widget in (self.back, self.forward, self.loop):
            widget.setVisible(seekable)
        self.seek_bar.setVisible(self._duration_s > 0)
        self.seek_bar.set_duration(self._duration_s)
        self.live.setVisible(not self._duration_s)
        self.live.setText("Live" if source is not None and source.live else "")
        whole = time_text(self._duration_s, tenths=True)
        self.time.setFixedWidth(self.time.fontMetrics().horizontalAdvance(f"{whole} / {whole}") + theme.GRID_PX)
        self._make_room()
        self._show_time()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """On a narrow bar the seek bar matters more than its figures and what the panel or a known key offer."""
        self.compare.setVisible(self._duration_s == 0 or self.width() >= COMPARE_ROOM_PX)
        self.help.setVisible(self._duration_s == 0 or self.width() >= HELP_ROOM_PX)
        self.time.setVisible(self._duration_s > 0 and self.width() >= ROOM_PX + self.time.width())

    def _show_time(self) -> None:
        place = time_text(self.seek_bar.position_s(), tenths=True)
        self.time.setText(f"{place} / {time_text(self._duration_s, tenths=True)}")

    def _action_button(self, action: str, icon: str, tip: str, *, checkable: bool = False) -> QToolButton:
        button = icon_button(icon, tip, tip + hint(action), checkable=checkable)
        button.clicked.connect(lambda: self.asked.emit(action))
        return button
