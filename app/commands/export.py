"""`export F.mkv --out DIR`: the depth of a recording, as files for other programs."""

import argparse
import sys

from tqdm import tqdm

from app.commands.common import a_path
from app.settings import COLORMAPS, DEFAULTS
from core.errors import SettingError
from core.look import Look, View

FORMATS = ("png16", "npy", "exr", "pfm", "csv", "mp4")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("export", help="depth of a recording, as files for other programs")
    parser.add_argument("recording", metavar="F.mkv", type=a_path, help="what `record` or the window recorded")
    parser.add_argument(
        "--out",
        required=True,
        type=a_path,
        metavar="DIR",
        help="the folder; frames that are there from an earlier export of the same recording are not done again",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="png16",
        help="png16: the 16-bit codes, with index.csv telling time, offset and scale of each; npy, pfm, exr: "
        "float32; csv: as text; mp4: one video in colours (png16)",
    )
    parser.add_argument("--from", dest="from_s", type=float, default=0.0, metavar="S", help="start at S seconds")
    parser.add_argument("--to", dest="to_s", type=float, metavar="S", help="end before S seconds")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only frames 0, N, 2 N, …")
    parser.add_argument("--colormap", choices=COLORMAPS, default=DEFAULTS.colormap, help="colours of mp4")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ctrl-C ends it; what is written is kept, and not done again. Raises: FathomError."""
    if not args.from_s >= 0:
        raise SettingError(f"--from must be at least 0, got {args.from_s:g}")
    if args.to_s is not None and not args.to_s > args.from_s:
        raise SettingError(f"--to must be more than --from ({args.from_s:g}), got {args.to_s:g}")
    if args.every < 1:
        raise SettingError(f"--every must be at least 1, got {args.every}")

    from core.recording.export import export

    with tqdm(unit="frame", disable=None) as bar:

        def progress(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        summary = export(
            args.recording,
            args.out,
            format=args.format,
            from_s=args.from_s,
            to_s=args.to_s,
            every=args.every,
            look=Look(View.DEPTH, args.colormap),
            progress=progress,
        )
    there = f", {summary.there_already} were there already" if summary.there_already else ""
    print(f"{args.out}: {summary.written} frames{there}")
    if not summary.written and not summary.there_already:
        print("no frame of the recording lies in that range", file=sys.stderr)
        return 1
    return 0
