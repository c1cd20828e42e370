"""The list of models, and the work a person asks for on their files: opening, checking, converting, removing."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from core.errors import WeightsError
from core.messages import Action, ModelEntry
from core.model_messages import ModelTask, TaskKind, TaskState
from core.status_board import StatusBoard
from core.weights.catalogue import entries, unusable

_log = logging.getLogger(__name__)

Progress = Callable[[float], None]


class _Stopped(Exception):  # noqa: N818 - the person's wish, not a failure
    """Raised through the progress of a task to end it."""


class _Job:
    def __init__(self, task: ModelTask, do: Callable[[Progress], str]) -> None:
        self.task = task
        self.do = do
        self.stop = threading.Event()


class ModelFiles:
    """Owns a worker thread, which does one thing after the other. Used by: the window thread.

    `entries` and `unusable` are the newest lists; until `refresh` was carried out for the first time, without
    the files that lie outside Fathom's folders.
    """

    def __init__(self, board: StatusBoard, in_use: Callable[[], set[str]]) -> None:
        self._board = board
        self._in_use = in_use  # names of models that must not vanish now; asked on the worker
        self.entries: tuple[ModelEntry, ...] = entries(own_files=False)
        self.unusable: tuple[ModelEntry, ...] = ()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="fathom-models")
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}  # the newest of each model, also when it is over
        self._closing = False

    def entry(self, name: str) -> ModelEntry | None:
        return next((entry for entry in (*self.entries, *self.unusable) if entry.name == name), None)

    def refresh(self) -> None:
        """Look at the disk again, in the background."""
        if not self._closing:
            self._worker.submit(self.refresh_now)

    def refresh_now(self) -> None:
        """Look at the disk again, on the calling thread, which is not the window's."""
        self.entries, self.unusable = entries(), unusable()
        self._board.change()

    def open(self, path: Path, then: Callable[[], None]) -> None:
        """Look what `path` is, put it on the list, and call `then` on the worker; a fault where it is no model."""

        def do(progress: Progress) -> str:
            from core.weights.inspection import inspect
            from core.weights.own_files import add_file

            inspect(path)
            if all(entry.path != str(path) for entry in self.entries):
                add_file(path)
            self.refresh_now()
            then()
            return ""

        self._begin(str(path), TaskKind.OPEN, do)

    def verify(self, name: str) -> None:
        def do(progress: Progress) -> str:
            from core import threads
            from core.weights.verification import verify

            threads.use_one()  # the network has all processors
            found = verify(self._path_of(name), progress)
            return f"whole and all finite; SHA-256 {found.sha256[:16]}…: {found.compared_with}"

        self._begin(name, TaskKind.VERIFY, do)

    def convert(self, name: str, target: Path, dtype: str, *, over: bool) -> None:
        """Write model `name` as Fathom's own file; it joins the list."""

        def do(progress: Progress) -> str:
            from core import threads
            from core.weights.conversion import convert
            from core.weights.own_files import add_file
            from core.weights.places import models_folder

            threads.use_one()  # the network has all processors
            if target.parent == models_folder():
                _make(target.parent)
            made = convert(self._path_of(name), target, dtype, over=over, progress=progress)
            if made.path.parent != models_folder():
                add_file(made.path)
            self.refresh_now()
            return f"written to {made.path}, {made.bytes / 1e6:.1f} MB"

        self._begin(name, TaskKind.CONVERT, do)

    def remove(self, name: str, free: threading.Event) -> None:
        """Take model `name` away once `free` is set: until then a download holds its folder."""

        def do(progress: Progress) -> str:
            from core.weights.removal import remove

            while not free.wait(0.1):
                progress(0.0)
            if name in self._in_use():
                raise WeightsError(f"{name} is in use: choose another model first, then remove it")
            try:
                return remove(name)
            finally:
                self.refresh_now()

        self._begin(name, TaskKind.REMOVE, do)

    def stop(self, name: str) -> None:
        """Give up the work on model `name`; a finished one is put away."""
        with self._lock:
            job = self._jobs.pop(name, None)
            if job is not None:
                job.stop.set()
                self._publish()

    def put_away(self, name: str) -> None:
        """Forget what came of the last work on model `name`, where it is over."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and job.task.state in (TaskState.DONE, TaskState.FAILED):
                del self._jobs[name]
                self._publish()

    def close(self) -> None:
        """Give up what waits and what runs, leave no thread."""
        with self._lock:
            self._closing = True
            for job in self._jobs.values():
                job.stop.set()
        self._worker.shutdown(wait=True)

    def _path_of(self, name: str) -> Path:
        from core.weights.catalogue import locate

        return locate(name)

    def _begin(self, name: str, kind: TaskKind, do: Callable[[Progress], str]) -> None:
        with self._lock:
            known = self._jobs.get(name)
            busy = known is not None and known.task.state in (TaskState.WAITING, TaskState.RUNNING)
            if self._closing or busy:
                return
            job = self._jobs[name] = _Job(ModelTask(name, kind, TaskState.WAITING), do)
            self._publish()
        self._worker.submit(self._run, job)

    def _run(self, job: _Job) -> None:
        def progress(share: float) -> None:
            if job.stop.is_set():
                raise _Stopped
            if job.task.progress is None or share - job.task.progress >= 0.01:
                self._tell(job, progress=share)

        if job.stop.is_set():
            return
        self._tell(job, state=TaskState.RUNNING)
        try:
            line = job.do(progress)
        except _Stopped:
            return
        except Exception as error:  # noqa: BLE001 - the thread's edge: the person is told
            if not isinstance(error, WeightsError):
                _log.warning("%s of %s", job.task.kind.value, job.task.name, exc_info=error)
            line = str(error) or type(error).__name__
            self._tell(job, state=TaskState.FAILED, line=line, progress=None)
            if job.task.kind is TaskKind.OPEN:  # it is on no list that could show the line
                self._board.fault(line, Action.NONE)
        else:
            self._tell(job, state=TaskState.DONE, line=line, progress=None)
        if job.task.kind is TaskKind.OPEN:  # what came of it shows in the list, or in the fault
            self._forget(job)

    def _forget(self, job: _Job) -> None:
        with self._lock:
            if self._jobs.get(job.task.name) is job:
                del self._jobs[job.task.name]
                self._publish()

    def _tell(self, job: _Job, **changes: object) -> None:
        with self._lock:
            job.task = replace(job.task, **changes)  # type: ignore[arg-type]
            if self._jobs.get(job.task.name) is job:
                self._publish()

    def _publish(self) -> None:
        """With the lock held, so that the newest is the last to be told."""
        self._board.change(model_tasks=tuple(job.task for job in self._jobs.values()))


def _make(folder: Path) -> None:
    """Raises: WeightsError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsError(f"{folder} cannot be made: {error.strerror or error}") from error
