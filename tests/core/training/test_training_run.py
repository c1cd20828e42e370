"""All of a training: what it leaves in its folder, what it is judged on, and how it ends early."""

import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.errors import TrainingError
from core.opencv import cv2
from core.training import saved_state
from core.training.evaluation import Judged, evaluate, rendered_set
from core.training.measured import measured_set
from core.training.picture_store import RENDERED_AT_ONCE
from core.training.running import run
from core.training.sheet import CELL_PX, GAP_PX, TRIPLES_A_ROW, sheet
from core.training.trainer import Trainer
from core.training.training_log import CsvLog
from support.simple_scenes import Rendered, plane, tiny_config

ROOT = Path(__file__).parents[3]


class Watcher:
    def __init__(self) -> None:
        self.steps: list[int] = []
        self.losses = 0
        self.judged: list[tuple[int, tuple[str, ...]]] = []

    def rendering(self, count: int) -> None: ...

    def stepped(self, trainer, loss) -> None:
        self.steps.append(trainer.step)
        self.losses += loss is not None

    def evaluated(self, step, figures) -> None:
        self.judged.append((step, tuple(figures)))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def pairs_in(folder: Path) -> Path:
    folder.mkdir()
    rendered = plane([1, 2], (96, 128), "cpu")
    for number, (rgb, depth) in enumerate(zip(rendered.rgb.numpy(), rendered.inverse_depth.numpy(), strict=True)):
        cv2.imwrite(str(folder / f"p{number}.png"), rgb[:, :, ::-1])
        depth[:5] = np.nan
        np.savez(folder / f"p{number}.npz", inverse_depth=depth)
    cv2.imwrite(str(folder / "without.png"), rendered.rgb[0].numpy())
    return folder


def test_it_leaves_a_model_logs_and_sheets(tmp_path: Path) -> None:
    watcher, out = Watcher(), tmp_path / "out"
    out.mkdir()
    training = Trainer(tiny_config(steps=10), out, "cpu", plane)
    outcome = run(training, plane, measured_set(pairs_in(tmp_path / "pairs")), watcher, lambda: False)
    assert outcome.finished
    assert watcher.steps == list(range(1, 11))
    assert watcher.judged == [(step, ("rendered", "measured")) for step in (4, 8, 10)]
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["state.pt", "log.csv", "evaluations.csv", "tiny.safetensors"]
        + [f"{kind}-{step:06d}.jpg" for kind in ("sheet", "measured") for step in (4, 8, 10)]
    )
    assert [row["step"] for row in rows(out / "log.csv")] == ["10"]
    assert [(row["step"], row["set"]) for row in rows(out / "evaluations.csv")] == [
        (step, kind) for step in ("4", "8", "10") for kind in ("rendered", "measured")
    ]


def test_there_is_no_model_without_the_state_of_its_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    write = Trainer.write_model

    def written(self: Trainer, path: Path) -> None:
        state = saved_state.load(tmp_path, self.config)
        assert state is not None, "a kill now would leave a model that the same command takes for another's"
        steps.append((self.step, state.step))
        write(self, path)

    monkeypatch.setattr(Trainer, "write_model", written)
    training = Trainer(tiny_config(steps=10), tmp_path, "cpu", plane)
    run(training, plane, [], Watcher(), lambda: False)
    assert steps == [(4, 4), (8, 8), (10, 10)]


def test_ended_early_it_saves_and_goes_on(tmp_path: Path) -> None:
    config, watcher = tiny_config(steps=20, evaluate_every=100), Watcher()
    first = Trainer(config, tmp_path, "cpu", plane)
    assert not run(first, plane, [], watcher, lambda: first.step >= 13).finished
    assert watcher.judged == [(13, ("rendered",))]
    again = Watcher()
    second = Trainer(config, tmp_path, "cpu", plane)
    assert run(second, plane, [], again, lambda: False).finished
    assert again.steps == list(range(14, 21))
    assert [row["step"] for row in rows(tmp_path / "log.csv")] == ["10", "20"]
    assert [row["step"] for row in rows(tmp_path / "evaluations.csv")] == ["13", "20"], "what was judged stays"


class Recorder:
    """Remembers how many pictures were rendered at a time."""

    def __init__(self) -> None:
        self.lots: list[int] = []

    def __call__(self, seeds: Sequence[int], hw: tuple[int, int], device: str) -> Rendered:
        self.lots.append(len(seeds))
        return plane(seeds, hw, device)


def test_one_that_has_ended_renders_no_stock_and_is_told_of_once(tmp_path: Path) -> None:
    config, render, watcher = tiny_config(steps=3), Recorder(), Watcher()
    run(Trainer(config, tmp_path, "cpu", plane), plane, [], Watcher(), lambda: False)
    before = rows(tmp_path / "evaluations.csv")
    assert run(Trainer(config, tmp_path, "cpu", render), plane, [], watcher, lambda: False).finished
    assert render.lots == []
    assert watcher.judged == [(3, ("rendered",))]
    assert rows(tmp_path / "evaluations.csv") == before


@pytest.mark.parametrize("steps_before", [0, 1])
def test_an_end_is_heeded_while_a_stock_is_rendered(tmp_path: Path, steps_before: int) -> None:
    config = tiny_config(steps=3, pictures=8 * 3 * RENDERED_AT_ONCE)
    first = Trainer(config, tmp_path, "cpu", plane)
    for _ in range(steps_before):
        first.train_step()
    first.save()
    render, watcher = Recorder(), Watcher()
    ended = Trainer(config, tmp_path, "cpu", render)
    assert not run(ended, plane, [], watcher, lambda: bool(render.lots)).finished
    assert render.lots == [RENDERED_AT_ONCE]
    assert watcher.steps == []
    again = Trainer(config, tmp_path, "cpu", plane)
    assert run(again, plane, [], Watcher(), lambda: False).finished
    assert again.store.made == 3 * RENDERED_AT_ONCE


def test_a_log_forgets_what_was_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    log = CsvLog(path, ("loss",), 0)
    for step in range(5):
        log.add(step, {"loss": step / 2})
    CsvLog(path, ("loss",), 2).add(3, {"loss": None})
    assert [(row["step"], row["loss"]) for row in rows(path)] == [("0", "0"), ("1", "0.5"), ("2", "1"), ("3", "")]
    with pytest.raises(TrainingError, match="other columns"):
        CsvLog(path, ("loss", "rate"), 0)
    with pytest.raises(TrainingError, match="cannot be"):
        CsvLog(tmp_path / "none" / "log.csv", ("loss",), 0)


def test_a_log_that_a_full_disk_cut_off_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv"
    path.touch()
    CsvLog(path, ("loss",), 4).add(1, {"loss": 0.5})
    with path.open("ab") as file:
        file.write(b"2,0.3,0.25\r\n")  # a row that was begun, and the next
    CsvLog(path, ("loss",), 4).add(4, {"loss": 0.125})
    assert [(row["step"], row["loss"]) for row in rows(path)] == [("1", "0.5"), ("4", "0.125")]
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(TrainingError, match="cannot be written: No space left"):
        CsvLog(path, ("loss",), 4)
    assert path.read_bytes() == before
    path.write_bytes(before + b"5,\xe9\r\n")
    with pytest.raises(TrainingError, match="cannot be read"):
        CsvLog(path, ("loss",), 4)


def test_the_evaluated_pictures_are_the_same_each_time() -> None:
    first, again = (rendered_set(plane, 20, (64, 64)) for _ in range(2))
    assert len({picture.name for picture in first}) == 20
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.rgb, other.rgb)
        assert np.array_equal(one.truth, other.truth)


def test_photos_without_a_truth_are_left_out(tmp_path: Path) -> None:
    judged = measured_set(pairs_in(tmp_path / "pairs"))
    assert [picture.name for picture in judged] == ["p0", "p1"]
    assert np.isnan(judged[0].truth[0, 0])


def test_the_truth_itself_is_judged_perfect_and_its_opposite_is_not() -> None:
    pictures = rendered_set(plane, 4, (64, 64))
    perfect = evaluate(pictures, [3 * picture.truth + 2 for picture in pictures])
    assert perfect is not None
    assert perfect.network.pearson == pytest.approx(1)
    assert perfect.network.abs_rel < 1e-4
    assert perfect.beats_row == 1
    noise = np.random.default_rng(0)
    lost = evaluate(pictures, [noise.random((64, 64), np.float32) for _ in pictures])
    assert lost is not None
    assert lost.beats_row < 1
    assert evaluate([], []) is None


def test_the_sheet_shows_each_picture_with_truth_and_prediction() -> None:
    pictures = rendered_set(plane, 4, (64, 96))
    unknown = Judged("unmeasured", pictures[0].rgb, np.full((64, 96), np.nan, np.float32))
    picture = cv2.imdecode(
        np.frombuffer(sheet([*pictures, unknown], [p.truth for p in [*pictures, unknown]]), np.uint8), 1
    )
    assert picture.shape == (2 * CELL_PX, TRIPLES_A_ROW * (3 * CELL_PX + GAP_PX), 3)


def test_a_sheet_shows_a_prediction_in_its_pictures_shape_and_the_few_points_that_were_measured() -> None:
    truth = np.full((320, 640), np.nan, np.float32)
    truth[5::20, 5::20] = np.linspace(1, 2, 32)  # one pixel of 400
    picture = Judged("street", np.zeros((320, 640, 3), np.uint8), truth)
    square = np.linspace(1, 2, 64, dtype=np.float32) * np.ones((64, 1), np.float32)
    seen = cv2.imdecode(np.frombuffer(sheet([picture], [square]), np.uint8), 1)
    colour, measured, found = (seen[:, place * CELL_PX : (place + 1) * CELL_PX] for place in range(3))
    written = [(cell < 240).any(axis=2) for cell in (colour, measured, found)]
    heights = [int(cell.any(axis=1).sum()) for cell in written]
    assert max(heights) <= 0.5 * CELL_PX + 8, f"half as high as wide, and JPEG's edge, not {heights}"
    colourful = (np.ptp(measured.astype(int), axis=2) > 40).sum()
    assert colourful > 300, "512 points were measured"


def test_a_machine_without_pyav_and_qt_can_train() -> None:
    """As one has that is lent for its graphics processor alone."""
    imports = "import core.training.running, core.training.trainer, core.synthetic.rendering, app.commands.train"
    without = "import sys; sys.modules.update(dict.fromkeys(('av', 'PyQt6'))); " + imports
    subprocess.run([sys.executable, "-c", without], check=True, cwd=ROOT)
