"""The view as MP4: what is in it, and that players take it."""

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from core.compose import render
from core.errors import RecordingError
from core.look import Look, View
from core.recording.view_video import ViewVideoWriter, fitted
from support.plain_clips import read_clip
from support.results import result, results

LOCKED = {"low": 500.0, "high": 1500.0}


@pytest.mark.parametrize("view", View)
def test_it_shows_what_the_look_says(tmp_path: Path, view: View) -> None:
    look = Look(view, "turbo", invert=True, opacity=0.3, wipe=0.25, **LOCKED)
    writer = ViewVideoWriter(tmp_path / "view.mp4", look, range_locked=True)
    for one in results(3):
        writer.write(one, one.frame.index / 25)
    writer.close()
    shown = read_clip(tmp_path / "view.mp4")[2][1]
    last = result(2)
    expected = render(look, last.frame.rgb, last.inverse_depth)
    assert shown.shape == expected.shape
    assert np.abs(shown.astype(int) - expected).mean() < 12  # colour at half the resolution


def test_the_look_may_change_and_another_picture_is_fitted_in(tmp_path: Path) -> None:
    writer = ViewVideoWriter(tmp_path / "view.mp4", Look(View.DEPTH, "grey"))
    writer.write(result(0), 0.0)
    writer.set_look(Look(View.SIDE, "grey"), range_locked=False)
    writer.write(result(1), 0.04)
    writer.set_look(Look(View.COLOUR), range_locked=False)
    writer.write(result(2, picture_hw=(90, 60)), 0.08)
    writer.close()
    depth, side, portrait = (picture.astype(int) for _, picture in read_clip(tmp_path / "view.mp4"))
    assert np.ptp(depth, axis=2).max() < 12, "grey"
    assert side[:8].max() < 24, "black above a picture twice as wide"
    assert np.ptp(side[14:34, 2:28], axis=2).mean() > 20, "colour at the left"
    assert portrait[:, :12].max() < 24
    assert portrait[:, 20:44].mean() > 40


@pytest.mark.parametrize("size_hw", [(1, 1), (1, 7), (3, 2), (35, 61)])
def test_odd_and_tiny_pictures(tmp_path: Path, size_hw: tuple[int, int]) -> None:
    writer = ViewVideoWriter(tmp_path / "view.mp4", Look(View.DEPTH))
    for one in results(2, picture_hw=size_hw):
        writer.write(one, one.frame.index / 25)
    writer.close()
    height, width = size_hw
    wanted = max(2, height // 2 * 2), max(2, width // 2 * 2), 3
    assert [picture.shape for _, picture in read_clip(tmp_path / "view.mp4")] == [wanted] * 2


def test_it_is_what_browsers_play(tmp_path: Path) -> None:
    path = tmp_path / "view.mp4"
    writer = ViewVideoWriter(path, Look())
    for one in results(30):
        writer.write(one, one.frame.index / 10)
    writer.close()
    with av.open(str(path)) as container:
        (stream,) = container.streams
        codec = stream.codec_context
        assert (codec.name, codec.pix_fmt, codec.color_range, codec.colorspace) == ("h264", "yuv420p", 1, 1)
        assert codec.extradata[1] in (66, 77, 100), "a profile all browsers play, High or lower"
        keys = [float(p.pts * p.time_base) for p in container.demux(stream) if p.size and p.is_keyframe]
    assert keys == pytest.approx([0.0, 1.0, 2.0])
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "it plays while it loads"
    assert b"moof" not in data[: data.index(b"mdat")], "one index, no fragments"
    assert list(tmp_path.iterdir()) == [path]
    assert [picture.shape for _, picture in read_clip(path)] == [(48, 128, 3)] * 30


def test_a_kill_leaves_all_but_the_last_second(tmp_path: Path) -> None:
    path = tmp_path / "view.mp4"
    program = (
        "import os; from pathlib import Path; from core.look import Look; from support.results import results; "
        "from core.recording.view_video import ViewVideoWriter; "
        f"writer = ViewVideoWriter(Path({str(path)!r}), Look()); "
        "[writer.write(one, one.frame.index / 25) for one in results(100)]; os.kill(os.getpid(), 9)"
    )
    paths = f"import sys; sys.path[:0] = {[str(Path.cwd()), str(Path.cwd() / 'tests')]!r}; "
    assert subprocess.run([sys.executable, "-c", paths + program], check=False).returncode == -9
    assert len(read_clip(path)) >= 75


def test_a_picture_without_a_frame_is_no_file_and_another_suffix_is_refused(tmp_path: Path) -> None:
    ViewVideoWriter(tmp_path / "view.mp4", Look()).close()
    assert not list(tmp_path.iterdir())
    with pytest.raises(RecordingError, match=r"written as \.mp4"):
        ViewVideoWriter(tmp_path / "view.avi", Look())


def test_a_file_that_is_there_is_kept_unless_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "view.mp4"
    path.write_text("precious")
    writer = ViewVideoWriter(path, Look())
    with pytest.raises(RecordingError, match="there already"):
        writer.write(result(0), 0.0)
    writer.close()
    assert path.read_text() == "precious"
    writer = ViewVideoWriter(path, Look(), overwrite=True)
    writer.write(result(0), 0.0)
    writer.close()
    assert len(read_clip(path)) == 1


def test_fitting_keeps_the_aspect() -> None:
    white = np.full((10, 20, 3), 255, np.uint8)
    canvas = fitted(white, (40, 40))
    rows = canvas[:, :, 0].max(axis=1)
    assert (rows[:10] == 0).all()
    assert (rows[10:30] == 255).all()
    assert (rows[30:] == 0).all()
