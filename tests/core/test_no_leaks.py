"""Fifty changes of source, model, size and precision in a row, with the real things, leave nothing behind."""

import os
import sys
import threading
from pathlib import Path

import pytest

from core.capture import SourceWish
from core.loading import ModelWish
from core.pipeline import Pipeline
from support.fakes import Waker
from support.plain_clips import write_clip

CHANGES = 50
MOST_GROWTH_BYTES = 30 * 2**20


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(sys.platform != "linux", reason="counts files and memory through /proc")
def test_fifty_changes_leak_no_thread_no_file_and_little_memory(tmp_path: Path) -> None:
    clips = [write_clip(tmp_path / f"{n}.mkv", [i / 30 for i in range(30)], 160, 120) for n in range(2)]
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
        for number in range(10):  # caches of torch, OpenCV and FFmpeg fill
            change(number)
        threads, files, memory = threading.active_count(), open_files(), resident_bytes()
        for number in range(10, 10 + CHANGES):
            change(number)
        assert threading.active_count() <= threads + 1  # a capture may still be letting go
        assert open_files() <= files + 1
        assert resident_bytes() - memory < MOST_GROWTH_BYTES
        assert pipeline.status().faults == ()
    finally:
        pipeline.close()
