"""`record` as a person runs it, with the built-in model at a small size."""

import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

import app.commands.record
from app.cli import FAILED, INTERRUPTED, main
from core.opencv import cv2
from core.recorder import Recorder
from core.recording.reader import DepthVideoReader, RecordedFrame
from support import clips
from support.plain_clips import read_clip, write_clip
from support.recordings import write_recording

ROOT = Path(__file__).resolve().parent.parent.parent
SMALL = ["--size", "64", "--precision", "fp32", "--device", "cpu"]


def run(*args: str | Path) -> int:
    return main([str(arg) for arg in ("record", *args, *SMALL)], lambda *_: 0)


def recorded(path: Path) -> list[RecordedFrame]:
    reader = DepthVideoReader(path)
    try:
        return list(iter(reader.read, None))
    finally:
        reader.close()


def shown_times(path: Path, track: int = 0) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=track)]


UNEVEN_MS = [0, 40, 100, 500, 507, 901, 903]


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("constant.mp4", {"codec": "libx264"}),
        ("variable.mkv", {"codec": "ffv1", "times_ms": UNEVEN_MS}),
        ("rotated.mp4", {"codec": "libx264", "rotation": 90}),
        ("ten_bits.mkv", {"codec": "ffv1", "pix_fmt": "yuv420p10le"}),
        ("grey.mkv", {"codec": "ffv1", "pix_fmt": "gray"}),
    ],
)
def test_every_frame_of_a_file_is_recorded_at_its_own_time(
    tmp_path: Path, name: str, how: dict[str, object]
) -> None:
    clip = clips.write_clip(tmp_path / name, 7, **how)  # type: ignore[arg-type]
    out = tmp_path / "out.mkv"
    assert run(clip, "--out", out) == 0
    source_s = shown_times(clip)
    for track in (0, 1):
        assert shown_times(out, track) == pytest.approx([time - source_s[0] for time in source_s], abs=0.001)
    frames = recorded(out)
    if "rotation" not in how:
        assert [clips.number_of(frame.rgb) for frame in frames] == list(range(7))
    assert frames[0].rgb.shape == ((128, 64, 3) if "rotation" in how else (64, 128, 3))
    assert all(np.isfinite(frame.inverse_depth).all() for frame in frames)


def test_odd_sizes_are_kept(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "odd.mkv", [0.0, 0.1, 0.2], 61, 35)
    assert run(clip, "--out", tmp_path / "out.mkv") == 0
    assert [frame.rgb.shape for frame in recorded(tmp_path / "out.mkv")] == [(35, 61, 3)] * 3


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    ["decord_video_90.mov", "tc_nasa_13013_rotated.mp4", "tc_testsrc2_odd_height_and_width_vp9_10bit.mp4"],
)
def test_real_clips_keep_their_times(shared: Path, tmp_path: Path, name: str) -> None:
    clip = shared / "media" / "videos" / name
    assert run(clip, "--out", tmp_path / "out.mkv", "--frames", "12") == 0
    source_s = shown_times(clip)[:12]
    assert shown_times(tmp_path / "out.mkv") == pytest.approx([t - source_s[0] for t in source_s], abs=0.001)


def test_exact_depth_is_what_the_network_gave(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "in.mkv", [0.0, 0.1])
    for depth in ("gray16", "float32"):
        assert run(clip, "--out", tmp_path / f"{depth}.mkv", "--depth", depth) == 0
    assert (
        main(["image", str(first_picture(clip, tmp_path)), "--out", str(tmp_path / "a.npy"), *SMALL], lambda *_: 0)
        == 0
    )
    coded, exact = (recorded(tmp_path / f"{depth}.mkv")[0].inverse_depth for depth in ("gray16", "float32"))
    assert np.abs(coded - exact).max() <= np.ptp(exact) / 20_000
    scaled = cv2.resize(exact, (64, 48), interpolation=cv2.INTER_CUBIC)
    assert np.allclose(scaled, np.load(tmp_path / "a.npy"), rtol=1e-5)


def first_picture(clip: Path, folder: Path) -> Path:
    picture = read_clip(clip)[0][1]
    cv2.imwrite(str(folder / "first.png"), picture[..., ::-1])
    return folder / "first.png"


def test_the_view_and_a_picture_of_it_come_along(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "in.mkv", [0.0, 0.04, 0.5])
    out, view, preview = (tmp_path / name for name in ("out.mkv", "out.mp4", "p.png"))
    assert run(clip, "--out", out, "--view", view, "--preview", preview) == 0
    frames = read_clip(view)
    assert [time_s for time_s, _ in frames] == pytest.approx([0.0, 0.04, 0.5], abs=0.001)
    left, right = np.hsplit(frames[-1][1].astype(int), 2)
    assert np.abs(left - read_clip(clip)[-1][1].astype(int)).mean() < 10
    assert right.std() > 10
    assert cv2.imread(str(preview)).shape == (48, 128, 3)
    said = capsys.readouterr().out
    assert f"{out}: 3 frames, 0.96 s" in said
    assert str(view) in said


def test_limits_end_a_recording(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "in.mkv", [index / 10 for index in range(30)])
    for limit, frames in ((("--frames", "4"), 4), (("--seconds", "1.5"), 15)):
        out = tmp_path / f"{frames}.mkv"
        assert run(clip, "--out", out, *limit) == 0
        assert len(recorded(out)) == frames


def test_files_that_are_there_are_replaced_only_when_told_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = write_clip(tmp_path / "in.mkv", [0.0])
    out, view = tmp_path / "out.mkv", tmp_path / "out.mp4"
    for path in (out, view):
        path.write_text("precious")
        assert run(clip, "--out", out, "--view", view) == 1
        assert "--force" in capsys.readouterr().err
        assert path.read_text() == "precious"
    assert run(clip, "--out", out, "--view", view, "--force") == 0
    assert len(recorded(out)) == len(read_clip(view)) == 1


def test_what_a_damaged_file_gave_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "in.mkv", [index / 10 for index in range(30)], 320, 240)
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    code = run(clip, "--out", tmp_path / "out.mkv")
    frames = recorded(tmp_path / "out.mkv")
    assert 5 < len(frames) < 30
    if code:
        assert f"{len(frames)} frames are kept" in capsys.readouterr().err


def test_a_folder_that_cannot_hold_it_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "in.mkv", [0.0])
    assert run(clip, "--out", clip / "out.mkv") == 1
    said = capsys.readouterr().err.strip()
    assert "cannot hold recordings" in said
    assert "\n" not in said


# A process of its own

START = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:], lambda *_: 0))"
FULL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000)); "
AT_A_RATE = [index / 25 for index in range(600)]


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "in.mp4", AT_A_RATE)


def start(*args: str | Path, before: str = "") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", before + START, "record", *map(str, args), *SMALL],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def wait_for_frames(out: Path, process: "subprocess.Popen[str]", least_bytes: int) -> None:
    """Until so much of the recording lies on the disk."""
    while process.poll() is None and not (out.exists() and out.stat().st_size > least_bytes):
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    assert process.poll() is None, process.communicate()[1]


def test_a_kill_leaves_all_but_the_last_second(long_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mkv"
    with start(long_clip, "--out", out) as process:
        wait_for_frames(out, process, 150_000)
        size = out.stat().st_size
        process.kill()
        process.communicate()
    frames = recorded(out)
    per_frame = size / len(frames)
    assert len(frames) * per_frame >= size - 25 * per_frame
    assert [frame.time_s for frame in frames] == pytest.approx(AT_A_RATE[: len(frames)], abs=0.001)
    reader = DepthVideoReader(out)
    reader.close()
    assert not reader.facts.finished


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_control_c_ends_it_cleanly(long_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mkv"
    with start(long_clip, "--out", out) as process:
        wait_for_frames(out, process, 100_000)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
    frames = recorded(out)
    assert f"{len(frames)} frames" in said
    reader = DepthVideoReader(out)
    reader.close()
    assert reader.facts.finished


def test_nothing_recorded_is_no_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def ended_at_once(recorder: Recorder, *_: object) -> None:
        recorder.finish()
        recorder.join()

    out = tmp_path / "out.mkv"
    for wait, code in ((interrupted, INTERRUPTED), (ended_at_once, FAILED)):
        monkeypatch.setattr(app.commands.record, "_wait", wait)
        assert run("demo", "--out", out) == code
        assert not out.exists()
    assert "nothing was recorded" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of the system's")
def test_a_full_disk_ends_it_with_one_line_and_keeps_what_there_is(long_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mkv"
    with start(long_clip, "--out", out, before=FULL_DISK) as process:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 1
    frames = recorded(out)
    assert len(frames) > 10
    last = said.strip().splitlines()[-1]
    assert f"{len(frames)} frames are kept in {out}" in last
    assert "could not be written" in last


def test_the_time_base_is_fine_enough_for_any_rate(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "fast.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=1000)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "gray"
        for index in range(6):
            frame = av.VideoFrame.from_ndarray(np.full((32, 32), 40 * index, np.uint8), format="gray")
            frame.pts, frame.time_base = index, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert run(tmp_path / "fast.mkv", "--out", tmp_path / "out.mkv") == 0
    assert shown_times(tmp_path / "out.mkv") == pytest.approx([index / 1000 for index in range(6)], abs=1e-5)


def test_a_recording_is_recorded_anew_by_another_network_but_never_over_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_recording(tmp_path / "a.mkv", [0.0, 0.1, 0.25])
    before = source.read_bytes()
    assert run(source, "--out", source, "--force") == 1
    assert "is the source itself" in capsys.readouterr().err
    assert source.read_bytes() == before
    assert run(source, "--out", tmp_path / "b.mkv") == 0
    frames = recorded(tmp_path / "b.mkv")
    assert [frame.time_s for frame in frames] == pytest.approx([0.0, 0.1, 0.25], abs=1e-6)
    assert {frame.inverse_depth.shape for frame in frames} == {(64, 64)}
