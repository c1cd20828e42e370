from pathlib import Path

import pytest

from core.errors import SourceError
from core.messages import SourceKind
from core.sources.address import is_camera, parse_address, without_credentials


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("demo", SourceKind.DEMO, ""),
        ("camera", SourceKind.CAMERA, ""),
        ("camera:2", SourceKind.CAMERA, "2"),
        ("camera:HD Pro", SourceKind.CAMERA, "HD Pro"),
        ("camera:/dev/v4l/by-id/usb-x", SourceKind.CAMERA, "/dev/v4l/by-id/usb-x"),
        ("/dev/video0", SourceKind.CAMERA, "/dev/video0"),
        (" rtsp://host/live ", SourceKind.STREAM, "rtsp://host/live"),
        ("HTTP://host/a.jpg", SourceKind.STREAM, "HTTP://host/a.jpg"),
        ("clip.mp4", SourceKind.VIDEO, "clip.mp4"),
        ("no-suffix", SourceKind.VIDEO, "no-suffix"),
        ("a.JPG", SourceKind.PICTURES, "a.JPG"),
        ("./demo", SourceKind.VIDEO, "demo"),
        ("C:\\clip.mp4", SourceKind.VIDEO, "C:\\clip.mp4"),
        ("file:///media/a%20b.mp4", SourceKind.VIDEO, "/media/a b.mp4"),
        ("moving.gif", SourceKind.VIDEO, "moving.gif"),
        ("x" * 5000, SourceKind.VIDEO, "x" * 5000),
        ("a\0b", SourceKind.VIDEO, "a\0b"),
    ],
)
def test_what_an_address_means(text: str, kind: SourceKind, target: str) -> None:
    meant = parse_address(text)
    assert (meant.kind, meant.target) == (kind, target)


def test_a_folder_means_its_pictures(tmp_path: Path) -> None:
    assert parse_address(str(tmp_path)).kind is SourceKind.PICTURES


def test_home_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert parse_address("~/clip.mp4").target == "/home/somebody/clip.mp4"
    assert parse_address("~no-such-user/clip.mp4").target == "~no-such-user/clip.mp4"


@pytest.mark.parametrize("text", ["", "  ", "gopher://host/x", "ftp://host/clip.mp4"])
def test_what_cannot_be_a_source_says_what_can(text: str) -> None:
    with pytest.raises(SourceError, match=r"give camera, .* or demo"):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("file://[server/clip.mp4", "file://[server/clip.mp4"),
        ("http://[x", "http://[x"),
        ("rtsp://admin:pa[ss@host/live", "rtsp://host/live"),
        ("rtsp://admin:pa\u2100ss@host/live", "rtsp://host/live"),
    ],
)
def test_a_malformed_address_is_told_in_a_line_without_its_password(text: str, shown: str) -> None:
    with pytest.raises(SourceError) as failure:
        parse_address(text)
    assert str(failure.value) == (
        f"{shown} is no address that can be read: check its host, and write [ and ] elsewhere as %5B and %5D"
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://user:secret@cam.local:554/live?token=1", "rtsp://cam.local:554/live"),
        ("http://host/", "http://host"),
        ("RTSP://a@b@host/x", "rtsp://host/x"),
        (" rtsp://user:pa[ss@host/x", "rtsp://host/x"),
        ("rtsp://[::1]:554/x@y", "rtsp://[::1]:554/x@y"),
        ("clip@home?.mp4", "clip@home?.mp4"),
    ],
)
def test_credentials_are_not_shown(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    ("text", "camera"),
    [("camera", True), (" camera:0", True), ("/dev/video0", True), ("/dev/v4l/by-id/x", True),
     ("camera.mp4", False), ("demo", False), ("", False), ("rtsp://[", False)],
)  # fmt: skip
def test_what_is_a_camera_is_known_without_reading_the_rest(text: str, camera: bool) -> None:
    assert is_camera(text) is camera
