"""MiDaS's protocol against values worked out by hand, and where the truth comes from."""

import contextlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.comparing.ground_truth import MeasuredTruth, RecordedDemoTruth, read_inverse_depth, truth_of
from core.comparing.measures import Score
from core.comparing.truth import CONSTANT, ROW, overall, score, trivial_scores
from core.errors import SourceError
from core.messages import DepthArray, Frame
from core.opencv import cv2
from core.recording.depth_video import DepthVideoWriter
from core.sources.opener import open_source
from core.synthetic.true_depth import true_inverse_depth_at
from support.recordings import FACTS

NAN = float("nan")


def frame(index: int, time_s: float | None) -> Frame:
    return Frame(index, 0.0, np.zeros((4, 4, 3), np.uint8), time_s)


def by_the_book(estimate: DepthArray, truth: DepthArray) -> tuple[float, float]:
    """AbsRel and delta-1 error as the paper writes them, step by step, in plain numpy."""
    valid = np.isfinite(truth) & (truth > 0)
    given, wanted = estimate[valid].astype(float), truth[valid].astype(float)
    scale, shift = np.polyfit(given, wanted, 1)
    depth = 1 / np.maximum(scale * given + shift, wanted.min())
    true_depth = 1 / wanted
    off = np.maximum(depth / true_depth, true_depth / depth)
    return float(np.mean(np.abs(depth - true_depth) / true_depth)), float(np.mean(off > 1.25))


def test_a_score_by_the_book() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.1, 1, (60, 80)).astype(np.float32)
    truth[rng.random(truth.shape) < 0.4] = NAN
    truth[0, :10] = 0  # nothing is infinitely far
    estimate = (np.nan_to_num(truth) * 500 + rng.normal(0, 60, truth.shape)).astype(np.float32)
    result = score(estimate, truth)
    assert result is not None
    assert (result.abs_rel, result.delta1_error) == pytest.approx(by_the_book(estimate, truth), rel=1e-6)


def test_the_map_is_brought_to_the_truth_s_size() -> None:
    truth = np.repeat(np.linspace(0.2, 1, 480, dtype=np.float32)[:, None], 640, axis=1)
    small = np.repeat(np.linspace(0.2, 1, 64, dtype=np.float32)[:, None], 64, axis=1) * 3000
    result = score(small, truth)
    assert result is not None
    assert result.abs_rel < 0.02
    assert result.pearson == pytest.approx(1, abs=1e-3)


def test_the_trivial_answers_worked_out_by_hand() -> None:
    # The constant becomes the mean, 2: depth 1/2 where 1 and 1/3 are true, off by 1/2 of each, factors 2 and 3/2.
    by_rows = np.array(((1, 1), (3, 3)), np.float32)
    found = trivial_scores(by_rows)
    assert found[CONSTANT] == Score(None, pytest.approx(0.5), 1.0)
    assert found[ROW] == Score(pytest.approx(1), pytest.approx(0, abs=1e-9), 0.0)
    by_columns = trivial_scores(by_rows.T.copy())
    assert by_columns[ROW] == Score(pytest.approx(0), pytest.approx(0.5), 1.0), "the row says nothing of columns"


def test_overall_is_the_mean_of_the_pictures() -> None:
    scores = [Score(0.5, 0.1, 0.2), None, Score(None, 0.3, 0.6)]
    assert overall(scores) == Score(0.5, pytest.approx(0.2), pytest.approx(0.4))
    assert overall([None]) is None


def test_where_nothing_was_measured_there_is_no_score() -> None:
    assert score(np.ones((4, 4), np.float32), np.full((4, 4), NAN, np.float32)) is None
    assert trivial_scores(np.zeros((4, 4), np.float32)) == {CONSTANT: None, ROW: None}


def write_pair(folder: Path, name: str, value: float | None) -> None:
    cv2.imwrite(str(folder / f"{name}.png"), np.full((12, 16, 3), 7, np.uint8))
    if value is not None:
        np.savez(folder / f"{name}.npz", inverse_depth=np.full((12, 16), value, np.float32))


def test_a_folder_of_pairs_knows_each_picture_s_truth(tmp_path: Path) -> None:
    for name, value in (("b", 2.0), ("a", 1.0), ("c", None), ("d", 4.0)):
        write_pair(tmp_path, name, value)
    (tmp_path / "a.png").write_bytes(b"no picture")  # passed over, and the others keep their own truth
    source = open_source(str(tmp_path))
    truth = truth_of(source.info)
    assert truth is not None
    found = {}
    while len(found) < 3:
        picture = source.read()
        assert picture is not None
        seen = frame(len(found), picture.media_time_s)
        depth = truth.of(seen)
        found[truth.name_of(seen)] = None if depth is None else float(depth[0, 0])
    assert found == {"b": 2.0, "c": None, "d": 4.0}
    source.close()


def test_one_photo_with_its_depth_is_a_pair_too(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", 1.0)
    source = open_source(str(tmp_path / "a.png"))
    truth = truth_of(source.info)
    assert isinstance(truth, MeasuredTruth)
    assert truth.of(frame(0, 0.0)) is not None


def test_photos_alone_have_no_truth(tmp_path: Path) -> None:
    write_pair(tmp_path, "a", None)
    assert truth_of(open_source(str(tmp_path)).info) is None


def test_the_demo_s_truth_is_the_scene_s() -> None:
    source = open_source("demo")
    truth = truth_of(source.info)
    assert truth is not None
    found = truth.of(frame(30, 1.0))
    assert found is not None
    np.testing.assert_array_equal(found, true_inverse_depth_at(1.0))
    source.close()


def npz(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def npy(array: np.ndarray, *, pickled: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=pickled)
    return buffer.getvalue()


def test_damaged_and_hostile_files_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    whole = npy(np.ones((4, 4), np.float32))
    huge = io.BytesIO()
    np.lib.format.write_array_header_1_0(huge, {"descr": "<f4", "fortran_order": False, "shape": (400000, 400000)})
    cases = {
        "no .npz file": lambda: file.write_bytes(b"text"),
        "can be read: it is damaged": lambda: npz(file, "inverse_depth.npy", whole[:-8]),
        "holds no array 'inverse_depth'": lambda: npz(file, "depth.npy", whole),
        "must be .height, width. of floats": lambda: npz(file, "inverse_depth.npy", npy(np.ones(4, np.float32))),
        "of int64": lambda: npz(file, "inverse_depth.npy", npy(np.ones((4, 4), np.int64))),
        "of object": lambda: npz(file, "inverse_depth.npy", npy(np.array([[{}]]), pickled=True)),
        "got .400000": lambda: npz(file, "inverse_depth.npy", huge.getvalue()),
    }
    for said, make in cases.items():
        make()
        with pytest.raises(SourceError, match=said) as caught:
            read_inverse_depth(file)
        assert "\n" not in str(caught.value)
        assert str(file) in str(caught.value)


def test_only_the_array_that_was_checked_is_read(tmp_path: Path) -> None:
    huge = io.BytesIO()
    np.lib.format.write_array_header_1_0(huge, {"descr": "<f4", "fortran_order": False, "shape": (2**22, 2**22)})
    file = npz(tmp_path / "a.npz", "inverse_depth.npy", npy(np.ones((4, 6), np.float32)))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("inverse_depth", huge.getvalue())  # what numpy takes first
    np.testing.assert_array_equal(read_inverse_depth(file), np.ones((4, 6), np.float32))


def test_an_array_without_memory_for_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    file = npz(tmp_path / "a.npz", "inverse_depth.npy", npy(np.ones((4, 6), np.float32)))
    monkeypatch.setattr(np.lib.format, "read_array", no_memory)
    with pytest.raises(SourceError, match="can be read"):
        read_inverse_depth(file)


@pytest.mark.shared
def test_every_measured_pair_can_be_scored_and_the_row_beats_the_constant(shared: Path) -> None:
    """On scenes that stand on a floor, what is lower in the picture is nearer."""
    files = sorted((shared / "media" / "pairs").glob("*.npz"))
    assert len(files) >= 9
    scores = [trivial_scores(read_inverse_depth(file)) for file in files]
    for file, found in zip(files, scores, strict=True):
        truth = read_inverse_depth(file)
        rows = np.repeat(np.arange(truth.shape[0], dtype=np.float32)[:, None], truth.shape[1], axis=1)
        row = found[ROW]
        assert row is not None
        assert (row.abs_rel, row.delta1_error) == pytest.approx(by_the_book(rows, truth), rel=1e-5, abs=1e-5)
    constant, row = (overall(each[name] for each in scores) for name in (CONSTANT, ROW))
    assert constant is not None
    assert row is not None
    assert row.abs_rel < constant.abs_rel
    assert row.delta1_error < constant.delta1_error


@pytest.fixture(scope="module")
def demo_recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three frames of the demo, from its eighth second on; the recording's own times begin at 0."""
    path = tmp_path_factory.mktemp("demo") / "demo.mkv"
    source = open_source("demo")
    source.seek(8.0)
    with contextlib.closing(DepthVideoWriter(path, FACTS)) as writer:
        for index in range(3):
            picture = source.read()
            assert picture is not None
            writer.write(picture.rgb, np.ones((24, 32), np.float32), index / 30)
    source.close()
    return path


def test_a_recording_of_the_demo_has_the_scene_s_truth_wherever_it_began(demo_recording: Path) -> None:
    source = open_source(str(demo_recording))
    truth = truth_of(source.info)
    assert isinstance(truth, RecordedDemoTruth)
    picture = source.read()
    source.close()
    assert picture is not None
    assert picture.media_time_s == 0
    found = truth.of(Frame(0, 0.0, picture.rgb, picture.media_time_s))
    assert found is not None
    np.testing.assert_array_equal(found, true_inverse_depth_at(8.0))
    assert truth.of(frame(0, 0.0)) is None, "a black picture is not of the scene"


def test_a_recording_of_something_else_has_no_truth(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    with contextlib.closing(DepthVideoWriter(path, replace(FACTS, source="clip.mp4"))) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8), np.ones((24, 32), np.float32), 0.0)
    source = open_source(str(path))
    assert truth_of(source.info) is None
    source.close()
