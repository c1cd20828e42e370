"""A recording as a source: its own times, its own depth, found again to the frame, up to any damage."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import SourceError
from core.messages import SourceKind
from core.recording.depth_video import DepthVideoWriter
from core.recording.ebml import Id, id_bytes
from core.recording.facts import DepthFormat
from core.sources.opener import names_recording, open_source
from core.sources.recording import RecordingSource, open_recording
from core.sources.source import Picture
from support.plain_clips import write_clip
from support.recordings import FACTS, depth, picture, write_recording

UNEVEN_S = [0.0, 0.04, 0.1, 0.5, 0.507, 0.901, 0.903, 2.0]


def play(source: RecordingSource) -> list[Picture]:
    return list(iter(source.read, None))


def shown_at(source: RecordingSource, time_s: float) -> float | None:
    source.seek(time_s)
    shown = source.read()
    assert shown is not None
    return shown.media_time_s


@pytest.mark.parametrize("depth_format", ["gray16", "float32"])
def test_every_frame_comes_at_its_time_with_its_depth(tmp_path: Path, depth_format: DepthFormat) -> None:
    source = open_recording(write_recording(tmp_path / "a.mkv", UNEVEN_S, depth_format))
    pictures = play(source)
    assert [p.media_time_s for p in pictures] == pytest.approx(UNEVEN_S, abs=1e-6)
    for index, (rgb, _, recorded) in enumerate(pictures):
        assert recorded is not None
        true = depth(index)
        error = np.abs(recorded.inverse_depth - true).max() / np.ptp(true)
        assert error == 0 if depth_format == "float32" else error <= 1 / 20_000
        assert recorded.inverse_depth.dtype == np.float32
        assert not recorded.inverse_depth.flags.writeable
        assert np.abs(rgb.astype(int) - picture(index)).mean() < 6
        assert (recorded.aspect, recorded.model) == (FACTS.aspect, source.info.recorded_with)
    source.close()
    source.close()


def test_what_it_says_of_itself(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.mkv", [index / 25 for index in range(50)])
    source = open_source(str(path))
    info = source.info
    source.close()
    assert (info.kind, info.name, info.address) == (SourceKind.RECORDING, "a.mkv", str(path))
    assert (info.width_px, info.height_px, info.frame_count) == (64, 48, 50)
    assert (info.fps, info.duration_s) == (pytest.approx(25.0), pytest.approx(2.0))
    assert info.seekable
    assert not info.live
    assert info.recorded_with is not None
    told = info.recorded_with
    assert (told.name, told.precision, told.device_name) == (FACTS.model, FACTS.precision, FACTS.device)
    assert told.weights_sha256 == FACTS.weights_sha256


def test_one_that_was_never_finished_plays_too(tmp_path: Path) -> None:
    source = open_recording(write_recording(tmp_path / "a.mkv", UNEVEN_S, finish=False))
    assert source.info.frame_count is None, "nobody counted"
    assert len(play(source)) == len(UNEVEN_S)
    source.close()


def test_seek_finds_the_frame_shown_and_the_one_before_it(tmp_path: Path) -> None:
    times_s = [index / 25 for index in range(100)]
    source = open_recording(write_recording(tmp_path / "a.mkv", times_s))
    for wanted, shown in ((1.0, 25), (0.0, 0), (0.999, 24), (3.3, 82), (0.5, 12), (99.0, 99), (-1.0, 0)):
        assert shown_at(source, wanted) == pytest.approx(times_s[shown], abs=1e-6)
    for index in (99, 60, 26, 25, 1):  # as a step back asks
        assert shown_at(source, times_s[index] - 1e-4) == pytest.approx(times_s[index - 1], abs=1e-6)
    source.seek(3.0)
    assert len(play(source)) == 25
    source.seek(0.0)
    first = source.read()
    assert first is not None
    assert first.recorded is not None
    assert np.abs(first.recorded.inverse_depth - depth(0)).max() < 0.1
    source.close()


def test_a_cut_one_plays_up_to_the_damage_says_where_once_and_plays_again(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.mkv", [index / 8 for index in range(12)])
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(id_bytes(Id.CLUSTER)) - 40])  # into the eleventh frame
    source = open_recording(path)
    times_s = [p.media_time_s for p in (source.read() for _ in range(10)) if p is not None]
    assert times_s == pytest.approx([index / 8 for index in range(10)])
    with pytest.raises(SourceError, match=r"a\.mkv is damaged at 1\.1 s \(byte [\d,]+, .*the 10 frames before"):
        source.read()
    assert source.read() is None
    source.seek(0.0)
    assert len(play(source)) == 10
    source.close()


def test_one_without_a_frame_is_refused_and_let_go(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.mkv", [0.0, 0.1], finish=False)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(id_bytes(Id.CLUSTER))])
    open_files = Path("/proc/self/fd")
    before = len(list(open_files.iterdir())) if open_files.exists() else 0
    with pytest.raises(SourceError, match=r"a\.mkv"):
        open_recording(path)
    assert not before or len(list(open_files.iterdir())) == before


def test_long_texts_of_a_stranger_s_file_are_kept_short(tmp_path: Path) -> None:
    facts = replace(FACTS, model="a\n" + 900 * "b", precision=500 * "fp", device=" c \t d ")
    with DepthVideoWriter(tmp_path / "a.mkv", facts) as writer:
        writer.write(picture(0), depth(0), 0.0)
    source = open_recording(tmp_path / "a.mkv")
    told = source.info.recorded_with
    source.close()
    assert told is not None
    assert (told.name, len(told.precision), told.device_name) == ("a " + 62 * "b", 64, "c d")


def test_what_is_a_recording_is_known_without_opening_it(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "a.mkv", [0.0])
    clip = write_clip(tmp_path / "clip.mkv", [0.0, 0.1])
    assert names_recording(str(recording))
    assert names_recording(recording.as_uri())
    unopened = ("demo", "camera", "", "rtsp://host/a.mkv", "what://", "file://[a/b", "a\0b")
    for other in (str(clip), str(tmp_path), *unopened):
        assert not names_recording(other)
    source = open_source(str(clip))
    source.close()
    assert (source.info.kind, source.info.recorded_with) == (SourceKind.VIDEO, None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mkv")
    assert not names_recording(str(tmp_path / "pipe.mkv"))
