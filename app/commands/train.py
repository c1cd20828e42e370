"""`train CONFIG --out DIR`: a model from rendered scenes, the same on a processor and on a graphics card."""

import argparse
import math
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commands.common import a_path
from core.errors import SettingError

if TYPE_CHECKING:
    from core.training.evaluation import Evaluation
    from core.training.loss import Loss
    from core.training.trainer import Trainer

BAR = "{desc} {percentage:3.0f}% |{bar}| {elapsed}, {remaining} left {postfix}"
INTERRUPTED = 130
MOST_HELPERS = 16  # processes that lay out pictures for a graphics card


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("train", help="train a model of our own on rendered scenes")
    parser.add_argument(
        "configs",
        type=a_path,
        nargs="+",
        metavar="CONFIG",
        help="a .toml file like assets/models/fathom-nano.toml; of several each goes on from the model of the one "
        "before, in a folder of DIR with its name",
    )
    parser.add_argument(
        "--out",
        type=a_path,
        required=True,
        metavar="DIR",
        help="where model, logs and state go; what was begun there is gone on with",
    )
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:N (auto)")
    parser.add_argument(
        "--pairs",
        type=a_path,
        metavar="DIR",
        help="photos NAME.jpg beside NAME.npz with an array inverse_depth: for figures, never to train on",
    )
    parser.add_argument(
        "--minutes", type=float, metavar="M", help="end after so many, the schedule shortened to them"
    )
    parser.add_argument(
        "--start-from",
        type=a_path,
        metavar="F",
        help="begin with the weights of this model; what was begun already goes on with its own",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Raises: FathomError."""
    if args.minutes is not None and not args.minutes > 0:
        raise SettingError(f"--minutes must be above 0, got {args.minutes:g}")

    from core.engine import pick_device
    from core.synthetic.rendering import render
    from core.synthetic.workers import Renderers
    from core.training.config import read_config
    from core.training.running import has_state, make_folder
    from core.training.running import run as run_training
    from core.training.trainer import Trainer

    configs = [read_config(path) for path in args.configs]
    folders = [args.out / path.stem for path in args.configs] if len(configs) > 1 else [args.out]
    if len(set(folders)) < len(folders):
        raise SettingError("each CONFIG needs a name of its own: its training goes into a folder of that name")
    device = pick_device(args.device)
    measured = []
    if args.pairs is not None:
        from core.training.measured import measured_set

        measured = measured_set(args.pairs)
    minutes = math.inf if args.minutes is None else args.minutes
    helpers = min(MOST_HELPERS, (os.cpu_count() or 1) - 2) if device.type == "cuda" else 0
    start = args.start_from
    with Renderers(helpers) if helpers > 0 else nullcontext(render) as renderer, _interrupts() as ending:
        for config, folder in zip(configs, folders, strict=True):
            make_folder(folder, config)
            trainer = Trainer(config, folder, str(device), renderer, minutes)
            if start is not None and not has_state(folder):
                trainer.start_from(start)
            with _Bars(config.name) as bars:
                outcome = run_training(trainer, renderer, measured, bars, ending.is_set)
            if not outcome.finished:
                break
            start = outcome.model
    print(outcome.model)
    if not outcome.finished:
        print(f"ended after step {trainer.step}; the same command goes on from there", file=sys.stderr)
        return INTERRUPTED
    return 0


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Set where the person has asked for an end."""
    ending = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: ending.set())
    try:
        yield ending
    finally:
        signal.signal(signal.SIGINT, before)


class _Bars:
    """How the training goes, on the terminal."""

    def __init__(self, name: str) -> None:
        self._bar = tqdm(desc=name, total=1.0, bar_format=BAR, disable=None)

    def __enter__(self) -> "_Bars":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def rendering(self, count: int) -> None:
        self._bar.set_postfix_str("rendering", refresh=True)

    def stepped(self, trainer: "Trainer", loss: "Loss | None") -> None:
        self._bar.update(trainer.progress - self._bar.n)
        if loss is not None:
            self._bar.set_postfix_str(f"step {trainer.step}, loss {float(loss.total):.3f}")

    def evaluated(self, step: int, figures: "dict[str, Evaluation]") -> None:
        for name, found in figures.items():
            score = found.network
            pearson = "-" if score.pearson is None else f"{score.pearson:.3f}"
            tqdm.write(
                f"step {step}, {name} pictures: Pearson {pearson}, AbsRel {score.abs_rel:.3f} "
                f"(row {found.row.abs_rel:.3f}), delta-1 error {100 * score.delta1_error:.1f} %, "
                f"better than the row in {100 * found.beats_row:.0f} %"
            )
