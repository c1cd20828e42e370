"""A line to type the address of a stream into, checked before anything is opened."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ui import theme
from ui.addresses import stream_problem
from ui.controls import push_button


class AddressLine(QWidget):
    entered = pyqtSignal(str)
    left = pyqtSignal()  # closed, with an address or without

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setPlaceholderText("rtsp:// or http://…")
        self.field.setAccessibleName("Address of a stream")
        self.field.setToolTip("Address of a network camera or stream; Enter opens it, Esc leaves.")
        self.field.setInputMethodHints(Qt.InputMethodHint.ImhUrlCharactersOnly)
        self.field.returnPressed.connect(self._enter)
        self.field.textEdited.connect(lambda: self._complain(""))
        self.open = push_button("Open", "Open this address")
        self.open.clicked.connect(self._enter)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.problem, "error")
        self.problem.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.GRID_PX)
        row.addWidget(self.field, stretch=1)
        row.addWidget(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.problem)
        self.hide()

    def ask(self) -> None:
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def leave(self) -> None:
        self._complain("")
        self.hide()
        self.left.emit()

    def _enter(self) -> None:
        text = self.field.text().strip()
        problem = stream_problem(text)
        self._complain(problem)
        if not problem:
            self.leave()
            self.entered.emit(text)

    def _complain(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        theme.set_role(self.field, "wrong" if problem else "")
