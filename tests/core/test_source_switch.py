"""What a first start opens; the switching itself is tested through the pipeline."""

from pathlib import Path

import pytest

import core.sources.cameras
import core.sources.opener
from core.messages import CameraInfo
from core.source_switch import open_source


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
