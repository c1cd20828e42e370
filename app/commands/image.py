"""`image PICTURE... --out P`: depth of pictures, as files."""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commands.common import a_path, add_common, check_free, is_folder, network_settings
from app.settings import COLORMAPS, DEFAULTS
from core.errors import RecordingError, SourceError
from core.look import Look, View
from core.messages import RgbArray
from core.network_size import size_for

if TYPE_CHECKING:  # it brings torch, which --help does without
    from core.readout import Readout

VIEWS = (View.DEPTH, View.SIDE, View.OVERLAY)


@dataclass(frozen=True, slots=True)
class Job:
    picture: Path
    depth: Path
    view: Path | None  # where one is wanted

    @property
    def targets(self) -> tuple[Path, ...]:
        return (self.depth,) if self.view is None else (self.depth, self.view)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("image", help="depth of pictures, as 16-bit PNG, .npy or .pfm, and in colours")
    parser.add_argument("pictures", nargs="+", metavar="PICTURE", help="a picture, or a folder of pictures")
    parser.add_argument(
        "--out",
        required=True,
        type=a_path,
        metavar="P",
        help="one file ending in .png (16-bit), .npy (float32, raw network values) or .pfm, or a folder",
    )
    parser.add_argument(
        "--format", choices=("png", "npy", "pfm"), default="png", help="format of files in a folder (png)"
    )
    parser.add_argument(
        "--view",
        choices=[view.value for view in VIEWS],
        help="also write it in colours, as NAME-view.png beside each: depth, side (picture left, depth right), "
        "or overlay",
    )
    parser.add_argument("--colormap", choices=COLORMAPS, default=DEFAULTS.colormap, help="colours of the view")
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    add_common(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Raises: FathomError; pictures done before it are kept."""
    settings = network_settings(args)
    look = None if args.view is None else Look(View(args.view), args.colormap)
    jobs = _jobs(args.pictures, args.out, args.format, with_view=look is not None)
    _check_targets(jobs, force=args.force)

    from core.depth_files import at_picture_size, write_depth
    from core.engine import Engine
    from core.sources.picture_file import read_picture

    engine = Engine.load(settings.model, settings.precision, settings.device)
    failures = 0
    try:
        engine.enter_thread()
        for job in tqdm(jobs, unit="picture", disable=len(jobs) < 2 or None):
            try:
                rgb, is_damaged = read_picture(job.picture)
            except SourceError as error:
                if len(jobs) == 1:
                    raise
                tqdm.write(str(error), file=sys.stderr)  # the others are done all the same
                failures += 1
                continue
            if is_damaged:
                tqdm.write(f"{job.picture} is damaged: its depth is of what could be decoded", file=sys.stderr)
            height, width, _ = rgb.shape
            network_hw = size_for(settings.size, settings.aspect, engine.info, (height, width))
            readout = engine.infer_ranged(rgb, network_hw)
            held = write_depth(job.depth, at_picture_size(readout.inverse_depth, (height, width)))
            tqdm.write(f"{job.depth}: {held}")
            if look is not None and job.view is not None:
                _write_view(job.view, look, rgb, readout)
                tqdm.write(f"{job.view}: {look.view.value} in {look.colormap}")
    finally:
        engine.close()
    return 1 if failures else 0


def _write_view(path: Path, look: Look, rgb: RgbArray, readout: "Readout") -> None:
    """Raises: RecordingError."""
    from core.compose import render
    from core.depth_files import write_whole
    from core.snapshot import encode_png

    shown = replace(look, low=readout.low, high=readout.high)
    write_whole(path, encode_png(render(shown, rgb, readout.inverse_depth)[..., ::-1]))


def _jobs(pictures: list[str], out: Path, suffix: str, *, with_view: bool) -> list[Job]:
    """Each picture with the files that are made of it, no two the same. Raises: SourceError, RecordingError."""
    from core.sources.pictures import pictures_in

    named = [Path(name).expanduser() for name in pictures]
    files = [file for path in named for file in (pictures_in(path) if is_folder(path) else [path])]
    if not files:
        raise SourceError(f"there is no picture in {', '.join(pictures)}")
    if out.suffix and not is_folder(out):
        if len(files) != 1:
            raise RecordingError(f"{out} is one file, but there are {len(files)} pictures: name a folder")
        return [_job(files[0], out, with_view=with_view)]
    jobs: list[Job] = []
    taken: set[Path] = set()
    for file in files:
        job = _job(file, out / f"{file.stem}.{suffix}", with_view=with_view)
        if not taken.isdisjoint(job.targets):  # a.jpg and a.png, or the same name in two folders
            job = _job(file, out / f"{file.parent.name}-{file.name}.{suffix}", with_view=with_view)
        if not taken.isdisjoint(job.targets):
            raise SourceError(f"two pictures would both be written to {job.depth}: give them in two runs")
        taken.update(job.targets)
        jobs.append(job)
    return jobs


def _job(picture: Path, depth: Path, *, with_view: bool) -> Job:
    return Job(picture, depth, depth.with_name(f"{depth.stem}-view.png") if with_view else None)


def _check_targets(jobs: list[Job], *, force: bool) -> None:
    """Raises: RecordingError, before anything has been done."""
    pictures = {job.picture.resolve() for job in jobs}
    for target in (target for job in jobs for target in job.targets):
        if target.resolve() in pictures:
            raise RecordingError(f"{target} is one of the pictures: name another file or folder for its depth")
        check_free(target, force=force)
