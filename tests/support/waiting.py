"""Running Qt's loop until something is so."""

import time
from collections.abc import Callable

from PyQt6.QtTest import QTest

LONG_S = 20.0  # no test waits this long unless it fails


def until(condition: Callable[[], object], limit_s: float = LONG_S) -> None:
    """Handle events until `condition()` is true. Raises: AssertionError after `limit_s`."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "what the test waits for did not come"
        QTest.qWait(5)
