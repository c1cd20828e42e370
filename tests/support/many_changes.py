"""A program of its own, so that no other test's memory is counted: changes everything fifty times, or as often as
asked for, and prints as JSON by how much threads, open files and resident bytes grew, and the faults there were.

Medians over ten changes, for what was changed away from may still be on its way out; `mb_by_tens` has the resident
megabytes of every ten changes, in which a leak is a slope.
"""

import json
import os
import sys
import threading
from pathlib import Path
from statistics import median

from core import allocator
from core.capture import SourceWish
from core.loading import ModelWish
from core.pipeline import Pipeline
from support.fakes import Waker
from support.plain_clips import write_clip

FIRST_CHANGES = 20  # caches of torch, OpenCV and FFmpeg fill
CHANGES = 50
LOOKED_AT = 10  # of the last changes each: every size in both precisions


def measured() -> tuple[int, int, int]:
    """Threads, open files, resident bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir())), pages * os.sysconf("SC_PAGE_SIZE")


def medians(rows: list[tuple[int, int, int]]) -> list[float]:
    return [median(column) for column in zip(*rows, strict=True)]


def main(folder: Path, changes: int) -> None:
    allocator.keep_memory()  # as the program does
    clips = [write_clip(folder / f"{n}.mkv", [i / 30 for i in range(30)], 160, 120) for n in range(2)]
    sources = [str(clip) for clip in clips] + ["demo"]
    woken = Waker()
    pipeline = Pipeline(woken)

    def change(number: int) -> None:
        """Change everything, and wait until all of it runs."""
        source, size = sources[number % len(sources)], 64 + 32 * (number % 5)
        precision = ("fp32", "bf16")[number % 2]
        before = pipeline.status().source_id
        pipeline.open(SourceWish(source))
        pipeline.set_size(str(size), "square")
        pipeline.use_model(ModelWish("fathom-nano", precision, "cpu"))

        def arrived() -> bool:
            result = pipeline.newest_result()
            return (
                result is not None
                and result.frame.source_id > before
                and result.network_hw == (size, size)
                and result.model.precision == precision
            )

        woken.until(arrived)

    try:
        seen = []
        for number in range(FIRST_CHANGES + changes):
            change(number)
            seen.append(measured())
        faults = [fault.line for fault in pipeline.status().faults]
    finally:
        pipeline.close()
    before, after = medians(seen[FIRST_CHANGES - LOOKED_AT : FIRST_CHANGES]), medians(seen[-LOOKED_AT:])
    threads, files, memory = (now - then for now, then in zip(after, before, strict=True))
    tens = [medians(seen[start : start + LOOKED_AT])[2] for start in range(0, len(seen), LOOKED_AT)]
    by_tens = [round(size / 2**20, 1) for size in tens]
    print(
        json.dumps({"threads": threads, "files": files, "bytes": memory, "faults": faults, "mb_by_tens": by_tens})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else CHANGES)
