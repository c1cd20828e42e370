"""The sheet of all models: what each costs and gives, what is on this computer, and what can be done about it."""

from PyQt6.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.messages import ModelEntry, ModelState, Status
from core.model_messages import ModelKind
from ui import theme
from ui.controls import icon_button, push_button
from ui.model_row import COLUMNS_PX, EDGE_PX, ModelRow
from ui.wording import size_text

NARROW_PX = 880
_WANTED = QSize(980, 680)
_GROUPS = (
    ("Built in", (ModelKind.BUILT_IN,)),
    ("Yours", (ModelKind.FOLDER, ModelKind.FILE)),
    ("Published", (ModelKind.PUBLISHED,)),
)
_HEADINGS = (
    ("Parameters", "Numbers in the network"),
    ("Size", "Of the file: on this computer, or to be downloaded"),
    ("Speed", "Frames a second, and on what. Published models: MiDaS’s own figures"),
    ("Error", "Smaller is better; under it what was measured on. Published models: MiDaS’s own figures"),
    ("", ""),
)
_LEGEND = (
    "Speed and error of published models are their publisher’s own figures. Those of the built-in ones were "
    "measured by Fathom, on other pictures and another machine. To see for yourself, press C."
)


class ModelManager(QFrame):
    """Fills itself from `set_models` and `show_status`; asks for everything by signals."""

    asked = pyqtSignal(str, str)  # as ModelRow
    convert_asked = pyqtSignal(str, str)
    file_asked = pyqtSignal()
    folder_asked = pyqtSignal()  # where models are kept
    closed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("models")
        self.setAccessibleName("Models")
        title = QLabel("Models")
        theme.set_role(title, "title")
        self.summary = QLabel()
        theme.set_role(self.summary, "muted")
        self.open_file = push_button("Open a file…", "Put a model file of your own on the list", icon="folder")
        self.open_file.clicked.connect(self.file_asked)
        self.open_folder = push_button("Models folder", "Show where downloaded models are kept")
        self.open_folder.clicked.connect(self.folder_asked)
        self.close_button = icon_button("close", "Close", "Close (Esc)")
        self.close_button.clicked.connect(self.leave)
        head = QHBoxLayout()
        head.setContentsMargins(EDGE_PX + 4, 0, 4, 0)
        head.setSpacing(theme.GRID_PX)
        head.addWidget(title)
        head.addSpacing(theme.GRID_PX)
        head.addWidget(self.summary, stretch=1)
        for widget in (self.open_file, self.open_folder, self.close_button):
            head.addWidget(widget)

        self.rows: dict[str, ModelRow] = {}
        self._entries: tuple[ModelEntry, ...] = ()
        self._unfolded = ""  # the row that is scrolled to, once it is laid out
        self._laid_out = QTimer(self)
        self._laid_out.setSingleShot(True)
        self._laid_out.timeout.connect(self._show_unfolded)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._scroll = scroll = QScrollArea()
        scroll.setObjectName("models")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._list)
        self._headings = headings = _Headings()
        bar = scroll.verticalScrollBar()
        assert bar is not None  # noqa: S101 - a scroll area has one
        bar.rangeChanged.connect(lambda _least, most: headings.spare(bar.sizeHint().width() if most > 0 else 0))
        legend = QLabel(_LEGEND)
        legend.setWordWrap(True)
        legend.setContentsMargins(EDGE_PX + 4, 0, EDGE_PX, 0)
        theme.set_role(legend, "muted")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4, 10, 4, 12)
        whole.setSpacing(theme.GRID_PX)
        whole.addLayout(head)
        whole.addWidget(headings)
        whole.addWidget(scroll, stretch=1)
        whole.addWidget(legend)
        self.hide()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._show_columns()

    def _show_columns(self) -> None:
        narrow = self.width() < NARROW_PX
        self._headings.set_narrow(narrow=narrow)
        for row in self.rows.values():
            row.set_narrow(narrow=narrow)

    def sizeHint(self) -> QSize:
        return _WANTED

    def set_models(self, entries: tuple[ModelEntry, ...]) -> None:
        """All there are, also those that cannot be used."""
        if entries == self._entries:
            return
        same = [(e.name, e.kind) for e in entries] == [(e.name, e.kind) for e in self._entries]
        self._entries = entries
        if not same:
            self._build()
        for entry in entries:
            self.rows[entry.name].set_entry(entry)

    def show_status(self, status: Status, wanted: str) -> None:
        """`wanted`: the setting `model`. Where another runs and none loads, it failed, and what runs is in use."""
        downloads = {download.name: download for download in status.downloads}
        tasks = {task.name: task for task in status.model_tasks}
        running = status.model
        loads = status.model_state is ModelState.LOADING and wanted in self.rows
        if running is not None and not loads:
            wanted = running.loaded_as
        self._show_summary(set(downloads))
        for name, row in self.rows.items():
            row.show_state(downloads.get(name), tasks.get(name), wanted, status.model_state)

    def _show_summary(self, under_way: set[str]) -> None:
        """What fetched models take of the disk, without those that are on their way."""
        fetched = [e.file_bytes for e in self._entries if e.kind is ModelKind.PUBLISHED and e.file_bytes]
        kept = sum(e.part_bytes for e in self._entries if e.name not in under_way)
        words = f"{len(fetched)} downloaded, {size_text(sum(fetched))}" if fetched else "none downloaded"
        self.summary.setText(words + (f"; {size_text(kept)} of paused downloads" if kept else ""))

    def leave(self) -> None:
        """Take back a question first, if one is asked."""
        if any(row.leave() for row in self.rows.values()):
            return
        self.hide()
        self.closed.emit()

    def _build(self) -> None:
        """The rows in their groups; those that were there stay as they are, with what is asked in them."""
        listed = {entry.name for entry in self._entries}
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if isinstance(widget, QLabel) or (isinstance(widget, ModelRow) and widget.name not in listed):
                widget.hide()
                widget.deleteLater()
        rows, self.rows = self.rows, {}
        for heading, kinds in _GROUPS:
            members = [entry for entry in self._entries if entry.kind in kinds]
            if members:
                label = QLabel(heading)
                label.setContentsMargins(EDGE_PX + 4, 10, 0, 4)
                theme.set_role(label, "group")
                self._column.addWidget(label)
            for entry in members:
                self.rows[entry.name] = rows.get(entry.name) or self._new_row(entry.name)
                self._column.addWidget(self.rows[entry.name])
        self._column.addStretch()
        self._show_columns()

    def _new_row(self, name: str) -> ModelRow:
        row = ModelRow(name)
        row.asked.connect(self.asked)
        row.convert_asked.connect(self.convert_asked)
        row.unfold.toggled.connect(lambda on: self._scroll_to(row.name) if on else None)
        return row

    def _scroll_to(self, name: str) -> None:
        self._unfolded = name
        self._laid_out.start()  # until then nobody knows how tall it is

    def _show_unfolded(self) -> None:
        """All of a row that was unfolded, its top above all."""
        if (row := self.rows.get(self._unfolded)) is not None:
            self._scroll.ensureVisible(0, row.geometry().bottom(), 0, 0)
            self._scroll.ensureVisible(0, row.geometry().top(), 0, 0)


class _Headings(QWidget):
    """The names of the columns, over them."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[QLabel] = []
        self._row = QHBoxLayout(self)
        self._row.setSpacing(theme.GRID_PX)
        self._row.addStretch()
        for (text, tip), width_px in zip(_HEADINGS, COLUMNS_PX, strict=True):
            label = QLabel(text)
            label.setToolTip(tip)
            label.setFixedWidth(width_px)
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            theme.set_role(label, "muted")
            self._row.addWidget(label)
            self._labels.append(label)
        self.spare(0)

    def set_narrow(self, *, narrow: bool) -> None:
        for label in self._labels[:2]:
            label.setHidden(narrow)

    def spare(self, width_px: int) -> None:
        """Leave this much at the right: the rows do not have what the scroll bar takes."""
        self._row.setContentsMargins(0, 0, EDGE_PX + width_px, 0)
