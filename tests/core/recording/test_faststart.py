"""An MP4's index moves to its front, or the file stays as it was."""

import struct
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.recording import faststart
from core.recording.faststart import put_index_first


def box(name: bytes, *parts: bytes, long: bool = False) -> bytes:
    body = b"".join(parts)
    if long:
        return struct.pack(">I4sQ", 1, name, 16 + len(body)) + body
    return struct.pack(">I4s", 8 + len(body), name) + body


def table(name: bytes, form: str, positions: list[int]) -> bytes:
    return box(
        name, bytes(4), struct.pack(">I", len(positions)), struct.pack(f">{len(positions)}{form}", *positions)
    )


def index(*tables: bytes) -> bytes:
    tracks = (box(b"trak", box(b"tkhd", b"12"), box(b"mdia", box(b"minf", box(b"stbl", one)))) for one in tables)
    return box(b"moov", box(b"mvhd", b"stco"), *tracks)


KIND = box(b"ftyp", b"isom")


@pytest.mark.parametrize("long", [True, False])
def test_the_index_comes_first_and_points_to_the_same_pictures(tmp_path: Path, *, long: bool) -> None:
    path = tmp_path / "a.mp4"
    pictures = box(b"free") + box(b"mdat", b"first", b"second", b"third", long=long)
    whole = KIND + pictures
    places = [whole.index(picture) for picture in (b"first", b"second", b"third")]
    path.write_bytes(whole + index(table(b"stco", "I", places[:2]), table(b"co64", "Q", places[2:])))
    put_index_first(path)
    data = path.read_bytes()
    moved = [data.index(picture) for picture in (b"first", b"second", b"third")]
    assert data == KIND + index(table(b"stco", "I", moved[:2]), table(b"co64", "Q", moved[2:])) + pictures
    assert list(tmp_path.iterdir()) == [path]


PICTURES = box(b"mdat", b"pictures")


@pytest.mark.parametrize(
    "data",
    [
        KIND + index() + PICTURES,
        KIND + PICTURES + index(table(b"stco", "I", [2**32 - 10])),
        KIND + PICTURES + index()[:-1],
        KIND + PICTURES + box(b"moov", b"\0\0\0"),
        KIND + PICTURES + index() + b"more",
        PICTURES + index(),
        b"text",
    ],
)
def test_what_is_built_in_another_way_stays(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"\w"):
        put_index_first(path)
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_without_room_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path, data = tmp_path / "a.mp4", KIND + PICTURES + index()
    path.write_bytes(data)
    monkeypatch.setattr(faststart.shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        put_index_first(path)
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_is_not_filled_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, data = tmp_path / "a.mp4", KIND + PICTURES + index()
    path.write_bytes(data)
    monkeypatch.setattr(faststart.shutil, "disk_usage", lambda _: SimpleNamespace(free=len(data) + 1))
    with pytest.raises(OSError, match="no room"):
        put_index_first(path)
    assert path.read_bytes() == data


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "there.mp4", tmp_path / "a.mp4"
    target.write_bytes(KIND + PICTURES + index())
    link.symlink_to(target)
    put_index_first(link)
    assert link.is_symlink()
    assert target.read_bytes() == KIND + index() + PICTURES
