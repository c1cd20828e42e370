"""A recording that cannot go on ends cleanly and keeps what there is; no file is lost to it."""

import errno
import os
import threading
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from core.errors import RecordingError
from core.recording import encoders
from core.recording.depth_video import DepthSizeChanged, DepthVideoWriter
from core.recording.encoders import ColourEncoder, DepthEncoder
from core.recording.matroska_file import MatroskaFile
from core.recording.reader import DepthVideoReader
from support.recordings import FACTS, depth, picture, read_all, write_recording
from support.waiting import LONG_S


def write_frames(writer: DepthVideoWriter, count: int, step_s: float = 1 / 30) -> None:
    for index in range(writer.frames, writer.frames + count):
        writer.write(picture(index), depth(index), index * step_s)


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_text("precious")
    with pytest.raises(RecordingError, match="is there already"):
        DepthVideoWriter(path, FACTS)
    assert path.read_text() == "precious"


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordingError, match="is there already"):
        DepthVideoWriter(path, FACTS)


def test_a_file_to_overwrite_stays_until_there_is_something_better(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(b"old" * 100_000)
    DepthVideoWriter(path, FACTS, overwrite=True).close()
    assert path.stat().st_size == 300_000
    with DepthVideoWriter(path, FACTS, overwrite=True) as writer:
        write_frames(writer, 2)
    assert len(read_all(path)) == 2
    assert path.stat().st_size < 300_000


@pytest.mark.parametrize("place", ["gone/a.mkv", "file/a.mkv", "folder", "a" * 300])
def test_where_nothing_can_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for overwrite in (False, True):
        with pytest.raises(RecordingError, match=r"cannot be written|is there already") as raised:
            DepthVideoWriter(tmp_path / place, FACTS, overwrite=overwrite)
        assert "\n" not in str(raised.value)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_no_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RecordingError, match="cannot be written"):
        DepthVideoWriter(tmp_path / "a.mkv", FACTS)


def test_a_recording_without_a_frame_leaves_nothing(tmp_path: Path) -> None:
    DepthVideoWriter(tmp_path / "a.mkv", FACTS).close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_deleted_while_recording_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    writer = DepthVideoWriter(path, FACTS)
    write_frames(writer, 1)
    if os.name == "nt":
        writer.close()
        pytest.skip("an open file cannot be deleted here")
    path.unlink()
    with pytest.raises(RecordingError, match="was deleted"):
        write_frames(writer, 60)
    assert writer.frames <= 32  # noticed within a second
    writer.close()
    assert not path.exists()


def test_another_network_size_ends_the_recording(tmp_path: Path) -> None:
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS) as writer:
        write_frames(writer, 3)
        with pytest.raises(DepthSizeChanged, match="32x24 to 32x25"):
            writer.write(picture(3), depth(3, 25, 32), 1.0)
    assert len(read_all(tmp_path / "a.mkv")) == 3


@pytest.mark.parametrize("time_s", [float("nan"), float("inf")])
def test_a_time_that_is_none(tmp_path: Path, time_s: float) -> None:
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS) as writer, pytest.raises(RecordingError, match="seconds"):
        writer.write(picture(0), depth(0), time_s)


def test_an_encoder_that_fails_ends_the_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = DepthEncoder.encode

    class Broken:
        name = "ffv1"

        def encode(self, _: object) -> list[object]:
            raise av.error.ExternalError(1, "out of memory")

    def failing(self: DepthEncoder, codes: np.ndarray, time_ticks: int) -> bytes:
        if time_ticks > 90_000:
            self._context = Broken()
        return encode(self, codes, time_ticks)

    monkeypatch.setattr(DepthEncoder, "encode", failing)
    writer = DepthVideoWriter(tmp_path / "a.mkv", FACTS)
    with pytest.raises(RecordingError, match="encoder ffv1 failed") as first:
        write_frames(writer, 9)
    with pytest.raises(RecordingError) as again:
        write_frames(writer, 1)
    assert again.value is first.value
    assert writer.frames == 3
    writer.close()
    writer.close()
    assert [frame.index for frame in read_all(tmp_path / "a.mkv")] == [0, 1, 2]


def test_colour_is_encoded_beside_depth_and_its_failure_ends_the_recording_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode_colour, encode_depth = ColourEncoder.encode, DepthEncoder.encode
    colour_began, depth_ended, waited = threading.Event(), threading.Event(), []

    def colour(self: ColourEncoder, rgb: np.ndarray, time_ticks: int) -> tuple[bytes, bool]:
        colour_began.set()
        waited.append(depth_ended.wait(LONG_S))
        depth_ended.clear()
        if time_ticks > 90_000:
            raise RecordingError("the encoder libx264 failed")
        return encode_colour(self, rgb, time_ticks)

    def beside(self: DepthEncoder, codes: np.ndarray, time_ticks: int) -> bytes:
        waited.append(colour_began.wait(LONG_S))
        colour_began.clear()
        packet = encode_depth(self, codes, time_ticks)
        depth_ended.set()
        return packet

    monkeypatch.setattr(ColourEncoder, "encode", colour)
    monkeypatch.setattr(DepthEncoder, "encode", beside)
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS) as writer:
        with pytest.raises(RecordingError, match="libx264 failed"):
            write_frames(writer, 9)
        assert all(waited)
        assert writer.frames == 3
    assert [frame.index for frame in read_all(tmp_path / "a.mkv")] == [0, 1, 2]


def test_an_encoder_that_does_not_open_gives_way_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonsense = {"preset": "nonsense"}
    monkeypatch.setitem(encoders._COLOUR_OPTIONS, "h264_nvenc", nonsense)
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS) as writer:
        write_frames(writer, 1)
    assert b"x264" in (tmp_path / "a.mkv").read_bytes()
    monkeypatch.setitem(encoders._COLOUR_OPTIONS, "libx264", nonsense)
    with (
        DepthVideoWriter(tmp_path / "b.mkv", FACTS) as writer,
        pytest.raises(RecordingError, match=r"no H\.264 encoder takes pictures of 64x48"),
    ):
        write_frames(writer, 1)
    assert not (tmp_path / "b.mkv").exists()


def test_what_is_known_is_written_each_second(tmp_path: Path) -> None:
    writer = DepthVideoWriter(tmp_path / "a.mkv", FACTS)
    write_frames(writer, 20)
    writer.note_drops(4)
    write_frames(writer, 75)
    with DepthVideoReader(tmp_path / "a.mkv") as reader:  # while it is written
        assert reader.facts.drops == 4
        assert 64 < reader.facts.frames <= 95
        assert 2.1 < reader.duration_s < 3.2
        assert (reader.facts.finished, reader.frame_count) == (False, None)
        assert len(list(iter(reader.read, None))) == 95
    writer.close()


def test_key_frames_come_each_second_and_are_all_that_is_kept(tmp_path: Path) -> None:
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS) as writer:
        write_frames(writer, 150, 0.05)
        assert len(writer._file._cues) == 2 * 8  # 7.45 s
        assert writer.bytes_written == (tmp_path / "a.mkv").stat().st_size
    with av.open(tmp_path / "a.mkv") as file:
        keys = [packet.pts for packet in file.demux(video=0) if packet.is_keyframe and packet.pts is not None]
    assert keys == [1_000_000 * second for second in range(8)]


def test_the_index_knows_no_frame_that_did_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    writer = DepthVideoWriter(tmp_path / "a.mkv", FACTS)
    write_frames(writer, 20, 0.05)
    with monkeypatch.context() as disk:
        disk.setattr(MatroskaFile, "_write_at", full)
        with pytest.raises(RecordingError, match="no room"):
            write_frames(writer, 1, 0.05)  # a key frame
    writer.close()
    with av.open(tmp_path / "a.mkv") as file:
        file.seek(10_000_000)
        assert sum(1 for _ in file.decode(video=0)) == 20


def test_progress_is_known(tmp_path: Path) -> None:
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS, rate_hint=10) as writer:
        assert (writer.frames, writer.duration_s, writer.clipped_pixels) == (0, 0, 0)
        writer.write(picture(0), np.full((24, 32), np.inf, np.float32), 7)
        assert (writer.frames, writer.duration_s, writer.clipped_pixels) == (1, pytest.approx(0.1), 24 * 32)


@pytest.mark.parametrize(
    ("source", "written"),
    [("x\0" * 50_000, "x" * 2000), ("caf\udce9.mp4", "caf?.mp4")],  # too long; a name that is no UTF-8
)
def test_a_source_no_tag_can_hold_is_written_as_far_as_it_can_be(
    tmp_path: Path, source: str, written: str
) -> None:
    with DepthVideoWriter(tmp_path / "a.mkv", replace(FACTS, source=source)) as writer:
        write_frames(writer, 40)
    with DepthVideoReader(tmp_path / "a.mkv") as reader:
        assert reader.facts.source == written
        assert reader.facts.finished


def test_written_twice_is_the_same_file(tmp_path: Path) -> None:
    first, second = (write_recording(tmp_path / name, [0, 0.1, 0.2]) for name in ("a.mkv", "b.mkv"))
    assert first.read_bytes() == second.read_bytes()
