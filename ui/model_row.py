"""One model in the manager: its figures, the one thing to do with it now, and by a click all that is known."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.messages import ModelEntry, ModelState
from core.model_messages import Download, DownloadState, ModelKind, ModelTask, TaskState
from ui import theme
from ui.controls import ElidedLabel, icon_button, push_button
from ui.model_details import ModelDetails
from ui.model_words import (
    download_share,
    fetch_text,
    kept_share,
    parameters_text,
    progress_text,
    subline,
    task_text,
)
from ui.wording import sentence, size_text

COLUMNS_PX = (84, 84, 92, 104, 204)  # parameters, size, speed, error, what to do
EDGE_PX = 12


class ModelRow(QFrame):
    asked = pyqtSignal(str, str)  # "use", "fetch", "pause", "verify", "remove", "folder" or "stop"; the model
    convert_asked = pyqtSignal(str, str)  # the model, the dtype

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        theme.set_role(self, "row")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.unfold = icon_button("chevron-right", "Details", "All that is known of it", checkable=True)
        theme.set_role(self.unfold, "unfold")
        self.unfold.toggled.connect(lambda on: self._unfold(on=on))
        self.title = ElidedLabel("name", Qt.TextElideMode.ElideMiddle)
        self.where = ElidedLabel("muted")
        self.parameters, self.size, self.speed, self.error = (_Figure() for _ in range(4))
        self.action = push_button()
        self.action.clicked.connect(lambda: self.asked.emit(self._action, self.name))
        self.state = QLabel()
        self.state.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        self.line = QLabel()
        self.line.setWordWrap(True)
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.away = icon_button("close", "Put this away", "Put this away")
        self.away.setIconSize(QSize(14, 14))
        self.away.clicked.connect(lambda: self.asked.emit("stop", self.name))
        self.details = ModelDetails()
        self.details.asked.connect(lambda what: self.asked.emit(what, self.name))
        self.details.convert_asked.connect(lambda dtype: self.convert_asked.emit(self.name, dtype))
        self.details.hide()
        self._action = ""
        self._lay_out()

    def set_entry(self, entry: ModelEntry) -> None:
        self._entry = entry
        self.title.set_whole(entry.title)
        self.setAccessibleName(entry.title)
        self.parameters.say(parameters_text(entry.parameters))
        self.size.say(
            size_text(entry.file_bytes or entry.download_bytes) or "–",
            "on disk" if entry.file_bytes else "to download" if entry.download_bytes else "",
        )
        figures = entry.figures
        self.speed.say(figures.speed if figures else "–", figures.speed_on if figures else "")
        self.error.say(figures.error if figures else "–", figures.error_on if figures else "")
        for figure in (self.speed, self.error):
            figure.setToolTip(figures.whose if figures else "Nobody has measured this file")

    def show_state(
        self, download: Download | None, task: ModelTask | None, wanted: str, model_state: ModelState
    ) -> None:
        """`wanted`: the model that loads or, where none does, that runs; the setting where there is neither."""
        entry = self._entry
        in_use = entry.name == wanted and entry.path is not None
        busy = task is not None and task.state in (TaskState.WAITING, TaskState.RUNNING)
        failed = download is not None and download.state is DownloadState.FAILED
        self.details.set_entry(entry, in_use=in_use, busy=busy)
        self.state.setVisible(in_use)
        self.state.setText({ModelState.READY: "In use", ModelState.LOADING: "Loading…"}.get(model_state, "Chosen"))
        runs = in_use and model_state is not ModelState.FAILED  # what failed may be tried again
        self._show_action(download, in_use=runs, failed=failed)
        self._show_progress(download, task)
        self._show_line(download, task, failed=failed)

    def set_narrow(self, *, narrow: bool) -> None:
        """Leave out what the button and the details tell too."""
        for figure in (self.parameters, self.size):
            figure.setHidden(narrow)

    def leave(self) -> bool:
        """Take back a question that is asked here; False where there is none."""
        if self.details.isHidden() or not self.details.asks:
            return False
        self.details.withdraw()
        return True

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A click anywhere on the row's first lines unfolds it, as the arrow does."""
        if event is not None and not self._is_on_head(event):
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._is_on_head(event):
            self.unfold.toggle()

    def _is_on_head(self, event: QMouseEvent) -> bool:
        is_left = event.button() is Qt.MouseButton.LeftButton
        return is_left and self._head.geometry().contains(event.position().toPoint())

    def _show_action(self, download: Download | None, *, in_use: bool, failed: bool) -> None:
        entry = self._entry
        primary = False
        if download is not None and not failed:
            self._action, text = "pause", "Do not download" if download.state is DownloadState.WAITING else "Pause"
        elif entry.problem:
            self._action, text = "remove", "Take off the list" if entry.kind is ModelKind.FILE else ""
        elif entry.path is not None:
            self._action, text = "use", "" if in_use else "Use"
        else:
            self._action, text = "fetch", fetch_text(entry)
            primary = entry.part_bytes > 0
        theme.set_role(self.action, "primary" if primary else "plain")
        self.action.setText(text)
        self.action.setVisible(bool(text))
        self.action.setAccessibleName(f"{text}: {entry.title}")

    def _show_progress(self, download: Download | None, task: ModelTask | None) -> None:
        """What goes on, or stands half done, in the place of the words under the name, and in a bar."""
        entry, share, text, runs = self._entry, None, subline(self._entry), True
        if download is not None and download.state is not DownloadState.FAILED:
            share, text = download_share(download), progress_text(download)
        elif task is not None and task.state in (TaskState.WAITING, TaskState.RUNNING):
            share, text = task.progress, task_text(task)
        elif entry.part_bytes:
            share, runs = kept_share(entry), False
            text = f"Paused at {100 * share:.0f} %: {size_text(entry.part_bytes)} are kept"
        self.where.set_whole(text)
        self.bar.setVisible(share is not None)
        self.bar.setValue(round(1000 * (share or 0.0)))
        theme.set_role(self.bar, "plain" if runs else "paused")

    def _show_line(self, download: Download | None, task: ModelTask | None, *, failed: bool) -> None:
        """What came of the last thing that was asked for, or what is wrong with the file."""
        text, wrong = "", True
        if failed and download is not None:
            text = sentence(download.line)
        elif task is not None and task.state in (TaskState.DONE, TaskState.FAILED):
            text, wrong = task_text(task), task.state is TaskState.FAILED
        if self._entry.problem and not (wrong and text):
            text, wrong = sentence(self._entry.problem), True
        self.line.setText(text)
        self._outcome.setVisible(bool(text))
        self.away.setVisible(text != sentence(self._entry.problem))
        theme.set_role(self.line, "error" if wrong else "muted")

    def _unfold(self, *, on: bool) -> None:
        self.details.setVisible(on)
        self.unfold.setIcon(theme.icon("chevron-down" if on else "chevron-right"))
        if not on:
            self.details.withdraw()

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(self.title)
        names.addWidget(self.where)
        doing = QHBoxLayout()
        doing.setContentsMargins(2 * theme.GRID_PX, 0, 0, 0)
        doing.addWidget(self.state, stretch=1)
        doing.addWidget(self.action, stretch=1)
        place = QWidget()
        place.setLayout(doing)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(theme.GRID_PX)
        head.addLayout(names, stretch=1)
        parts = (self.parameters, self.size, self.speed, self.error, place)
        for part, width_px in zip(parts, COLUMNS_PX, strict=True):
            part.setFixedWidth(width_px)
            head.addWidget(part)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that no row jumps when something begins or ends
        self.bar.setSizePolicy(policy)
        self._outcome = QWidget()
        outcome = QHBoxLayout(self._outcome)
        outcome.setContentsMargins(0, 0, 0, 0)
        outcome.addWidget(self.line, stretch=1)
        outcome.addWidget(self.away, alignment=Qt.AlignmentFlag.AlignTop)
        grid = QGridLayout(self)
        grid.setContentsMargins(4, 6, EDGE_PX, 3)
        grid.setHorizontalSpacing(theme.GRID_PX)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.unfold, 0, 0)
        for row, part in enumerate((self._head, self.bar, self._outcome, self.details)):
            grid.addWidget(part, row, 1)


class _Figure(QWidget):
    """A figure over a muted word that says what it is of, both at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.value, self.aside = QLabel(), QLabel()
        theme.set_role(self.aside, "muted")
        self.value.setFont(theme.tabular(self.value.font()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for label in (self.value, self.aside):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(label)

    def say(self, value: str, aside: str = "") -> None:
        self.value.setText(value)
        self.aside.setText(aside)
