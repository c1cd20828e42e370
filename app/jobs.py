"""Slow work a person asks for that needs no frames: downloads and snapshots, each off the window's thread."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from core.messages import Action, DepthResult, ModelState
from core.status_board import KEPT_FAULTS, StatusBoard

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Download:
    name: str
    done: Callable[[], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Snapshot:
    folder: Path
    result: DepthResult
    view_png: bytes | None


class Jobs:
    """Owns two worker threads; failures become faults on the board. Used by: the window thread."""

    def __init__(self, board: StatusBoard) -> None:
        self._board = board
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="fathom-job")
        self._changing = threading.Lock()
        self._fetching: _Download | None = None
        self._next: _Download | None = None  # begins when the one under way has given up
        self._cancel_fetch = threading.Event()
        self._closing = False
        self._unsaved: dict[str, _Snapshot] = {}  # what could not be written, by the value of its fault

    def fetch(self, name: str, done: Callable[[], None], *, instead: bool = False) -> None:
        """Download model `name`, its progress shown as a model that loads, then call `done` from the worker.

        While another comes, that is a fault, or with `instead` the end of the other; what came of it is kept.
        """
        download = _Download(name, done)
        with self._changing:
            under_way = self._fetching
            if self._closing:
                return
            if under_way is None:
                self._fetching = download
                self._cancel_fetch.clear()
                self._workers.submit(self._fetch, download)
            elif instead:
                self._next = download
                self._cancel_fetch.set()
        if under_way is not None and not instead:
            line = f"{under_way.name} is being downloaded already: one model at a time"
            self._board.fault(line, Action.FETCH_INSTEAD, name)

    def cancel_fetch(self) -> None:
        with self._changing:
            self._next = None
            self._cancel_fetch.set()

    def snapshot(self, folder: Path, result: DepthResult, view_png: bytes | None) -> None:
        self._workers.submit(self._snapshot, _Snapshot(folder, result, view_png))

    def save_in(self, parent: Path, fault_value: str) -> None:
        """Write the snapshot that such a fault is about into a folder of its name under `parent`."""
        unsaved = self._unsaved.pop(fault_value, None)
        if unsaved is not None:
            self.snapshot(parent / unsaved.folder.name, unsaved.result, unsaved.view_png)

    def forget(self, fault_value: str) -> None:
        """The person has put that fault away: its snapshot is not wanted any more."""
        self._unsaved.pop(fault_value, None)

    def close(self) -> None:
        """Cancel the download, finish the snapshots, leave no thread."""
        with self._changing:
            self._closing = True
        self.cancel_fetch()
        self._workers.shutdown(wait=True)

    def _fetch(self, download: _Download) -> None:
        from core.weights.download import fetch

        name = download.name

        def progress(done_bytes: int, total_bytes: int | None) -> None:
            self._board.change(
                model_state=ModelState.LOADING,
                model_detail=f"downloading {name}: {done_bytes / 1e6:.0f} MB"
                + (f" of {total_bytes / 1e6:.0f}" if total_bytes else ""),
                model_progress=done_bytes / total_bytes if total_bytes else None,
            )

        failure: Exception | None = None
        try:
            fetch(name, progress, self._cancel_fetch.is_set)
        except Exception as error:  # noqa: BLE001 - the thread's edge: the person is told
            failure = error
        with self._changing:  # before anybody is told, who may want the next one at once
            cancelled = self._cancel_fetch.is_set()
            self._fetching = None
            following, self._next = self._next, None
        self._settle()
        if failure is None:
            download.done()
        elif not cancelled:
            _log.warning("download of %s", name, exc_info=failure)
            self._board.fault(str(failure) or type(failure).__name__, Action.FETCH_MODEL, name)
        if following is not None:
            self.fetch(following.name, following.done)

    def _settle(self) -> None:
        """Show what runs again, now that nothing is downloaded."""
        running = self._board.read().model is not None
        self._board.change(
            model_state=ModelState.READY if running else ModelState.NONE, model_detail="", model_progress=None
        )

    def _snapshot(self, snapshot: _Snapshot) -> None:
        from core.snapshot import write_snapshot

        try:
            write_snapshot(snapshot.folder, snapshot.result, snapshot.view_png)
        except Exception as error:  # noqa: BLE001 - the thread's edge: the person is told
            _log.warning("snapshot in %s", snapshot.folder, exc_info=error)
            self._unsaved[str(snapshot.folder)] = snapshot
            for oldest in list(self._unsaved)[:-KEPT_FAULTS]:
                self.forget(oldest)
            line = str(error) or type(error).__name__
            self._board.fault(line, Action.SAVE_AT_HOME, str(snapshot.folder))
