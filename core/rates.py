"""Frames per second over the last moments."""

from collections import deque

WINDOW_S = 2.0


class RateMeter:
    """Counts ticks and tells their rate over the last two seconds, or over the last two ticks if they are slower.

    Used by: one thread.
    """

    def __init__(self) -> None:
        self._ticks: deque[float] = deque()
        self.count = 0

    def tick(self, now_s: float) -> None:
        self.count += 1
        self._ticks.append(now_s)
        while len(self._ticks) > 2 and now_s - self._ticks[0] > WINDOW_S:
            self._ticks.popleft()

    @property
    def per_second(self) -> float:
        """0 until there were two ticks."""
        if len(self._ticks) < 2:
            return 0.0
        span_s = self._ticks[-1] - self._ticks[0]
        return (len(self._ticks) - 1) / span_s if span_s > 0 else 0.0
