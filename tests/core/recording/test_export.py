"""Exported depth is the recorded depth, with its time and scale; what is done is not done again."""

import csv
import json
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from core.depth_files import write_whole
from core.errors import RecordingError, SourceError
from core.opencv import cv2
from core.recording import export_files
from core.recording.export import FORMATS, ExportFormat, ExportSummary, export
from support.recordings import read_all, write_recording

TIMES_S = [index / 10 for index in range(25)]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("recording") / "a.mkv", TIMES_S)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "index.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def load(path: Path, row: dict[str, str]) -> np.ndarray:
    match path.suffix:
        case ".png":
            codes = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            assert codes is not None
            assert codes.dtype == np.uint16
            return (float(row["offset"]) + float(row["scale"]) * codes.astype(np.float64)).astype(np.float32)
        case ".npy":
            return np.asarray(np.load(path))
        case ".csv":
            return np.loadtxt(path, delimiter=",", dtype=np.float32)
        case ".pfm":
            head, size, scale, data = path.read_bytes().split(b"\n", 3)
            assert (head, float(scale)) == (b"Pf", -1)
            width, height = map(int, size.split())
            return np.frombuffer(data, "<f4").reshape(height, width)[::-1]
        case ".exr":
            open_exr = pytest.importorskip("OpenEXR")
            return np.asarray(open_exr.File(str(path)).channels()["Y"].pixels)
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize("format_name", [name for name in FORMATS if name != "mp4"])
@pytest.mark.parametrize("depth_format", ["gray16", "float32"])
def test_every_format_holds_the_recorded_values(
    tmp_path: Path, format_name: ExportFormat, depth_format: str
) -> None:
    if format_name == "exr":
        pytest.importorskip("OpenEXR")
    recording = write_recording(tmp_path / "a.mkv", [0, 0.5, 0.75], depth_format)  # type: ignore[arg-type]
    assert export(recording, tmp_path / "out", format=format_name) == ExportSummary(3, 0)
    for frame, row in zip(read_all(recording), rows(tmp_path / "out"), strict=True):
        assert (int(row["frame"]), float(row["time_s"])) == (frame.index, frame.time_s)
        found = load(tmp_path / "out" / row["file"], row)
        allowed = (
            np.ptp(frame.inverse_depth) / 60_000 if (format_name, depth_format) == ("png16", "float32") else 0
        )
        assert np.abs(found - frame.inverse_depth).max() <= allowed
        assert float(row["smallest"]) == frame.inverse_depth.min()
        assert float(row["largest"]) == frame.inverse_depth.max()
    about = json.loads((tmp_path / "out" / "recording.json").read_text(encoding="utf-8"))
    assert about["FATHOM_MODEL"] == "fathom-nano"


def test_png_holds_the_codes_as_they_lie_in_the_recording(tmp_path: Path, recording: Path) -> None:
    export(recording, tmp_path, to_s=0.25)
    with av.open(recording) as file:
        for row, frame in zip(rows(tmp_path), file.decode(video=1), strict=False):
            found = cv2.imread(str(tmp_path / row["file"]), cv2.IMREAD_UNCHANGED)
            assert np.array_equal(found, frame.to_ndarray())


@pytest.mark.parametrize(
    ("from_s", "to_s", "every", "indices"),
    [
        (0, None, 10, [0, 10, 20]),
        (1.0, 1.3, 1, [10, 11, 12]),
        (0.95, 1.25, 1, [10, 11, 12]),
        (1.3, None, 4, [16, 20, 24]),
        (9, None, 1, []),
    ],
)
def test_a_part_of_it(
    tmp_path: Path, recording: Path, from_s: float, to_s: float | None, every: int, indices: list[int]
) -> None:
    summary = export(recording, tmp_path, format="npy", from_s=from_s, to_s=to_s, every=every)
    assert summary == ExportSummary(len(indices), 0)
    assert [int(row["frame"]) for row in rows(tmp_path)] == indices
    assert sorted(path.name for path in tmp_path.glob("*.npy")) == [f"depth_{index:06d}.npy" for index in indices]


def test_cancelled_and_taken_up_again(tmp_path: Path, recording: Path) -> None:
    done: list[tuple[int, int | None]] = []
    cancelled = export(recording, tmp_path, progress=lambda *at: done.append(at), cancelled=lambda: len(done) == 7)
    assert cancelled == ExportSummary(7, 0, was_cancelled=True)
    assert done[-1] == (7, 25)
    assert len(rows(tmp_path)) == 7
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.png")}
    (tmp_path / "depth_000003.png").unlink()
    with (tmp_path / "index.csv").open("a", encoding="utf-8") as file:
        file.write("7,0.7000")  # as a kill leaves it
    done.clear()
    assert export(recording, tmp_path, progress=lambda *at: done.append(at)) == ExportSummary(19, 6)
    assert done[-1] == (25, 25)
    for name, at_ns in kept.items():
        if name != "depth_000003.png":
            assert (tmp_path / name).stat().st_mtime_ns == at_ns
    assert [int(row["frame"]) for row in rows(tmp_path)] == list(range(25))
    assert export(recording, tmp_path) == ExportSummary(0, 25)
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_recording_gives_what_is_good_and_says_so(tmp_path: Path, recording: Path) -> None:
    data = recording.read_bytes()
    damaged = tmp_path / "b.mkv"
    damaged.write_bytes(data[: len(data) // 2])
    good = 0
    for format_name in ("npy", "mp4"):
        with pytest.raises(SourceError, match="frames before it are good"):
            export(damaged, tmp_path / format_name, format=format_name)
    good = len(rows(tmp_path / "npy"))
    assert 8 < good < 16
    with av.open(tmp_path / "mp4" / "depth.mp4") as file:
        assert sum(1 for _ in file.decode(video=0)) == good


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, recording: Path) -> None:
    export(recording, tmp_path / "a", format="npy", to_s=0.25)
    with pytest.raises(RecordingError, match="another recording or format"):
        export(recording, tmp_path / "a", format="png16")
    other = write_recording(tmp_path / "b.mkv", [0], depth_hw=(5, 6))
    with pytest.raises(RecordingError, match="another recording or format"):
        export(other, tmp_path / "a", format="npy")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "depth_000000.png").write_text("precious")
    with pytest.raises(RecordingError, match="would mix with"):
        export(recording, tmp_path / "c")
    assert (tmp_path / "c" / "depth_000000.png").read_text() == "precious"
    (tmp_path / "file").touch()
    for format_name in ("npy", "mp4"):
        with pytest.raises(RecordingError, match="file"):
            export(recording, tmp_path / "file", format=format_name)


def test_a_disk_that_fills_up(tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        if path.name == "depth_000004.png":
            raise RecordingError(f"{path} could not be written: No space left on device")
        write_whole(path, data)

    monkeypatch.setattr(export_files, "write_whole", full)
    with pytest.raises(RecordingError, match="No space left"):
        export(recording, tmp_path)
    monkeypatch.undo()
    assert [int(row["frame"]) for row in rows(tmp_path)] == [0, 1, 2, 3]
    assert export(recording, tmp_path) == ExportSummary(21, 4)


def test_a_video_of_depth(tmp_path: Path, recording: Path) -> None:
    assert export(recording, tmp_path, format="mp4", from_s=1.0, to_s=1.5) == ExportSummary(5, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["depth.mp4"]
    with av.open(tmp_path / "depth.mp4") as file:
        frames = list(file.decode(video=0))
        assert [frame.time for frame in frames] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4], abs=1e-3)
        assert (frames[0].width, frames[0].height) == (64, 48)
    with pytest.raises(RecordingError, match="there already"):
        export(recording, tmp_path, format="mp4")
    cancelled = export(recording, tmp_path / "c", format="mp4", cancelled=lambda: True)
    assert cancelled.was_cancelled
    assert list((tmp_path / "c").iterdir()) == []


def test_without_open_exr(tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OpenEXR", None)
    with pytest.raises(RecordingError, match="OpenEXR is not installed: `pip install OpenEXR`"):
        export(recording, tmp_path / "out", format="exr")
    assert not (tmp_path / "out").exists()


def test_a_recording_of_floats_that_are_not_finite(tmp_path: Path) -> None:
    from core.recording.depth_video import DepthVideoWriter
    from support.recordings import FACTS, picture

    depth = np.array([[1, np.nan], [np.inf, 3]], np.float32)
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS, depth_format="float32") as writer:
        writer.write(picture(0), depth, 0)
    export(tmp_path / "a.mkv", tmp_path / "png")
    (row,) = rows(tmp_path / "png")
    assert load(tmp_path / "png" / row["file"], row) == pytest.approx(np.array([[1, 1], [1, 3]]), abs=1e-4)
    export(tmp_path / "a.mkv", tmp_path / "npy", format="npy")
    assert np.array_equal(np.load(tmp_path / "npy" / "depth_000000.npy"), depth, equal_nan=True)
