"""Fathom: live depth from any camera. `python main.py --help` lists the commands."""

import sys
from pathlib import Path

from app.cli import main
from app.settings import Settings
from app.settings_store import SettingsStore
from core.errors import WindowError


def show_window(
    settings: Settings,
    store: SettingsStore,
    problem: str | None,
    exit_after_s: float | None,
    screenshot: Path | None,
) -> int:
    """Open the window and run it to its end; gives the exit code. Raises: WindowError."""
    try:
        from ui.application import run
    except ImportError as error:  # PyQt6 is there, but a library of the system's is not
        raise WindowError(f"the window cannot start: {error}; `./fathom` installs what Qt needs") from error
    return run(settings, store, problem=problem, exit_after_s=exit_after_s, screenshot=screenshot)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], show_window))
