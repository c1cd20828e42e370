"""`models list | info | fetch | convert | verify | remove`: the models there are, and their files.

FILE and IN are a path or the name of a model. Modules that need torch are imported by the actions that need them.
"""

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tqdm import tqdm

from app.commands.common import a_path
from core.messages import ModelEntry
from core.model_messages import ModelKind
from core.weights.catalogue import entries, left_out, locate
from core.weights.conversion import convert
from core.weights.provenance import sha256_of
from core.weights.removal import remove
from core.weights.verification import verify

_ABOUT = ("name", "origin", "licence", "note")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "models",
        help="list, inspect, fetch, convert, verify and remove models",
        epilog="Fetched models lie in FATHOM_MODELS where it is set, else in the user's cache folder.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    _action(actions, "list", "the models there are", _list)

    info = _action(actions, "info", "what a model file holds", _info)
    info.add_argument("file", metavar="FILE", help="a model file, or the name of a model")

    convert = _action(actions, "convert", "write a model as Fathom's own .safetensors", _convert)
    convert.add_argument(
        "source", metavar="IN", help="MiDaS, Hugging Face or Fathom weights, or the name of a model"
    )
    convert.add_argument("target", metavar="OUT", type=a_path, help="the file to write, ending in .safetensors")
    convert.add_argument("--dtype", choices=("float16", "float32"), default="float32", help="(default: float32)")
    convert.add_argument("--force", action="store_true", help="replace OUT where it exists")
    for text in _ABOUT:
        convert.add_argument(
            f"--{text}", metavar="TEXT", help=f"the {text} to write into OUT (default: as IN has it)"
        )

    verify = _action(actions, "verify", "check that a model file is whole and unchanged", _verify)
    verify.add_argument("file", metavar="FILE", help="a model file, or the name of a model")

    fetch = _action(actions, "fetch", "download a published model", _fetch)
    fetch.add_argument("name", metavar="NAME", help="one of those that `models list` shows as to be fetched")

    remove = _action(actions, "remove", "delete what was fetched, or forget a file of your own", _remove)
    remove.add_argument("name", metavar="NAME", help="one of those that `models list` shows")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    purpose: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
    parser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks")
    parser.set_defaults(run=run)
    return parser


def _list(args: argparse.Namespace) -> int:
    rows = [("NAME", "WHERE", "SIZE", "PARAMETERS", "TRAINED AT", "NOTE"), *map(_row, entries())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in left_out():
        print(f"left out: {line}", file=sys.stderr)
    return 0


def _row(entry: ModelEntry) -> tuple[str, ...]:
    if entry.path is not None:
        where, size = ("built in" if entry.kind is ModelKind.BUILT_IN else "on this computer"), entry.file_bytes
    else:
        size = entry.download_bytes or 0
        done = f", {100 * entry.part_bytes // max(size, 1)} % done" if entry.part_bytes else ""
        where = f"can be fetched{done}"
    return (
        entry.name,
        where,
        _megabytes(size),
        f"{entry.parameters / 1e6:.1f} M",
        f"{entry.training_px} px",
        entry.note,
    )


def _info(args: argparse.Namespace) -> int:
    """Raises: WeightsError."""
    path = locate(args.file)
    from core.weights.reader import read_weights

    with _bar(path.name) as progress:
        weights = read_weights(path, progress)
    config = weights.config
    pretrained = "-".join(map(str, config.pretrained_windows)) if any(config.pretrained_windows) else "none"
    facts = {
        "file": f"{path}, {_megabytes(path.stat().st_size)}",
        "name": weights.name,
        "layout": weights.layout,
        "encoder": f"{config.embed_dim} features, depths {_dashed(config.depths)}, heads {_dashed(config.heads)}",
        "windows": f"{config.window} at {config.training_px} px; in pretraining {pretrained}",
        "decoder": f"{config.decoder_channels} channels, {config.head_channels} in the head",
        "parameters": f"{weights.parameters} ({weights.parameters / 1e6:.1f} M)",
        "dtype": weights.dtype,
        "sha256": sha256_of(path),
        "converted from": f"a file of SHA-256 {weights.source_sha256}" if weights.source_sha256 else "",
        "origin": weights.origin or "not told by the file",
        "licence": weights.licence or "not told by the file",
        "note": weights.note,
    }
    for key, value in facts.items():
        if value:
            print(f"{key + ':':<16}{value}")
    return 0


def _convert(args: argparse.Namespace) -> int:
    """Raises: SettingError, WeightsError; OUT is then as it was."""
    target: Path = args.target
    about = {text: getattr(args, text) for text in _ABOUT if getattr(args, text) is not None}
    with _bar(target.name) as progress:
        made = convert(locate(args.source), target, args.dtype, over=args.force, about=about, progress=progress)
    print(f"{made.path}: {made.name}, {made.parameters / 1e6:.1f} M parameters, {_megabytes(made.bytes)}")
    return 0


def _verify(args: argparse.Namespace) -> int:
    """Raises: WeightsError with what is wrong."""
    path = locate(args.file)
    with _bar(path.name) as progress:
        found = verify(path, progress)
    print(f"{path}: complete, {found.tensors} tensors, {found.parameters / 1e6:.1f} M parameters, all finite")
    print(f"SHA-256 {found.sha256}: {found.compared_with}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    """Raises: WeightsError."""
    print(remove(args.name))
    return 0


def _fetch(args: argparse.Namespace) -> int:
    """Raises: WeightsError."""
    from core.weights.download import fetch

    with tqdm(unit="B", unit_scale=True, unit_divisor=1000, desc=args.name, disable=None) as bar:

        def progress(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        path = fetch(args.name, progress, lambda: False)
    print(f"{args.name}: {path}")
    return 0


@contextlib.contextmanager
def _bar(what: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on a terminal; gives what takes a share of 0 to 1."""
    with tqdm(total=1, desc=what, leave=False, disable=None, bar_format="{l_bar}{bar}| {elapsed}") as bar:
        yield lambda share: bar.update(share - bar.n)


def _dashed(numbers: tuple[int, ...]) -> str:
    return "-".join(map(str, numbers))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
