"""What recording costs: frame times of one pipeline with and without a recorder, in turns.

    .venv/bin/python benchmarks/recording.py --source demo --rounds 6 --frames 60

The source plays as fast as the network takes it, so both cores are busy all the time: the worst case. Each round
measures one stretch without and one with the recording, as the machine's own speed wanders; what counts is the
median of the rounds. The files go to a temporary folder.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import allocator, openmp
from core.capture import SourceWish
from core.keeper import KeepWish
from core.loading import ModelWish
from core.messages import DepthResult
from core.pipeline import Pipeline
from core.recorder import RecordingWish

SETTLE_FRAMES = 6  # after each change, not counted
LONG_S = 60.0


class Cost(NamedTuple):
    """Milliseconds a frame."""

    passed: float
    busy: float  # of all processors together


class Stretches:
    """Counts results as they come, and times stretches of them."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self.newest: DepthResult | None = None

    def take(self, frames: int) -> Cost:
        """Of a frame, over the next `frames`, after some to settle."""
        self._wait(SETTLE_FRAMES)
        first, busy_s = self._wait(1), time.process_time()
        last = self._wait(frames)
        count = last.frame.index - first.frame.index
        return Cost(
            1e3 * (last.finished_at_s - first.finished_at_s) / count, 1e3 * (time.process_time() - busy_s) / count
        )

    def _wait(self, frames: int) -> DepthResult:
        start = self.newest
        until = (start.frame.index if start is not None else -1) + frames
        deadline = time.monotonic() + LONG_S
        while self.newest is None or self.newest.frame.index < until:
            if time.monotonic() > deadline:
                faults = [fault.line for fault in self._pipeline.status().faults]
                raise SystemExit(f"no results within {LONG_S:g} s: {faults}")
            self.newest = self._pipeline.newest_result() or self.newest
            time.sleep(0.002)
        return self.newest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", default="demo")
    parser.add_argument("--model", default="fathom-nano")
    parser.add_argument("--size", default="256")
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--frames", type=int, default=60, help="of each stretch")
    parser.add_argument("--depth", choices=("gray16", "float32"), default="gray16")
    parser.add_argument("--view", action="store_true", help="record the view, too")
    parser.add_argument("--keep-last", action="store_true", help="keep the last ten seconds instead of recording")
    args = parser.parse_args()
    allocator.keep_memory()  # as the program does
    openmp.wait_briefly()
    pipeline = Pipeline(lambda: None)
    try:
        pipeline.set_size(args.size, "square")
        pipeline.use_model(ModelWish(args.model, args.precision, "cpu"))
        pipeline.open(SourceWish(args.source, every_frame=True, paced=False))
        with tempfile.TemporaryDirectory() as folder:
            compare(pipeline, args, Path(folder))
    finally:
        pipeline.close()


def compare(pipeline: Pipeline, args: argparse.Namespace, folder: Path) -> None:
    stretches = Stretches(pipeline)
    without, with_it = [], []
    for number in range(args.rounds):
        without.append(stretches.take(args.frames))
        if args.keep_last:
            pipeline.keep_last(KeepWish(most_s=10.0, program_version="benchmark", depth_format=args.depth))
            with_it.append(stretches.take(args.frames))
            pipeline.keep_last(None)
        else:
            recorder = pipeline.start_recording(wish(args, folder / f"{number}.mkv"))
            assert recorder is not None
            with_it.append(stretches.take(args.frames))
            pipeline.stop_recording()
            recorder.join()
            if recorder.failure:
                raise SystemExit(recorder.failure)
        print(f"round {number + 1}: {without[-1].passed:.1f} ms a frame without, {with_it[-1].passed:.1f} with it")
    recording = pipeline.status().recording
    if recording.frames:
        print(f"{recording.bytes_written / recording.frames / 1e3:.0f} kB a frame")
    for name in Cost._fields:
        before, after = ([getattr(cost, name) for cost in costs] for costs in (without, with_it))
        added = sorted(100 * (late / early - 1) for early, late in zip(before, after, strict=True))
        low, high = added[len(added) // 4], added[-1 - len(added) // 4]
        print(
            f"{name}: median {statistics.median(before):.1f} ms without, {statistics.median(after):.1f} with it; "
            f"of the rounds {statistics.median(added):+.1f} %, half of them from {low:+.1f} to {high:+.1f}"
        )


def wish(args: argparse.Namespace, path: Path) -> RecordingWish:
    return RecordingWish(
        path=path,
        program_version="benchmark",
        depth_format=args.depth,
        view_path=path.with_suffix(".mp4") if args.view else None,
    )


if __name__ == "__main__":
    main()
