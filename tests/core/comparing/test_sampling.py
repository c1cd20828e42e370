"""Which frames are compared."""

from pathlib import Path

import numpy as np
import pytest

from core.comparing.sampling import expected_frames, frames_of
from core.errors import SettingError
from core.messages import Frame
from core.sources.opener import open_source
from core.sources.source import Source
from support.fakes import FakeFile, FakeLive
from support.plain_clips import write_clip


def shown(frames: list[Frame]) -> list[tuple[int, int]]:
    """Index and what the picture tells of its place in the file."""
    return [(frame.index, int(frame.rgb[0, 0, 0])) for frame in frames]


def a_file(count: int) -> FakeFile:
    file = FakeFile(count, interval_s=0.1)
    object.__setattr__(file.info, "duration_s", count * 0.1)
    return file


def test_a_file_gives_every_frame() -> None:
    assert shown(list(frames_of(a_file(5), None))) == [(n, n) for n in range(5)]
    assert shown(list(frames_of(a_file(5), 9))) == [(n, n) for n in range(5)]
    assert shown(list(frames_of(a_file(5), 5))) == [(n, n) for n in range(5)]


def test_fewer_frames_are_spread_over_the_whole() -> None:
    assert shown(list(frames_of(a_file(100), 4))) == [(0, 12), (1, 37), (2, 62), (3, 87)]


def test_no_frame_comes_twice_where_the_length_was_overstated() -> None:
    file = a_file(3)
    object.__setattr__(file.info, "frame_count", 12)
    object.__setattr__(file.info, "duration_s", 1.2)
    assert shown(list(frames_of(file, 6))) == [(0, 1), (1, 2)]


def test_a_live_source_gives_its_first_frames_and_has_no_end() -> None:
    live = FakeLive()
    for index in (7, 8, 9):
        live.feed.put(index)
    assert shown(list(frames_of(live, 2))) == [(0, 7), (1, 8)]
    with pytest.raises(SettingError, match="--frames"):
        next(frames_of(live, None))
    assert expected_frames(live.info, 2) == 2


def test_how_many_are_expected() -> None:
    assert expected_frames(a_file(5).info, None) == 5
    assert expected_frames(a_file(5).info, 3) == 3
    assert expected_frames(a_file(5).info, 9) == 5


def test_frames_are_sealed() -> None:
    (frame,) = frames_of(a_file(1), None)
    assert not frame.rgb.flags.writeable


def test_a_real_clip_is_sampled_at_true_times(tmp_path: Path) -> None:
    source: Source = open_source(str(write_clip(tmp_path / "clip.mkv", [n / 25 for n in range(50)])))
    frames = list(frames_of(source, 5))
    source.close()
    np.testing.assert_allclose([f.media_time_s or 0 for f in frames], [0.2, 0.6, 1.0, 1.4, 1.8], atol=0.041)
