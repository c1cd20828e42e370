"""Presentation times of decoded frames in seconds from the start, whatever the container says."""

from fractions import Fraction

_SPLICE = Fraction(1, 2)  # seconds; a longer step back is a new clock, as in joined streams, a shorter jitter
_FALLBACK_RATE = Fraction(25)


class Timeline:
    """Turns timestamps into times that start at 0 and never run backwards. Used by: the thread that decodes.

    It counts in fractions: a frame found by its time has to have that very time.
    """

    def __init__(self, rate: Fraction | None) -> None:
        self._period = 1 / (rate or _FALLBACK_RATE)
        self._origin: Fraction | None = None  # container time of the first frame
        self._splice = Fraction(0)
        self._last: Fraction | None = None

    def time_of(self, pts: int | None, time_base: Fraction | None) -> float:
        """The time of the next decoded frame. One without a timestamp follows its predecessor at the rate."""
        following = Fraction(0) if self._last is None else self._last + self._period
        if pts is None or time_base is None:
            time = following
        else:
            stamp = pts * time_base
            if self._origin is None:
                self._origin = stamp
            time = stamp - self._origin + self._splice
            if self._last is not None and time < self._last:
                if self._last - time > _SPLICE:
                    self._splice += following - time
                    time = following
                else:
                    time = self._last
        self._last = max(time, Fraction(0))
        return float(self._last)

    def stamp_of(self, time_s: float) -> float:
        """The container time of `time_s`, in seconds, for seeking."""
        return time_s + float(self._origin or 0)

    def jump(self) -> None:
        """The decoder was moved: the next frame may lie anywhere."""
        self._last = None
        self._splice = Fraction(0)

    @property
    def period_s(self) -> float:
        """How long a frame is shown, by the rate."""
        return float(self._period)

    @property
    def is_stamped(self) -> bool:
        """Whether the container gives times; without them nothing tells where a jump landed."""
        return self._origin is not None
