"""What the window hears before Qt acts on it, without taking part in what Qt does then.

An `event` of the window's own in Python would hold the interpreter's lock until it returns: for the paint of the
whole window milliseconds, in which the network cannot start its next operation. A filter has returned by then.
"""

from PyQt6.QtCore import QEvent, QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication, QWidget

from ui.shortcuts import keeps


class KeptKeys(QObject):
    """Lets the focused control have the keys that it needs, where they would be shortcuts of the window's."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and keeps(QApplication.focusWidget(), event.key(), event.modifiers())
        ):
            event.accept()
            return True
        return False


class FirstPaint(QObject):
    """Tells once that the window was painted."""

    done = pyqtSignal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if watched is not None and event is not None and event.type() == QEvent.Type.UpdateRequest:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.done.emit)  # the paint is what Qt does next
        return False
