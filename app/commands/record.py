"""`record SOURCE --out F.mkv`: colour and depth of every frame, without a window."""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from app.commands.common import a_path, add_common, check_free, is_file, network_settings
from app.settings import COLORMAPS, DEFAULTS, Settings
from app.version import VERSION
from core.capture import SourceWish
from core.errors import RecordingError, SettingError
from core.loading import ModelWish
from core.look import Look, View
from core.messages import ModelState, RecordingStatus, SourceInfo, SourceState, Status
from core.pipeline import Pipeline
from core.recorder import LOW_DISK_BYTES, Recorder, RecordingWish, free_bytes

SUFFIX, VIEW_SUFFIX, PREVIEW_SUFFIX = ".mkv", ".mp4", ".png"
POLL_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """What `record` can be told beside source, file and network."""

    depth: Literal["gray16", "float32"] = "gray16"
    view: Path | None = None
    look: Look
    seconds: float | None = None
    frames: int | None = None
    preview: Path | None = None
    force: bool = False


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "record", help="a video of colour and depth: every frame of a file, or a live source for a time"
    )
    parser.add_argument("source", metavar="SOURCE", help="camera, a file, a folder, rtsp://, http://, demo")
    parser.add_argument("--out", required=True, type=a_path, metavar="F.mkv", help="the recording")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds of the source")
    parser.add_argument("--frames", type=int, metavar="N", help="stop after N frames")
    parser.add_argument(
        "--depth",
        choices=("gray16", "float32"),
        default="gray16",
        help="depth in 16 bits, within 1/20,000 of its range, or as the exact numbers, which take far more room",
    )
    parser.add_argument("--view", type=a_path, metavar="F.mp4", help="also write the view, for any player")
    parser.add_argument(
        "--view-kind", choices=[view.value for view in View], default=View.SIDE.value, help="what the view shows"
    )
    parser.add_argument("--colormap", choices=COLORMAPS, default=DEFAULTS.colormap, help="colours of the view")
    parser.add_argument("--preview", type=a_path, metavar="PNG", help="also write the last view as a picture")
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    add_common(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Raises: FathomError; what was recorded before it is kept."""
    for name in ("seconds", "frames"):
        value = getattr(args, name)
        if value is not None and not value > 0:
            raise SettingError(f"--{name} must be more than 0, got {value:g}")
    options = RecordOptions(
        depth=args.depth,
        view=args.view,
        look=Look(View(args.view_kind), args.colormap),
        seconds=args.seconds,
        frames=args.frames,
        preview=args.preview,
        force=args.force,
    )
    record(args.source, args.out, network_settings(args), options)
    return 0


def record(source: str, out: Path, settings: Settings, options: RecordOptions) -> None:
    """Run `source` through the network and write every result; Ctrl-C ends it cleanly.

    Raises: FathomError; what was recorded before it is kept. KeyboardInterrupt where there was nothing yet.
    """
    _check_names(source, out, options)
    pipeline = Pipeline(lambda: None)
    try:
        recorder = pipeline.start_recording(
            RecordingWish(
                path=out,
                program_version=VERSION,
                depth_format=options.depth,
                view_path=options.view,
                look=options.look,
                overwrite=options.force,
                most_s=options.seconds,
                most_frames=options.frames,
            )
        )
        assert recorder is not None  # noqa: S101 - the pipeline is new: nothing else records
        pipeline.set_size(settings.size, settings.aspect)
        pipeline.use_model(ModelWish(settings.model, settings.precision, settings.device))
        endless = source == "demo" and (options.seconds or options.frames) is not None
        pipeline.open(
            SourceWish(
                source,
                settings.camera_mode,
                every_frame=True,
                paced=False,
                loop=endless,
                ends=not endless,
                recorded_depth=False,  # it is there already: of a recording, another model's is wanted
            )
        )
        try:
            _wait(recorder, pipeline, options)
        except KeyboardInterrupt:
            print("stopping: what is waiting is still written", file=sys.stderr)
            recorder.finish()
            recorder.join()
            if not pipeline.status().recording.paths:
                raise
        _conclude(recorder, pipeline.status(), options)
    finally:
        pipeline.close()


def _check_names(source: str, out: Path, options: RecordOptions) -> None:
    """Raises: RecordingError, before anything has been done."""
    if out.suffix.lower() != SUFFIX:
        raise RecordingError(
            f"a recording is written as {SUFFIX}, got {out.name!r}: name a {SUFFIX} file, "
            f"and --view F{VIEW_SUFFIX} for a video of the view"
        )
    if options.view is not None and options.view.suffix.lower() != VIEW_SUFFIX:
        raise RecordingError(f"the view is written as {VIEW_SUFFIX}, got {options.view.name!r}")
    if options.preview is not None and options.preview.suffix.lower() != PREVIEW_SUFFIX:
        raise RecordingError(f"the last view is written as {PREVIEW_SUFFIX}, got {options.preview.name!r}")
    for path in (out, options.view, options.preview):
        if path is None:
            continue
        if is_file(path, source):
            raise RecordingError(f"{path} is the source itself: name another file for what is recorded of it")
        check_free(path, force=options.force)
    room_bytes = free_bytes(out.parent)
    if room_bytes is not None and room_bytes < LOW_DISK_BYTES:
        print(f"only {room_bytes / 1e6:.0f} MB are left on the disk of {out.parent.absolute()}", file=sys.stderr)


def _wait(recorder: Recorder, pipeline: Pipeline, options: RecordOptions) -> None:
    """Until the source ends, a limit or a fault is met, or no model is to be had."""
    with tqdm(unit="frame", disable=None) as bar:
        ended = False
        while not ended:
            ended = recorder.join(POLL_S)
            status = pipeline.status()
            if status.model is None and status.model_state is ModelState.FAILED:
                recorder.finish()
            if bar.total is None and status.source is not None:
                bar.total = _expected_frames(status.source, options.seconds, options.frames)
            recording = status.recording
            bar.set_postfix_str(_beside_the_bar(recording), refresh=False)
            bar.update(recording.frames - bar.n)


def _beside_the_bar(recording: RecordingStatus) -> str:
    dropped = f", {recording.dropped} dropped" if recording.dropped else ""
    return f"{recording.bytes_written / 1e6:.1f} MB{dropped}"


def _expected_frames(source: SourceInfo, seconds: float | None, frames: int | None) -> int | None:
    """For the progress bar and its estimate; None where nobody can know."""
    whole = None if source.live else source.frame_count
    if whole is None and not source.live and source.duration_s and source.fps:
        whole = round(source.duration_s * source.fps)
    timed = round(seconds * source.fps) if seconds and source.fps else None
    return min((n for n in (frames, timed, whole) if n), default=None)


def _conclude(recorder: Recorder, status: Status, options: RecordOptions) -> None:
    """Say what came of it. Raises: RecordingError where not all that was asked for is in the files."""
    recording = status.recording
    if options.preview is not None and recorder.newest is not None:
        _write_preview(recorder, options.preview, options.look)
    kept = f"; {recording.frames} frames are kept in {', '.join(recording.paths)}" if recording.paths else ""
    if recorder.failure:
        raise RecordingError(recorder.failure + kept)
    stopped = status.source_state is SourceState.FAILED or status.model is None
    if stopped and status.faults:
        raise RecordingError(status.faults[-1].line + kept)
    for fault in status.faults:
        print(fault.line, file=sys.stderr)
    is_live = status.source is not None and status.source.live
    if not recording.paths:
        raise RecordingError("nothing was recorded: no picture came that has depth")
    if recording.dropped and not is_live:
        raise RecordingError(f"{recording.dropped} frames have no depth and are missing{kept}")
    skipped = f", {recording.dropped} pictures between them skipped" if recording.dropped else ""
    print(
        f"{', '.join(recording.paths)}: {recording.frames} frames, "
        f"{recording.duration_s:.2f} s, {recording.bytes_written / 1e6:.1f} MB{skipped}"
    )
    for path in recording.view_paths:
        print(f"{path}: the view")


def _write_preview(recorder: Recorder, path: Path, look: Look) -> None:
    from core.compose import render
    from core.depth_files import write_whole
    from core.snapshot import encode_png

    result = recorder.newest
    if result is not None:
        shown = replace(look, low=result.low, high=result.high)
        write_whole(path, encode_png(render(shown, result.frame.rgb, result.inverse_depth)[..., ::-1]))
