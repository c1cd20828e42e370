"""All keys on one sheet, made from the table that the keys themselves come from."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui import theme
from ui.controls import icon_button
from ui.shortcuts import COMPARE, NETWORK, PLAY, SHORTCUTS, SOURCE, VIEW, WINDOW, Shortcut, shown

_COLUMNS = ((PLAY, NETWORK, SOURCE), (VIEW, WINDOW), (COMPARE,))
_MOUSE = (
    ("Wheel", "Zoom at the cursor"),
    ("Drag", "Move zoomed picture or wipe"),
    ("Double click", "Whole picture"),
    ("Drop", "File, folder, address, weights"),
)


class HelpSheet(QFrame):
    closed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("help")
        self.setAccessibleName("Keys")
        title = QLabel("Keys")
        theme.set_role(title, "title")
        close = icon_button("close", "Close", "Close (Esc)")
        close.clicked.connect(self.leave)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch()
        head.addWidget(close)
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(3 * theme.GRID_PX)
        for groups in _COLUMNS:
            columns.addLayout(_column(groups), stretch=1)
        self.scroll = QScrollArea()  # for windows that are smaller than the sheet
        self.scroll.setObjectName("keys")
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setWidgetResizable(True)
        self.scroll.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 16, 16, 20)
        whole.setSpacing(theme.GRID_PX)
        whole.addLayout(head)
        whole.addWidget(self.scroll)
        self.hide()

    def sizeHint(self) -> QSize:
        """All keys without scrolling; a scroll area by itself asks for less."""
        content = self.scroll.widget()
        missing = content.sizeHint() - self.scroll.sizeHint() if content is not None else QSize()
        return super().sizeHint() + missing.expandedTo(QSize(0, 0))

    def leave(self) -> None:
        self.hide()
        self.closed.emit()


def _column(groups: tuple[str, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * theme.GRID_PX)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    row = 0
    for group in groups:
        row = _add_group(grid, row, group, [(_keys(s), s.text) for s in SHORTCUTS if s.group == group])
    if WINDOW in groups:
        row = _add_group(grid, row, "Mouse", [(QLabel(what), text) for what, text in _MOUSE])
    grid.setRowStretch(row, 1)
    return grid


def _add_group(grid: QGridLayout, row: int, name: str, lines: list[tuple[QWidget, str]]) -> int:
    heading = QLabel(name)
    theme.set_role(heading, "group")
    if row:
        grid.setRowMinimumHeight(row, 10)
        row += 1
    grid.addWidget(heading, row, 0, 1, 2)
    for keys, text in lines:
        row += 1
        grid.addWidget(keys, row, 0)
        grid.addWidget(QLabel(text), row, 1)
    return row + 1


def _keys(shortcut: Shortcut) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for key in shortcut.keys:
        label = QLabel(shown(key))
        theme.set_role(label, "key")
        row.addWidget(label)
    row.addStretch()
    return holder
