"""`image PICTURE... --out P`: depth of pictures, as files."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from app.commands.common import add_common, network_settings
from core.errors import RecordingError, SourceError
from core.network_size import size_for


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("image", help="depth of pictures, as 16-bit PNG, .npy or .pfm")
    parser.add_argument("pictures", nargs="+", metavar="PICTURE", help="a picture, or a folder of pictures")
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="P",
        help="one file ending in .png (16-bit), .npy (float32, raw network values) or .pfm, or a folder",
    )
    parser.add_argument(
        "--format", choices=("png", "npy", "pfm"), default="png", help="format of files in a folder (png)"
    )
    add_common(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Raises: FathomError; pictures done before it are kept."""
    settings = network_settings(args)
    jobs = list(_jobs(args.pictures, args.out, args.format))

    from core.depth_files import at_picture_size, write_depth
    from core.engine import Engine
    from core.sources.picture_file import read_picture

    engine = Engine.load(settings.model, settings.precision, settings.device)
    failures = 0
    try:
        for picture, target in tqdm(jobs, unit="picture", disable=len(jobs) < 2 or None):
            try:
                rgb, is_damaged = read_picture(picture)
            except SourceError as error:
                if len(jobs) == 1:
                    raise
                tqdm.write(str(error), file=sys.stderr)  # the others are done all the same
                failures += 1
                continue
            if is_damaged:
                tqdm.write(f"{picture} is damaged: its depth is of what could be decoded", file=sys.stderr)
            height, width, _ = rgb.shape
            network_hw = size_for(settings.size, settings.aspect, engine.info, (height, width))
            depth = engine.infer(rgb, network_hw)
            held = write_depth(target, at_picture_size(depth, (height, width)))
            tqdm.write(f"{target}: {held}")
    finally:
        engine.close()
    return 1 if failures else 0


def _jobs(pictures: list[str], out: Path, suffix: str) -> Iterator[tuple[Path, Path]]:
    """Each picture with the file its depth goes to. Raises: SourceError, RecordingError."""
    from core.sources.pictures import pictures_in

    named = [Path(name).expanduser() for name in pictures]
    files = [file for path in named for file in (pictures_in(path) if path.is_dir() else [path])]
    if not files:
        raise SourceError(f"there is no picture in {', '.join(pictures)}")
    if out.suffix and not out.is_dir():
        if len(files) != 1:
            raise RecordingError(f"{out} is one file, but there are {len(files)} pictures: name a folder")
        yield files[0], out
        return
    taken: set[Path] = set()
    for file in files:
        target = out / f"{file.stem}.{suffix}"
        if target in taken:  # a.jpg and a.png, or the same name in two folders
            target = out / f"{file.parent.name}-{file.name}.{suffix}"
        if target in taken:
            raise SourceError(f"two pictures would both be written to {target}: give them in two runs")
        taken.add(target)
        yield file, target
