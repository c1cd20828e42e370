"""What commands share: options, made from the settings' own declaration, and what is asked of files."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.settings import DEFAULTS, OPTIONS, Settings
from core.errors import RecordingError, SettingError

COMMON = tuple(name for name, option in OPTIONS.items() if option.flag)


_FOR_THE_WINDOW = ("target_fps",)  # without one nobody waits for a rate
_WITHOUT_WINDOW = {"size": " Without the window auto is trained."}


def add_common(parser: argparse.ArgumentParser, *, window: bool = False) -> None:
    """Add `--model`, `--size`, `--aspect`, `--precision` and `--device`, and with a window `--target-fps`."""
    for name in COMMON:
        if name in _FOR_THE_WINDOW and not window:
            continue
        option = OPTIONS[name]
        help_text = option.help + ("" if window else _WITHOUT_WINDOW.get(name, ""))
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=_kind_of(getattr(DEFAULTS, name)),
            metavar=name.rpartition("_")[2].upper() if not option.choices else None,
            choices=option.choices or None,
            help=f"{help_text} (default: {getattr(DEFAULTS, name)})".replace("%", "%%"),
        )


def _kind_of(default: object) -> type[str] | type[float]:
    return float if isinstance(default, float) else str


def a_path(text: str) -> Path:
    """The type of an option that names a file or folder: a shell leaves the ~ of `--out=~/x` to the program."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # ~name of somebody who has no home here: it is a file's name
        return Path(text)


def given(args: argparse.Namespace) -> dict[str, Any]:
    """The common settings that were given."""
    return {name: value for name in COMMON if (value := getattr(args, name, None)) is not None}


def network_settings(args: argparse.Namespace, base: Settings = DEFAULTS) -> Settings:
    """`base` with what was given: for headless commands the defaults, whatever the window remembers.

    Raises: SettingError.
    """
    return replace(base, **given(args))


def check_free(target: Path, *, force: bool) -> None:
    """Raises: RecordingError where `target` is there and not to be replaced, or can be no file's name."""
    try:
        there = target.exists()
    except (OSError, ValueError) as error:  # a name that is too long, a folder that may not be looked into
        reason = getattr(error, "strerror", None) or error
        raise RecordingError(f"{target} cannot be written: {reason}") from error
    if there and not force:
        raise RecordingError(f"{target} is there already: name another, or give --force to replace it")


def split(name: str, text: str) -> list[str]:
    """The values of `--name A,B`. Raises: SettingError where there is none."""
    values = [value.strip() for value in text.split(",") if value.strip()]
    if not values:
        raise SettingError(f"--{name} names nothing: give one or more, separated by commas")
    return values


def is_file(path: Path, source: str) -> bool:
    """Whether `source` names the file that is at `path`."""
    try:
        return path.samefile(Path(source).expanduser())
    except (OSError, ValueError, RuntimeError):  # it is no file: a camera, a long address, "~nobody"
        return False


def is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, say: whoever opens it tells
        return False


def check_apart(targets: Sequence[Path], inputs: Iterable[str]) -> None:
    """Raises: RecordingError where two of `targets` are one file, or one is an input."""
    if len({target.resolve() for target in targets}) < len(targets):
        raise RecordingError(f"each file needs a name of its own, got {', '.join(map(str, targets))}")
    for given in inputs:
        for target in targets:
            if is_file(target, given):
                raise RecordingError(f"{target} is what is read: name another file to write to")


def write_files(files: Mapping[Path, bytes]) -> None:
    """Every file that can be written is, also where another cannot. Raises: RecordingError."""
    from core.depth_files import write_whole

    refused: list[RecordingError] = []
    for path, data in files.items():
        try:
            write_whole(path, data)
            print(f"{path}: {len(data) / 1e3:.0f} kB")
        except RecordingError as error:
            refused.append(error)
    if refused:
        raise refused[0]
