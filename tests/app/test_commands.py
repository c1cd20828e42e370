"""The commands as a person runs them, in this process, with the built-in model at a small size."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import app.commands.live
from app.cli import build_parser, main, with_command
from app.settings import Settings
from app.settings_store import SettingsStore
from core.engine import Engine
from core.opencv import cv2
from support.plain_clips import read_clip

SMALL = ["--size", "64", "--precision", "fp32", "--device", "cpu"]


class Window:
    """Stands in for the window and keeps what it was asked to show."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, settings: Settings, store: SettingsStore, *rest: Any) -> int:
        self.calls.append((settings, *rest))
        store.close()  # as the session does
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


def read(path: Path) -> np.ndarray:
    """As it lies in the file, BGR."""
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


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


def test_image_enters_its_thread_before_its_first_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    enter, infer = Engine.enter_thread, Engine.infer_ranged

    def entered(self: Engine) -> None:
        calls.append("enter_thread")
        enter(self)

    def inferred(self: Engine, *args: Any) -> Any:
        calls.append("infer_ranged")
        return infer(self, *args)

    monkeypatch.setattr(Engine, "enter_thread", entered)
    monkeypatch.setattr(Engine, "infer_ranged", inferred)
    assert (
        run("image", a_picture(tmp_path / "a.png"), "--out", tmp_path / "a.npy", "--model", "fathom-nano", *SMALL)
        == 0
    )
    assert calls == ["enter_thread", "infer_ranged"]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take no such name")
def test_a_name_that_the_terminal_has_no_letters_for_is_shown_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_picture(tmp_path / "a.png").rename(tmp_path / os.fsdecode(b"a\xe9.png"))
    a_picture(tmp_path / "b.png")
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="utf-8", errors="strict"))
    assert run("image", tmp_path, "--out", tmp_path / "out", *SMALL) == 0
    sys.stdout.flush()
    assert b"a\\udce9.png: 80x50" in shown.getvalue()
    assert (tmp_path / "out" / "b.png").exists()


def test_an_image_s_view_lies_beside_its_depth_in_the_colours_asked_for(tmp_path: Path) -> None:
    a_picture(tmp_path / "a.png")
    a_picture(tmp_path / "b.jpg")
    out, asked = tmp_path / "out", ["--view", "side", "--colormap", "viridis"]
    assert run("image", tmp_path, "--out", out, *asked, *SMALL) == 0
    assert sorted(p.name for p in out.iterdir()) == ["a-view.png", "a.png", "b-view.png", "b.png"]
    view = read(out / "a-view.png")[..., ::-1]
    assert view.shape == (50, 160, 3)
    assert np.array_equal(view[:, :80], read(tmp_path / "a.png")[..., ::-1])
    codes = read(out / "a.png")
    nearest, farthest = (tuple(view[:, 80:][codes == end][0]) for end in (codes.max(), codes.min()))
    assert (farthest, nearest) == ((68, 1, 84), (253, 231, 37))  # viridis' ends


def test_an_image_replaces_no_file_unless_told_to_and_no_picture_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = a_picture(tmp_path / "a.png")
    before = picture.read_bytes()
    for out in (picture, tmp_path):  # its depth would be a.png in the folder too
        assert run("image", picture, "--out", out, "--force", *SMALL) == 1
        assert "is one of the pictures" in one_line(capsys)
    assert picture.read_bytes() == before
    view = tmp_path / "d-view.png"
    view.write_bytes(b"mine")
    asked: list[str | Path] = ["image", picture, "--out", tmp_path / "d.npy", "--view", "depth", *SMALL]
    assert run(*asked) == 1
    assert "d-view.png is there already" in one_line(capsys)
    assert view.read_bytes() == b"mine"
    assert not (tmp_path / "d.npy").exists()
    assert run(*asked, "--force") == 0
    assert read(view).shape == (50, 80, 3)


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["image", f"{'x' * 300}.png", "--out", "x.png"], 1, "cannot be read"),
        (["image", "a.png", "--out", f"{'x' * 300}.png"], 1, "cannot be written: File name too long"),
        (["image", "a.png", "--out", "x.png", "--view", "wipe"], 2, "overlay"),
        (["record", "a.png", "--out", f"{'x' * 300}.mkv"], 1, "cannot be written: File name too long"),
        (["image", "missing.jpg", "--out", "x.png"], 1, "missing.jpg"),
        (["image", "a.png"], 2, "--out"),
        (["image", "a.png", "--out", "x.jpg"], 1, ".png, .npy, .pfm"),
        (["image", "a.png", "--out", "x.png", "--model", "nonsense"], 1, "nonsense"),
        (["image", "a.png", "--out", "x.png", "--device", "cuda:77"], 1, "cuda:77"),
        (["image", "a.png", "--out", "x.png", "--size", "100"], 2, "multiples of 32"),
        (["image", "a.png", "--out", "x.png", "--aspect", "round"], 2, "square"),
        (["record", "missing.mp4", "--out", "x.mkv"], 1, "missing.mp4"),
        (["record", "a.png", "--out", "x.mp4"], 1, "--view F.mp4"),
        (["record", "a.png", "--out", "x.mkv", "--view", "x.avi"], 1, "as .mp4"),
        (["record", "a.png", "--out", "x.mkv", "--preview", "x.jpg"], 1, "as .png"),
        (["record", "a.png", "--out", "x.mkv", "--preview", "a.png"], 1, "a.png is the source itself"),
        (["record", "a.png", "--out", "x.mkv", "--seconds", "-1"], 2, "--seconds"),
        (["record", "a.png", "--out", "x.mkv", "--model", "nonsense"], 1, "nonsense"),
        (["live", "--exit-after", "0"], 2, "--exit-after"),
        (["live", "--screenshot", "x.png"], 2, "--exit-after"),
        (["record", "a.png", "--out", "x.mkv", "--target-fps", "10"], 2, "--target-fps"),
        (["bench", "--size", "64"], 2, "--size"),  # no short form of --sizes
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


# live


def test_live_shows_the_window_with_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.commands.live, "has_display", lambda: True)
    window = Window()
    assert run("clip.mp4", "--size", "384", "--exit-after", "2", "--screenshot", "s.png", window=window) == 0
    settings, problem, exit_after_s, screenshot = window.calls[0]
    assert (settings.source, settings.size, settings.model) == ("clip.mp4", "384", "auto")
    assert (problem, exit_after_s, screenshot) == (None, 2.0, Path("s.png"))


def test_what_is_named_from_one_folder_is_found_from_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(app.commands.live, "has_display", lambda: True)
    monkeypatch.chdir(tmp_path)
    for name in ("clip.mp4", "own.pt", "demo", "fathom-nano"):
        (tmp_path / name).touch()
    clip, weights = str(tmp_path / "clip.mp4"), str(tmp_path / "own.pt")
    for args, source, model, recent in (
        (["clip.mp4", "--model", "own.pt"], clip, weights, (clip,)),
        (["demo", "--model", "fathom-nano"], "demo", "fathom-nano", (clip,)),
        (["rtsp://10.0.0.2/a"], "rtsp://10.0.0.2/a", "auto", ("rtsp://10.0.0.2/a", clip)),
        (["gone.mp4"], "gone.mp4", "auto", ("gone.mp4", "rtsp://10.0.0.2/a", clip)),
        ([], "gone.mp4", "auto", ("gone.mp4", "rtsp://10.0.0.2/a", clip)),
    ):
        window = Window()
        assert run(*args, window=window) == 0
        settings = window.calls[0][0]
        assert (settings.source, settings.model, settings.recent_sources) == (source, model, recent)


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
    (video,) = folder.glob("*.mkv")
    (view,) = folder.glob("*.mp4")
    (preview,) = folder.glob("*.png")
    assert str(video) in said
    assert str(preview) in said
    assert len(read_clip(video)) == len(read_clip(view)) == 12


def test_without_a_display_a_named_source_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app.commands.live, "has_display", lambda: False)
    for display, reason in (("", "DISPLAY is not set"), (":93", "nothing answers at DISPLAY=:93")):
        monkeypatch.setenv("DISPLAY", display)
        assert run("live", "clip.mp4") == 1
        assert reason in one_line(capsys)


def test_the_program_itself_says_its_version_and_fails_with_its_code(tmp_path: Path) -> None:
    program = [sys.executable, "main.py"]
    version = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("Fathom ")
    failed = subprocess.run(
        [*program, "record", "x", "--out", "x.avi"], capture_output=True, text=True, check=False
    )
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        "live demo --screenshot",
        "record demo --out",
        "bench --chart",
        "compare demo --models a,b --csv",
        "train c.toml --out",
    ],
)
def test_a_file_after_an_equals_sign_may_begin_with_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    parser = build_parser(Window())
    for given, meant in (("~/x", "/home/somebody/x"), ("~no-such-user/x", "~no-such-user/x"), ("x", "x")):
        args = parser.parse_args(f"{words}={given}".split())
        assert Path(meant) in vars(args).values()
