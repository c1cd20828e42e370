"""The frames decoded last, kept so that stepping back and short jumps need no second decoding."""

from collections import deque

from av.video.frame import VideoFrame

Shown = tuple[VideoFrame, float]  # a decoded frame and its time in seconds
_AT_LEAST = 2  # frames kept however large they are: the one shown and its follower


class FrameWindow:
    """A run of consecutive frames and the place of the next one to read. Used by: the thread that decodes."""

    def __init__(self, budget_bytes: int = 64 * 2**20) -> None:
        self._budget_bytes = budget_bytes
        self._frames: deque[Shown] = deque()
        self._bytes = 0
        self._place = 0  # of the next frame to read; len(frames) where it is not decoded yet

    def append(self, shown: Shown) -> None:
        """Add the frame that follows the newest one; the oldest ones make room."""
        self._frames.append(shown)
        self._bytes += _size(shown)
        while self._bytes > self._budget_bytes and len(self._frames) > _AT_LEAST:
            self._bytes -= _size(self._frames.popleft())
            self._place = max(0, self._place - 1)

    def take(self) -> Shown | None:
        """The next frame to read, None where it has yet to be decoded."""
        if self._place == len(self._frames):
            return None
        shown = self._frames[self._place]
        self._place += 1
        return shown

    def covers(self, time_s: float) -> bool:
        """Whether the frame shown at `time_s` is certainly one of these."""
        return bool(self._frames) and self._frames[0][1] <= time_s < self._frames[-1][1]

    def place_at(self, time_s: float) -> None:
        """Read on with the last frame whose time is <= `time_s`, or with the oldest where there is none."""
        earlier = sum(frame_s <= time_s for _, frame_s in self._frames)
        self._place = min(max(0, earlier - 1), len(self._frames))

    def clear(self) -> None:
        self._frames.clear()
        self._bytes = self._place = 0

    @property
    def newest_s(self) -> float | None:
        return self._frames[-1][1] if self._frames else None


def _size(shown: Shown) -> int:
    return sum(plane.buffer_size for plane in shown[0].planes)
