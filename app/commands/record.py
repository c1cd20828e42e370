"""`record SOURCE --out F`: colour and depth side by side, as a video, without a window."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commands.common import add_common, network_settings
from app.settings import COLORMAPS, DEFAULTS, Settings
from core.capture import SourceWish
from core.errors import RecordingError, SettingError
from core.handoff import Closed, FrameQueue
from core.loading import ModelWish
from core.messages import DepthResult, ModelState, SourceInfo
from core.pipeline import Pipeline

if TYPE_CHECKING:
    from core.recording.side_by_side import SideBySideWriter

QUEUE_RESULTS = 4
POLL_S = 0.5
ROUNDING_S = 1e-3  # twelve frames at 30 a second add up to 0.399…9 s


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "record", help="a video of colour and depth: every frame of a file, or a live source for a time"
    )
    parser.add_argument("source", metavar="SOURCE", help="camera, a file, a folder, rtsp://, http://, demo")
    parser.add_argument("--out", required=True, type=Path, metavar="F", help="the video: .mp4 or .mkv")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds of the source")
    parser.add_argument("--frames", type=int, metavar="N", help="stop after N frames")
    parser.add_argument("--preview", type=Path, metavar="PNG", help="also write the last frame as a picture")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("--colormap", choices=COLORMAPS, default=DEFAULTS.colormap, help="colours of depth")
    add_common(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Raises: FathomError; what was recorded before it is kept."""
    for name in ("seconds", "frames"):
        value = getattr(args, name)
        if value is not None and not value > 0:
            raise SettingError(f"--{name} must be more than 0, got {value:g}")
    if args.out.exists() and not args.force:
        raise RecordingError(f"{args.out} is there already: name another file, or give --force to replace it")
    record(
        args.source,
        args.out,
        network_settings(args),
        colormap=args.colormap,
        seconds=args.seconds,
        frames=args.frames,
        preview=args.preview,
    )
    return 0


def record(
    source: str,
    out: Path,
    settings: Settings,
    *,
    colormap: str = DEFAULTS.colormap,
    seconds: float | None = None,
    frames: int | None = None,
    preview: Path | None = None,
) -> None:
    """Run `source` through the network and write every result; Ctrl-C ends it cleanly.

    Raises: FathomError; what was recorded before it is kept.
    """
    from core.recording.side_by_side import SideBySideWriter

    queue: FrameQueue[DepthResult] = FrameQueue(QUEUE_RESULTS)
    pipeline = Pipeline(lambda: None, recording=queue)
    try:
        pipeline.set_size(settings.size, settings.aspect)
        pipeline.use_model(ModelWish(settings.model, settings.precision, settings.device))
        endless = source == "demo" and (seconds or frames) is not None
        pipeline.open(
            SourceWish(source, settings.camera_mode, every_frame=True, paced=False, loop=endless, ends=not endless)
        )
        with SideBySideWriter(out, colormap) as writer:
            try:
                _write_all(queue, pipeline, writer, seconds, frames)
            except KeyboardInterrupt:
                print("stopped", file=sys.stderr)
        if preview is not None and writer.preview is not None:
            writer.write_preview(preview)
        faults = pipeline.status().faults
        if faults:
            kept = f"; {writer.frames} frames are kept in {out}" if writer.frames else ""
            raise RecordingError(faults[-1].line + kept)
        print(f"{out}: {writer.frames} frames, {writer.duration_s:.2f} s")
    finally:
        pipeline.close()


def _write_all(
    queue: FrameQueue[DepthResult],
    pipeline: Pipeline,
    writer: "SideBySideWriter",
    seconds: float | None,
    frames: int | None,
) -> None:
    """Take results until the source ends, a limit is reached, or no model is to be had."""
    with tqdm(unit="frame", disable=None) as bar:
        while not _enough(writer, seconds, frames):
            try:
                result = queue.take(POLL_S)
            except Closed:
                return
            status = pipeline.status()
            if result is None:
                if status.model_state is ModelState.FAILED:
                    return
                continue
            writer.write(result)
            if bar.total is None and status.source is not None:
                bar.total = _expected_frames(status.source, seconds, frames)
            bar.update()


def _enough(writer: "SideBySideWriter", seconds: float | None, frames: int | None) -> bool:
    if frames is not None and writer.frames >= frames:
        return True
    return seconds is not None and writer.frames > 0 and writer.duration_s > seconds - ROUNDING_S


def _expected_frames(source: SourceInfo, seconds: float | None, frames: int | None) -> int | None:
    """For the progress bar; None where nobody can know."""
    whole = None if source.live else source.frame_count
    timed = round(seconds * source.fps) if seconds and source.fps else None
    return min((n for n in (frames, timed, whole) if n), default=None)
