"""Asks once, in the panel, before a model is downloaded, and shows how far a download or a load is."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from core.messages import ModelEntry, ModelState, Status
from core.model_messages import Download, DownloadState
from ui import theme
from ui.controls import ElidedLabel, push_button
from ui.model_words import download_share, download_text, fetch_text
from ui.wording import sentence


class FetchLine(QWidget):
    accepted = pyqtSignal(str)  # the name of the model to download
    paused = pyqtSignal(str)  # the name of the model whose download is under way
    left = pyqtSignal()  # the question was answered or taken back

    def __init__(self) -> None:
        super().__init__()
        self._asked: ModelEntry | None = None
        self._download: Download | None = None  # the one under way
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.download = push_button("Download", role="primary")
        self.download.clicked.connect(self._accept)
        self.decline = push_button("Cancel")
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
        self.pause = push_button("Pause", "Pause this download. What has come is kept, and it goes on from there.")
        self.pause.clicked.connect(self._pause)
        self._progress = QWidget()
        line = QHBoxLayout()
        line.setSpacing(theme.GRID_PX)
        line.addWidget(self.doing, stretch=1)
        line.addWidget(self.pause)
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
        self.question.setText(
            f"{entry.name} is not on this computer. Download it from its publisher and keep it here?"
        )
        self.download.setText(fetch_text(entry))
        self._prompt.show()
        self.download.setFocus(Qt.FocusReason.OtherFocusReason)

    def withdraw(self) -> None:
        """Take the question back, if one is asked."""
        if self.asks:
            self._asked = None
            self._prompt.hide()
            self.left.emit()

    def show_status(self, status: Status) -> None:
        """The download under way and what waits behind it; without one, the model that loads."""
        under_way = [download for download in status.downloads if download.state is not DownloadState.FAILED]
        self._download = next(iter(under_way), None)
        loads = status.model_state is ModelState.LOADING
        self._progress.setVisible(loads or self._download is not None)
        self.pause.setVisible(self._download is not None)
        if self._download is not None:
            waiting = len(under_way) - 1
            self.doing.set_whole(download_text(self._download) + (f", {waiting} more to come" if waiting else ""))
            self._show_share(download_share(self._download))
        elif loads:
            self.doing.set_whole(sentence(status.model_detail) or "Loading")
            self._show_share(status.model_progress)

    def _show_share(self, share: float | None) -> None:
        if share is None:
            self.bar.setRange(0, 0)  # Qt's way to say: busy, nobody knows how long
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * share))

    def _pause(self) -> None:
        if self._download is not None:
            self.paused.emit(self._download.name)

    def _accept(self) -> None:
        if self._asked is not None:
            name = self._asked.name
            self.withdraw()
            self.accepted.emit(name)
