"""The keeper thread: encodes every result into the last seconds, and saves them when told to."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import FathomError, RecordingError
from core.handoff import Closed, FrameQueue
from core.messages import Action, DepthResult, Frame, RecordingState, RecordingStatus
from core.recorder import QUEUE_RESULTS, REPORT_EVERY_S, SourceOf, free_bytes, lower_priority
from core.recording.facts import DepthFormat
from core.recording.names import free_names, make_folder
from core.status_board import StatusBoard

if TYPE_CHECKING:
    from core.recording.ring import LastSeconds

SAVE_WITHIN_S = 0.1  # after it was asked for, while nothing comes

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepWish:
    """What of the last seconds is to be at hand."""

    most_s: float
    program_version: str
    depth_format: DepthFormat = "gray16"


OpenLast = Callable[[KeepWish, SourceOf], "LastSeconds"]


def open_last(wish: KeepWish, source_of: SourceOf) -> "LastSeconds":
    """`LastSeconds`, imported here and now: PyAV and OpenCV are not to hold the window up."""
    from core.recording.ring import LastSeconds

    return LastSeconds(wish.most_s, wish.depth_format, wish.program_version, source_of)


class Keeper:
    """Owns the last seconds and the thread that encodes them. It runs while nothing is recorded.

    Everything public leaves an order for that thread and returns at once.
    """

    def __init__(self, wish: KeepWish, board: StatusBoard, open_last: OpenLast = open_last) -> None:
        self._wish = wish
        self._board = board
        self._open_last = open_last
        self._queue: FrameQueue[DepthResult] = FrameQueue(QUEUE_RESULTS)
        self._saves: deque[Path] = deque()
        self._thread = threading.Thread(target=self._run, name="fathom-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def save(self, path: Path) -> None:
        """Write what is kept to `path`, its later parts beside it; what is kept stays."""
        self._saves.append(path)

    def finish(self) -> None:
        """Save what was asked for, forget the rest and end."""
        self._queue.close()

    def join(self) -> None:
        self._thread.join()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    # For the inference thread

    def put(self, result: DepthResult) -> None:
        with suppress(Closed):
            self._queue.put(result)

    def note_missing(self, frame: Frame) -> None:
        """The gap in the pictures' numbers tells."""

    # The thread

    def _run(self) -> None:
        lower_priority()
        try:
            with closing(self._open_last(self._wish, self._board.source_of)) as last:
                self._keep(last)
        except FathomError as error:
            self._board.fault(f"the last seconds are not kept any more: {error}", Action.KEEP_AGAIN)
        except Exception as error:  # noqa: BLE001 - the thread's edge: it is said, and the live view goes on
            _log.error("unexpected error in the keeper", exc_info=error)
            self._board.fault(
                f"the last seconds are not kept any more ({type(error).__name__}: {error})", Action.KEEP_AGAIN
            )
        finally:
            self._queue.close()
            self._board.change(kept_s=0.0)

    def _keep(self, last: "LastSeconds") -> None:
        reported_at_s = 0.0
        is_open = True
        while is_open:
            try:
                result = self._queue.take(SAVE_WITHIN_S)
                if result is not None:
                    last.write(result)
            except Closed:
                is_open = False
            while self._saves:
                self._save(last, self._saves.popleft())
            now_s = time.monotonic()
            if is_open and now_s - reported_at_s >= REPORT_EVERY_S:
                reported_at_s = now_s
                self._board.change(kept_s=min(last.duration_s, self._wish.most_s))

    def _save(self, last: "LastSeconds", path: Path) -> None:
        number = self._board.read().recording.number + 1
        try:
            paths = free_names(path, max(1, last.parts))
            make_folder(path.parent)
            size_bytes = last.save(paths)
        except (RecordingError, OSError, ValueError) as error:  # whatever it is: what is kept stays
            self._board.fault(f"the last seconds could not be saved: {error}", Action.SAVE_LAST_AT_HOME)
            return
        self._board.change(
            recording=RecordingStatus(
                state=RecordingState.SAVED,
                number=number,
                paths=tuple(map(str, paths)),
                duration_s=last.duration_s,
                frames=last.frames,
                bytes_written=size_bytes,
                disk_free_bytes=free_bytes(path.parent),
            )
        )
