"""Snapshots written in the background; what could not be written is kept for another folder."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from core.messages import Action, DepthResult
from core.status_board import KEPT_FAULTS, StatusBoard

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Snapshot:
    folder: Path
    result: DepthResult
    view_png: bytes | None
    written: Callable[[Path], None]


class SnapshotWriter:
    """Owns a worker thread; a failure becomes a fault on the board. Used by: the window thread."""

    def __init__(self, board: StatusBoard) -> None:
        self._board = board
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="fathom-snapshot")
        self._unsaved: dict[str, _Snapshot] = {}  # what could not be written, by the value of its fault

    def write(
        self, folder: Path, result: DepthResult, view_png: bytes | None, written: Callable[[Path], None]
    ) -> None:
        """`written` is called from the worker with the folder once all of it lies there."""
        self._worker.submit(self._write, _Snapshot(folder, result, view_png, written))

    def save_in(self, parent: Path, fault_value: str) -> None:
        """Write the snapshot that such a fault is about into a folder of its name under `parent`."""
        unsaved = self._unsaved.pop(fault_value, None)
        if unsaved is not None:
            self.write(parent / unsaved.folder.name, unsaved.result, unsaved.view_png, unsaved.written)

    def forget(self, fault_value: str) -> None:
        """The person has put that fault away: its snapshot is not wanted any more."""
        self._unsaved.pop(fault_value, None)

    def close(self) -> None:
        """Finish what waits, leave no thread."""
        self._worker.shutdown(wait=True)

    def _write(self, snapshot: _Snapshot) -> None:
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
        else:
            snapshot.written(snapshot.folder)
