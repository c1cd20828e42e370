import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.depth_files import at_picture_size, write_depth
from core.errors import RecordingError
from core.messages import DepthResult, Frame, ModelInfo
from core.opencv import cv2
from core.snapshot import depth_codes, write_snapshot


def ramp(height: int = 3, width: int = 5) -> np.ndarray:
    return np.linspace(-2.0, 1000.0, height * width, dtype=np.float32).reshape(height, width)


def test_npy_holds_the_values_themselves(tmp_path: Path) -> None:
    assert write_depth(tmp_path / "d.npy", ramp()) == "5x3, float32"
    assert np.array_equal(np.load(tmp_path / "d.npy"), ramp())


def test_pfm_holds_the_values_bottom_row_first(tmp_path: Path) -> None:
    write_depth(tmp_path / "d.pfm", ramp())
    data = (tmp_path / "d.pfm").read_bytes()
    header = b"Pf\n5 3\n-1.0\n"
    assert data.startswith(header)
    rows = np.frombuffer(data[len(header) :], "<f4").reshape(3, 5)
    assert np.array_equal(rows[::-1], ramp())


def test_png_holds_sixteen_bits_and_the_line_says_how_to_read_them(tmp_path: Path) -> None:
    held = write_depth(tmp_path / "d.png", ramp())
    codes = cv2.imread(str(tmp_path / "d.png"), cv2.IMREAD_UNCHANGED)
    assert codes.dtype == np.uint16
    assert (codes.min(), codes.max()) == (0, 65535)
    offset, scale = (float(part.split()[0]) for part in held.split(" = ")[1].split("+"))
    assert np.allclose(offset + scale * codes, ramp(), atol=1002 / 65535)


@pytest.mark.parametrize("name", ["d.jpg", "d"])
def test_another_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordingError, match=r"written as \.png, \.npy, \.pfm"):
        write_depth(tmp_path / name, ramp())


def test_a_folder_that_cannot_be_made_is_one_line_and_the_old_file_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RecordingError, match="could not be written"):
        write_depth(tmp_path / "file" / "d.npy", ramp())
    target = tmp_path / "d.npy"
    target.write_text("old")
    (tmp_path / ".d.npy.part").mkdir()  # where the new file would be built
    with pytest.raises(RecordingError):
        write_depth(target, ramp())
    assert target.read_text() == "old"


@settings(max_examples=50, deadline=None)
@given(
    low=st.floats(-1e6, 1e6, width=32),
    span=st.sampled_from([0.0, 1e-6, 1.0, 1e4, 1e9]),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_codes_read_back_within_half_a_step(low: float, span: float, shape: tuple[int, int]) -> None:
    depth = (low + span * np.random.default_rng(0).random(shape)).astype(np.float32)
    codes, offset, scale = depth_codes(depth)
    back = offset + scale * codes.astype(np.float64)
    assert np.abs(back - depth).max() <= 0.51 * scale + 1e-30


def test_depth_is_scaled_up_as_midas_does() -> None:
    torch = pytest.importorskip("torch")
    depth = np.random.default_rng(0).random((8, 6)).astype(np.float32)
    wanted = torch.nn.functional.interpolate(
        torch.from_numpy(depth)[None, None], (33, 50), mode="bicubic", align_corners=False
    )
    assert np.allclose(at_picture_size(depth, (33, 50)), wanted[0, 0].numpy(), atol=1e-5)


def a_result() -> DepthResult:
    rgb = np.zeros((4, 6, 3), np.uint8)
    rgb[..., 0] = 255  # red
    model = ModelInfo("toy", 1, 64, "fp32", "cpu", "CPU")
    return DepthResult(Frame(3, 0.0, rgb, 1.5), ramp(), 0.0, 1.0, model, 0.0, 0.1)


def test_a_snapshot_is_colour_depth_view_and_how_it_was_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "snapshot"
    write_snapshot(folder, a_result(), b"view")
    assert tuple(cv2.imread(str(folder / "colour.png"))[0, 0]) == (0, 0, 255), "red, in OpenCV's order"
    facts = json.loads((folder / "snapshot.json").read_text())
    codes = cv2.imread(str(folder / "depth.png"), cv2.IMREAD_UNCHANGED)
    assert np.allclose(facts["offset"] + facts["scale"] * codes, ramp(), atol=0.02)
    assert (facts["model"], facts["media_time_s"]) == ("toy", 1.5)
    assert (folder / "view.png").read_bytes() == b"view"


def test_a_snapshot_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="snapshot could not be written"):
        write_snapshot(tmp_path / "file" / "snapshot", a_result(), None)
