"""`train` as a person runs it, with a network so small that a step takes milliseconds."""

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cli import main
from core.opencv import cv2
from core.training.trainer import Trainer
from core.weights.reader import read_weights

NANO = Path(__file__).parents[2] / "assets" / "models" / "fathom-nano.toml"
SMALLER = {
    "steps = 15_000": "steps = 3",
    "pixels = 196_608": "pixels = 8_192",
    "rendered_hw = [192, 192]": "rendered_hw = [64, 64]",
    "pictures = 4_000": "pictures = 8",
    "evaluated_pictures = 96": "evaluated_pictures = 2",
    "embed_dim = 32": "embed_dim = 8",
    "depths = [1, 1, 4, 2]": "depths = [1, 1, 1, 1]",
    "training_px = 192": "training_px = 64",
}
PHASES = "[[phases]]\nuntil = 1.0\nsizes = [[64, 64]]\n"


def run(*args: str | Path) -> int:
    def window(*_: Any) -> int:
        raise AssertionError("train opens no window")

    return main(["train", *(str(arg) for arg in args)], window)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    text = NANO.read_text().partition("[[phases]]")[0] + PHASES
    for old, new in SMALLER.items():
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "small.toml"
    path.write_text(text)
    return path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The models that trainings begin with."""
    models: list[Path] = []
    start_from = Trainer.start_from

    def remembered(self: Trainer, weights: Path) -> None:
        models.append(weights)
        start_from(self, weights)

    monkeypatch.setattr(Trainer, "start_from", remembered)
    return models


def test_it_trains_and_names_the_model(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(config, "--out", out, "--device", "cpu") == 0
    model = Path(capsys.readouterr().out.split()[-1])
    assert model == out / "fathom-nano.safetensors"
    assert read_weights(model).config.embed_dim == 8
    assert run(config, "--out", out, "--device", "cpu") == 0, "one that has ended is only evaluated again"


def test_an_interrupt_saves_and_the_next_run_goes_on(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = []
    step = Trainer.train_step

    def stepped(self: Trainer) -> Any:
        loss = step(self)
        steps.append(self.step)
        if steps == [1, 2]:
            signal.raise_signal(signal.SIGINT)
        return loss

    monkeypatch.setattr(Trainer, "train_step", stepped)
    before = signal.getsignal(signal.SIGINT)
    assert run(config, "--out", tmp_path, "--device", "cpu") == 130
    assert "ended after step 2; the same command goes on" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before
    assert run(config, "--out", tmp_path, "--device", "cpu") == 0
    assert steps == [1, 2, 3]


def test_it_does_not_write_over_a_model_that_it_did_not_make(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "fathom-nano.safetensors"
    model.write_bytes(b"hours of work")
    assert run(config, "--out", tmp_path, "--device", "cpu") == 1
    assert "fathom-nano.safetensors is there, but not the training" in capsys.readouterr().err
    assert model.read_bytes() == b"hours of work"


def test_it_starts_from_a_model_and_the_same_command_goes_on(
    config: Path, tmp_path: Path, started: list[Path]
) -> None:
    assert run(config, "--out", tmp_path / "a", "--device", "cpu") == 0
    model = tmp_path / "a" / "fathom-nano.safetensors"
    for _ in range(2):
        assert run(config, "--out", tmp_path / "b", "--device", "cpu", "--start-from", model) == 0
    assert started == [model], "what was begun goes on with its own weights"


def test_of_several_configs_each_goes_on_from_the_model_before(
    config: Path, tmp_path: Path, started: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    second, out = tmp_path / "more.toml", tmp_path / "out"
    second.write_text(config.read_text().replace("seed = 1", "seed = 2"))
    assert run(config, second, "--out", out, "--device", "cpu") == 0
    assert started == [out / "small" / "fathom-nano.safetensors"]
    assert Path(capsys.readouterr().out.split()[-1]) == out / "more" / "fathom-nano.safetensors"
    assert run(config, second, "--out", out, "--device", "cpu") == 0, "both have ended"
    assert len(started) == 1


def test_an_interrupt_in_the_first_of_several_begins_no_second(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Trainer.train_step

    def stepped(self: Trainer) -> Any:
        signal.raise_signal(signal.SIGINT)
        return step(self)

    second = tmp_path / "more.toml"
    second.write_text(config.read_text())
    monkeypatch.setattr(Trainer, "train_step", stepped)
    assert run(config, second, "--out", tmp_path / "out", "--device", "cpu") == 130
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["small"]


def test_configs_of_one_name_would_share_a_folder(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, config, "--out", tmp_path / "out") == 2
    assert "a name of its own" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (("--minutes", "0"), 2, "--minutes must be above 0, got 0"),
        (("--device", "cuda:7"), 1, "device must be one of"),
        (("--pairs", "demo"), 2, "--pairs must be a folder of photos, got demo"),
        (("--start-from", "none.safetensors"), 1, "none.safetensors"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: int, told: str
) -> None:
    assert run(config, "--out", tmp_path / "out", *args) == code
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert told in line


def test_photos_without_their_depth_are_told(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((64, 64, 3), np.uint8))
    assert run(config, "--out", tmp_path / "out", "--pairs", tmp_path) == 2
    assert "no photo NAME.jpg with its depth" in capsys.readouterr().err


def test_no_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none.toml", "--out", tmp_path) == 1
    assert "cannot be read" in capsys.readouterr().err
