"""The files of a recording, kept in memory: held, filled and broken by a test."""

import threading
from pathlib import Path

from core.errors import RecordingError
from core.messages import DepthResult
from core.recorder import RecordingWish, SourceOf
from core.recording.clock import RecordingClock
from support.fakes import LONG_S

WISH = RecordingWish(path=Path("/recordings/fathom.mkv"), program_version="test")


class FakeTake:
    """Stands in for core.recording.take.Take. Give `open` to whoever records.

    `gate`, where given, holds each write. From frame `fails_at` on writing fails, with `close_error` the closing.
    """

    view = None

    def __init__(
        self,
        gate: threading.Semaphore | None = None,
        fails_at: int | None = None,
        close_error: Exception | None = None,
    ) -> None:
        self.clock = RecordingClock()
        self.paths: tuple[Path, ...] = ()
        self.bytes_written = 0
        self.results: list[DepthResult] = []
        self.times_s: list[float] = []
        self.dropped = 0
        self.closed = 0
        self.threads: set[str] = set()
        self.writing = threading.Semaphore(0)  # released as a write begins
        self.wish: RecordingWish | None = None
        self._gate, self._fails_at, self._close_error = gate, fails_at, close_error

    def open(self, wish: RecordingWish, source_of: SourceOf) -> "FakeTake":
        self.wish, self.paths = wish, (wish.path,)
        return self

    @property
    def indexes(self) -> list[int]:
        return [result.frame.index for result in self.results]

    def write(self, result: DepthResult, missing: int) -> None:
        self.threads.add(threading.current_thread().name)
        self.writing.release()
        if self._gate is not None:
            assert self._gate.acquire(timeout=LONG_S)
        if self._fails_at is not None and len(self.results) >= self._fails_at:
            raise RecordingError("no space left on the disk")
        self.times_s.append(self.clock.advance(result.frame))
        self.results.append(result)
        self.dropped += missing
        self.bytes_written += 1000

    def write_view(self, result: DepthResult) -> None: ...

    def note_drops(self, count: int) -> None:
        self.dropped += count

    def close(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.closed += 1
        if self._close_error is not None:
            raise self._close_error
