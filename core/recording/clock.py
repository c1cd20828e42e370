"""The time of each picture in a recording, which only goes forward."""

from core.messages import Frame

SHORTEST_S = 1e-3  # between two pictures of which the source says the same time


class RecordingClock:
    """Media time for files, capture time for live sources, from 0 at the first picture.

    Where the source is another one or was put elsewhere (a seek, a step back, a loop), time goes on from the
    newest picture by the interval before it. Used by: recorder thread.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.time_s = 0.0  # of the newest picture
        self._interval_s = 0.0  # between the newest two
        self._zero_s = 0.0  # the source's time at 0
        self._stretch: tuple[int, int] | None = None  # source and jump within which its times belong together

    @property
    def duration_s(self) -> float:
        """From the first picture to the end of the newest, which lasts as long as the one before it."""
        return self.time_s + self._interval_s if self.frames else 0.0

    def advance(self, frame: Frame, fps: float | None = None) -> float:
        """The time of `frame`, later than that of every frame before.

        `fps`: its source's rate, which tells the interval where the very first picture is the last before a jump.
        """
        source_s = frame.captured_at_s if frame.media_time_s is None else frame.media_time_s
        stretch = frame.source_id, frame.jumps
        if self.frames == 0:
            self._zero_s = source_s
        elif stretch != self._stretch:
            self._zero_s = source_s - self.time_s - (self._interval_s or (1 / fps if fps else SHORTEST_S))
        elif source_s - self._zero_s <= self.time_s:
            self._zero_s = source_s - self.time_s - (self._interval_s or SHORTEST_S)
        time_s = source_s - self._zero_s
        self._interval_s, self.time_s = time_s - self.time_s, time_s
        self._stretch = stretch
        self.frames += 1
        return time_s
