"""How much depth flickers where nothing moves: on a clip from a camera that stands still.

    .venv/bin/python benchmarks/steadiness.py ../shared/media/videos/sam2_02_cups.mp4 --models fathom-nano

A pixel stands still between two frames where the picture, shrunk to the network's size, changes by less than two
levels in every colour within 5x5 pixels. Depth is taken as it is shown: its range eased as in the window, 0 far to
1 near. Printed is the mean change from frame to frame on those pixels, in percent of what is shown, and its 95th
percentile over the frames.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import allocator, openmp
from core.depth_range import AutoRange, sample_percentiles
from core.engine import Engine
from core.network_size import TRAINED, size_for
from core.opencv import cv2
from core.sources.opener import open_source

STILL_LEVELS = 2.0  # of 255: noise and the codec's own flicker stay below
AROUND_PX = 5


def measure(clip: str, model: str, size: str, precision: str) -> None:
    source, engine, eased = open_source(clip), Engine.load(model, precision, "auto"), AutoRange()
    engine.enter_thread()
    hw = size_for(size, TRAINED, engine.info, (source.info.height_px, source.info.width_px))
    before: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
    changes, still_shares, index = [], [], 0
    while (picture := source.read()) is not None:
        depth = engine.infer(picture.rgb, hw)
        at_s = index / 30 if picture.media_time_s is None else picture.media_time_s
        low, high = eased.update(*sample_percentiles(depth), at_s, depth, picture.rgb)
        shown = np.clip((depth - low) / (high - low), 0, 1)
        small = cv2.resize(picture.rgb, hw[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
        if before is not None:
            moved = cv2.dilate(np.abs(small - before[0]).max(axis=2), np.ones((AROUND_PX, AROUND_PX), np.uint8))
            still = moved < STILL_LEVELS
            still_shares.append(still.mean())
            if still.any():
                changes.append(np.abs(shown - before[1])[still].mean())
        before = small, shown
        index += 1
    source.close()
    engine.close()
    if not changes:
        sys.exit(f"nothing stands still in {clip}")
    print(
        f"{engine.info.name} {engine.info.precision} at {hw[0]}x{hw[1]}: {100 * np.mean(changes):.2f} % a frame, "
        f"95th percentile {100 * np.percentile(changes, 95):.2f} %, on {100 * np.mean(still_shares):.0f} % of the "
        f"pixels of {index} frames"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip")
    parser.add_argument("--models", default="fathom-nano", metavar="A,B")
    parser.add_argument("--size", default="256")
    parser.add_argument("--precision", default="auto")
    args = parser.parse_args()
    allocator.keep_memory()
    openmp.wait_briefly()
    for model in args.models.split(","):
        measure(args.clip, model, args.size, args.precision)


if __name__ == "__main__":
    main()
