"""The two ways an item crosses threads, by name and counted. Nothing else in Fathom hands frames over."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):  # noqa: N818 - the end of a hand-off is an event, not a failure
    """The hand-off was closed and has nothing left to give."""


def _never() -> bool:
    return False


class _HandOff:
    """What both have in common."""

    def __init__(self) -> None:
        self.dropped = 0  # items that nobody took
        self._changed = threading.Condition()
        self._closed = False

    def look_again(self) -> None:
        """What a `take` was given as `or_when` may hold now."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """End it: what lies here can still be taken, then every call raises Closed."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class LatestSlot(_HandOff, Generic[T]):
    """Newest wins: `put` never blocks and replaces what nobody took."""

    def __init__(self) -> None:
        super().__init__()
        self._item: T | None = None

    def put(self, item: T) -> None:
        """Offer `item`. Raises: Closed."""
        with self._changed:
            if self._closed:
                raise Closed
            if self._item is not None:
                self.dropped += 1
            self._item = item
            self._changed.notify()

    def take(self, timeout_s: float | None = None, or_when: Callable[[], bool] = _never) -> T | None:
        """The newest item, waiting for one up to `timeout_s` or until `or_when()`; None: there was none.

        Raises: Closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed or or_when(), timeout_s)
            item, self._item = self._item, None
            if item is None and self._closed:
                raise Closed
            return item


class FrameQueue(_HandOff, Generic[T]):
    """Every item in order: `put` waits while `capacity` items lie here, so memory is bounded and none is lost."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a queue holds at least one item, not {capacity}")
        super().__init__()
        self._items: deque[T] = deque()
        self._capacity = capacity

    def put(self, item: T) -> None:
        """Add `item`, waiting for room. Raises: Closed, also when closed while waiting."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._capacity or self._closed)
            if self._closed:
                raise Closed
            self._items.append(item)
            self._changed.notify_all()

    def take(self, timeout_s: float | None = None, or_when: Callable[[], bool] = _never) -> T | None:
        """The oldest item, waiting for one up to `timeout_s` or until `or_when()`; None: there was none.

        Raises: Closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: bool(self._items) or self._closed or or_when(), timeout_s)
            if self._items:
                item = self._items.popleft()
                self._changed.notify_all()
                return item
            if self._closed:
                raise Closed
            return None
