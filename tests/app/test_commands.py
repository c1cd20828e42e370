"""The commands as a person runs them, in this process, with the built-in model at a small size."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import app.commands.live
from app.cli import main, with_command
from app.settings import Settings
from app.settings_store import SettingsStore
from core.opencv import cv2
from support.plain_clips import read_clip, write_clip

SMALL = ["--size", "64", "--precision", "fp32", "--device", "cpu"]


class Window:
    """Stands in for the window and keeps what it was asked to show."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, settings: Settings, store: SettingsStore, *rest: Any) -> int:
        self.calls.append((settings, *rest))
        return 0


def run(*args: str | Path, window: Window | None = None) -> int:
    return main([str(arg) for arg in args], window or Window())


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on stderr, which is to be one line."""
    said = capsys.readouterr().err.strip()
    assert said
    assert "\n" not in said
    assert "Traceback" not in said
    return said


def a_picture(path: Path, width: int = 80, height: int = 50) -> Path:
    picture = np.linspace(0, 255, width * height * 3).reshape(height, width, 3).astype(np.uint8)
    cv2.imwrite(str(path), picture)
    return path


def test_the_command_need_not_be_named() -> None:
    assert with_command([]) == ["live"]
    assert with_command(["clip.mp4"]) == ["live", "clip.mp4"]
    assert with_command(["--size", "384"]) == ["live", "--size", "384"]
    assert with_command(["record", "x"]) == ["record", "x"]
    assert with_command(["--help"]) == ["--help"]


# image


def test_an_image_s_npy_has_the_picture_s_height_and_width_and_the_raw_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = a_picture(tmp_path / "a.png")
    assert run("image", picture, "--out", tmp_path / "a.npy", *SMALL) == 0
    depth = np.load(tmp_path / "a.npy")
    assert depth.shape == (50, 80)
    assert depth.dtype == np.float32
    assert depth.std() > 0
    assert "80x50, float32" in capsys.readouterr().out


def test_pictures_go_into_a_folder_by_name(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.png", "a.jpg", "b.png"):
        a_picture(tmp_path / "in" / name)
    assert run("image", tmp_path / "in", "--out", tmp_path / "out", "--format", "pfm", *SMALL) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.pfm", "b.pfm", "in-a.png.pfm"]


def test_one_bad_picture_among_many_is_named_and_the_others_are_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.png").write_text("no picture")
    good = a_picture(tmp_path / "good.png")
    assert run("image", tmp_path / "bad.png", good, "--out", tmp_path / "out", *SMALL) == 1
    assert "bad.png" in capsys.readouterr().err
    assert (tmp_path / "out" / "good.png").exists()


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["image", "missing.jpg", "--out", "x.png"], 1, "missing.jpg"),
        (["image", "a.png"], 2, "--out"),
        (["image", "a.png", "--out", "x.jpg"], 1, ".png, .npy, .pfm"),
        (["image", "a.png", "--out", "x.png", "--model", "nonsense"], 1, "nonsense"),
        (["image", "a.png", "--out", "x.png", "--device", "cuda:77"], 1, "cuda:77"),
        (["image", "a.png", "--out", "x.png", "--size", "100"], 2, "multiples of 32"),
        (["image", "a.png", "--out", "x.png", "--aspect", "round"], 2, "square"),
        (["record", "missing.mp4", "--out", "x.mp4"], 1, "missing.mp4"),
        (["record", "a.png", "--out", "x.avi"], 1, ".mp4 or .mkv"),
        (["record", "a.png", "--out", "x.mp4", "--seconds", "-1"], 2, "--seconds"),
        (["live", "--exit-after", "0"], 2, "--exit-after"),
        (["live", "--screenshot", "x.png"], 2, "--exit-after"),
        (["nonsense", "more"], 2, "more"),
        (["models", "info"], 2, "FILE"),
    ],
)
def test_wrong_use_exits_2_and_a_failure_1_with_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    args: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    a_picture(tmp_path / "a.png")
    assert run(*args) == code
    assert said in one_line(capsys)
    assert not list(tmp_path.glob("x.*")), "nothing half done is left"


# record


def test_every_frame_of_a_file_is_recorded_at_its_own_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times = [0.0, 0.04, 0.1, 0.5, 0.52, 0.9]
    clip = write_clip(tmp_path / "in.mkv", times)
    assert run("record", clip, "--out", tmp_path / "out.mp4", "--preview", tmp_path / "p.png", *SMALL) == 0
    frames = read_clip(tmp_path / "out.mp4")
    assert [time for time, _ in frames] == pytest.approx(times, abs=0.001)
    left, right = np.hsplit(frames[-1][1].astype(int), 2)
    assert frames[-1][1].shape == (48, 128, 3), "colour and depth side by side"
    source = read_clip(clip)[-1][1].astype(int)
    assert np.abs(left - source).mean() < 8
    assert right.std() > 10
    assert cv2.imread(str(tmp_path / "p.png")).shape == (48, 128, 3)
    assert "6 frames" in capsys.readouterr().out


def test_limits_end_a_recording(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "in.mkv", [index / 10 for index in range(30)])
    assert run("record", clip, "--out", tmp_path / "n.mkv", "--frames", "4", *SMALL) == 0
    assert len(read_clip(tmp_path / "n.mkv")) == 4
    assert run("record", clip, "--out", tmp_path / "s.mkv", "--seconds", "1.5", *SMALL) == 0
    assert len(read_clip(tmp_path / "s.mkv")) in (15, 16)


def test_odd_sizes_are_cut_to_even_ones(tmp_path: Path) -> None:
    picture = a_picture(tmp_path / "odd.png", 61, 35)
    assert run("record", picture, "--out", tmp_path / "out.mp4", *SMALL) == 0
    assert read_clip(tmp_path / "out.mp4")[0][1].shape == (34, 122, 3)


def test_a_file_that_is_there_is_replaced_only_when_told_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = a_picture(tmp_path / "a.png")
    (tmp_path / "out.mp4").write_text("precious")
    assert run("record", picture, "--out", tmp_path / "out.mp4", *SMALL) == 1
    assert "--force" in one_line(capsys)
    assert (tmp_path / "out.mp4").read_text() == "precious"
    assert run("record", picture, "--out", tmp_path / "out.mp4", "--force", *SMALL) == 0
    assert len(read_clip(tmp_path / "out.mp4")) == 1


def test_what_a_damaged_file_gave_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "in.mkv", [index / 10 for index in range(30)], 320, 240)
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    code = run("record", clip, "--out", tmp_path / "out.mp4", *SMALL)
    frames = read_clip(tmp_path / "out.mp4")
    assert 5 < len(frames) < 30
    if code:
        assert f"{len(frames)} frames are kept" in one_line(capsys)


# live


def test_live_shows_the_window_with_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.commands.live, "has_display", lambda: True)
    window = Window()
    assert run("clip.mp4", "--size", "384", "--exit-after", "2", "--screenshot", "s.png", window=window) == 0
    settings, problem, exit_after_s, screenshot = window.calls[0]
    assert (settings.source, settings.size, settings.model) == ("clip.mp4", "384", "fathom-nano")
    assert (problem, exit_after_s, screenshot) == (None, 2.0, Path("s.png"))


def test_without_a_display_ten_seconds_of_demo_are_recorded(
    monkeypatch: pytest.MonkeyPatch, own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app.commands.live, "has_display", lambda: False)
    monkeypatch.setattr(app.commands.live, "DEMO_SECONDS", 0.4)
    window = Window()
    assert run(*SMALL, window=window) == 0
    assert window.calls == []
    said = capsys.readouterr().out
    folder = own_folders / "fathom" / "videos"
    (video,) = folder.glob("*.mp4")
    (preview,) = folder.glob("*.png")
    assert str(video) in said
    assert str(preview) in said
    assert len(read_clip(video)) == 12


def test_without_a_display_a_named_source_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app.commands.live, "has_display", lambda: False)
    assert run("live", "clip.mp4") == 1
    assert "needs a display" in one_line(capsys)


def test_the_program_itself_says_its_version_and_fails_with_its_code(tmp_path: Path) -> None:
    program = [sys.executable, "main.py"]
    version = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("Fathom ")
    failed = subprocess.run(
        [*program, "record", "x", "--out", "x.avi"], capture_output=True, text=True, check=False
    )
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
