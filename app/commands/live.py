"""`[live] [SOURCE]`: the window; on a machine without a display, a short depth video instead."""

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from app import paths, recent_sources
from app.commands.common import a_path, add_common, given
from app.commands.record import RecordOptions, record
from app.display import has_display
from app.settings import Settings
from app.settings_store import SettingsStore
from core.errors import SettingError, WindowError
from core.look import Look, View

DEMO_SECONDS = 10.0

ShowWindow = Callable[[Settings, SettingsStore, str | None, float | None, Path | None], int]
"""settings, store, a line to show at the start, exit after so many seconds, screenshot → exit code"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", show_window: ShowWindow) -> None:
    parser = subparsers.add_parser("live", help="the window (this is what no command means)")
    parser.add_argument(
        "source", nargs="?", metavar="SOURCE", help="camera, camera:NAME, a file, a folder, rtsp://, http://, demo"
    )
    parser.add_argument("--exit-after", type=float, metavar="S", help="close the window after S seconds")
    parser.add_argument(
        "--screenshot", type=a_path, metavar="PNG", help="write a picture of the window at the end"
    )
    add_common(parser, window=True)
    parser.set_defaults(run=partial(run, show_window))


def run(show_window: ShowWindow, args: argparse.Namespace) -> int:
    """Raises: SettingError, WindowError; without a display what `record` raises."""
    if args.exit_after is not None and not args.exit_after > 0:
        raise SettingError(f"--exit-after must be more than 0 seconds, got {args.exit_after:g}")
    if args.screenshot is not None and args.exit_after is None:
        raise SettingError("--screenshot is taken when the window closes by itself: give --exit-after S too")
    wishes = given(args)
    store = SettingsStore(paths.settings_file())
    remembered, problem = store.load()
    played: dict[str, Any] = {}
    if args.source is not None:
        source = recent_sources.to_remember(args.source)
        recent = recent_sources.with_source(remembered.recent_sources, source)
        played = {"source": source, "recent_sources": recent}
    if Path(wishes.get("model", "")).suffix:  # a weights file; a name has none
        wishes["model"] = paths.in_full(wishes["model"])
    settings = replace(remembered, **wishes, **played)
    if has_display():
        if played:
            store.schedule(**played)  # what else was asked for is for this once
        return show_window(settings, store, problem, args.exit_after, args.screenshot)
    if args.source is not None or args.screenshot is not None:
        display = os.environ.get("DISPLAY")
        reason = f"nothing answers at DISPLAY={display}" if display else "DISPLAY is not set"
        raise WindowError(
            f"the window needs a display and there is none ({reason}): "
            "use `record SOURCE --out F.mkv`, which needs none"
        )
    return record_demo(settings)


def record_demo(settings: Settings) -> int:
    """What a first start shows where there is nothing to show it on. Raises: FathomError."""
    name = f"demo-{datetime.now():%Y%m%d-%H%M%S}"
    video = paths.videos_dir() / f"{name}.mkv"
    preview = paths.videos_dir() / f"{name}.png"
    print(f"There is no display for the window: recording {DEMO_SECONDS:g} seconds of the demo scene instead.")
    options = RecordOptions(
        view=video.with_suffix(".mp4"),
        look=Look(View.SIDE, settings.colormap),
        seconds=DEMO_SECONDS,
        preview=preview,
    )
    record("demo", video, settings, options)
    print(f"{preview}: its last frame")
    return 0
