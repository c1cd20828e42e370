"""What recording costs: frame times of one pipeline with and without a recorder, in turns.

    .venv/bin/python benchmarks/recording.py --source demo --rounds 6 --frames 60

The source plays as fast as the network takes it, so both cores are busy all the time: the worst case. Each round
measures one stretch without and one with the recording, as the machine's own speed wanders; what counts is the
median of the rounds. The files go to a temporary folder.

`--memory FRAMES` writes that many frames of noise instead, without a network, and prints the resident size on the
way.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import allocator, openmp
from core.capture import SourceWish
from core.keeper import KeepWish
from core.loading import ModelWish
from core.messages import DepthResult
from core.pipeline import Pipeline
from core.recorder import RecordingWish
from core.recording.depth_video import DepthVideoWriter
from core.recording.facts import RecordingFacts

SETTLE_FRAMES = 6  # after each change, not counted
LONG_S = 60.0
FACTS = RecordingFacts(
    model="noise",
    weights_sha256="",
    precision="fp32",
    device="cpu",
    aspect="square",
    source="noise",
    started_utc="2026-01-01T00:00:00Z",
    program_version="benchmark",
)


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
        """Of a frame, over the next `frames`, after some to settle: the median time from one to the next, and the
        mean time of the processors.
        """
        self._wait(SETTLE_FRAMES)
        first, busy_s = self._wait(1), time.process_time()
        before, passed_ms = first, []
        for _ in range(frames):
            last = self._wait(1)
            skipped = last.frame.index - before.frame.index
            passed_ms.append(1e3 * (last.finished_at_s - before.finished_at_s) / skipped)
            before = last
        busy_ms = 1e3 * (time.process_time() - busy_s) / (before.frame.index - first.frame.index)
        return Cost(statistics.median(passed_ms), busy_ms)

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
    parser.add_argument("--memory", type=int, metavar="FRAMES")
    args = parser.parse_args()
    allocator.keep_memory()  # as the program does
    openmp.wait_briefly()
    if args.memory:
        watch_memory(args.memory)
        return
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


def watch_memory(frames: int) -> None:
    """Write frames at 30 a second of their own time, as fast as it goes."""
    rng = np.random.default_rng(1)
    rgbs = [rng.integers(0, 256, (120, 160, 3), dtype=np.uint8) for _ in range(8)]
    depths = [rng.random((64, 64), np.float32) for _ in range(8)]
    with tempfile.TemporaryDirectory() as folder, DepthVideoWriter(Path(folder) / "a.mkv", FACTS) as writer:
        for index in range(frames + 1):
            writer.write(rgbs[index % 8], depths[index % 7], index / 30)
            if index % (frames // 10) == 0:
                size = f"{writer.bytes_written / 1e6:.0f} MB on disk"
                print(f"{writer.duration_s / 60:.1f} minutes: {resident_mb():.1f} MB, {size}", flush=True)


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def wish(args: argparse.Namespace, path: Path) -> RecordingWish:
    return RecordingWish(
        path=path,
        program_version="benchmark",
        depth_format=args.depth,
        view_path=path.with_suffix(".mp4") if args.view else None,
    )


if __name__ == "__main__":
    main()
