"""`compare SOURCE --models A,B,C`: what each model buys and costs, on the very same frames.

It prints a table, and writes on request:
    --json F      every figure; the keys are in core/comparing/figures.py
    --csv F       one row a frame and lane, and with a truth one for each trivial answer
    --report DIR  index.html, a page with table, charts and pictures that needs nothing beside it
"""

import argparse
import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commands.common import a_path, check_apart, is_folder, split, write_files
from app.commands.compare_table import print_table
from app.settings import COLORMAPS, DEFAULTS, OPTIONS, check
from app.version import VERSION
from core.errors import RecordingError, SettingError, SourceError
from core.look import Look, View

if TYPE_CHECKING:
    from core.comparing.lane_wish import LaneWish
    from core.comparing.running import Outcome

PAGE = "index.html"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "compare", help="models side by side on the same frames: speed, agreement and error"
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="camera, a file, a folder, rtsp://, http://, demo; errors against the truth are told for demo, "
        "recordings of it and photos with NAME.npz beside NAME.jpg that holds the array inverse_depth",
    )
    parser.add_argument(
        "--models", required=True, metavar="A,B,C", help="names or files; the first is the reference"
    )
    parser.add_argument(
        "--sizes",
        default="auto",
        metavar="PX,HxW",
        help="what the networks see; auto: what each was trained at (auto)",
    )
    parser.add_argument(
        "--precisions",
        default="auto",
        metavar="P,Q",
        help=f"of {', '.join(OPTIONS['precision'].choices)} (auto); each model runs at every size in each",
    )
    parser.add_argument("--device", default=DEFAULTS.device, metavar="D", help=f"{OPTIONS['device'].help} (auto)")
    parser.add_argument(
        "--aspect", default=DEFAULTS.aspect, choices=OPTIONS["aspect"].choices, help=OPTIONS["aspect"].help
    )
    parser.add_argument(
        "--reference",
        metavar="LANE",
        help='the lane that the others are compared with: MODEL, or "MODEL SIZE PRECISION" as they were given',
    )
    parser.add_argument(
        "--frames",
        type=int,
        metavar="N",
        help="N frames, spread evenly over a file, the first ones of a live source (every frame of a file)",
    )
    parser.add_argument("--json", type=a_path, metavar="F", help="also write all figures to this file")
    parser.add_argument("--csv", type=a_path, metavar="F", help="also write a row a frame and lane to this file")
    parser.add_argument(
        "--report", type=a_path, metavar="DIR", help=f"also write DIR/{PAGE}, one page to send, with all it shows"
    )
    parser.add_argument("--colormap", choices=COLORMAPS, default=DEFAULTS.colormap, help="colours of the page")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ctrl-C ends it with what was done so far. 1 where not all that was asked for could be compared.

    Raises: FathomError.
    """
    if args.frames is not None and args.frames < 1:
        raise SettingError(f"--frames must be at least 1, got {args.frames}")
    lanes = _lanes(args)
    reference = _reference(args.reference, lanes)
    page = [args.report / PAGE] if args.report is not None else []
    targets = [*(file for file in (args.json, args.csv) if file is not None), *page]
    check_apart(targets, [args.source, *_pictures_in(args.source), *(lane.model for lane in lanes)])
    _make_folders(targets)
    if args.report is not None:
        _check_page(args.report / PAGE)

    from core.comparing.running import CompareWish, compare

    wish = CompareWish(
        address=args.source,
        camera_mode=DEFAULTS.camera_mode,
        lanes=lanes,
        reference=reference,
        frames=args.frames,
        look=Look(View.DEPTH, args.colormap) if args.report is not None else None,
    )
    with tqdm(unit="frame", disable=None) as bar:

        def progress(doing: str, done: int, expected: int | None) -> None:
            bar.total = expected
            bar.set_description_str(doing, refresh=False)
            bar.update(done - bar.n)
            bar.refresh()

        outcome = compare(wish, progress)
    return _conclude(args, outcome)


def _lanes(args: argparse.Namespace) -> "list[LaneWish]":
    """Raises: SettingError."""
    lists = {name: split(name, getattr(args, name)) for name in ("models", "sizes", "precisions")}
    settings = {"size": lists["sizes"], "precision": lists["precisions"], "device": [args.device]}
    for setting, values in settings.items():
        for value in values:
            check(setting, value)

    from core.comparing.lane_wish import LaneWish

    wishes = (
        LaneWish(model, size, precision, args.device, args.aspect)
        for model, size, precision in itertools.product(*lists.values())
    )
    return list(dict.fromkeys(wishes))


def _reference(wanted: str | None, lanes: "list[LaneWish]") -> int:
    """Which lane is meant. Raises: SettingError."""
    if wanted is None:
        return 0
    for number, lane in enumerate(lanes):
        if wanted in lane.names:
            return number
    there = ", ".join(dict.fromkeys(lane.names[-1] for lane in lanes))
    raise SettingError(f"--reference must be one of the lanes ({there}), got {wanted!r}")


def _pictures_in(source: str) -> list[str]:
    """Where that is a folder of them. Raises: SourceError."""
    from core.messages import SourceKind
    from core.sources.address import parse_address
    from core.sources.pictures import pictures_in

    meant = parse_address(source)
    folder = Path(meant.target)
    is_one = meant.kind is SourceKind.PICTURES and is_folder(folder)
    return [str(picture) for picture in pictures_in(folder)] if is_one else []


def _make_folders(targets: list[Path]) -> None:
    """Before the work rather than after it. Raises: RecordingError."""
    for folder in (target.parent for target in targets):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(f"the folder {folder} cannot be made: {error.strerror or error}") from error


def _check_page(page: Path) -> None:
    """Raises: RecordingError where anything but an older page of Fathom's would be replaced."""
    from core.comparing.page import is_page

    try:
        is_of_another = page.exists() and not is_page(page)
    except OSError as error:
        raise RecordingError(f"{page} cannot be read: {error.strerror or error}") from error
    if is_of_another:
        raise RecordingError(f"{page} is there, and is no page of Fathom's: give --report another folder")


def _conclude(args: argparse.Namespace, outcome: "Outcome") -> int:
    """Say what came of it, and write what was asked for."""
    comparison = outcome.comparison
    for problem in outcome.problems:
        print(problem, file=sys.stderr)
    failures = [lane.failure for lane in comparison.lanes if lane.failure]
    frames = len(comparison.frames)
    if not frames and not failures:
        if outcome.was_interrupted:
            raise KeyboardInterrupt
        raise SourceError(f"{outcome.source.name} gave no frame to compare")
    if outcome.was_interrupted:
        print(f"stopped after {frames} frames: what follows is about these", file=sys.stderr)
    print_table(comparison)
    _write(args, outcome)
    return 1 if failures or outcome.problems else 0


def _write(args: argparse.Namespace, outcome: "Outcome") -> None:
    """Raises: RecordingError."""
    from core.bench import machine
    from core.comparing.figures import as_csv, as_json
    from core.comparing.page import as_html

    facts = {"fathom": VERSION, **machine()}
    files: dict[Path, str] = {}
    if args.json is not None:
        files[args.json] = as_json(outcome.comparison, outcome.source, facts)
    if args.csv is not None:
        files[args.csv] = as_csv(outcome.comparison)
    if args.report is not None:
        made_at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        files[args.report / PAGE] = as_html(outcome, facts, made_at=made_at, colormap=args.colormap)
    write_files({path: text.encode(errors="replace") for path, text in files.items()})  # a name may be no UTF-8
