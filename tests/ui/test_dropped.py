"""Drag and drop, by the events that Qt sends the window."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent

from support.fake_session import FakeSession
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def drop(window: MainWindow, mime: QMimeData) -> bool:
    where, copy = QPoint(50, 50), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, copy, mime, buttons, keys)
    QCoreApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    assert window.stage.drop.isVisible()
    QCoreApplication.sendEvent(window, QDropEvent(QPointF(where), copy, mime, buttons, keys))
    assert not window.stage.drop.isVisible()
    return True


def of_urls(*urls: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(url) for url in urls])
    return mime


def of_text(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


@pytest.mark.parametrize(
    ("mime", "call"),
    [
        (of_urls("file:///media/a clip.mp4", "file:///media/b.mp4"), ("open_source", "/media/a clip.mp4")),
        (of_urls("file:///media/holiday"), ("open_source", "/media/holiday")),
        (of_urls("rtsp://10.0.0.2/live"), ("open_source", "rtsp://10.0.0.2/live")),
        (of_text(" http://10.0.0.2/mjpeg "), ("open_source", "http://10.0.0.2/mjpeg")),
        (of_urls("file:///models/dpt.PT"), ("open_model_file", "/models/dpt.PT", True)),
        (of_urls("file:///models/a.safetensors"), ("open_model_file", "/models/a.safetensors", True)),
    ],
)
def test_what_is_dropped_is_opened(open_window: OpenWindow, mime: QMimeData, call: tuple[object, ...]) -> None:
    window, session = open_window()
    assert drop(window, mime)
    assert session.calls[-1] == call


@pytest.mark.parametrize("mime", [of_text("hello"), of_urls("mailto:a@b.c"), QMimeData()])
def test_what_cannot_be_opened_is_not_taken(open_window: OpenWindow, mime: QMimeData) -> None:
    window, _ = open_window()
    assert not drop(window, mime)
    assert not window.stage.drop.isVisible()


def test_a_drag_that_leaves_takes_its_highlight_along(open_window: OpenWindow) -> None:
    window, _ = open_window()
    mime, no = of_urls("file:///media/a.mp4"), (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, *no))
    assert window.stage.drop.isVisible()
    QCoreApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.stage.drop.isVisible()
