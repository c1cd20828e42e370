"""Whether the figures under live lanes are those of `bench`, and what comparing costs besides the lanes.

    .venv/bin/python benchmarks/comparing.py --models fathom-nano,fathom-nano --sizes 256,384 --rounds 5

In turns in one process: what `bench` measures of each lane by itself, then all lanes beside each other on
the same 1280x720 picture, which a source gives thirty times a second and which costs nothing. Prints each lane's
median and memory beside those of `bench`, medians of the turns, and the overhead as a share of the lanes' time.
Exit status 1 where a median is off by more than 10 %, or the overhead above 5 %.
"""

import argparse
import statistics
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import allocator, openmp  # noqa: E402 - after the path is set
from core.capture import SourceWish  # noqa: E402
from core.comparing.control import Comparing  # noqa: E402
from core.comparing.lane_wish import LaneWish  # noqa: E402
from core.comparing.view import ComparisonView, LaneState  # noqa: E402
from core.messages import SourceInfo, SourceKind  # noqa: E402
from core.network_size import SQUARE, network_hw  # noqa: E402
from core.pipeline import Pipeline  # noqa: E402
from core.recorder import lower_priority  # noqa: E402
from core.sources.source import Picture  # noqa: E402

MOST_OFF, MOST_OVERHEAD = 0.10, 0.05
STILLS_PER_S = 30  # as a webcam does
LONG_S = 300.0


class Still:
    """The picture that `bench` runs on, sixty times a second, as a camera would give it."""

    info = SourceInfo(SourceKind.CAMERA, "still", "still", 1280, 720, live=True)

    def __init__(self) -> None:
        from core.bench import bench_picture
        from core.messages import WEBCAM_HW

        self._rgb = bench_picture(WEBCAM_HW)
        self._never = threading.Event()

    def read(self) -> Picture:
        self._never.wait(1 / STILLS_PER_S)
        return Picture(self._rgb.view(), None)  # a new one, as far as anybody can tell

    def seek(self, time_s: float) -> None:
        raise NotImplementedError

    def close(self) -> None:
        pass


def bench(wishes: list[LaneWish], seconds: float) -> list[tuple[float, float | None]]:
    """Milliseconds and megabytes of each by itself. On a thread like the pipeline's, whose team ends with it."""
    from core.bench import BenchCase, measure
    from core.messages import WEBCAM_HW

    found: list[tuple[float, float | None]] = []

    def run() -> None:
        lower_priority()
        for wish in wishes:
            hw = network_hw(wish.size, wish.aspect, WEBCAM_HW)
            row = measure(BenchCase(wish.model, wish.size, wish.precision, wish.device), hw, seconds)
            found.append((row.end_to_end_ms, row.memory_mb))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found


def compare(wishes: list[LaneWish], seconds: float) -> ComparisonView:
    """The view of all lanes after `seconds` beside each other."""
    woken = threading.Event()
    pipeline = Pipeline(woken.set, opener=lambda address, mode, cancelled: Still())
    comparing = Comparing(wishes, woken.set)
    try:
        pipeline.open(SourceWish("still"))
        pipeline.start_comparing(comparing)
        while not all(lane.state is LaneState.RUNNING and lane.median_ms for lane in comparing.view.lanes):
            if not woken.wait(LONG_S):
                raise SystemExit("the lanes do not run")
            woken.clear()
        threading.Event().wait(seconds)
        return comparing.view
    finally:
        pipeline.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="fathom-nano,fathom-nano")
    parser.add_argument("--sizes", default="256,384", help="one a model")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    openmp.wait_briefly()
    allocator.keep_memory()
    pairs = zip(args.models.split(","), args.sizes.split(","), strict=True)
    wishes = [LaneWish(model, size, args.precision, args.device, SQUARE) for model, size in pairs]
    alone: list[list[tuple[float, float | None]]] = []
    views: list[ComparisonView] = []
    for _ in range(args.rounds):
        alone.append(bench(wishes, args.seconds / len(wishes)))
        views.append(compare(wishes, args.seconds))
    print(f"{'lane':40} {'bench ms':>9} {'lane ms':>9} {'off':>7} {'bench MB':>9} {'lane MB':>8}")
    is_good = True
    for place, lane in enumerate(views[-1].lanes):
        bench_ms = statistics.median(turn[place][0] for turn in alone)
        lane_ms = statistics.median(view.lanes[place].median_ms or 0.0 for view in views)
        off = lane_ms / bench_ms - 1
        is_good = is_good and abs(off) <= MOST_OFF
        bench_mb = statistics.median(turn[place][1] or 0.0 for turn in alone)
        lane_mb = statistics.median(view.lanes[place].memory_mb or 0.0 for view in views)
        print(f"{lane.label:40} {bench_ms:9.1f} {lane_ms:9.1f} {off:+7.1%} {bench_mb:9.0f} {lane_mb:8.0f}")
    overhead = statistics.fmean(view.overhead or 0.0 for view in views)
    print(f"overhead {overhead:.1%} of the lanes' time")
    return 0 if is_good and overhead <= MOST_OVERHEAD else 1


if __name__ == "__main__":
    raise SystemExit(main())
