"""Presentation times of decoded frames in seconds from the start, whatever the container says."""

from fractions import Fraction

_SPLICE_S = 0.5  # a step back by more than this is a new clock, as in joined transport streams; less is jitter
_FALLBACK_PERIOD_S = 1 / 25


class Timeline:
    """Turns timestamps into times that start at 0 and never run backwards. Used by: the thread that decodes."""

    def __init__(self, rate: Fraction | None) -> None:
        self.period_s = float(1 / rate) if rate else _FALLBACK_PERIOD_S
        self._origin_s: float | None = None  # container time of the first frame
        self._splice_s = 0.0
        self._last_s: float | None = None

    def time_of(self, pts: int | None, time_base: Fraction | None) -> float:
        """The time of the next decoded frame. One without a timestamp follows its predecessor at the rate."""
        following_s = 0.0 if self._last_s is None else self._last_s + self.period_s
        if pts is None or time_base is None:
            time_s = following_s
        else:
            stamp_s = float(pts * time_base)
            if self._origin_s is None:
                self._origin_s = stamp_s
            time_s = stamp_s - self._origin_s + self._splice_s
            if self._last_s is not None and time_s < self._last_s:
                if self._last_s - time_s > _SPLICE_S:
                    self._splice_s += following_s - time_s
                    time_s = following_s
                else:
                    time_s = self._last_s
        self._last_s = max(time_s, 0.0)
        return self._last_s

    def stamp_of(self, time_s: float) -> float:
        """The container time of `time_s`, in seconds, for seeking."""
        return time_s + (self._origin_s or 0.0)

    def jump(self) -> None:
        """The decoder was moved: the next frame may lie anywhere."""
        self._last_s = None
        self._splice_s = 0.0

    @property
    def is_stamped(self) -> bool:
        """Whether the container gives times; without them nothing tells where a jump landed."""
        return self._origin_s is not None
