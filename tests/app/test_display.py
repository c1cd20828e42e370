import socket
import sys

import pytest

from app import display
from app.display import has_display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_named_is_no_display() -> None:
    assert not has_display()


@pytest.mark.parametrize("left_over", [":4711", "unix:4711", "localhost:4711", "nonsense", ":4711.0"])
def test_a_name_that_nobody_answers_to_is_no_display(monkeypatch: pytest.MonkeyPatch, left_over: str) -> None:
    monkeypatch.setenv("DISPLAY", left_over)
    assert not has_display()


def test_a_server_that_answers_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(display, "_X_PORT", server.getsockname()[1])
        monkeypatch.setenv("DISPLAY", "127.0.0.1:0.0")
        assert has_display()


@pytest.mark.parametrize(("name", "value"), [("WAYLAND_DISPLAY", "wayland-0"), ("QT_QPA_PLATFORM", "offscreen")])
def test_other_platforms_are_qt_s_business(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert has_display()
