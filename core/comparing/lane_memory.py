"""Keeps the engines of lanes within their memory budget: who leaves, and what is said about it."""

from collections.abc import Callable, Sequence

from core.comparing.control import Wanted
from core.comparing.live_lane import LiveLane
from core.comparing.memory import budget_mb
from core.comparing.shelf import Shelf


class LaneMemory:
    """The least recently used leaves: first engines that no lane runs, then lanes, but neither the reference nor
    the lane that somebody used last. Used by: the inference thread."""

    def __init__(self, shelf: Shelf, note: Callable[[str], None]) -> None:
        """`note` is told what a person should know."""
        self._shelf = shelf
        self._note = note

    def keep_within_budget(self, lanes: Sequence[LiveLane], wanted: Wanted) -> None:
        """Lanes that failed for want of memory get what others hold."""
        for lane in lanes:
            if lane.wants_memory and self._make_room(lane, lanes, wanted):
                lane.retry()
        for device in self._shelf.devices():
            self._put_aside(device, lanes, wanted)

    def trim(self, wanted_mb: float) -> None:
        """Close what no lane runs, the longest unused first, until the rest fits."""
        for device in self._shelf.devices():
            self._trim(device, budget_mb(wanted_mb, device))

    def _put_aside(self, device: str, lanes: Sequence[LiveLane], wanted: Wanted) -> None:
        most_mb = budget_mb(wanted.budget_mb, device)
        while self._trim(device, most_mb):
            leaving = self._least_used(device, lanes, wanted)
            if leaving is None:
                return
            self._note(f"{leaving.label} left memory: models beside each other may hold {most_mb:.0f} MB")
            leaving.put_aside()

    def _make_room(self, lane: LiveLane, lanes: Sequence[LiveLane], wanted: Wanted) -> bool:
        """For one that found too little memory: whether somebody could leave."""
        device = lane.failed_on
        if self._shelf.discard_idle(device):
            return True
        leaving = self._least_used(device, [each for each in lanes if each is not lane], wanted)
        if leaving is None:
            return False
        self._note(f"{leaving.label} left memory: {lane.wish.model} found too little of it")
        leaving.put_aside()
        self._shelf.discard_idle(device)
        return True

    def _trim(self, device: str, most_mb: float | None) -> bool:
        """Whether it is still too much, with nothing left to close."""
        while most_mb is not None and self._shelf.used_mb(device) > most_mb:
            idle = self._shelf.oldest_idle(device)
            if idle is None:
                return True
            self._shelf.discard(idle)
        return False

    def _least_used(self, device: str, lanes: Sequence[LiveLane], wanted: Wanted) -> LiveLane | None:
        """Of those whose leaving would free memory; `device` empty: any."""
        newest = max(lane.used for lane in wanted.lanes)
        can_leave = [
            lane
            for lane in lanes
            if device in ("", lane.device)
            and lane.number != wanted.reference
            and lane.wanted.used != newest
            and (kept := self._shelf.kept(lane.model_wish)) is not None
            and not kept.is_lent
            and kept.users == {lane.number}
        ]
        return min(can_leave, key=lambda lane: lane.wanted.used, default=None)
