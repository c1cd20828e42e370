"""A snapshot's view as PNG, encoded off the window's thread and handed to the session."""

from collections import deque
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QBuffer, QIODevice, QObject, QRunnable, Qt, QThreadPool, pyqtSignal
from PyQt6.QtGui import QImage

from core.messages import DepthResult

Save = Callable[[DepthResult, bytes | None], Path]


class Snapshots(QObject):
    """Owns a pool of one thread. `saved` carries the folder of the files. Used by: window thread."""

    saved = pyqtSignal(object)
    _encoded = pyqtSignal()

    def __init__(self, save: Save, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._save = save
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._done: deque[tuple[DepthResult, bytes | None]] = deque()
        self._encoded.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def take(self, result: DepthResult, view: QImage) -> None:
        self._pool.start(_Encoding(result, view, self._take_in))

    def finish(self) -> None:
        """Hand over what is still being encoded; for the end of the program."""
        self._pool.waitForDone()
        self._hand_over()

    def _take_in(self, result: DepthResult, view_png: bytes | None) -> None:
        """Used by: the pool's thread."""
        self._done.append((result, view_png))
        self._encoded.emit()

    def _hand_over(self) -> None:
        while self._done:
            self.saved.emit(self._save(*self._done.popleft()))


class _Encoding(QRunnable):
    def __init__(
        self, result: DepthResult, view: QImage, done: Callable[[DepthResult, bytes | None], None]
    ) -> None:
        super().__init__()
        self._result = result
        self._view = view
        self._done = done

    def run(self) -> None:
        self._done(self._result, png_of(self._view))


def png_of(image: QImage) -> bytes | None:
    """`image` as the bytes of a PNG file; None for a null image."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return bytes(buffer.data().data()) if image.save(buffer, "PNG") else None
