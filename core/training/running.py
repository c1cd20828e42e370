"""All of `train` but its words: trains, saves, evaluates, and leaves a model, logs and sheets in one folder.

state.pt           everything to go on from
log.csv            the losses, a row every few steps
evaluations.csv    figures on rendered and on measured pictures
sheet-N.jpg        predictions at step N; measured-N.jpg on the photos
NAME.safetensors   the averaged weights, float16
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.depth_files import write_whole
from core.errors import TrainingError
from core.training import saved_state
from core.training.config import TrainConfig
from core.training.evaluation import Evaluation, Judged, evaluate, predict, rendered_set
from core.training.loss import Loss
from core.training.picture_store import Render
from core.training.sheet import sheet
from core.training.trainer import Trainer, learning_rate
from core.training.training_log import CsvLog

LOG_EVERY = 10  # steps
SAVE_EVERY_S = 60.0
SHOWN = 24  # pictures on a sheet
_FIGURES = ("pearson", "abs_rel", "delta1_error", "row_abs_rel", "beats_row")


class Watcher(Protocol):
    """Who is told how it goes. Used by: the training's thread."""

    def rendering(self, count: int) -> None:
        """So many more pictures are there of what the first step draws from."""

    def stepped(self, trainer: Trainer, loss: Loss | None) -> None:
        """`loss` every few steps; reading it waits for the device."""

    def evaluated(self, step: int, figures: dict[str, Evaluation]) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    model: Path
    figures: dict[str, Evaluation]  # by set: "rendered", "measured"
    finished: bool  # False: it was ended before, and goes on with the same command


@dataclass(frozen=True, slots=True, eq=False)
class _Sets:
    rendered: list[Judged]
    measured: list[Judged]


def run(
    trainer: Trainer, render: Render, measured: list[Judged], watcher: Watcher, ended: Callable[[], bool]
) -> Outcome:
    """Train to the end, or until `ended()`. `measured`: photos with their depth, for figures alone.

    Raises: TrainingError, WeightsError.
    """
    config, folder = trainer.config, trainer.folder
    model = _model_in(folder, config)
    trainer.resume()
    if trainer.progress < 1:
        trainer.stock_up(watcher.rendering, ended)
    px = config.network.training_px
    sets = _Sets(rendered_set(render, config.evaluated_pictures, (px, px)), measured)
    log = CsvLog(folder / "log.csv", ("progress", "elapsed_s", *Loss._fields, "learning_rate"), trainer.step)
    evaluations = CsvLog(folder / "evaluations.csv", ("set", *_FIGURES), trainer.step)
    saved_s = time.monotonic()
    figures: dict[str, Evaluation] = {}
    while trainer.progress < 1 and not ended():
        loss = trainer.train_step()
        tells = trainer.step % LOG_EVERY == 0
        if tells:
            values = {name: float(term) for name, term in zip(Loss._fields, loss, strict=True)}
            rate = learning_rate(config, trainer.progress)
            log.add(
                trainer.step,
                {"progress": trainer.progress, "elapsed_s": trainer.elapsed_s, **values, "learning_rate": rate},
            )
        watcher.stepped(trainer, loss if tells else None)
        is_evaluated = trainer.step % config.evaluate_every == 0
        if is_evaluated or time.monotonic() - saved_s > SAVE_EVERY_S:
            trainer.save()  # also before a model is written, which without it would be one of unknown origin
            saved_s = time.monotonic()
        if is_evaluated:
            figures = _evaluate(trainer, sets, evaluations, model)
            watcher.evaluated(trainer.step, figures)
    trainer.save()
    finished = trainer.progress >= 1
    if trainer.step % config.evaluate_every or not figures:
        figures = _evaluate(trainer, sets, evaluations, model)
        watcher.evaluated(trainer.step, figures)
    return Outcome(model, figures, finished)


def make_folder(folder: Path, config: TrainConfig) -> None:
    """The place of a training, new or begun. Raises: TrainingError where it would write over another's model."""
    model = _model_in(folder, config)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_of_another = model.exists() and not has_state(folder)
    except OSError as error:
        raise TrainingError(f"{folder} cannot be made: {error.strerror or error}") from error
    if is_of_another:
        raise TrainingError(
            f"{model} is there, but not the training that made it: name another --out, or move the file away"
        )


def has_state(folder: Path) -> bool:
    return (folder / saved_state.FILE_NAME).is_file()


def _model_in(folder: Path, config: TrainConfig) -> Path:
    return folder / f"{config.name}.safetensors"


def _evaluate(trainer: Trainer, sets: _Sets, log: CsvLog, model: Path) -> dict[str, Evaluation]:
    network = trainer.averaged()
    trainer.write_model(model)
    told = {(row["step"], row["set"]) for row in log.kept}  # before a run that takes no step
    figures = {}
    for name, pictures in (("rendered", sets.rendered), ("measured", sets.measured)):
        if not pictures:
            continue
        predictions = predict(network, pictures, trainer.device)
        file = {"rendered": "sheet", "measured": "measured"}[name]
        write_whole(
            trainer.folder / f"{file}-{trainer.step:06d}.jpg", sheet(pictures[:SHOWN], predictions[:SHOWN])
        )
        if (found := evaluate(pictures, predictions)) is not None:
            figures[name] = found
            network_score = found.network
            values = (
                network_score.pearson,
                network_score.abs_rel,
                network_score.delta1_error,
                found.row.abs_rel,
                found.beats_row,
            )
            if (str(trainer.step), name) not in told:
                log.add(trainer.step, {"set": name, **dict(zip(_FIGURES, values, strict=True))})
    return figures
