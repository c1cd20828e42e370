import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from app.settings import Settings
from app.settings_store import SettingsStore
from core.errors import WindowError
from support.fake_session import CLIP, FakeSession, a_result
from support.waiting import until
from ui import application
from ui.application import exceptions_shown_by, run
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def playing(settings: Settings, wake: Callable[[], None], store: SettingsStore | None) -> FakeSession:
    """A session that has a picture and its depth when it starts."""
    session = FakeSession(settings, wake, store)
    session.play_source(CLIP)
    session.give(a_result())
    return session


def test_it_ends_by_itself_and_leaves_a_screenshot(dressed: QApplication, tmp_path: Path) -> None:
    picture = tmp_path / "new" / "window.png"
    code = run(
        Settings(view="colour", ruler=False), None, exit_after_s=0.5, screenshot=picture, make_session=playing
    )
    assert code == 0
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1280, 800)
    red = [image.pixelColor(x, 400).red() for x in (60, 450, 850)]
    assert red[0] < red[1] < red[2]  # the picture itself, not only the panel around it


def test_without_depth_the_screenshot_is_a_failure_in_one_line(dressed: QApplication, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    with pytest.raises(WindowError, match=r"no depth was painted.*source: none"):
        run(Settings(), None, exit_after_s=0.1, screenshot=picture, make_session=FakeSession)  # type: ignore[arg-type]
    assert picture.exists()


def test_a_screenshot_that_cannot_be_written_says_where(dressed: QApplication, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(WindowError, match="could not be written"):
        run(Settings(), None, exit_after_s=0.2, screenshot=in_the_way / "window.png", make_session=playing)


def test_the_end_alone_needs_no_depth(dressed: QApplication) -> None:
    assert run(Settings(), None, exit_after_s=0.05, make_session=FakeSession) == 0  # type: ignore[arg-type]


def test_a_problem_of_the_start_is_shown(dressed: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    end = application._end

    def look_and_end(window: MainWindow, *rest: object) -> None:
        shown.append(window.stage.banner.line.text())
        end(window, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(application, "_end", look_and_end)
    run(Settings(), None, problem="the settings were damaged", exit_after_s=0.05, make_session=playing)
    assert shown == ["The settings were damaged"]


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "has_display", lambda: False)
    with pytest.raises(WindowError, match="display"):
        run(Settings(), None)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_kill_closes_the_window(dressed: QApplication, number: int) -> None:
    sessions: list[FakeSession] = []

    def killed_at_its_start(*args: object) -> FakeSession:
        sessions.append(FakeSession(*args))  # type: ignore[arg-type]
        QTimer.singleShot(50, lambda: os.kill(os.getpid(), number))
        return sessions[0]

    before = signal.getsignal(number)
    assert run(Settings(), None, make_session=killed_at_its_start) == 0  # type: ignore[arg-type]
    assert sessions[0].asked("close") == [()]
    assert signal.getsignal(number) is before


def test_an_exception_in_a_slot_becomes_a_line_and_the_window_goes_on(
    open_window: OpenWindow, caplog: pytest.LogCaptureFixture
) -> None:
    window, session = open_window()

    def fail() -> None:
        raise ValueError("a slot that fails")

    before = sys.excepthook
    with exceptions_shown_by(window):
        for _ in range(3):
            QTimer.singleShot(0, fail)
        with caplog.at_level(logging.ERROR):
            until(window.stage.banner.isVisible)
        assert "a slot that fails" in window.stage.banner.line.text()
        assert not window.stage.banner.more.isVisible()  # three times the same is one line
        assert "Traceback" in caplog.text
        session.play_source(CLIP)
        until(lambda: window.status.source is CLIP)
    assert sys.excepthook is before


def test_an_exception_while_painting_is_said_once(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, _ = open_window()
    calls: list[int] = []

    def fail(*_: object) -> None:
        calls.append(1)
        raise RuntimeError("cannot paint")

    with exceptions_shown_by(window):
        monkeypatch.setattr(window.status_line, "show_figures", fail)
        until(lambda: len(calls) >= 3)
        assert window.stage.banner.shown() is not None
        assert not window.stage.banner.more.isVisible()
