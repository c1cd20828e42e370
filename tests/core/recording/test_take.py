"""The files of one recording: when a new one begins, and what goes on when the view does not."""

import errno
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import RecordingError
from core.look import Look, View
from core.messages import DepthResult, SourceInfo, SourceKind
from core.recorder import RecordingWish
from core.recording.names import free_names
from core.recording.reader import DepthVideoReader
from core.recording.take import Take
from support.plain_clips import read_clip
from support.results import CLIP, MODEL, a_source, result, results


@pytest.fixture
def wish(tmp_path: Path) -> RecordingWish:
    return RecordingWish(path=tmp_path / "new folder" / "a.mkv", program_version="test")


def record(wish: RecordingWish, given: Iterable[DepthResult], source: SourceInfo | None = CLIP) -> Take:
    take = Take(wish, a_source(source))
    try:
        for one in given:
            take.write(one, 0)
            take.write_view(one)
    finally:
        take.close()
    return take


def frames_of(take: Take) -> dict[str, int]:
    return {path.name: len(read_clip(path)) for path in take.paths}


def test_what_is_recorded_comes_back_with_what_is_known_of_it(wish: RecordingWish) -> None:
    take = record(wish, results(5))
    assert frames_of(take) == {"a.mkv": 5}
    reader = DepthVideoReader(wish.path)
    facts = reader.facts
    assert (facts.model, facts.weights_sha256, facts.precision, facts.device) == (
        "fathom-nano",
        "c0ffee",
        "fp32",
        "CPU",
    )
    assert (facts.source, facts.aspect, facts.program_version) == ("/media/clip.mp4", "square", "test")
    assert facts.started_utc.endswith("+00:00")
    frame = reader.read()
    assert frame is not None
    error = np.abs(frame.inverse_depth.astype(np.float64) - result(0).inverse_depth).max()
    assert error <= np.ptp(result(0).inverse_depth) / 20_000
    reader.close()
    assert take.bytes_written == wish.path.stat().st_size


@pytest.mark.parametrize(
    "change",
    [
        {"picture_hw": (50, 70)},
        {"network_hw": (32, 32)},
        {"aspect": "keep"},
        {"source_id": 2},
        {"model": replace(MODEL, name="other")},
        {"model": replace(MODEL, precision="bf16")},
        {"model": replace(MODEL, weights_sha256="beef")},
    ],
)
def test_a_new_part_begins_where_something_changed_that_a_file_says_once(
    wish: RecordingWish, change: dict[str, object]
) -> None:
    take = record(wish, [*results(3), *(result(index, **change) for index in range(3, 5))])  # type: ignore[arg-type]
    assert frames_of(take) == {"a.mkv": 3, "a-2.mkv": 2}
    assert [time_s for time_s, _ in read_clip(take.paths[1])] == pytest.approx([0.0, 0.04])
    assert take.bytes_written == sum(path.stat().st_size for path in take.paths)


def test_a_part_takes_nobody_s_place_even_where_the_first_file_may(wish: RecordingWish) -> None:
    wish.path.parent.mkdir()
    precious = wish.path.with_name("a-2.mkv")
    precious.write_text("precious")
    wish.path.write_text("to be replaced")
    take = record(replace(wish, overwrite=True), [result(0), result(1, network_hw=(32, 32))])
    assert frames_of(take) == {"a.mkv": 1, "a-3.mkv": 1}
    assert precious.read_text() == "precious"


def test_a_file_that_is_there_is_not_overwritten(wish: RecordingWish) -> None:
    wish.path.parent.mkdir()
    wish.path.write_text("precious")
    with pytest.raises(RecordingError, match="there already"):
        record(wish, results(1))
    assert wish.path.read_text() == "precious"


def test_photos_of_many_sizes_are_one_recording(wish: RecordingWish) -> None:
    folder = SourceInfo(SourceKind.PICTURES, "photos", "/photos", 64, 48)
    take = record(wish, [result(0), result(1, picture_hw=(80, 60)), result(2, picture_hw=(30, 90))], folder)
    assert frames_of(take) == {"a.mkv": 3}


def test_no_password_is_written_down(wish: RecordingWish) -> None:
    camera = SourceInfo(SourceKind.STREAM, "camera", "rtsp://me:secret@host/live?key=hidden", 64, 48, live=True)
    record(wish, results(2, media_time_s=None), camera)
    data = wish.path.read_bytes()
    assert b"rtsp://host/live" in data
    assert b"secret" not in data
    assert b"hidden" not in data


def test_drops_are_written_down(wish: RecordingWish) -> None:
    take = Take(wish, a_source())
    take.write(result(0), 0)
    take.write(result(4), 3)
    take.note_drops(2)
    take.close()
    reader = DepthVideoReader(wish.path)
    reader.close()
    assert reader.facts.drops == 5


def test_the_view_is_written_beside_it_through_all_parts(wish: RecordingWish) -> None:
    view_path = wish.path.with_suffix(".mp4")
    viewed = replace(wish, view_path=view_path, look=Look(View.SIDE))
    take = record(viewed, [*results(3), *(result(index, picture_hw=(96, 64)) for index in range(3, 6))])
    frames = read_clip(view_path)
    assert [time_s for time_s, _ in frames] == pytest.approx([index / 25 for index in range(6)], abs=1e-4)
    assert {picture.shape for _, picture in frames} == {(48, 128, 3)}
    assert len(take.paths) == 2


def test_a_view_that_cannot_be_written_ends_the_view_alone(wish: RecordingWish) -> None:
    viewed = replace(wish, view_path=wish.path.parent / "no folder" / "a.mp4")
    take = Take(viewed, a_source())
    take.write(result(0), 0)
    with pytest.raises(RecordingError, match=r"a\.mp4 could not be written"):
        take.write_view(result(0))
    take.write(result(1), 0)
    take.write_view(result(1))
    take.close()
    assert frames_of(take) == {"a.mkv": 2}


@pytest.mark.skipif(sys.platform == "win32", reason="there a file in use cannot be deleted")
def test_a_file_that_was_deleted_is_not_said_to_be_kept(wish: RecordingWish) -> None:
    take = Take(wish, a_source(CLIP))
    take.write(result(0), 0)
    take.write(result(1, network_hw=(32, 32)), 0)
    assert [path.name for path in take.paths] == ["a.mkv", "a-2.mkv"]
    take.paths[1].unlink()
    with pytest.raises(RecordingError, match="was deleted"):
        take.close()
    assert [path.name for path in take.paths] == ["a.mkv"]


def test_a_disk_that_is_gone_ends_the_recording_in_one_line(
    wish: RecordingWish, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> os.stat_result:
        raise OSError(errno.ENOTCONN, "the disk is gone")

    take = Take(wish, a_source())
    take.write(result(0), 0)
    with monkeypatch.context() as disk:
        for call in ("stat", "lstat", "fstat"):
            disk.setattr(os, call, gone)
        assert take.paths == ()
        assert free_names(wish.path, 1) == [wish.path]
        with pytest.raises(RecordingError, match="could not be written: the disk is gone"):
            take.close()
    assert frames_of(take) == {"a.mkv": 1}


def test_a_folder_that_cannot_be_made_is_one_line(wish: RecordingWish, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot hold recordings"):
        record(replace(wish, path=tmp_path / "file" / "a.mkv"), results(1))


def test_nothing_is_left_where_nothing_came(wish: RecordingWish, tmp_path: Path) -> None:
    record(replace(wish, view_path=tmp_path / "a.mp4"), [])
    assert list(tmp_path.iterdir()) == []
