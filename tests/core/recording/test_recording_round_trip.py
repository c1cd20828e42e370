"""What is written is what is read: sizes, times, values and colours."""

from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.recording.depth_video import DepthVideoWriter
from core.recording.reader import DepthVideoReader
from core.recording.signature import is_recording
from support.recordings import FACTS, depth, picture, read_all, write_recording

SIDES = st.integers(1, 3) | st.integers(1, 50)
MAGNITUDES = st.sampled_from([0.0, 1e-42, 1e-3, 1.0, 5e3, 1e30])


@settings(max_examples=30, deadline=None)
@given(
    picture_hw=st.tuples(SIDES, SIDES),
    depth_hw=st.tuples(SIDES, SIDES),
    steps_s=st.lists(st.sampled_from([1e-7, 1e-4, 0.001, 1 / 30, 0.4, 100.0]), min_size=1, max_size=5),
    middle=MAGNITUDES,
    spread=MAGNITUDES,
    sign=st.sampled_from([-1, 1]),
    is_exact=st.booleans(),
    seed=st.integers(0, 9),
)
def test_any_recording_comes_back(
    picture_hw: tuple[int, int],
    depth_hw: tuple[int, int],
    steps_s: list[float],
    middle: float,
    spread: float,
    sign: int,
    is_exact: bool,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    times_s = [1234.5 + sum(steps_s[:count]) for count in range(len(steps_s) + 1)]
    depths = [(sign * (middle + spread * rng.random(depth_hw))).astype(np.float32) for _ in times_s]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.mkv"
        with DepthVideoWriter(path, FACTS, depth_format="float32" if is_exact else "gray16") as writer:
            for index, time_s in enumerate(times_s):
                writer.write(picture(index, *picture_hw), depths[index], time_s)
        frames = read_all(path)
    assert [frame.index for frame in frames] == list(range(len(times_s)))
    assert [frame.time_s for frame in frames] == pytest.approx([time - times_s[0] for time in times_s], abs=1e-5)
    assert np.diff([frame.time_s for frame in frames]).min() > 0
    for frame, written in zip(frames, depths, strict=True):
        assert frame.rgb.shape == (*picture_hw, 3)
        assert frame.inverse_depth.dtype == np.float32
        allowed = 0 if is_exact else (np.float64(written.max()) - written.min()) / 20_000
        assert np.abs(frame.inverse_depth.astype(np.float64) - written).max() <= allowed


@pytest.mark.parametrize("hw", [(48, 64), (49, 65), (480, 641)])
def test_colours_come_back(tmp_path: Path, hw: tuple[int, int]) -> None:
    frames = read_all(write_recording(tmp_path / "a.mkv", [0, 0.1, 0.2], picture_hw=hw))
    for frame in frames:
        difference = frame.rgb.astype(int) - picture(frame.index, *hw)
        assert np.abs(difference).mean() < 3
        assert np.abs(difference.mean((0, 1))).max() < 3  # a wrong matrix or range is off by 10 and more


def test_facts_come_back(tmp_path: Path) -> None:
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS) as writer:
        for index in range(3):
            writer.write(picture(index), depth(index), index / 30)
        writer.note_drops(2)
        writer.write(picture(3), np.full((24, 32), np.nan, np.float32), 0.2)
        writer.note_drops(5)
    with DepthVideoReader(tmp_path / "a.mkv") as reader:
        facts = reader.facts
        assert (facts.model, facts.weights_sha256, facts.source) == ("fathom-nano", FACTS.weights_sha256, "demo")
        assert (facts.network_hw, facts.picture_hw) == ((24, 32), (48, 64))
        assert (facts.drops, facts.clipped_pixels, facts.frames, facts.finished) == (7, 24 * 32, 4, True)
        assert reader.frame_count == 4
        assert reader.duration_s == pytest.approx(0.2 + (0.2 - 2 / 30), abs=2e-6)
        first = reader.read()
        assert first is not None
        assert (first.offset, first.scale) == (facts.offset, facts.scale)
    assert is_recording(tmp_path / "a.mkv")


def test_any_player_finds_colour_first_and_depth_beside_it(tmp_path: Path) -> None:
    write_recording(tmp_path / "a.mkv", [0, 0.04, 0.1])
    with av.open(tmp_path / "a.mkv") as file:
        colour, coded, scales = file.streams
        assert [stream.codec_context.codec.canonical_name for stream in file.streams] == ["h264", "ffv1", "subrip"]
        assert coded.codec_context.pix_fmt == "gray16le"
        assert [bool(stream.disposition & 1) for stream in (colour, coded, scales)] == [True, False, False]
        assert file.duration == 160_000  # the last frame lasts as long as the one before
        stamps: dict[int, list[int]] = {0: [], 1: [], 2: []}
        for packet in file.demux():
            if packet.pts is not None:
                assert packet.pts == packet.dts  # nothing is reordered
                stamps[packet.stream.index].append(packet.pts)
    assert stamps[0] == stamps[1] == stamps[2] == [0, 40_000, 100_000]


def test_a_time_that_goes_back_goes_on(tmp_path: Path) -> None:
    times = [frame.time_s for frame in read_all(write_recording(tmp_path / "a.mkv", [5, 5.1, 5.2, 5.0, 5.1, 5.1]))]
    assert times == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.4], abs=1e-5)
    assert times[5] > times[4]


def test_pictures_of_another_size_are_scaled_to_the_first(tmp_path: Path) -> None:
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS) as writer:
        writer.write(picture(0, 48, 64), depth(0), 0)
        writer.write(picture(1, 33, 21), depth(1), 1)
    assert [frame.rgb.shape for frame in read_all(tmp_path / "a.mkv")] == [(48, 64, 3)] * 2


def test_a_copy_that_ffmpeg_made_is_a_recording(tmp_path: Path) -> None:
    """In whole milliseconds, frames across clusters, the scales behind the depth, and frames not counted."""
    path = write_recording(tmp_path / "a.mkv", [index / 30 for index in range(70)], picture_hw=(49, 65))
    with av.open(path) as file, av.open(tmp_path / "b.mkv", "w") as copy:
        copy.metadata.update(file.metadata)
        streams = {stream.index: copy.add_stream_from_template(stream, opaque=True) for stream in file.streams}
        for packet in file.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    ours, copied = read_all(path), read_all(tmp_path / "b.mkv")
    assert len(copied) == 70
    for frame, again in zip(ours, copied, strict=True):
        assert again.index == frame.index
        assert again.time_s == pytest.approx(frame.time_s, abs=1e-3)
        assert np.array_equal(again.rgb, frame.rgb)
        assert np.array_equal(again.inverse_depth, frame.inverse_depth)
    with DepthVideoReader(tmp_path / "b.mkv") as reader:
        assert reader.frame_count is None
        reader.seek(1.5)
        found = reader.read()
        assert found is not None
        assert found.index == 45
