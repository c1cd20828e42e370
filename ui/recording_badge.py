"""The red dot over the picture: that a recording runs, how long it is, and what it costs."""

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from core.messages import RecordingState, RecordingStatus
from ui import theme
from ui.wording import size_text, time_text

LOW_DISK_BYTES = 10**9
_DOT_PX = 10


class RecordingBadge(QFrame):
    """Hidden while nothing is recorded."""

    resized = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("badge")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.dot = _Dot()
        self.time = QLabel()
        self.facts = QLabel()
        self.disk = QLabel()
        theme.set_role(self.facts, "muted")
        theme.set_role(self.disk, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 5)
        row.setSpacing(4)
        for part in (self.dot, self.time, self.facts, self.disk):
            row.addWidget(part)
            row.addSpacing(0 if part is self.facts else 4)
        for label in (self.time, self.facts, self.disk):
            label.setFont(theme.tabular(label.font()))
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def show_status(self, status: RecordingStatus) -> None:
        is_running = status.state in (RecordingState.RECORDING, RecordingState.FINISHING)
        self.time.setText(
            "Finishing" if status.state is RecordingState.FINISHING else time_text(status.duration_s)
        )
        self.facts.setText(" · ".join(facts_of(status)))
        free_bytes = status.disk_free_bytes
        self.disk.setText(f"· {size_text(free_bytes)} free" if free_bytes is not None else "")
        self.disk.setVisible(free_bytes is not None)
        theme.set_role(self.disk, "error" if free_bytes is not None and free_bytes < LOW_DISK_BYTES else "muted")
        self.setAccessibleName(f"Recording: {self.time.text()}, {self.facts.text()}, {self.disk.text()}")
        self.setVisible(is_running)
        self.resized.emit()


def facts_of(status: RecordingStatus) -> list[str]:
    """What a recording holds, each as a phrase."""
    if not status.frames:
        return ["waiting for depth"] if status.state is RecordingState.RECORDING else []
    facts = [f"{status.frames} frames", size_text(status.bytes_written)]
    if status.dropped:
        facts.append(f"{status.dropped} dropped")
    return facts


class _Dot(QWidget):
    def sizeHint(self) -> QSize:
        return QSize(_DOT_PX, _DOT_PX)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.COLOURS["recording"]))
        top = (self.height() - _DOT_PX) / 2
        painter.drawEllipse(QRectF(0.0, top, _DOT_PX, _DOT_PX))
        painter.end()
