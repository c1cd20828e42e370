"""Slow work a person asks for that needs no frames: downloads and snapshots, each off the window's thread."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.errors import FathomError, RecordingError
from core.messages import Action, DepthResult, ModelState
from core.status_board import StatusBoard


class Jobs:
    """Owns two worker threads; failures become faults on the board. Used by: the window thread."""

    def __init__(self, board: StatusBoard) -> None:
        self._board = board
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="fathom-job")
        self._cancel_fetch = threading.Event()
        self._fetching = False

    def fetch(self, name: str, done: Callable[[], None]) -> None:
        """Download model `name`, its progress shown as a model that loads, then call `done` from the worker."""
        if self._fetching:
            self._board.fault("one model is being downloaded already: wait for it or cancel it")
            return
        self._fetching = True
        self._cancel_fetch.clear()
        self._workers.submit(self._fetch, name, done)

    def cancel_fetch(self) -> None:
        self._cancel_fetch.set()

    def snapshot(self, folder: Path, result: DepthResult, view_png: bytes | None) -> None:
        self._workers.submit(self._snapshot, folder, result, view_png)

    def close(self) -> None:
        """Cancel the download, finish the snapshots, leave no thread."""
        self._cancel_fetch.set()
        self._workers.shutdown(wait=True)

    def _fetch(self, name: str, done: Callable[[], None]) -> None:
        from core.weights.download import fetch

        def progress(done_bytes: int, total_bytes: int | None) -> None:
            self._board.change(
                model_state=ModelState.LOADING,
                model_detail=f"downloading {name}: {done_bytes / 1e6:.0f} MB"
                + (f" of {total_bytes / 1e6:.0f}" if total_bytes else ""),
                model_progress=done_bytes / total_bytes if total_bytes else None,
            )

        failure: FathomError | None = None
        try:
            fetch(name, progress, self._cancel_fetch.is_set)
        except FathomError as error:
            failure = error
        finally:
            self._fetching = False  # before anybody is told, who may want the next one at once
        self._settle()
        if failure is None:
            done()
        elif not self._cancel_fetch.is_set():
            self._board.fault(str(failure), Action.FETCH_MODEL)

    def _settle(self) -> None:
        """Show what runs again, now that nothing is downloaded."""
        running = self._board.read().model is not None
        self._board.change(
            model_state=ModelState.READY if running else ModelState.NONE, model_detail="", model_progress=None
        )

    def _snapshot(self, folder: Path, result: DepthResult, view_png: bytes | None) -> None:
        from core.snapshot import write_snapshot

        try:
            write_snapshot(folder, result, view_png)
        except RecordingError as error:
            self._board.fault(str(error))
