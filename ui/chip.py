"""Small notes that float over the picture: a calm state with progress, and a toast with one action."""

from collections.abc import Callable

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout

from ui import theme
from ui.controls import push_button

TOAST_MS = 5000


class Chip(QFrame):
    """What the source or the model is doing, where the picture alone does not say it."""

    resized = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.text = QLabel()
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.GRID_PX, theme.GRID_PX, 2 * theme.GRID_PX, theme.GRID_PX)
        column.setSpacing(6)
        column.addWidget(self.text)
        column.addWidget(self.bar)
        self.hide()

    def say(self, text: str, progress: float | None = None) -> None:
        """Show `text`, with a bar where `progress` is 0 to 1; an empty text hides the chip."""
        if text != self.text.text() or self.bar.isHidden() is (progress is not None):
            self.text.setText(text)
            self.setAccessibleName(text)
            self.bar.setVisible(progress is not None)
            self.setVisible(bool(text))
            self.resized.emit()
        if progress is not None:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * progress))


class Toast(QFrame):
    """Says that something was done; leaves by itself."""

    resized = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("toast")
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.button = push_button()
        self.button.clicked.connect(self._act)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(12)
        row.addWidget(self.text)
        row.addWidget(self.button)
        self._action: Callable[[], object] | None = None
        self._leave = QTimer(self)
        self._leave.setSingleShot(True)
        self._leave.setInterval(TOAST_MS)
        self._leave.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, action: str = "", do: Callable[[], object] | None = None) -> None:
        self.text.setText(text)
        self.setAccessibleName(text)
        self.button.setText(action)
        self.button.setVisible(do is not None)
        self._action = do
        self.show()
        self.resized.emit()
        self._leave.start()

    def _act(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()
