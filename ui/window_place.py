"""Where the window stands and how large it is, kept as text from one run to the next."""

from PyQt6.QtCore import QByteArray, QSize
from PyQt6.QtWidgets import QWidget

DEFAULT_WH = (1280, 800)
_LEAST_BYTES = 46  # of the oldest form that Qt reads; it takes a shorter one for a window without size


def remembered(window: QWidget) -> str:
    """Used by: window thread, while the window is still shown."""
    return window.saveGeometry().toBase64().data().decode("ascii")


def restore(window: QWidget, place: str) -> None:
    """Where the window was last; Qt moves it onto a screen that is there. The default where that fails.

    Used by: window thread.
    """
    saved = QByteArray.fromBase64(place.encode("ascii", "ignore"))
    if saved.size() < _LEAST_BYTES or not window.restoreGeometry(saved):
        screen = window.screen()
        room = screen.availableSize() if screen is not None else QSize(*DEFAULT_WH)
        window.resize(QSize(*DEFAULT_WH).boundedTo(room))
