"""How much of the network's own speed the pipeline keeps, and whether memory stays where it is.

    .venv/bin/python benchmarks/pipeline.py rate --model fathom-nano --size 256 --seconds 10
    .venv/bin/python benchmarks/pipeline.py memory --size 96 --frames 10000

`rate` runs the network alone and then the whole pipeline without a window, turn by turn, over two sources that are
faster than the network: a still picture 80 times a second, which costs nothing, and the demo's clip, whose
decoding wants a processor too. `memory` runs the pipeline for that many
frames and prints the resident size on the way.
"""

import argparse
import os
import statistics
import sys
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import allocator, openmp  # noqa: E402 - after the path is set
from core.capture import SourceWish  # noqa: E402
from core.loading import ModelWish, load_engine  # noqa: E402
from core.messages import DepthResult  # noqa: E402
from core.pipeline import Pipeline  # noqa: E402
from core.readout import Readout  # noqa: E402
from core.sources.opener import open_source  # noqa: E402
from core.sources.source import Picture  # noqa: E402
from core.team_size import SETTLING  # noqa: E402

ROUNDS = 3
WARM_UP_FRAMES = SETTLING + 10
STILLS_PER_S = 80
LOOKS = 20  # at the memory


class Still:
    """The demo's first picture, again and again, as a camera would give it."""

    def __init__(self) -> None:
        demo = open_source("demo")
        picture = demo.read()
        assert picture is not None
        self.info = replace(demo.info, live=True, seekable=False)
        self._picture = Picture(picture.rgb, None)
        self._never = threading.Event()
        demo.close()

    def read(self) -> Picture:
        self._never.wait(1 / STILLS_PER_S)
        return self._picture

    def seek(self, time_s: float) -> None:
        raise NotImplementedError

    def close(self) -> None:
        pass


class Running:
    """A pipeline, and its results one at a time."""

    def __init__(self, wish: ModelWish, size: str, *, still: bool = False, every_frame: bool = False) -> None:
        self._woken = threading.Event()
        self._pipeline = Pipeline(self._woken.set, opener=(lambda *_: Still()) if still else open_source)
        self._pipeline.set_size(size, "square")
        self._pipeline.use_model(wish)
        self._pipeline.open(SourceWish("demo", every_frame=every_frame, paced=not every_frame))

    def next(self) -> DepthResult:
        while (result := self._pipeline.newest_result()) is None:
            if faults := self._pipeline.status().faults:
                sys.exit(faults[-1].line)
            self._woken.wait()
            self._woken.clear()
        return result

    def close(self) -> None:
        self._pipeline.close()


def alone_fps(wish: ModelWish, side_px: int, seconds: float) -> float:
    """Frames a second of the engine by itself, picture to depth, on a thread of its own as in the pipeline, with
    as many at once as it thinks best."""
    rates: list[float] = []

    def run() -> None:
        source = open_source("demo")
        picture = source.read()
        source.close()
        assert picture is not None
        engine = load_engine(wish.model, wish.precision, wish.device, lambda share: None)
        engine.enter_thread()
        engine.prepare((side_px, side_px))
        in_flight: deque[Future[Readout]] = deque()
        began_s, frames = 0.0, -WARM_UP_FRAMES
        while frames <= 0 or time.monotonic() - began_s < seconds:
            in_flight.append(engine.begin(picture.rgb, (side_px, side_px), lambda: None))
            while len(in_flight) >= engine.frames_at_once:
                in_flight.popleft().result()
                frames += 1
                if frames == 0:
                    began_s = time.monotonic()
        rates.append(frames / (time.monotonic() - began_s))
        engine.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return rates[0]


def pipeline_fps(wish: ModelWish, side_px: int, seconds: float, *, still: bool) -> float:
    running = Running(wish, str(side_px), still=still)
    try:
        while running.next().rates.inferred < WARM_UP_FRAMES:
            pass
        began_s, first = time.monotonic(), running.next().rates.inferred
        while time.monotonic() - began_s < seconds:
            last = running.next().rates.inferred
        return (last - first) / (time.monotonic() - began_s)
    finally:
        running.close()


def measure_rate(wish: ModelWish, side_px: int, seconds: float) -> None:
    rates: list[list[float]] = []
    for _ in range(ROUNDS):
        rates.append(
            [
                alone_fps(wish, side_px, seconds),
                pipeline_fps(wish, side_px, seconds, still=True),
                pipeline_fps(wish, side_px, seconds, still=False),
            ]
        )
        print(
            "alone {:.1f}, from a still {:.1f}, from the demo {:.1f} frames a second".format(*rates[-1]),
            flush=True,
        )
    for name, column in (("still", 1), ("demo", 2)):
        share = statistics.median(row[column] / row[0] for row in rates)
        print(f"{name}: {share:.0%} of the network's own rate")


def measure_memory(wish: ModelWish, side_px: int, frames: int) -> None:
    running = Running(wish, str(side_px), every_frame=True)
    try:
        looked = 0
        while looked < LOOKS:
            done = running.next().rates.inferred
            if done >= (looked + 1) * frames / LOOKS:
                looked += 1
                print(f"{done} frames: {resident_mb():.1f} MB", flush=True)
    finally:
        running.close()


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rate", "memory"))
    parser.add_argument("--model", default="fathom-nano")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--frames", type=int, default=10_000)
    args = parser.parse_args()
    # As the program does.
    allocator.keep_memory()
    openmp.wait_briefly()
    wish = ModelWish(args.model, args.precision, args.device)
    if args.what == "rate":
        measure_rate(wish, args.size, args.seconds)
    else:
        measure_memory(wish, args.size, args.frames)


if __name__ == "__main__":
    main()
