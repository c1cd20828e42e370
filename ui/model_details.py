"""All that is known of one model, and the work on its file: checking, converting, removing. Part of its row."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.messages import ModelEntry
from core.model_messages import ModelKind
from ui import theme
from ui.controls import Segment, Segments, push_button
from ui.model_words import facts
from ui.wording import size_text

_DTYPES = (
    Segment("float16", "float16", "Half the size; what depth looks like stays the same"),
    Segment("float32", "float32", "Every bit of the file it comes from"),
)


class ModelDetails(QWidget):
    asked = pyqtSignal(str)  # "verify", "remove" or "folder"
    convert_asked = pyqtSignal(str)  # the dtype

    def __init__(self) -> None:
        super().__init__()
        self._entry: ModelEntry | None = None
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(2 * theme.GRID_PX)
        self._facts.setVerticalSpacing(3)
        self._facts.setColumnStretch(1, 1)
        self.verify = push_button("Check the file", "Its checksum, and that all of it loads")
        self.verify.clicked.connect(lambda: self.asked.emit("verify"))
        self.convert = push_button("Convert…", "Write it as Fathom’s own .safetensors file")
        self.convert.clicked.connect(lambda: self._ask_first(self._conversion))
        self.folder = push_button("Show in folder", "Open the folder that the file lies in")
        self.folder.clicked.connect(lambda: self.asked.emit("folder"))
        self.remove = push_button("Remove…")
        self.remove.clicked.connect(lambda: self._ask_first(self._removal))
        self._buttons = _line(self.verify, self.convert, self.folder, None, self.remove)

        self.dtype = Segments("Number format", _DTYPES)
        self.dtype.set_value("float16")
        self.dtype.setFixedWidth(180)
        save = push_button("Save as…", "Choose where; nothing is replaced unless you say so", role="primary")
        save.clicked.connect(self._convert)
        self._conversion = _line(QLabel("Convert to"), self.dtype, save, self._decline(), None)

        self.question = QLabel()
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.confirm = push_button("Remove", role="primary")
        self.confirm.clicked.connect(self._remove)
        self._removal = _line(self.question, self.confirm, self._decline(), None)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GRID_PX, 0, 12)
        column.setSpacing(12)
        column.addLayout(self._facts)
        for line in (self._buttons, self._conversion, self._removal):
            column.addWidget(line)
        self._ask_first(None)

    @property
    def asks(self) -> bool:
        return self._buttons.isHidden()

    def withdraw(self) -> None:
        """Take the question back."""
        self._ask_first(None)

    def set_entry(self, entry: ModelEntry, *, in_use: bool, busy: bool) -> None:
        """`busy`: something is done with its file already."""
        here = entry.path is not None and not entry.problem
        for button in (self.verify, self.convert):
            button.setVisible(here)
            button.setDisabled(busy)
        self.folder.setVisible(entry.path is not None)
        own = entry.kind is ModelKind.FILE
        self.remove.setVisible(own or (entry.kind is ModelKind.PUBLISHED and (here or entry.part_bytes > 0)))
        self.remove.setText("Take off the list" if own else "Remove…")
        self.remove.setDisabled(in_use or busy)
        self.remove.setToolTip(
            "It is in use: choose another model first"
            if in_use
            else "The file stays where it is"
            if own
            else "Delete what was downloaded; it can be downloaded again"
        )
        if entry != self._entry:
            self._entry = entry
            self._fill()

    def _fill(self) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        assert self._entry is not None  # noqa: S101 - set by the only caller
        for row, (name, value) in enumerate(facts(self._entry)):
            caption = QLabel(name)
            theme.set_role(caption, "muted")
            text = QLabel(value)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(text, row, 1)

    def _ask_first(self, question: QWidget | None) -> None:
        """Show `question` in the place of the buttons; None: the buttons."""
        entry = self._entry
        if question is self._removal and entry is not None:
            if entry.kind is ModelKind.FILE:  # nothing is lost
                self.asked.emit("remove")
                return
            self.question.setText(f"Delete {size_text(entry.file_bytes or entry.part_bytes)} from this computer?")
        for line in (self._buttons, self._conversion, self._removal):
            line.setVisible(line is (question or self._buttons))

    def _convert(self) -> None:
        self._ask_first(None)
        self.convert_asked.emit(self.dtype.value())

    def _remove(self) -> None:
        self._ask_first(None)
        self.asked.emit("remove")

    def _decline(self) -> QPushButton:
        button = push_button("Cancel")
        button.clicked.connect(self.withdraw)
        return button


def _line(*widgets: QWidget | None) -> QWidget:
    """Side by side; None is what takes the room."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.GRID_PX)
    for widget in widgets:
        if widget is None:
            row.addStretch()
        else:
            row.addWidget(widget)
    return holder
