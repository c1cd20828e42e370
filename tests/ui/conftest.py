"""A window over a session that a test holds."""

import sys
from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.session import Session
from app.settings import Settings
from core.comparing.view import ComparisonView
from support.fake_session import FakeSession
from support.viewports import shown
from support.waiting import until
from ui.application import make_application
from ui.bridge import Bridge
from ui.compare_stage import CompareStage
from ui.gl_canvas import GlCanvas
from ui.main_window import MainWindow
from ui.raster_canvas import RasterCanvas
from ui.viewport import Viewport

OpenStage = Callable[..., CompareStage]
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


@pytest.fixture
def open_stage(dressed: QApplication) -> Iterator[OpenStage]:
    opened: list[CompareStage] = []

    def make(
        view: ComparisonView | None = None, wh: tuple[int, int] = (1000, 700), **settings: object
    ) -> CompareStage:
        stage = CompareStage()
        opened.append(stage)
        stage.resize(*wh)
        stage.set_settings(Settings(**settings))
        stage.show()
        assert QTest.qWaitForWindowExposed(stage)
        if view is not None:
            stage.show_view(view)
        QTest.qWait(1)  # Qt lays the cells out
        return stage

    yield make
    for stage in opened:
        stage.close()
        stage.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(params=["opengl", "raster"])
def viewport(request, qapp):
    widget = shown(Viewport(opengl=request.param == "opengl"))
    assert isinstance(widget._canvas, GlCanvas if request.param == "opengl" else RasterCanvas)
    yield widget
    widget.close()
    widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
