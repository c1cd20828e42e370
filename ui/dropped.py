"""What is dropped on the window: something to play, or weights to run."""

from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QEvent, QMimeData, QObject
from PyQt6.QtGui import QDragEnterEvent, QDropEvent

from ui.addresses import WEIGHTS_SUFFIXES, is_stream, short_name, stream_problem

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Dropped(NamedTuple):
    address: str
    is_model: bool


def read(mime: QMimeData | None) -> Dropped | None:
    """The first thing in a drop that can be opened; None where there is none."""
    if mime is None:
        return None
    for url in mime.urls() if mime.hasUrls() else []:
        address = url.toLocalFile() if url.isLocalFile() else url.toString()
        if url.isLocalFile():
            return Dropped(address, is_model=address.lower().endswith(WEIGHTS_SUFFIXES))
        if is_stream(address):
            return Dropped(address, is_model=False)
    text = mime.text().strip() if mime.hasText() else ""
    if is_stream(text) and not stream_problem(text):
        return Dropped(text, is_model=False)
    return None


class DropTarget(QObject):
    """The whole window as a place to drop on: says what a drop would do, and does it. Used by: window thread."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None:
            match event.type():
                case QEvent.Type.DragEnter if isinstance(event, QDragEnterEvent):
                    self._enter(event)
                case QEvent.Type.DragLeave:
                    self._window.stage.show_drop("")
                case QEvent.Type.Drop if isinstance(event, QDropEvent):
                    self._drop(event)
        return False

    def _enter(self, event: QDragEnterEvent) -> None:
        window = self._window
        if (found := read(event.mimeData())) is not None:
            run = "compare" if window.comparing.is_on else "run"
            window.stage.show_drop(f"Drop to {run if found.is_model else 'open'} {short_name(found.address)}")
            event.acceptProposedAction()

    def _drop(self, event: QDropEvent) -> None:
        window = self._window
        window.stage.show_drop("")
        found = read(event.mimeData())
        if found is None:
            return
        event.acceptProposedAction()
        if found.is_model and window.comparing.is_on:
            window.comparing.add(found.address)
        elif found.is_model:
            window.session.open_model_file(found.address)
        else:
            window.open_source(found.address)
