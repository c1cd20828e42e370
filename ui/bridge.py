"""From the pipeline's threads to the window: many wakes, few refreshes, no payload."""

import threading

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

SHORTEST_GAP_MS = 4  # between two refreshes, so that paints and clicks get their turn under any load


class Bridge(QObject):
    """Owns the wake: called from any thread, any number of times a second, also after the window is gone.

    `woken` comes on the window thread, at least once after the last wake. Its slot fetches what is new.
    """

    woken = pyqtSignal()
    _posted = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._pending = False  # a wake is on its way to the window thread
        self._closed = False
        self._gap = QTimer(self)
        self._gap.setSingleShot(True)
        self._gap.setInterval(SHORTEST_GAP_MS)
        self._gap.timeout.connect(self._gap_over)
        self._waiting = False  # woken within the gap
        self._posted.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def wake(self) -> None:
        """Something is new. Used by: all threads."""
        with self._lock:  # held while posting: close() then waits, so nothing is posted to a dead object
            if self._pending or self._closed:
                return
            self._pending = True
            self._posted.emit()

    def close(self) -> None:
        """No `woken` after this. Used by: window thread."""
        with self._lock:
            self._closed = True
        self._gap.stop()

    def _arrive(self) -> None:
        with self._lock:
            self._pending = False
            if self._closed:
                return
        if self._gap.isActive():
            self._waiting = True
        else:
            self._deliver()

    def _gap_over(self) -> None:
        if self._waiting:
            self._deliver()

    def _deliver(self) -> None:
        self._waiting = False
        self._gap.start()
        self.woken.emit()
