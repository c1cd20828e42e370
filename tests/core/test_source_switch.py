"""What a first start opens, and what is told of it; the switching itself is tested through the pipeline."""

import threading
from pathlib import Path

import pytest

import core.sources.cameras
import core.sources.opener
from core.capture import SourceWish
from core.errors import SourceError
from core.messages import CameraInfo
from core.source_switch import SourceSwitch, open_source
from core.sources.source import Source
from core.status_board import StatusBoard
from support.fakes import LONG_S


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []
    monkeypatch.setattr(core.sources.opener, "open_source", lambda address, *_: addresses.append(address))
    return addresses


def test_a_first_start_opens_a_camera_where_there_is_one_else_the_demo(
    monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    cameras: tuple[CameraInfo, ...] = ()
    monkeypatch.setattr(core.sources.cameras, "list_cameras", lambda: cameras)
    open_source("", "1280x720@30", lambda: False)
    cameras = (CameraInfo("camera:0", "One"),)
    open_source("", "1280x720@30", lambda: False)
    assert opened == ["demo", "camera"]


def test_an_address_is_opened_as_it_is_without_looking_for_cameras(
    monkeypatch: pytest.MonkeyPatch, opened: list[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(core.sources.cameras, "list_cameras", lambda: pytest.fail("looked for cameras"))
    open_source(str(tmp_path), "1280x720@30", lambda: False)
    assert opened == [str(tmp_path)]


def test_a_stream_that_opens_is_told_without_its_password() -> None:
    told = threading.Event()

    def refuse(*_: object) -> Source:
        assert told.wait(LONG_S)
        raise SourceError("no answer")

    board = StatusBoard(lambda: None)
    switch = SourceSwitch(board, lambda: None, lambda: None, refuse)
    switch.open(SourceWish("rtsp://admin:secret@host/live?key=1"))
    detail = board.read().source_detail
    told.set()
    switch.stop()
    switch.join()
    assert detail == "opening rtsp://host/live"
