"""Viewports in a real window: pictures and depth to show, what is on the screen, and the mouse."""

import time

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtTest import QSignalSpy, QTest
from PyQt6.QtWidgets import QApplication, QWidget

from core.look import Look, View
from core.messages import DepthResult, Frame, ModelInfo
from ui.images import array_of
from ui.viewport import Viewport

MODEL = ModelInfo("toy", 1, 64, "fp32", "cpu", "CPU")


def gradient(height: int = 120, width: int = 161) -> np.ndarray:
    """A picture whose red tells the column and green the row; odd widths show a wrong row alignment."""
    y, x = np.mgrid[0:height, 0:width]
    blue = np.where((x // 20 + y // 20) % 2, 200, 60)
    return np.stack([x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), blue], axis=2).astype(np.uint8)


def ramp(height: int = 33, width: int = 47) -> np.ndarray:
    """Inverse depth from 1000 at the upper left to 2000 at the lower right."""
    y, x = np.mgrid[0:height, 0:width]
    return (1000 + 500 * (x / max(width - 1, 1) + y / max(height - 1, 1))).astype(np.float32)


def result(rgb=None, depth=None, index=0, source_id=0) -> DepthResult:
    rgb = gradient() if rgb is None else rgb
    depth = ramp() if depth is None else depth
    for array in (rgb, depth):
        array.setflags(write=False)
    now_s = time.monotonic()
    frame = Frame(index, now_s, rgb, source_id=source_id)
    return DepthResult(frame, depth, 1020.0, 1980.0, MODEL, now_s, now_s)


LOOK = Look(View.DEPTH, "viridis", low=1000.0, high=2000.0)


def shown(widget: QWidget, width: int = 640, height: int = 480) -> QWidget:
    widget.resize(width, height)
    widget.show()
    assert QTest.qWaitForWindowExposed(widget)
    return widget


def paint(viewport: Viewport, what: DepthResult) -> None:
    """Show `what` and wait until it is on the screen."""
    spy = QSignalSpy(viewport.painted)
    viewport.show_result(what)
    assert spy.wait()


def on_screen(viewport: Viewport) -> np.ndarray:
    return array_of(viewport.grab().toImage())


def hover(viewport: Viewport, x: float, y: float) -> None:
    """A move of the mouse as the widget gets it; QTest moves the real pointer, whose events come late."""
    place = QPointF(x, y)
    none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, place, viewport.mapToGlobal(place), none, none, keys)
    QApplication.sendEvent(viewport, event)


def turn_wheel(viewport: QWidget, x: float, y: float, notches: int) -> None:
    place = QPointF(x, y)
    buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        place, viewport.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), buttons, keys, phase, False
    )
    QApplication.sendEvent(viewport, event)
