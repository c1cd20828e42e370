"""The last seconds in memory: how many they are, what they take, and what they are when written out."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from core.errors import RecordingError
from core.messages import DepthResult
from core.recording.matroska_file import EncodedFrame
from core.recording.reader import DepthVideoReader, RecordedFrame
from core.recording.ring import LastSeconds, PacketRing
from support.recordings import FACTS
from support.results import a_source, result, results

TICKS = 1_000_000


@pytest.fixture
def last() -> Iterator[LastSeconds]:
    with closing(LastSeconds(2.0, "gray16", "test", a_source())) as last:
        yield last


def read(path: Path) -> tuple[DepthVideoReader, list[RecordedFrame]]:
    reader = DepthVideoReader(path)
    frames = list(iter(reader.read, None))
    reader.close()
    return reader, frames


def packet(index: int, *, is_key: bool, size: int = 100) -> EncodedFrame:
    return EncodedFrame(index * TICKS // 10, TICKS // 10, bytes(size - 2), is_key, b"", "{}")


def filled(ring: PacketRing, frames: int, size: int = 100) -> PacketRing:
    """Ten frames a second, a key frame each second."""
    for index in range(frames):
        ring.append(packet(index, is_key=index % 10 == 0, size=size), FACTS)
    return ring


def test_it_holds_what_was_asked_for_and_at_most_a_second_more() -> None:
    ring = PacketRing(3.0)
    for index in range(200):
        ring.append(packet(index, is_key=index % 10 == 0), FACTS)
        held_s = ring.duration_ticks / TICKS
        assert min((index + 1) / 10, 3.0) <= held_s < 4.0
        assert ring.end == 100 * ring.frames


def test_its_memory_is_bounded_however_long_the_seconds_are() -> None:
    ring = filled(PacketRing(1e6, most_bytes=25_000), 1000)
    assert ring.end <= 25_000
    assert ring.frames == 250


def test_what_is_saved_starts_at_a_key_frame_and_is_a_whole_recording(tmp_path: Path, last: LastSeconds) -> None:
    given = list(results(160))  # 6.4 s
    for one in given:
        last.write(one)
    path = tmp_path / "last.mkv"
    assert last.save([path]) == path.stat().st_size
    reader, frames = read(path)
    kept = given[-len(frames) :]
    assert 50 <= len(frames) <= 75
    assert [frame.time_s for frame in frames] == pytest.approx(
        [index / 25 for index in range(len(frames))], abs=1e-5
    )
    for frame, one in zip(frames, kept, strict=True):
        span = np.ptp(one.inverse_depth)
        assert np.abs(frame.inverse_depth - one.inverse_depth).max() <= span / 20_000
        assert np.abs(frame.rgb.astype(int) - one.frame.rgb).mean() < 8
    facts = reader.facts
    assert (facts.frames, facts.finished, facts.drops, facts.model) == (len(frames), True, 0, "fathom-nano")
    assert (facts.offset, facts.scale) == (frames[0].offset, frames[0].scale)


def test_its_start_is_when_the_first_frame_that_is_kept_was_taken(tmp_path: Path, last: LastSeconds) -> None:
    for index in range(100):
        last.write(result(index))
    last.save([tmp_path / "a.mkv"])
    reader, frames = read(tmp_path / "a.mkv")
    begun = datetime.fromisoformat(last._rings[0]._facts.started_utc)
    assert (datetime.fromisoformat(reader.facts.started_utc) - begun).total_seconds() == pytest.approx(
        (100 - len(frames)) / 25, abs=0.002
    )


def test_only_drops_among_what_is_kept_are_told(tmp_path: Path) -> None:
    with closing(LastSeconds(1.0, "gray16", "test", a_source())) as last:
        for index in [*range(30), *range(80, 110), *range(115, 160)]:
            last.write(result(index))
        last.save([tmp_path / "a.mkv"])
    reader, frames = read(tmp_path / "a.mkv")
    assert reader.facts.drops in (0, 4)
    assert len(frames) < 60


def test_it_goes_on_after_a_save_and_can_be_saved_again(tmp_path: Path, last: LastSeconds) -> None:
    for number in range(2):
        for index in range(100 * number, 100 * number + 100):
            last.write(result(index))
        last.save([tmp_path / f"{number}.mkv"])
    first, second = (read(tmp_path / f"{number}.mkv")[1] for number in range(2))
    assert not np.array_equal(first[-1].inverse_depth, second[-1].inverse_depth)


def test_a_change_within_the_seconds_gives_parts_and_old_ones_are_forgotten(
    tmp_path: Path, last: LastSeconds
) -> None:
    for index in range(40):
        last.write(result(index))
    for index in range(40, 60):
        last.write(result(index, network_hw=(32, 32)))
    assert last.parts == 2
    assert last.duration_s == pytest.approx(2.4, abs=0.05)
    last.save([tmp_path / "a.mkv", tmp_path / "a-2.mkv"])
    assert [len(read(tmp_path / name)[1]) for name in ("a.mkv", "a-2.mkv")] == [40, 20]
    for index in range(60, 120):
        last.write(result(index, network_hw=(32, 32)))
    assert last.parts == 1


def test_exact_depth_is_kept_exactly(tmp_path: Path) -> None:
    given: list[DepthResult] = list(results(5))
    with closing(LastSeconds(1.0, "float32", "test", a_source(None))) as last:
        for one in given:
            last.write(one)
        last.save([tmp_path / "a.mkv"])
    _, frames = read(tmp_path / "a.mkv")
    assert all(np.array_equal(f.inverse_depth, one.inverse_depth) for f, one in zip(frames, given, strict=True))


def test_nothing_kept_and_a_file_that_is_there_are_errors(tmp_path: Path, last: LastSeconds) -> None:
    with pytest.raises(RecordingError, match="nothing is kept"):
        last.save([])
    with pytest.raises(RecordingError, match="nothing is kept"):
        PacketRing(1.0).save(tmp_path / "a.mkv")
    last.write(result(0))
    (tmp_path / "a.mkv").write_text("precious")
    with pytest.raises(RecordingError, match="there already"):
        last.save([tmp_path / "a.mkv"])
    assert (tmp_path / "a.mkv").read_text() == "precious"
