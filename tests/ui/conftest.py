"""A display and one QApplication for every test that opens a window."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication


@pytest.fixture(scope="session")
def display() -> Iterator[None]:
    """A real display: the one there is, or Xvfb for the time of the tests; skips where neither can be had."""
    has_one = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    if has_one or sys.platform in ("win32", "darwin"):
        yield
        return
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        pytest.skip("no display, and no Xvfb to make one")
    read_fd, write_fd = os.pipe()
    server = subprocess.Popen(
        [xvfb, "-displayfd", str(write_fd), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=(write_fd,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write_fd)
    with os.fdopen(read_fd) as pipe:
        number = pipe.readline().strip()  # written once the server takes clients; empty when it died
    if not number:
        server.wait()
        pytest.skip("Xvfb did not start")
    os.environ["DISPLAY"] = f":{number}"
    yield
    del os.environ["DISPLAY"]
    server.terminate()
    server.wait()


@pytest.fixture(scope="session")
def qapp(display: None) -> Iterator[QApplication]:
    """The one QApplication. Settings of Qt that must come first belong before this line."""
    app = QApplication.instance() or QApplication(["fathom-tests"])
    assert isinstance(app, QApplication)
    yield app
