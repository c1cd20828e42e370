"""Kills, full disks and great sizes: what was written can be read."""

import gc
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import av
import numpy as np
import pytest

from core.recording.depth_video import DepthVideoWriter
from core.recording.ebml import Id, id_bytes
from core.recording.reader import DepthVideoReader
from support.recordings import FACTS, abandon, depth, picture, read_all, write_recording

ROOT = Path(__file__).resolve().parents[3]
HOLE_BYTES = 5 * 2**30

RECORD_FOR_EVER = """
import sys
from pathlib import Path
from core.recording.depth_video import DepthVideoWriter
from support.recordings import FACTS, depth, picture
writer = DepthVideoWriter(Path(sys.argv[1]), FACTS)
for index in range(100_000):
    writer.write(picture(index), depth(index), index / 30)
    print(index, flush=True)
"""

RECORD_UNTIL_FULL = """
import resource, signal, sys
from pathlib import Path
from core.errors import RecordingError
from core.recording.depth_video import DepthVideoWriter
from support.recordings import FACTS, depth, picture
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
writer = DepthVideoWriter(Path(sys.argv[1]), FACTS)
try:
    for index in range(100_000):
        writer.write(picture(index), depth(index), index / 30)
except RecordingError as error:
    print(error)
writer.close()
print(writer.frames)
"""


def start(script: str, *arguments: str) -> "subprocess.Popen[str]":
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )


@pytest.mark.parametrize("frames", [1, 37])
def test_a_kill_takes_no_frame_that_was_written(tmp_path: Path, frames: int) -> None:
    path = tmp_path / "a.mkv"
    with start(RECORD_FOR_EVER, str(path)) as recorder:
        assert recorder.stdout is not None
        for _ in range(frames):
            recorder.stdout.readline()
        recorder.kill()
    read = read_all(path)
    assert [frame.index for frame in read] == list(range(len(read)))
    assert len(read) >= frames
    with av.open(path) as file:
        assert sum(1 for _ in file.decode(video=1)) == len(read)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to set")
@pytest.mark.parametrize("limit", [1000, 60_000, 60_011, 150_001])
def test_a_full_disk_ends_the_recording_and_keeps_it(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "a.mkv"
    with start(RECORD_UNTIL_FULL, str(path), str(limit)) as recorder:
        said, _ = recorder.communicate()
    assert recorder.returncode == 0
    line, count = said.splitlines()
    assert line.endswith("could not be written: File too large")
    if limit == 1000:  # not even the head fits
        assert count == "0"
        assert not path.exists()
        return
    assert int(count) > 3
    assert path.stat().st_size > limit - 3000
    assert len(read_all(path)) == int(count)
    with DepthVideoReader(path) as reader:
        assert reader.facts.finished
        assert reader._file._end == path.stat().st_size  # nothing is left of the frame that did not fit


@pytest.mark.skipif(sys.platform == "win32", reason="files have no holes")
@pytest.mark.parametrize("finish", [True, False])
def test_positions_beyond_4_gb(tmp_path: Path, finish: bool) -> None:
    path = tmp_path / "a.mkv"
    writer = DepthVideoWriter(path, FACTS)
    for index in range(100):
        if index == 80:
            skip_ahead(writer)
        writer.write(picture(index), depth(index), index / 10)
    if finish:
        writer.close()
    else:
        abandon(writer)
    assert path.stat().st_size > HOLE_BYTES
    assert path.stat().st_blocks * 512 < 2**20
    assert len(read_all(path)) == 100
    with DepthVideoReader(path) as reader:
        reader.seek(9.5)
        frame = reader.read()
        assert frame is not None
        assert frame.index == 95
    if finish:
        with av.open(path) as file:
            file.seek(9_000_000)
            assert [float(frame.time) for frame in file.decode(video=0)] == pytest.approx(np.arange(9, 9.95, 0.1))


def test_memory_stays_where_it_is(tmp_path: Path) -> None:
    """The only thing that grows is the index: 16 bytes a second."""
    pictures, depths = [picture(index) for index in range(8)], [depth(index) for index in range(8)]
    held: list[int] = []
    tracemalloc.start()
    try:
        with DepthVideoWriter(tmp_path / "a.mkv", FACTS) as writer:
            for index in range(601):
                writer.write(pictures[index % 8], depths[index % 8], index / 30)
                if index in (100, 600):
                    gc.collect()
                    held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] - held[0] < 20_000


def skip_ahead(writer: DepthVideoWriter) -> None:
    """An element that says nothing, as long as gigabytes of frames, which takes no room on disk."""
    file = writer._file
    file._append(id_bytes(Id.VOID) + (1 << 56 | HOLE_BYTES).to_bytes(8, "big"))
    file.end += HOLE_BYTES


def test_an_unfinished_file_is_searched_without_an_index(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.mkv", [index / 10 for index in range(50)], finish=False)
    with DepthVideoReader(path) as reader:
        for index in (33, 0, 49, 10, 11, 9):
            reader.seek(index / 10)
            frame = reader.read()
            assert frame is not None
            assert frame.index == index
