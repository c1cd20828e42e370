"""The one place where the pipeline's threads write what the window shows of them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.messages import Action, Fault, SourceInfo, Status

KEPT_FAULTS = 8


class StatusBoard:
    """Holds the current Status; every change replaces it whole and wakes the reader. Used by: all threads."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._status = Status()
        self._fault_count = 0

    def read(self) -> Status:
        return self._status

    def source_of(self, source_id: int) -> SourceInfo | None:
        """What is known of an opening of a source; None where another plays by now."""
        status = self._status
        return status.source if status.source_id == source_id else None

    def change(self, **values: Any) -> None:
        with self._lock:
            self._status = replace(self._status, **values)
        self._wake()

    def fault(self, line: str, action: Action, value: str = "", shown: str = "") -> None:
        """Add a fault; the oldest leaves when there are too many. The same line twice running counts once."""
        with self._lock:
            faults = self._status.faults
            if faults and faults[-1].line == line:
                faults = faults[:-1]
            self._fault_count += 1
            faults = (*faults, Fault(self._fault_count, line, action, value, shown))[-KEPT_FAULTS:]
            self._status = replace(self._status, faults=faults)
        self._wake()

    def dismiss(self, number: int) -> None:
        with self._lock:
            kept = tuple(fault for fault in self._status.faults if fault.number != number)
            self._status = replace(self._status, faults=kept)
        self._wake()
