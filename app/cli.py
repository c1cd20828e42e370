"""The command line: parse, run the command, turn errors into one line and an exit code."""

import argparse
import io
import logging
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from app import paths
from app.commands import bench, cameras, compare, export, image, live, models, record, train
from app.logs import logging_to
from app.version import VERSION
from core import allocator, openmp
from core.errors import FathomError, SettingError

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130
COMMANDS = ("live", "image", "record", "export", "compare", "bench", "models", "cameras", "train")

_log = logging.getLogger(__name__)


class Parser(argparse.ArgumentParser):
    """argparse, with wrong use told in one line and no short forms: `--size` is not `--sizes`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}; `{self.prog} --help` tells more", file=sys.stderr)
        raise SystemExit(WRONG_USE)


def main(argv: Sequence[str], show_window: live.ShowWindow) -> int:
    """Run the command that `argv` names, `live` where it names none; gives the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr: a letter that it lacks ends nothing
    allocator.keep_memory()
    openmp.wait_briefly()
    try:
        args = build_parser(show_window).parse_args(with_command(argv))
    except SystemExit as stop:  # argparse's way to end: --help, --version, wrong use
        return stop.code if isinstance(stop.code, int) else FAILED
    with logging_to(paths.log_file(), debug=args.debug):
        try:
            code: int = args.run(args)
        except FathomError as error:
            return _say(error, WRONG_USE if isinstance(error, SettingError) else FAILED)
        except KeyboardInterrupt:
            return INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the last net: one line, the rest in the log
            return _say(error, FAILED)
        return code


def with_command(argv: Sequence[str]) -> list[str]:
    """`live` need not be named: `main.py clip.mp4` and `main.py --size 384` mean it."""
    if argv and (argv[0] in COMMANDS or argv[0] in ("-h", "--help", "--version")):
        return list(argv)
    return ["live", *argv]


def build_parser(show_window: live.ShowWindow) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Parser(prog="fathom", description="Live depth from any camera.")
    parser.add_argument("--version", action="version", version=f"Fathom {VERSION}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    live.add_parser(subparsers, show_window)
    for command in (image, record, export, compare, bench, models, cameras, train):
        command.add_parser(subparsers)
    for subparser in subparsers.choices.values():
        subparser.add_argument("--debug", action="store_true", help="show tracebacks and all that is logged")
    return parser


def _say(error: Exception, code: int) -> int:
    """One line on stderr. The traceback of what nobody expected goes to the log; `--debug` shows it for all."""
    if isinstance(error, FathomError):
        _log.error("%s", error)
        _log.debug("this came from", exc_info=error)
    else:
        _log.error("failed unexpectedly (the log tells more)", exc_info=error)
    return code
