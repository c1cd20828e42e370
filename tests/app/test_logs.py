"""The log file and what reaches the terminal."""

import logging
import sys
import threading
import warnings
from pathlib import Path
from typing import TypeAlias

import pytest

from app import logs
from app.logs import logging_to
from app.paths import log_file, pictures_dir, settings_file, videos_dir

Capture: TypeAlias = pytest.CaptureFixture[str]
_log = logging.getLogger("core.somewhere")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "fathom.log"


def fail_in_a_thread() -> None:
    def run() -> None:
        raise ValueError("no more frames")

    thread = threading.Thread(target=run, name="capture")
    thread.start()
    thread.join()


def test_the_terminal_gets_short_lines_and_the_file_everything(path: Path, capsys: Capture) -> None:
    with logging_to(path):
        _log.debug("too much")
        _log.info("opened %s", "demo")
        _log.warning("lost the camera")
        try:
            raise OSError("no such device")
        except OSError:
            _log.exception("reconnecting")
    assert capsys.readouterr().err == "fathom: lost the camera\nfathom: reconnecting: OSError: no such device\n"
    text = path.read_text(encoding="utf-8")
    assert "too much" not in text
    assert "INFO MainThread core.somewhere: opened demo" in text
    assert "Traceback (most recent call last)" in text
    assert text.count("OSError: no such device") == 1


def test_debug_puts_tracebacks_and_everything_on_the_terminal(path: Path, capsys: Capture) -> None:
    with logging_to(path, debug=True):
        _log.debug("a detail")
        fail_in_a_thread()
    err = capsys.readouterr().err
    assert "fathom: a detail" in err
    assert "Traceback" in err
    assert "ValueError: no more frames" in err


def test_a_thread_that_ends_by_an_error_is_logged_with_its_traceback(path: Path, capsys: Capture) -> None:
    with logging_to(path):
        fail_in_a_thread()
    assert capsys.readouterr().err == "fathom: capture ended by an error: ValueError: no more frames\n"
    text = path.read_text(encoding="utf-8")
    assert "CRITICAL capture app.logs: capture ended by an error" in text
    assert "Traceback" in text


def test_a_thread_that_leaves_by_system_exit_is_no_error(path: Path, capsys: Capture) -> None:
    with logging_to(path):
        thread = threading.Thread(target=sys.exit)
        thread.start()
        thread.join()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("open rtsp://me:secret@cam:554/1 failed", "open rtsp://cam:554/1 failed"),
        ("open http://me:p@ss@cam/1", "open http://cam/1"),
        ("open http://cam:8080/a@b", "open http://cam:8080/a@b"),
        ("mail me@example.com", "mail me@example.com"),
    ],
)
def test_passwords_of_addresses_are_left_out(path: Path, capsys: Capture, text: str, kept: str) -> None:
    with logging_to(path):
        _log.warning("%s", text)
        _log.warning("again", exc_info=OSError(text))
    assert capsys.readouterr().err == f"fathom: {kept}\nfathom: again: OSError: {kept}\n"
    assert text == kept or text not in path.read_text(encoding="utf-8")


def test_warnings_of_libraries_go_to_the_file_alone(path: Path, capsys: Capture) -> None:
    with warnings.catch_warnings(), logging_to(path):
        warnings.simplefilter("always")
        warnings.warn("old function", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == ""
    assert "old function" in path.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_costs_one_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    with logging_to(tmp_path / "logs" / "fathom.log"):
        _log.warning("still here")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("fathom: no log is written, ")
    assert lines[1] == "fathom: still here"


def test_the_file_stays_small(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LARGEST_BYTES", 2000)
    with logging_to(path):
        for _ in range(200):
            _log.info("x" * 80)
    sizes = [item.stat().st_size for item in path.parent.iterdir()]
    assert len(sizes) == 4
    assert max(sizes) <= 2000


def test_afterwards_all_is_as_before(path: Path) -> None:
    root = logging.getLogger()
    before = root.level, list(root.handlers), threading.excepthook, logging.raiseExceptions
    with pytest.raises(KeyError), logging_to(path):
        raise KeyError
    assert (root.level, root.handlers, threading.excepthook, logging.raiseExceptions) == before


def test_without_a_terminal_the_file_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with logging_to(path):
        _log.warning("seen by nobody")
    assert "seen by nobody" in path.read_text(encoding="utf-8")


def test_everything_lies_under_the_home_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATHOM_HOME", str(tmp_path / "portable"))
    for path in (settings_file(), log_file(), pictures_dir(), videos_dir()):
        assert path.is_relative_to(tmp_path / "portable")
    assert not (tmp_path / "portable").exists(), "asking makes nothing"


def test_without_a_named_home_the_systems_folders_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FATHOM_HOME")
    assert (settings_file().name, settings_file().parent.name) == ("settings.json", "fathom")
    assert pictures_dir().name == videos_dir().name == "Fathom"
    assert len({settings_file(), log_file(), pictures_dir(), videos_dir()}) == 4
