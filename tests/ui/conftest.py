"""A window over a session that a test holds."""

import sys
from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.session import Session
from app.settings import Settings
from support.fake_session import FakeSession
from support.waiting import until
from ui.application import make_application
from ui.bridge import Bridge
from ui.main_window import MainWindow

OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]
PlayWindow = Callable[..., MainWindow]


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> QApplication:
    return make_application()


@pytest.fixture
def open_window(dressed: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenWindow]:
    """`open_window(setting=value …)`: a window that is shown, active and started, and its session."""
    opened: list[MainWindow] = []
    met: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: met.append(error))  # else Qt aborts

    def make(*, show: bool = True, **settings: object) -> tuple[MainWindow, FakeSession]:
        bridge = Bridge()
        session = FakeSession(Settings(**settings), bridge.wake)
        window = MainWindow(session, bridge)  # type: ignore[arg-type]
        opened.append(window)
        if show:
            window.show()
            window.activateWindow()
            assert QTest.qWaitForWindowActive(window)
            until(lambda: session.asked("start"))
        return window, session

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if met:
        raise met[0]


@pytest.fixture
def play_window(dressed: QApplication) -> Iterator[PlayWindow]:
    """`play_window(setting=value …)`: a window over a real session, small and on the CPU, that has painted."""
    opened: list[MainWindow] = []

    def make(**settings: object) -> MainWindow:
        bridge = Bridge()
        chosen = Settings(size="64", precision="fp32", device="cpu", **settings)  # type: ignore[arg-type]
        window = MainWindow(Session(chosen, bridge.wake), bridge)
        opened.append(window)
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window)
        until(lambda: window.painted >= 2)
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
