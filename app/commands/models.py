"""`models list | info FILE | convert IN OUT | verify FILE | fetch NAME`: the models there are, and their files.

FILE and IN are a path or the name of a model. Modules that need torch are imported by the actions that need them.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from core.errors import SettingError, WeightsError
from core.messages import ModelEntry
from core.weights.catalogue import entries, left_out, locate
from core.weights.places import BUILT_IN_FOLDER
from core.weights.provenance import remembered, sha256_of

if TYPE_CHECKING:
    from core.weights.own_format import Weights

_ABOUT = ("name", "origin", "licence", "note")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "models",
        help="list, inspect, convert, verify and fetch models",
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
    convert.add_argument("target", metavar="OUT", type=Path, help="the file to write, ending in .safetensors")
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
    if entry.path is None:
        where, size = "can be fetched", entry.download_bytes or 0
    else:
        path = Path(entry.path)
        where = "built in" if path.parent == BUILT_IN_FOLDER else "on this computer"
        size = path.stat().st_size
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
    weights = _read(path)
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
        "converted from": f"a file of SHA-256 {weights.source_sha256}" if weights.layout == "Fathom" else "",
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
    target: Path = args.target.expanduser()
    if target.suffix != ".safetensors":
        raise SettingError(f"OUT must end in .safetensors, got {target}")
    if target.exists() and not args.force:
        raise WeightsError(f"{target} exists already; choose another name, or add --force to replace it")
    source = locate(args.source)
    weights = _read(source)
    given = {text: getattr(args, text) for text in _ABOUT if getattr(args, text) is not None}
    if weights.layout != "Fathom":
        given["source_sha256"] = sha256_of(source)
    weights = replace(weights, **given)

    from core.weights.own_format import write_weights

    write_weights(target, weights, args.dtype)
    size = _megabytes(target.stat().st_size)
    print(f"{target}: {weights.name}, {weights.parameters / 1e6:.1f} M parameters, {size}")
    return 0


def _verify(args: argparse.Namespace) -> int:
    """Raises: WeightsError with what is wrong."""
    path = locate(args.file)
    note = remembered(path)
    sha256 = sha256_of(path)
    if note is not None and note.sha256 != sha256:
        whose = "its publisher's" if note.published_sha256 else "the one remembered when it was fetched"
        raise WeightsError(
            f"{path} has changed: its SHA-256 is {sha256[:12]}..., {whose} {note.sha256[:12]}...; "
            "delete it and fetch it again"
        )
    weights = _read(path)
    print(
        f"{path}: complete, {len(weights.state)} tensors, {weights.parameters / 1e6:.1f} M parameters, all finite"
    )
    if note is not None:
        whose = "the publisher's" if note.published_sha256 else "the one remembered when it was fetched"
        print(f"SHA-256 {sha256}: {whose}")
    elif weights.layout == "Fathom":
        print(f"SHA-256 {sha256}: the tensors are those that were written")
    else:
        print(f"SHA-256 {sha256}: nothing known to compare it with")
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


def _read(path: Path) -> "Weights":
    from core.weights.reader import read_weights

    with tqdm(total=1, desc=path.name, leave=False, disable=None, bar_format="{l_bar}{bar}| {elapsed}") as bar:

        def progress(share: float) -> None:
            bar.update(share - bar.n)

        return read_weights(path, progress)


def _dashed(numbers: tuple[int, ...]) -> str:
    return "-".join(map(str, numbers))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
