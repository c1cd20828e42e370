"""When a file's next picture is due, by the file's own timestamps."""

import time

from core.sources.source import Picture

BEHIND_S = 0.5  # a paced file that is this late plays on from here instead of hurrying after


class MediaClock:
    """Ties a file's timestamps to the monotonic clock, from the first picture after a start or a jump.

    Used by: the capture thread.
    """

    def __init__(self, *, paced: bool) -> None:
        self._paced = paced
        self._zero_s: float | None = None  # the monotonic time of media time 0
        self._last_s = 0.0  # media time of the picture shown
        self._interval_s = 0.0  # between the last two

    def due_s(self, picture: Picture | None) -> float | None:
        """When to show `picture`, or when to start again where there is none; None: at once."""
        time_s = picture.media_time_s if picture else self._last_s + self._interval_s
        if not self._paced or time_s is None:
            return None
        now_s = time.monotonic()
        if self._zero_s is None or now_s - (self._zero_s + time_s) > BEHIND_S:
            self._zero_s = now_s - time_s
        return self._zero_s + time_s

    def shown(self, picture: Picture) -> None:
        time_s = picture.media_time_s or 0.0
        if self._zero_s is not None and time_s > self._last_s:  # else it comes after a jump
            self._interval_s = time_s - self._last_s
        self._last_s = time_s
        if self._zero_s is None:
            self._zero_s = time.monotonic() - time_s

    def restart(self) -> None:
        self._zero_s = None
