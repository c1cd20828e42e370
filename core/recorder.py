"""The recorder thread: writes every result it gets, in order. A fault ends the recording, not the live view."""

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import FathomError, RecordingError
from core.handoff import Closed, FrameQueue
from core.look import Look
from core.messages import Action, DepthResult, Frame, RecordingState, RecordingStatus, SourceInfo
from core.recording.facts import DepthFormat
from core.status_board import StatusBoard

if TYPE_CHECKING:
    from core.recording.take import Take

QUEUE_RESULTS = 4  # so many pictures may wait; then the network does
REPORT_EVERY_S = 0.5
LOW_DISK_BYTES = 10**9  # then a person should know before a recording starts
LEAST_FREE_BYTES = 64 * 10**6  # a recording ends by itself before the disk is so full that nothing else works
ROUNDING_S = 1e-3  # twelve frames at 30 a second add up to 0.399…9 s
BELOW_NORMAL = 5  # niceness, as the network's: below it, a busy machine would starve what the network waits for

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingWish:
    """What to record, and where to."""

    path: Path  # of the first file; each further one takes the next free number
    program_version: str
    depth_format: DepthFormat = "gray16"
    view_path: Path | None = None  # an MP4 of the view, too
    look: Look = field(default_factory=Look)
    range_locked: bool = False  # to the range of `look`; else it follows the scene
    overwrite: bool = False
    most_s: float | None = None  # of the source's time
    most_frames: int | None = None


SourceOf = Callable[[int], SourceInfo | None]  # what is known of an opening of a source, by its number
OpenTake = Callable[[RecordingWish, SourceOf], "Take"]


def open_take(wish: RecordingWish, source_of: SourceOf) -> "Take":
    """A `Take`, imported here and now: PyAV and OpenCV are not to hold the window up."""
    from core.recording.take import Take

    return Take(wish, source_of)


class Recorder:
    """Owns one recording and the thread that writes it.

    `ended` is called from that thread when all files are closed. `failure` then tells what ended the recording
    early, empty where nothing did.
    """

    def __init__(
        self,
        wish: RecordingWish,
        board: StatusBoard,
        ended: Callable[["Recorder"], None],
        open_take: OpenTake = open_take,
    ) -> None:
        self.failure = ""
        self.newest: DepthResult | None = None  # that was written
        self._wish = wish
        self._board = board
        self._ended = ended
        self._open_take = open_take
        self._number = board.read().recording.number + 1
        self._state = RecordingState.RECORDING
        self._queue: FrameQueue[tuple[DepthResult, int]] = FrameQueue(QUEUE_RESULTS)
        self._started_at_s = time.monotonic()
        self._missing = 0  # pictures without depth since the last result; for the inference thread
        self._look: tuple[Look, bool] | None = None  # to be shown from the next result on
        self._frames = self._dropped = 0
        self._ends_at_s: float | None = None  # monotonic, for a live source
        self._reported_at_s = 0.0
        self._take: Take | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fathom-recorder", daemon=True)

    # For whoever records

    def start(self) -> None:
        self._board.change(recording=RecordingStatus(self._state, self._number))
        self._thread.start()

    def show(self, look: Look, *, range_locked: bool) -> None:
        """How the view is written from now on."""
        self._look = look, range_locked

    def finish(self) -> None:
        """Write what was handed over, then end. Returns at once."""
        self._queue.close()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; whether it came.

        WORKAROUND https://github.com/python/cpython/issues/90882: a thread whose own `join` Ctrl-C interrupts
        counts as ended though it goes on.
        """
        return self._done.wait(timeout_s)

    # For the inference thread

    def put(self, result: DepthResult) -> None:
        """Hand a result over, waiting for room; nothing is done once the recording has ended.

        What was captured before the recording began is left out: between it and the next one some may be missing.
        """
        missing, self._missing = self._missing, 0
        if result.frame.captured_at_s >= self._started_at_s:
            with suppress(Closed):
                self._queue.put((result, missing))

    def note_missing(self, frame: Frame) -> None:
        """There is no depth of this picture, and there will be none."""
        if frame.captured_at_s >= self._started_at_s:
            self._missing += 1

    # The thread

    def _run(self) -> None:
        lower_priority()
        try:
            self._record()
        except Exception as error:  # noqa: BLE001 - the thread's edge: it is said, and the live view goes on
            self._fail(error)
        finally:
            self._queue.close()
            try:
                self._close()
                self._report()
            finally:  # whatever becomes of the files: a pipeline that closes waits for this
                self._ended(self)
                self._done.set()

    def _record(self) -> None:
        self._take = self._open_take(self._wish, self._board.source_of)
        while not self._is_enough():
            try:
                item = self._queue.take(REPORT_EVERY_S)
            except Closed:
                return
            if item is not None:
                self._write(self._take, *item)
            if time.monotonic() - self._reported_at_s >= REPORT_EVERY_S:
                self._report()
                self._check_disk()

    def _write(self, take: "Take", result: DepthResult, missed: int) -> None:
        frame = result.frame
        missing = missed
        before = self.newest.frame if self.newest is not None else None
        if before is not None and before.source_id == frame.source_id:
            missing = max(missed, frame.index - before.index - 1)  # those that a newer one replaced, too
        if self._frames == 0 and self._wish.most_s is not None and frame.media_time_s is None:
            self._ends_at_s = frame.captured_at_s + self._wish.most_s
        take.write(result, missing)
        self.newest = result
        self._dropped += missing
        self._frames += 1
        look, self._look = self._look, None
        if take.view is not None:
            if look is not None:
                take.view.set_look(look[0], range_locked=look[1])
            self._write_view(take, result)

    def _write_view(self, take: "Take", result: DepthResult) -> None:
        """A view that cannot be written is said; the depth goes on, which is what cannot be made again."""
        try:
            take.write_view(result)
        except RecordingError as error:
            self._board.fault(f"{error}: the depth is recorded without it", Action.RECORD_AGAIN)

    def _is_enough(self) -> bool:
        wish = self._wish
        if wish.most_frames is not None and self._frames >= wish.most_frames:
            return True
        if wish.most_s is None or self._take is None or not self._frames:
            return False
        if self._ends_at_s is not None and time.monotonic() >= self._ends_at_s:
            return True
        return self._take.clock.duration_s > wish.most_s - ROUNDING_S

    def _check_disk(self) -> None:
        """Raises: RecordingError while there is still room to finish the files and for others to work."""
        free_bytes = self._free_bytes()
        if self._frames and free_bytes is not None and free_bytes < LEAST_FREE_BYTES:
            raise RecordingError(
                f"the disk of {self._wish.path.parent} is full: {free_bytes / 1e6:.0f} MB are left"
            )

    def _close(self) -> None:
        self._board.change(recording=self._status(RecordingState.FINISHING))
        take = self._take
        if take is not None:
            take.note_drops(self._missing)
            self._dropped += self._missing
            try:
                take.close()
            except Exception as error:  # noqa: BLE001 - a disk that is gone can do anything
                self._fail(error)
        self._state = RecordingState.FAILED if self.failure else RecordingState.SAVED
        if self.failure:
            kept = ", ".join(str(path) for path in take.paths) if take is not None and self._frames else ""
            line = f"{self.failure}; {self._frames} frames are kept in {kept}" if kept else self.failure
            self._board.fault(line, self._way_out())

    def _fail(self, error: Exception) -> None:
        """The first failure is the one to tell."""
        line = str(error)
        if not isinstance(error, FathomError):
            line = f"the recording failed ({type(error).__name__}: {error}); the log tells more"
            _log.error("unexpected error in the recorder", exc_info=error)
        self.failure = self.failure or line

    def _way_out(self) -> Action:
        """Another place where this one is full or cannot be written; the same place where it was going well."""
        room_bytes = self._free_bytes()
        is_full = room_bytes is not None and room_bytes < LEAST_FREE_BYTES
        if (is_full or not self._frames) and self._wish.path.parent != Path.home():
            return Action.RECORD_AT_HOME
        return Action.RECORD_AGAIN

    # What the window and the command show

    def _report(self) -> None:
        self._reported_at_s = time.monotonic()
        self._board.change(recording=self._status(self._state))

    def _status(self, state: RecordingState) -> RecordingStatus:
        take = self._take
        if take is None:
            return RecordingStatus(state, self._number)
        has_view = self._wish.view_path is not None and take.view is not None
        return RecordingStatus(
            state=state,
            number=self._number,
            paths=tuple(str(path) for path in take.paths) if self._frames else (),
            view_paths=(str(self._wish.view_path),) if has_view and self._frames else (),
            duration_s=take.clock.duration_s,
            frames=self._frames,
            bytes_written=take.bytes_written,
            dropped=self._dropped,
            disk_free_bytes=self._free_bytes(),
        )

    def _free_bytes(self) -> int | None:
        """On the disk of the recording; None while its folder is not there."""
        return free_bytes(self._wish.path.parent)


def free_bytes(folder: Path) -> int | None:
    """Room on the disk that holds `folder` or, where it is not there yet, the nearest one above that is."""
    for place in (folder, *folder.parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return None


def lower_priority() -> None:
    """Let the window go first where both want the processor; threads started from here inherit it. Linux only."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        least = os.getpriority(os.PRIO_PROCESS, thread)  # nobody may raise it again but root
        os.setpriority(os.PRIO_PROCESS, thread, max(BELOW_NORMAL, least))
