"""A recording that was cut off or has changed bytes plays up to the damage and says where."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core.errors import SourceError
from core.recording.ebml import Id, id_bytes
from core.recording.reader import DamagedRecording, DepthVideoReader, RecordedFrame
from core.recording.signature import is_recording
from support.recordings import read_all, write_recording

FRAMES = 12
TIMES_S = [index / 8 for index in range(FRAMES)]


@pytest.fixture(scope="module", params=[True, False], ids=["finished", "killed"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "a.mkv"
    return write_recording(path, TIMES_S, finish=request.param).read_bytes()


@pytest.fixture(scope="module")
def frames(whole: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[RecordedFrame]:
    path = tmp_path_factory.mktemp("frames") / "a.mkv"
    path.write_bytes(whole)
    return read_all(path)


def clusters(data: bytes) -> list[int]:
    """Where each cluster begins, and where the last ends."""
    places, at = [], data.index(id_bytes(Id.CLUSTER))
    while data[at : at + 4] == id_bytes(Id.CLUSTER):
        places.append(at)
        at += 12 + int.from_bytes(data[at + 5 : at + 12], "big")
    return [*places, at]


def play(path: Path) -> tuple[list[RecordedFrame], SourceError | None]:
    """All frames there are, and what the reader said of the rest."""
    given: list[RecordedFrame] = []
    try:
        with DepthVideoReader(path) as reader:
            try:
                while (frame := reader.read()) is not None:
                    given.append(frame)
            except DamagedRecording as error:
                assert reader.read() is None  # told once
                return given, error
    except SourceError as error:
        return given, error
    return given, None


def assert_is_beginning(given: list[RecordedFrame], frames: list[RecordedFrame]) -> None:
    for frame, true in zip(given, frames, strict=False):
        assert (frame.index, frame.time_s) == (true.index, true.time_s)
        assert np.array_equal(frame.inverse_depth, true.inverse_depth)
        assert np.array_equal(frame.rgb, true.rgb)


def test_cut_at_any_byte(tmp_path: Path, whole: bytes, frames: list[RecordedFrame]) -> None:
    path, places = tmp_path / "a.mkv", clusters(whole)
    is_finished = len(whole) > places[-1]
    rng = np.random.default_rng(1)
    near = [place + step for place in places for step in (-1, 0, 1, 13)]
    cuts = {0, 1, 40, 47, *near, *rng.integers(0, len(whole), 60).tolist()}
    for cut in (cut for cut in cuts if cut < len(whole)):
        path.write_bytes(whole[:cut])
        given, error = play(path)
        good = max(0, sum(place <= cut for place in places) - 1)
        assert len(given) == good
        assert_is_beginning(given, frames)
        if is_finished or cut not in places:
            assert error is not None
            assert "\n" not in str(error)
        else:
            assert error is None  # an unfinished recording may end after any frame
        if given and error is not None:
            assert isinstance(error, DamagedRecording)
            assert error.position <= cut
            assert error.time_s == given[-1].time_s
            assert f"the {good} frames before it are good" in str(error) or good == FRAMES


def test_changed_bytes(tmp_path: Path, whole: bytes, frames: list[RecordedFrame]) -> None:
    path, places = tmp_path / "a.mkv", clusters(whole)
    rng = np.random.default_rng(2)
    for at in rng.integers(places[0], places[-1], 120).tolist():
        data = bytearray(whole)
        data[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(data)
        given, error = play(path)
        assert len(given) == sum(place <= at for place in places) - 1  # all before it, none after
        assert_is_beginning(given, frames)
        assert isinstance(error, DamagedRecording)
        assert places[len(given)] <= error.position <= at + 12


def test_a_frame_whose_checksum_is_gone(tmp_path: Path, whole: bytes) -> None:
    """One changed bit turns it into another part, as a program may add; Fathom's own frames have one."""
    path, data = tmp_path / "a.mkv", bytearray(whole)
    place = clusters(whole)[5]
    assert data[place + 12] == Id.CRC_32
    data[place + 12] ^= 0x10
    path.write_bytes(data)
    given, error = play(path)
    assert len(given) == 5
    assert isinstance(error, DamagedRecording)
    assert error.position == place


def test_a_changed_head(tmp_path: Path, whole: bytes, frames: list[RecordedFrame]) -> None:
    """It plays, or says that it does not; it never plays anything else."""
    path, head = tmp_path / "a.mkv", clusters(whole)[0]
    rng = np.random.default_rng(3)
    complete = 0
    for at in rng.integers(0, head, 200).tolist():
        data = bytearray(whole)
        data[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(data)
        given, error = play(path)
        assert_is_beginning(given, frames)
        assert len(given) == FRAMES or error is not None
        complete += len(given) == FRAMES
    assert complete > 50  # changed tags keep no frame from being seen


def test_seeking_to_the_damage_gives_the_last_good_frame(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.mkv", [index / 10 for index in range(40)])
    data = bytearray(path.read_bytes())
    data[clusters(bytes(data))[12] + 40] ^= 1
    path.write_bytes(data)
    with DepthVideoReader(path) as reader:
        for wanted, shown in ((1.1, 11), (1.2, 11), (1.9, 11), (2.5, 25), (0.3, 3)):
            reader.seek(wanted)
            frame = reader.read()
            assert frame is not None
            assert frame.index == shown
        reader.seek(1.5)
        assert reader.read() is not None
        with pytest.raises(DamagedRecording, match=r"damaged at 1\.1 s \(byte [\d,]+, a checksum is wrong\)"):
            reader.read()
        assert reader.read() is None
        reader.seek(3.9)
        last = reader.read()
        assert last is not None
        assert last.index == 39


@pytest.mark.parametrize(
    "content", [b"", b"text", b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x80", bytes(5000), b"\xff" * 5000]
)
def test_what_is_no_recording(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(content)
    assert not is_recording(path)
    with pytest.raises(SourceError, match=r"a\.mkv"):
        DepthVideoReader(path)


def test_other_files(tmp_path: Path) -> None:
    from support.plain_clips import write_clip

    clip = write_clip(tmp_path / "clip.mkv", [0, 0.1])
    assert not is_recording(clip)
    with pytest.raises(SourceError, match="no recording that can be read here: format version 0"):
        DepthVideoReader(clip)
    for path in (tmp_path, tmp_path / "missing.mkv", tmp_path / ("x" * 300)):
        assert not is_recording(path)
        with pytest.raises(SourceError, match="cannot be read"):
            DepthVideoReader(path)


def test_consecutive_frames_differ(frames: list[RecordedFrame]) -> None:
    """Or the comparisons here would prove little."""
    for first, second in pairwise(frames):
        assert not np.array_equal(first.inverse_depth, second.inverse_depth)
        assert not np.array_equal(first.rgb, second.rgb)
