"""Asks once, in the panel, before a model is downloaded, and shows how far a download or a load is."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.messages import ModelEntry, ModelState, Status
from ui import theme
from ui.controls import ElidedLabel
from ui.wording import sentence, size_text


class FetchLine(QWidget):
    accepted = pyqtSignal(str)  # the name of the model to download
    cancelled = pyqtSignal()  # a download under way

    def __init__(self) -> None:
        super().__init__()
        self._asked: ModelEntry | None = None
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.download = _button("Download", "primary")
        self.download.clicked.connect(self._accept)
        self.decline = _button("Cancel")
        self.decline.clicked.connect(self.withdraw)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GRID_PX)
        buttons.addStretch()
        buttons.addWidget(self.decline)
        buttons.addWidget(self.download)
        self._prompt = QWidget()
        prompt = QVBoxLayout(self._prompt)
        prompt.setContentsMargins(0, 0, 0, 0)
        prompt.setSpacing(theme.GRID_PX)
        prompt.addWidget(self.question)
        prompt.addLayout(buttons)

        self.doing = ElidedLabel("muted", Qt.TextElideMode.ElideMiddle)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the model")
        self.stop = _button("Stop")
        self.stop.setToolTip("Stop this download. What has come is kept, and a later download goes on from there.")
        self.stop.clicked.connect(self.cancelled)
        self._progress = QWidget()
        line = QHBoxLayout()
        line.setSpacing(theme.GRID_PX)
        line.addWidget(self.doing, stretch=1)
        line.addWidget(self.stop)
        progress = QVBoxLayout(self._progress)
        progress.setContentsMargins(0, 0, 0, 0)
        progress.setSpacing(4)
        progress.addLayout(line)
        progress.addWidget(self.bar)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID_PX)
        column.addWidget(self._prompt)
        column.addWidget(self._progress)
        self._prompt.hide()
        self._progress.hide()

    @property
    def asks(self) -> bool:
        return self._asked is not None

    def ask(self, entry: ModelEntry) -> None:
        self._asked = entry
        size = size_text(entry.download_bytes)
        self.question.setText(
            f"{entry.name} is not on this computer. Download {size or 'it'} from its publisher and keep it here?"
        )
        self._prompt.show()
        self.download.setFocus(Qt.FocusReason.OtherFocusReason)

    def withdraw(self) -> None:
        """Take the question back."""
        self._asked = None
        self._prompt.hide()

    def show_status(self, status: Status) -> None:
        busy = status.model_state is ModelState.LOADING
        self._progress.setVisible(busy)
        if not busy:
            return
        self.doing.set_whole(sentence(status.model_detail) or "Loading")
        self.stop.setVisible(is_download(status))
        if status.model_progress is None:
            self.bar.setRange(0, 0)  # Qt's way to say: busy, nobody knows how long
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * status.model_progress))

    def _accept(self) -> None:
        if self._asked is not None:
            name = self._asked.name
            self.withdraw()
            self.accepted.emit(name)


def is_download(status: Status) -> bool:
    return status.model_state is ModelState.LOADING and status.model_detail.startswith("downloading")


def _button(text: str, role: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if role:
        theme.set_role(button, role)
    return button
