"""How many processors a frame of the network is worth, and how many frames at once: found by trying, as it runs.
Pure: no clock, no thread.

All processors for one frame is right for a large network on a machine with nothing else to do. A small one has
hundreds of short operations a frame, and after each the whole team waits for the last of its threads; where
window, decoder or another program needs a processor for a moment, that is a wait for them. Then fewer threads are
faster. And where the source gives more frames than one thread takes, two beside each other with a thread each are
faster still, as neither waits for anybody: fathom-nano at 256x256 in bfloat16 on two cores gives 31 to 40 frames a
second with a team of two, and 76 to 83 with two frames at once.
"""

from collections import deque
from statistics import median
from typing import NamedTuple

from core.network_size import Size

MOST_FRAMES = 2  # at once: each more makes depth older by a frame
RATE_COUNTS = 8.0  # times as much as delay: it is the rate that people see, and that a recording waits for
BETWEEN = 1.2  # of a frame's time at most is between two: more is waiting, for pictures or for other networks
WATCHED = 30  # frames at a size before others are tried, so that whatever is still settling has settled
WATCHED_S = 3.0  # or, where frames are slow, so many seconds of them: half a minute is long to wait
LEAST_WATCHED = 6  # and at least so many
TRIED = 8  # frames of each other team
HOPELESS = 1.4  # a team whose first frames are all so much worse than the best need not be tried to the end
WORTH = 0.97  # of what counts now is what another team must stay below
OTHER_LOAD = 1.25  # frames so much better or worse than when a team was chosen: choose again
REST = 150  # frames before trying again under the same load: a choice that chance made lasts five seconds
LONGEST_REST = 96 * REST  # where that changed nothing the last times
SETTLING = WATCHED + 5 * (TRIED + 2)  # frames after which every team was tried and the best is at work


class Team(NamedTuple):
    threads: int  # that compute a frame
    frames: int  # that are computed beside each other, where there are so many


class Found(NamedTuple):
    """What a team was seen to need, medians in seconds."""

    counts_s: float  # what the teams are compared by
    took_s: float  # a frame


class TeamSize:
    """Told how long each frame took, it says what team computes the next. Used by: one thread at a time.

    What counts is the time a frame takes and, `RATE_COUNTS` times, what of that between two is the pipeline's. The
    load is known by the first alone: where the source sets the second, it stays as it is until frames are lost.
    """

    def __init__(self, processors: int) -> None:
        self.team = Team(processors, 1)
        self._choices = _choices(processors)
        self._size: Size | None = None
        self._usual_s: float | None = None  # what a frame took the team that was chosen at this size
        self._rest = REST
        self._seen = 0  # frames since a team was chosen
        self._seen_s = 0.0  # and what they took
        self._last: deque[Found] = deque(maxlen=WATCHED)  # of each frame since the team was set
        self._to_try: list[Team] = []
        self._found: dict[Team, Found] = {}  # empty while none is tried
        self._ended_s: deque[float] = deque(maxlen=MOST_FRAMES)  # when the last ones were done
        self._is_first = True  # the next frame is this team's first, which makes or ends threads

    def begin(self, size: Size) -> Team:
        """A frame at `size` is about to be computed by the team that this gives."""
        if size != self._size:
            self._size, self._usual_s, self._rest = size, None, REST
            self._watch(min(self._found, key=lambda team: self._found[team], default=self.team))
        return self.team

    def note(self, team: Team, took_s: float, at_s: float) -> None:
        """That team has done it, `at_s` by any clock."""
        between_s = BETWEEN * took_s
        if len(self._ended_s) >= team.frames:  # those that run beside each other may end in pairs
            between_s = min((at_s - self._ended_s[-team.frames]) / team.frames, between_s)
        self._ended_s.append(at_s)
        if team != self.team:
            return  # it was begun before another team was chosen
        if self._is_first:
            self._is_first = False
            return
        self._last.append(Found(took_s + RATE_COUNTS * between_s, took_s))
        if self._found:
            self._judge()
            return
        self._seen += 1
        self._seen_s += took_s
        if self._is_watched() and len(self._choices) > 1 and self._is_due():
            self._found[self.team] = self._usual()
            self._to_try = [team for team in self._choices if team != self.team]
            self._go_on()

    def _is_watched(self) -> bool:
        return self._seen >= WATCHED or (self._seen >= LEAST_WATCHED and self._seen_s >= WATCHED_S)

    def _is_due(self) -> bool:
        if self._usual_s is None or self._seen >= self._rest:
            return True
        return not 1 / OTHER_LOAD < self._usual().took_s / self._usual_s < OTHER_LOAD

    def _usual(self) -> Found:
        return Found(median(each.counts_s for each in self._last), median(each.took_s for each in self._last))

    def _judge(self) -> None:
        """Of the team that is being tried."""
        best_s, _ = min(self._found.values())
        is_hopeless = len(self._last) > 1 and min(self._last).counts_s > HOPELESS * best_s
        if is_hopeless or len(self._last) == TRIED:
            self._found[self.team] = self._usual()
            self._go_on()

    def _go_on(self) -> None:
        """Try the next team, or choose."""
        if self._to_try:
            self._set(self._to_try.pop())
            return
        before = next(iter(self._found))
        best = min(self._found, key=lambda team: self._found[team])
        if self._found[best].counts_s > WORTH * self._found[before].counts_s:
            best = before
        is_same = self._usual_s is not None and best == before
        self._rest = min(2 * self._rest, LONGEST_REST) if is_same else REST
        self._usual_s = self._found[best].took_s
        self._watch(best)

    def _watch(self, team: Team) -> None:
        self._seen, self._seen_s = 0, 0.0
        self._to_try.clear()
        self._found.clear()
        self._set(team)

    def _set(self, team: Team) -> None:
        self._is_first = team != self.team
        self.team = team
        self._last.clear()


def _choices(processors: int) -> list[Team]:
    """Frames beside each other have one thread each: there is to be one team only, see core/threads.py."""
    sizes = {max(threads, 1) for threads in (processors, processors - 1, processors // 2, processors // 4)}
    teams = [Team(threads, 1) for threads in sorted(sizes)]
    return teams if processors == 1 else [*teams, Team(1, MOST_FRAMES)]
