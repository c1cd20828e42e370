"""`image PICTURE... --out P`: depth of pictures, as files."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commands.common import add_common, network_settings
from core.errors import RecordingError, SourceError
from core.network_size import network_hw

if TYPE_CHECKING:
    from core.messages import RgbArray


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

    engine = Engine.load(settings.model, settings.precision, settings.device)
    try:
        for picture, target in tqdm(jobs, unit="picture", disable=len(jobs) < 2 or None):
            rgb = _read(picture)
            height, width, _ = rgb.shape
            depth = engine.infer(rgb, network_hw(settings.size, settings.aspect, (height, width)))
            held = write_depth(target, at_picture_size(depth, (height, width)))
            tqdm.write(f"{target}: {held}")
    finally:
        engine.close()
    return 0


def _jobs(pictures: list[str], out: Path, suffix: str) -> Iterator[tuple[Path, Path]]:
    """Each picture with the file its depth goes to. Raises: SourceError, RecordingError."""
    from core.sources.pictures import picture_files

    files = [file for name in pictures for file in picture_files(Path(name).expanduser())]
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


def _read(picture: Path) -> "RgbArray":
    from core.sources.pictures import read_picture

    return read_picture(picture)
