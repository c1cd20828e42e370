"""Size `auto`: which size of the network holds the rate that is asked for. Pure: it has no clock and no thread.

A frame of p pixels takes k * (c + p): k is how slow the device is right now, and changes with whatever else it has
to do; c is what a frame costs whatever its size, in pixels, and belongs to the network. k comes from the frames of
the last moment, c from what each change of size did, so that a change goes straight to the size that fits.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from statistics import median, quantiles
from typing import NamedTuple

from core.network_size import Size

AIM = 0.85  # share of the time there is that a chosen size is to take; between this and all of it nothing moves
URGENT = 1.4  # a frame that takes so much more than there is means another load: act at once
REST_S = 10.0  # between two changes under the same load
LONGEST_REST_S = 60.0  # before growing again where growing was wrong the last times
SETTLE_S = 1.2  # after the first change under another load: time for what the first guess missed
CORRECTIONS = 2  # and how many there may be
WORTH = 1.5  # so many times the pixels are worth a correction
LIGHTER = 0.7  # a frame that takes so much less than it did after settling means another load
MOST_GROWTH = 4.0  # times the pixels at once: a guess at a much larger size may be far off
LOOK_S = 1.2  # how far back calm decisions look
GLANCE_FRAMES, GLANCE_LEAST_S, GLANCE_MOST_S = 6, 0.5, 1.0  # and urgent ones: so many frames of the target rate
STALE_S = 10.0
LEAST_FRAMES, LEAST_SPAN_S = 3, 0.2  # of which a decision is made
LONG_S = (
    0.25  # of frames that take as long, two will do, and the first of a size counts: its set-up is a small part
)
FIRST_OVERHEAD = 128.0 * 128.0  # c before anything is known, in pixels
MOST_OVERHEAD = 1024.0 * 1024.0


class _Sample(NamedTuple):
    at_s: float
    busy_s: float


class AutoSize:
    """Told how long each frame took, says at which size the next ones are to run. Used by: the inference thread.

    Under a load that changed, it reaches the target rate within two seconds where any size does, and then changes
    the size at most once in ten seconds. It counts the network's time alone: a slow source does not make it
    smaller, and where no frames come nothing moves.
    """

    def __init__(self, target_fps: float) -> None:
        self._budget_s = 1 / target_fps
        self._sizes: tuple[Size, ...] = ()
        self._wanted: Size | None = None
        self._overhead = FIRST_OVERHEAD
        self._samples: deque[_Sample] = deque()  # at the size wanted
        self._is_first = True  # the next frame is the first of its size
        self._usual_s = 0.0  # what a frame took here after settling; 0: not known yet
        self._before: tuple[int, float] | None = None  # pixels and time of the size before, until compared
        self._changed_at_s = float("-inf")
        self._grew = False  # the last change made it larger
        self._rest_s = REST_S  # before growing
        self._begins = True  # the next frame begins a settling
        self._settles_until_s = float("-inf")
        self._corrections = 0

    def set_target(self, target_fps: float) -> None:
        if 1 / target_fps != self._budget_s:
            self._budget_s = 1 / target_fps
            self._begins = True

    def restart(self) -> None:
        """Another network or device: what was learned does not hold."""
        self._overhead = FIRST_OVERHEAD
        self._rest_s = REST_S
        self._wanted = None
        self._forget()
        self._begins = True

    def choose_from(self, sizes: Sequence[Size], first: Size) -> Size:
        """What may be chosen, from small to large, at least one; gives the size wanted.

        That is at the start, and where the one before is not among them, the nearest that has no more pixels than
        it, or than `first`.
        """
        if tuple(sizes) != self._sizes or self._wanted is None:
            self._sizes = tuple(sizes)
            start = self._wanted or first
            if start not in self._sizes:
                smaller = [size for size in self._sizes if _pixels(size) <= _pixels(start)]
                start = smaller[-1] if smaller else self._sizes[0]
            if start != self._wanted:
                self._wanted = start
                self._forget()
                self._begins = True
        assert self._wanted is not None  # noqa: S101 - set above
        return self._wanted

    def note(self, size: Size, busy_s: float, at_s: float) -> None:
        """A frame at `size` kept the network busy for `busy_s` and was done at `at_s`.

        One at another size than the one wanted tells nothing: the one wanted is still being prepared.
        """
        if size != self._wanted:
            return
        if self._begins:
            self._begins = False
            self._settles_until_s, self._corrections = at_s + SETTLE_S, 0
        if self._is_first:
            self._is_first = False
            if busy_s < LONG_S:
                return
        self._samples.append(_Sample(at_s, busy_s))
        while at_s - self._samples[0].at_s > (LOOK_S if len(self._samples) > LEAST_FRAMES else STALE_S):
            self._samples.popleft()
        self._decide(size, at_s)

    def _decide(self, size: Size, at_s: float) -> None:
        glance_s = min(max(GLANCE_FRAMES * self._budget_s, GLANCE_LEAST_S), GLANCE_MOST_S)
        now = self._since(at_s - glance_s)
        if not self._are_enough(now):
            return
        now_s = median(sample.busy_s for sample in now)
        self._learn(size, now_s)
        is_settling = at_s < self._settles_until_s and self._corrections < CORRECTIONS
        if now_s > URGENT * self._budget_s:
            now_s = median(sample.busy_s for sample in now[len(now) // 2 :])  # of the new load alone
            self._move(self._fitting(size, now_s), now_s, at_s, is_other_load=not is_settling)
            return
        lately = [sample.busy_s for sample in self._since(at_s - LOOK_S)]
        lately_s = median(lately)
        if not is_settling and not self._usual_s:
            self._usual_s = lately_s
        rested_s = at_s - self._changed_at_s
        if not is_settling and rested_s < REST_S:
            return
        if lately_s > self._budget_s:
            self._move(self._fitting(size, lately_s), lately_s, at_s, is_other_load=not is_settling)
        elif is_settling or rested_s >= self._rest_s:
            lately_s = quantiles(lately, n=4)[-1]  # a larger size must fit for sure
            wish = self._fitting(size, lately_s)
            if _pixels(wish) > _pixels(size) * (WORTH if is_settling else 1):
                is_other_load = not is_settling and lately_s < LIGHTER * self._usual_s
                self._move(wish, lately_s, at_s, is_other_load=is_other_load)

    def _since(self, from_s: float) -> list[_Sample]:
        """The samples from then on, or the newest few where these are fewer."""
        count = sum(sample.at_s >= from_s for sample in self._samples)
        return list(islice(self._samples, max(len(self._samples) - max(count, LEAST_FRAMES), 0), None))

    @staticmethod
    def _are_enough(samples: list[_Sample]) -> bool:
        if len(samples) < LEAST_FRAMES:
            return len(samples) == LEAST_FRAMES - 1 and min(sample.busy_s for sample in samples) >= LONG_S
        return samples[-1].at_s - samples[0].at_s >= LEAST_SPAN_S

    def _fitting(self, size: Size, busy_s: float) -> Size:
        """The largest size that takes what it is to take, as `size` takes `busy_s`; else the smallest."""
        ratio, pixels = AIM * self._budget_s / busy_s, _pixels(size)
        overhead = self._overhead if ratio < 1 else self._overhead / 2  # to grow too far costs a fall
        most = min(ratio * (overhead + pixels) - overhead, MOST_GROWTH * pixels)
        fitting = [other for other in self._sizes if _pixels(other) <= most]
        return fitting[-1] if fitting else self._sizes[0]

    def _learn(self, size: Size, busy_s: float) -> None:
        """Compare with the size before, once: two times at two sizes give the overhead."""
        if self._before is None:
            return
        (pixels_before, before_s), pixels = self._before, _pixels(size)
        self._before = None
        if (before_s - busy_s) * (pixels_before - pixels) > 0:  # else the load has changed in between
            seen = (busy_s * pixels_before - before_s * pixels) / (before_s - busy_s)
            share = 1 - min(pixels, pixels_before) / max(pixels, pixels_before)  # near sizes tell little
            self._overhead += share * (min(max(seen, 0.0), MOST_OVERHEAD) - self._overhead)

    def _move(self, wish: Size, busy_s: float, at_s: float, *, is_other_load: bool) -> None:
        """Want `wish` from now on. What is still amiss under another load is corrected soon after."""
        size = self._wanted
        if size is None or wish == size:
            return
        calm_s = at_s - self._changed_at_s
        grows = _pixels(wish) > _pixels(size)
        if self._grew and calm_s >= REST_S:
            self._rest_s = max(self._rest_s / 2, REST_S)
        elif self._grew and not grows and is_other_load:
            self._rest_s = min(2 * self._rest_s, LONGEST_REST_S)  # growing was wrong: be slower to do it again
        if is_other_load:
            self._settles_until_s, self._corrections = at_s + SETTLE_S, 0
        else:
            self._corrections += 1
        self._grew = grows
        self._changed_at_s = at_s
        self._wanted = wish
        self._forget()
        if not (grows and is_other_load):  # else the time is not yet of the new load alone
            self._before = (_pixels(size), busy_s)

    def _forget(self) -> None:
        self._samples.clear()
        self._is_first = True
        self._usual_s = 0.0
        self._before = None


def _pixels(size: Size) -> int:
    return size[0] * size[1]
