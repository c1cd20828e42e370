"""How many processors a network's frames are worth: found by trying, while it runs. Pure: no clock, no thread.

All of them is right for a large network on a machine with nothing else to do. A small one has hundreds of short
operations a frame, and after each the whole team waits for the last of its threads; where window, decoder or
another program needs a processor for a moment, that is a wait for them. Then fewer threads are faster: fathom-nano
at 256x256 on two cores gives 26 frames a second with one thread beside a busy program, and 11 with two.
"""

from collections import deque
from collections.abc import Callable
from statistics import median

from core.network_size import Size

WATCHED = 30  # frames at a size before others are tried, so that whatever is still settling has settled
TRIED = 8  # frames of each other team
HOPELESS = 1.4  # a team whose first frames all take so much longer than the best need not be tried to the end
WORTH = 0.95  # of the time it takes now is what another team must stay below
OTHER_LOAD = 1.25  # a frame that takes so much more or less than when a team was chosen: choose again
REST = 900  # frames before trying again under the same load
LONGEST_REST = 16 * REST  # where that changed nothing the last times


class TeamSize:
    """Told how long each frame took, it sets how many threads compute the next. Used by: the network's thread.

    `use` sets that number for the calling thread.
    """

    def __init__(self, processors: int, use: Callable[[int], None]) -> None:
        self.threads = processors
        self._choices = sorted({max(n, 1) for n in (processors, processors - 1, processors // 2, processors // 4)})
        self._use = use
        self._size: Size | None = None
        self._usual_s: float | None = None  # of a frame with the team that was chosen; None: none was at this size
        self._rest = REST
        self._seen = 0  # frames since a team was chosen
        self._times_s: deque[float] = deque(maxlen=WATCHED)
        self._to_try: list[int] = []
        self._found_s: dict[int, float] = {}  # threads -> what a frame took; empty while none is tried
        self._is_first = True  # the next frame is this team's first, which makes or ends threads

    def begin(self, size: Size) -> None:
        """A frame at `size` is about to be computed."""
        if size != self._size:
            self._size, self._usual_s, self._rest = size, None, REST
            self._watch(min(self._found_s, key=lambda n: self._found_s[n], default=self.threads))
        self._use(self.threads)

    def note(self, took_s: float) -> None:
        """It is done."""
        if self._is_first:
            self._is_first = False
            return
        self._times_s.append(took_s)
        if self._found_s:
            self._judge()
            return
        self._seen += 1
        if self._seen >= WATCHED and len(self._choices) > 1 and self._is_due():
            self._found_s[self.threads] = median(self._times_s)
            self._to_try = [n for n in self._choices if n != self.threads]
            self._go_on()

    def _is_due(self) -> bool:
        if self._usual_s is None or self._seen >= self._rest:
            return True
        return not 1 / OTHER_LOAD < median(self._times_s) / self._usual_s < OTHER_LOAD

    def _judge(self) -> None:
        """Of the team that is being tried."""
        is_hopeless = len(self._times_s) > 1 and min(self._times_s) > HOPELESS * min(self._found_s.values())
        if is_hopeless or len(self._times_s) == TRIED:
            self._found_s[self.threads] = median(self._times_s)
            self._go_on()

    def _go_on(self) -> None:
        """Try the next team, or choose."""
        if self._to_try:
            self._set(self._to_try.pop())
            return
        before, before_s = next(iter(self._found_s.items()))
        best = min(self._found_s, key=lambda n: self._found_s[n])
        if self._found_s[best] > WORTH * before_s:
            best = before
        is_same = self._usual_s is not None and best == before
        self._rest = min(2 * self._rest, LONGEST_REST) if is_same else REST
        self._usual_s = self._found_s[best]
        self._watch(best)

    def _watch(self, threads: int) -> None:
        self._seen = 0
        self._to_try.clear()
        self._found_s.clear()
        self._set(threads)

    def _set(self, threads: int) -> None:
        self._is_first = threads != self.threads
        self.threads = threads
        self._times_s.clear()
