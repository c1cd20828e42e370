"""Runs the window: application, theme, the net under every slot, and the automatic end for tests."""

import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import QEvent, QObject, QTimer, pyqtSignal
from PyQt6.QtWidgets import QApplication

from app.display import has_display
from app.session import Session
from app.settings import Settings
from app.settings_store import SettingsStore
from core.errors import WindowError
from ui import theme
from ui.bridge import Bridge
from ui.main_window import MainWindow

_log = logging.getLogger(__name__)

MakeSession = Callable[[Settings, Callable[[], None], SettingsStore | None], Session]


def run(
    settings: Settings,
    store: SettingsStore | None,
    *,
    problem: str | None = None,
    exit_after_s: float | None = None,
    screenshot: Path | None = None,
    make_session: MakeSession = Session,
) -> int:
    """Show the window until it is closed; gives the exit code.

    `problem` is a line to show at the start. With `exit_after_s` the window closes by itself, after `screenshot`
    was written; that fails where no depth was painted until then. Raises: WindowError.
    """
    if not has_display():
        raise WindowError("the window needs a display, and there is none")
    app = make_application()
    bridge = Bridge()
    window = MainWindow(make_session(settings, bridge.wake, store), bridge)
    failures: list[str] = []
    with exceptions_shown_by(window), _ended_by_signals(window):
        if problem:
            window.complain(problem)
        if exit_after_s is not None:
            QTimer.singleShot(round(1e3 * exit_after_s), lambda: _end(window, screenshot, failures))
        window.show()
        code = app.exec()
    take_apart(app, window)
    if failures:
        raise WindowError(failures[0])
    return code


def make_application() -> QApplication:
    """The one QApplication, dressed."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("fathom")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("fathom")
    theme.apply(app)
    return app


def take_apart(app: QApplication, window: MainWindow) -> None:
    """After the last event. Left to Python, which may let go of `app` first, widgets would be taken apart without
    the application that they need."""
    window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class _Reporter(QObject):
    """Carries a line to the window from whatever thread it was met on."""

    said = pyqtSignal(str)


@contextmanager
def exceptions_shown_by(window: MainWindow) -> Iterator[None]:
    """An exception in a slot is logged and becomes a line in the banner. PyQt would end the program otherwise."""
    reporter = _Reporter()
    reporter.said.connect(window.complain)
    seen: set[str] = set()

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        line = f"something in the window failed ({kind.__name__}: {error}); the log tells more"
        if line not in seen:  # a paint that fails does so sixty times a second
            seen.add(line)
            _log.error("unexpected error in the window", exc_info=(kind, error, trace))
            reporter.said.emit(line)

    before, sys.excepthook = sys.excepthook, hook
    try:
        yield
    finally:
        sys.excepthook = before


@contextmanager
def _ended_by_signals(window: MainWindow) -> Iterator[None]:
    """Ctrl+C in the terminal and a polite kill close the window as its own button does.

    Python handles a signal when it next runs: the window's ticker sees to that twice a second.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: window.close())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(window: MainWindow, screenshot: Path | None, failures: list[str]) -> None:
    """Take the screenshot that was asked for and close the window, whatever comes of it."""
    try:
        if screenshot is not None:
            failures += _shoot(window, screenshot)
    finally:
        window.close()


def _shoot(window: MainWindow, screenshot: Path) -> list[str]:
    """Write the window's picture; gives what went wrong, which also is a window without depth."""
    window.repaint()
    image = window.grab()
    try:
        screenshot.parent.mkdir(parents=True, exist_ok=True)
        written = image.save(str(screenshot), "PNG")
    except OSError:
        written = False
    if not written:
        return [f"the screenshot could not be written to {screenshot}: choose a file in a folder you may write to"]
    if window.painted:
        return []
    state = window.status
    return [
        f"no depth was painted until the window closed (source: {state.source_state.value}, "
        f"model: {state.model_state.value}); the screenshot shows what was there"
    ]
