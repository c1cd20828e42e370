"""The options that commands share, made from the settings' own declaration."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.settings import DEFAULTS, OPTIONS, Settings
from core.errors import RecordingError

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
