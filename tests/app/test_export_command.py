"""`export` as a person runs it."""

from pathlib import Path

import pytest

from app.cli import main
from app.commands.export import FORMATS
from core.recording import export
from support.recordings import write_recording


def run(*args: str | Path) -> int:
    return main(["export", *(str(arg) for arg in args)], lambda *_: 0)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "a.mkv", [index / 10 for index in range(12)])


def test_formats_are_those_there_are() -> None:
    assert FORMATS == export.FORMATS


def test_a_range_of_frames(tmp_path: Path, recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    options = ("--format", "npy", "--from", "0.2", "--to", "1", "--every", "2")
    assert run(recording, "--out", out, *options) == 0
    assert sorted(path.name for path in out.glob("*.npy")) == [f"depth_{index:06d}.npy" for index in (2, 4, 6, 8)]
    assert run(recording, "--out", out, *options) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{out}: 4 frames",
        f"{out}: 0 frames, 4 were there already",
    ]


def test_a_video(tmp_path: Path, recording: Path) -> None:
    assert run(recording, "--out", tmp_path / "v", "--format", "mp4", "--colormap", "grey") == 0
    assert (tmp_path / "v" / "depth.mp4").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--from", "-1"), 2, "--from must be at least 0"),
        (("--from", "nan"), 2, "--from must be at least 0"),
        (("--from", "2", "--to", "1"), 2, "--to must be more than --from (2)"),
        (("--every", "0"), 2, "--every must be at least 1"),
        (("--format", "jpg"), 2, "invalid choice"),
        (("--from", "50"), 1, "no frame of the recording lies in that range"),
    ],
)
def test_wrong_use(
    tmp_path: Path,
    recording: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    assert run(recording, "--out", tmp_path / "out", *arguments) == code
    assert said in capsys.readouterr().err


def test_a_file_that_is_no_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.mkv").write_text("text")
    assert run(tmp_path / "a.mkv", "--out", tmp_path / "out") == 1
    said = capsys.readouterr().err.strip()
    assert "is no recording" in said
    assert "\n" not in said
    assert not (tmp_path / "out").exists()
