"""Whose depth a recording shows: the one it holds, or that of a model; and the button that changes it."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.messages import ModelInfo
from ui import theme
from ui.controls import push_button
from ui.shortcuts import hint


class RecordedLine(QWidget):
    """Part of the model's section, there only while a recording plays."""

    asked = pyqtSignal(bool)  # True: run a model, False: show the depth of the recording

    def __init__(self) -> None:
        super().__init__()
        self._runs_model = False
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "muted")
        self.button = push_button()
        self.button.clicked.connect(lambda: self.asked.emit(not self._runs_model))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID_PX)
        column.addWidget(self.words)
        column.addWidget(self.button)
        self.hide()

    def show_recorded(self, recorded: ModelInfo | None, model: str, *, runs_model: bool) -> None:
        """`recorded`: what made the depth of the recording that plays, None for any other source; `model`: what
        would run on it.
        """
        self._runs_model = runs_model
        self.setVisible(recorded is not None)
        if recorded is None:
            return
        self.words.setText("This depth was recorded. No model runs.")
        self.words.setVisible(not runs_model)
        self.button.setText("Show the recorded depth" if runs_model else f"Run {model} on it".replace("&", "&&"))
        tip = (
            "Back to the depth that the recording holds" if runs_model else "See what a model makes of its colour"
        )
        self.button.setToolTip(tip + hint("run_model"))
