"""What every test gets: folders of its own, a check that it leaves nothing running, and a display on request."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
_GRACE_S = 10.0  # for a thread that was told to end and is on its way
_SCREEN = "1600x1000x24"
_UNTIL_THE_END_OF_INPUT = '"$@" & read -r _; kill $!; wait'  # which comes however the tests end, also by a kill


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason=f"needs the reference numbers and media in {SHARED}"))
        fixtures: list[str] = getattr(item, "fixturenames", [])
        if item.get_closest_marker("window") and "display" not in fixtures:
            fixtures.insert(0, "display")
        if "display" in fixtures and not item.get_closest_marker("timeout"):
            # Qt's loop takes the usual time-out's exception for one of a slot's and goes on: this one ends the run
            item.add_marker(pytest.mark.timeout(180, method="thread"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Looked up when the test is due, so that collecting imports neither torch nor OpenCV."""
    if item.get_closest_marker("gpu") and not _has_cuda():
        pytest.skip("needs a CUDA device")
    if item.get_closest_marker("camera") and not _has_camera():
        pytest.skip("needs a webcam")


def _has_cuda() -> bool:
    import torch

    return torch.cuda.is_available()


def _has_camera() -> bool:
    from core.sources.cameras import list_cameras

    return bool(list_cameras())


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference numbers and real media beside the checkout; mark the test `shared`."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the reference numbers and media in {SHARED}")
    return SHARED


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, models, caches and pictures of the person who runs the tests are never touched."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FATHOM_HOME", str(home / "fathom"))
    monkeypatch.setenv("FATHOM_MODELS", str(home / "models"))
    for kind in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    for name in ("FATHOM_TORCH_INDEX", "FATHOM_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fails a test after which a thread or a child process it started goes on."""
    threads, children = set(threading.enumerate()), _child_processes()
    yield
    started = [thread for thread in threading.enumerate() if thread not in threads and not _of_a_library(thread)]
    for thread in started:
        thread.join(_GRACE_S)
    left = [thread.name for thread in started if thread.is_alive()]
    left += [f"process {number}" for number in sorted(_child_processes() - children)]
    if left:
        pytest.fail(f"left running: {', '.join(left)}")


def _of_a_library(thread: threading.Thread) -> bool:
    """Threads that Python merely saw pass by, such as Qt's, and tqdm's monitor, which is one for the process."""
    return isinstance(thread, threading._DummyThread) or type(thread).__name__ == "TMonitor"


def _child_processes() -> set[int]:
    """On Linux; empty where the system does not tell."""
    numbers: set[int] = set()
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            numbers.update(map(int, listing.read_text().split()))
        except OSError:
            continue  # the thread ended meanwhile
    return numbers


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A real display for windows: Xvfb where it is installed, so that nobody's desktop flickers, else theirs.

    Without either the test is skipped; under CI it fails.
    """
    xvfb = shutil.which("Xvfb") if sys.platform == "linux" else None
    if xvfb is None:
        if not _has_own_display():
            _missing("no display, and no Xvfb to make one")
        yield
        return
    with pytest.MonkeyPatch.context() as environment, _running_xvfb(xvfb) as number:
        environment.setenv("DISPLAY", f":{number}")
        environment.setenv("QT_QPA_PLATFORM", "xcb")
        environment.delenv("WAYLAND_DISPLAY", raising=False)
        if "XDG_RUNTIME_DIR" not in os.environ:  # Qt complains on stderr, and wants it private
            folder = tmp_path_factory.mktemp("runtime")
            folder.chmod(0o700)
            environment.setenv("XDG_RUNTIME_DIR", str(folder))
        yield


def _has_own_display() -> bool:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in names)


def _missing(what: str) -> None:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


@contextmanager
def _running_xvfb(program: str) -> Iterator[str]:
    """Xvfb until the block ends; gives the display number, which it picks itself."""
    read_fd, write_fd = os.pipe()
    arguments = ["-displayfd", str(write_fd), "-screen", "0", _SCREEN, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(
        ["/bin/sh", "-c", _UNTIL_THE_END_OF_INPUT, "sh", program, *arguments],
        pass_fds=(write_fd,),
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_fd)
    try:
        with os.fdopen(read_fd) as pipe:
            number = pipe.readline().strip()  # written once the server takes clients; empty when it died
        if not number:
            _missing("Xvfb did not start")
        yield number
    finally:
        server.communicate()


@pytest.fixture(scope="session")
def qapp(display: None) -> "Iterator[QApplication]":
    """The one QApplication; what Qt must be told before it exists belongs in front of it, here."""
    from PyQt6 import sip
    from PyQt6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["fathom-tests"])
    assert isinstance(app, QApplication)
    yield app
    sip.delete(app)  # before the display goes: a Qt that loses its X server ends the process, with status 1
