from pathlib import Path

import pytest

from ui.addresses import existing_folder, icon_name, is_file, short_name, stream_problem
from ui.theme import ICONS


@pytest.mark.parametrize(
    ("address", "name", "icon"),
    [
        ("demo", "Demo scene", "source-demo"),
        ("camera", "Camera", "source-camera"),
        ("camera:HD Pro", "HD Pro", "source-camera"),
        ("rtsp://me:secret@10.0.0.2:554/live/", "10.0.0.2/live", "source-stream"),
        ("HTTP://example.org/cam", "example.org/cam", "source-stream"),
        ("rtsp://me:pa[ss@10.0.0.2/live", "Stream", "source-stream"),  # no address, and nobody's password
        ("/media/clip.mp4", "clip.mp4", "source-video"),
        ("/media/holiday", "holiday", "folder"),
        ("", "", "source-camera"),
    ],
)
def test_what_a_picker_shows(address: str, name: str, icon: str) -> None:
    assert short_name(address) == name
    assert icon_name(address) == icon
    assert (ICONS / f"{icon}.svg").is_file()


@pytest.mark.parametrize(
    "text", ["rtsp://10.0.0.2/live", "http://host:8080/", "https://u:p@host/a?b=c", "rtsp://[::1]/a"]
)
def test_good_stream_addresses(text: str) -> None:
    assert stream_problem(text) == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Type an address"),
        ("10.0.0.2/live", "starts with rtsp://"),
        ("ftp://10.0.0.2", "starts with rtsp://"),
        ("rtsp://", "no host"),
        ("http:///path", "no host"),
        ("rtsp://host:99999/a", "no address"),
        ("http://[::1/a", "no address"),
    ],
)
def test_bad_stream_addresses(text: str, says: str) -> None:
    assert says in stream_problem(text)


def test_a_dialog_starts_where_the_newest_file_was() -> None:
    recent = ("demo", "rtsp://10.0.0.2/a", "/media/holiday/a.mp4", "/other/b.mp4")
    assert existing_folder(recent) == str(Path("/media/holiday"))
    assert existing_folder(("camera:0",)) == str(Path.home())
    assert not is_file("")
