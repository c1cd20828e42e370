"""One line for what went wrong, with the one thing that can be done about it. Never a dialog."""

import itertools

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from core.messages import Fault
from ui import theme
from ui.controls import icon_button, push_button
from ui.wording import sentence


class Banner(QFrame):
    """Shows the newest fault that was not put away, and how many more wait. Each fault comes once."""

    acted = pyqtSignal(object)  # the Fault whose action was asked for
    dismissed = pyqtSignal(object)
    resized = pyqtSignal()  # shown, hidden or another line: the owner places it again

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setAccessibleName("Problem")
        sign = QLabel()
        sign.setPixmap(theme.icon("warning").pixmap(20, 20))
        self.line = QLabel()
        self.line.setWordWrap(True)
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.more = QLabel()
        theme.set_role(self.more, "muted")
        self.action = push_button()
        self.action.clicked.connect(self._act)
        self.close_button = icon_button("close", "Put this away", "Put this away")
        self.close_button.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(theme.GRID_PX)
        row.addWidget(sign)
        row.addWidget(self.line, stretch=1)
        row.addWidget(self.more)
        row.addWidget(self.action)
        row.addWidget(self.close_button)
        self._of_session: tuple[Fault, ...] = ()
        self._waiting: dict[int, Fault] = {}  # by number, in the order in which they came
        self._done: set[int] = set()  # numbers of the session's that were acted on or put away
        self._own_numbers = itertools.count(-1, -1)  # of the window's
        self._shown: Fault | None = None
        self.hide()

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """What Status.faults holds now."""
        if faults is not self._of_session:
            self._of_session = faults
            there = {fault.number: fault for fault in faults}
            self._done &= there.keys()
            gone = [number for number in self._waiting if number >= 0 and number not in there]
            for number in gone:
                del self._waiting[number]
            self._waiting |= {number: there[number] for number in there if number not in self._done}
            self._refresh()

    def add(self, line: str) -> None:
        """A fault of the window itself; a line that is waiting already is not added again."""
        if all(line != fault.line for fault in self._waiting.values() if fault.number < 0):
            fault = Fault(next(self._own_numbers), line)
            self._waiting[fault.number] = fault
            self._refresh()

    def shown(self) -> Fault | None:
        return self._shown

    def _refresh(self) -> None:
        self._shown = next(reversed(self._waiting.values()), None)
        if self._shown is not None:
            self.line.setText(sentence(self._shown.line))
            self.action.setText(self._shown.button)
            self.action.setVisible(bool(self._shown.button))
            self.more.setText(f"{len(self._waiting) - 1} more")
            self.more.setVisible(len(self._waiting) > 1)
        self.setVisible(self._shown is not None)
        self.resized.emit()

    def _act(self) -> None:
        fault = self._put_away()
        if fault is not None:
            self.acted.emit(fault)

    def _dismiss(self) -> None:
        fault = self._put_away()
        if fault is not None and fault.number >= 0:
            self.dismissed.emit(fault)

    def _put_away(self) -> Fault | None:
        fault = self._shown
        if fault is not None:
            del self._waiting[fault.number]
            if fault.number >= 0:
                self._done.add(fault.number)
            self._refresh()
        return fault
