"""A snapshot's view as PNG, encoded off the window's thread and handed to the session; says where it lies."""

from collections import deque
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QBuffer, QIODevice, QObject, QRunnable, Qt, QThreadPool, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices, QImage

from core.messages import DepthResult
from ui.chip import Toast
from ui.wording import from_home

Save = Callable[[DepthResult, bytes | None, Callable[[Path], None]], None]


class Snapshots(QObject):
    """Owns a pool of one thread. Used by: window thread."""

    _encoded = pyqtSignal()
    _written = pyqtSignal(Path)  # from the session's thread

    def __init__(self, save: Save, toast: Toast, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._save = save
        self._toast = toast
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._done: deque[tuple[DepthResult, bytes | None]] = deque()
        self._encoded.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)
        self._written.connect(self._say_saved, Qt.ConnectionType.QueuedConnection)

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
            self._save(*self._done.popleft(), self._written.emit)

    def _say_saved(self, folder: Path) -> None:
        self._toast.say(
            f"Saved to {from_home(folder)}",
            "Open folder",
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))),
        )


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
