"""The queue of models that are being downloaded: one after the other, each can be paused and gone on with."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from core.messages import Action
from core.model_messages import Download, DownloadState
from core.status_board import StatusBoard

_log = logging.getLogger(__name__)

TOLD_EVERY_S = 0.1  # progress that changes faster than this only keeps the window busy
RATE_OVER_S = 3.0


class _Job:
    """One request for a model, until it has come, failed or been given up."""

    def __init__(self, name: str, kept_bytes: int) -> None:
        self.shown = Download(name, DownloadState.WAITING, done_bytes=kept_bytes)
        self.kept_bytes = kept_bytes
        self.stop = threading.Event()
        self.ended = threading.Event()
        self.seen: deque[tuple[float, int]] = deque()  # when how many bytes were there, over the last seconds
        self.told_at_s = float("-inf")
        self.note = ""  # what a person should know all the while


class Downloads:
    """Owns a worker thread. `arrived` gets the name of a model that is here, `changed` says that the disk changed.

    Both are called on the worker. Failures become faults on the board. Used by: the window thread.
    """

    def __init__(
        self,
        board: StatusBoard,
        arrived: Callable[[str], None],
        changed: Callable[[], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._board = board
        self._arrived = arrived
        self._changed = changed
        self._now = now
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="fathom-download")
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}  # by name, in the order they were asked for
        self._closing = False

    def ask(self, name: str, kept_bytes: int = 0) -> None:
        """Bring `name` when its turn comes; again, where it failed. `kept_bytes` came with an earlier attempt."""
        with self._lock:
            known = self._jobs.get(name)
            if self._closing or (known is not None and known.shown.state is not DownloadState.FAILED):
                return
            self._jobs.pop(name, None)
            job = self._jobs[name] = _Job(name, kept_bytes)
            self._publish()
        self._worker.submit(self._run, job)

    def stop(self, name: str) -> threading.Event:
        """Stop bringing `name`, or take it out of the queue; what has come is kept for another time.

        Gives what is set once the thread has let go of its files.
        """
        with self._lock:
            job = self._jobs.pop(name, None)
            if job is None:
                ended = threading.Event()
                ended.set()
                return ended
            if job.shown.state in (DownloadState.WAITING, DownloadState.FAILED):
                job.ended.set()
            job.stop.set()
            self._publish()
            return job.ended

    def close(self) -> None:
        """Stop them all, keep what has come, leave no thread."""
        with self._lock:
            self._closing = True
            for job in self._jobs.values():
                job.stop.set()
        self._worker.shutdown(wait=True)

    def _run(self, job: _Job) -> None:
        from core.weights.download import fetch
        from core.weights.http_file import wait

        def pause(seconds: float, cancelled: Callable[[], bool]) -> None:
            lost = seconds >= 1.0  # shorter ones are those for another Fathom, which brings it already
            line = "the connection is lost, trying again" if lost else "another Fathom brings it, waiting"
            self._tell(job, line=line, bytes_per_s=0.0)
            wait(seconds, cancelled)

        name = job.shown.name
        with self._lock:  # so that `stop` knows whether this thread will touch files
            if job.stop.is_set():
                return
            job.shown = replace(job.shown, state=DownloadState.RUNNING)
            self._publish()
        failure: Exception | None = None
        try:
            fetch(
                name,
                lambda done, total: self._progress(job, done, total),
                job.stop.is_set,
                checking=lambda share: self._checking(job, share),
                pause=pause,
            )
        except Exception as error:  # noqa: BLE001 - the thread's edge: the person is told
            failure = error
        job.ended.set()
        if failure is None:
            self._forget(job)
            self._arrived(name)
            return
        self._changed()
        if not job.stop.is_set():
            _log.warning("download of %s", name, exc_info=failure)
            line = str(failure) or type(failure).__name__
            self._tell(job, state=DownloadState.FAILED, line=line, bytes_per_s=0.0)
            self._board.fault(line, Action.FETCH_MODEL, name)

    def _progress(self, job: _Job, done: int, total: int | None) -> None:
        now_s = self._now()
        seen = job.seen
        if seen and done < seen[-1][1]:  # it broke off and began again
            seen.clear()
        first = not seen
        seen.append((now_s, done))
        while now_s - seen[0][0] > RATE_OVER_S:
            seen.popleft()
        if not first and done != total and now_s - job.told_at_s < TOLD_EVERY_S:
            return
        job.told_at_s = now_s
        passed_s = now_s - seen[0][0]
        if first and done < job.kept_bytes:
            job.note = "the server could not go on where it stopped: from the start again"
        rate = (done - seen[0][1]) / passed_s if passed_s > 0 else 0.0
        self._tell(job, done_bytes=done, total_bytes=total, bytes_per_s=rate, line=job.note)

    def _checking(self, job: _Job, share: float) -> None:
        now_s = self._now()
        if job.shown.state is DownloadState.CHECKING and now_s - job.told_at_s < TOLD_EVERY_S:
            return
        job.told_at_s = now_s
        self._tell(job, state=DownloadState.CHECKING, checked=share, bytes_per_s=0.0, line="")

    def _tell(self, job: _Job, **changes: object) -> None:
        with self._lock:
            job.shown = replace(job.shown, **changes)  # type: ignore[arg-type]
            if self._jobs.get(job.shown.name) is job:
                self._publish()

    def _forget(self, job: _Job) -> None:
        with self._lock:
            if self._jobs.get(job.shown.name) is job:
                del self._jobs[job.shown.name]
                self._publish()

    def _publish(self) -> None:
        """With the lock held, so that the newest is the last to be told."""
        self._board.change(downloads=tuple(job.shown for job in self._jobs.values()))
