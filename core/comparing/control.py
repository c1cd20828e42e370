"""What a person wants compared, and the newest view of it: where the window and the inference thread meet."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.comparing.lane_wish import LaneWish
from core.comparing.view import FEWEST_LANES, MOST_LANES, ComparisonView, LaneState, LaneView


@dataclass(frozen=True, slots=True)
class WantedLane:
    number: int  # a lane's own for life
    wish: LaneWish
    used: int  # grows over all lanes whenever a person does something with this one


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is wanted at one moment. The lanes follow between two frames."""

    lanes: tuple[WantedLane, ...]
    reference: int  # a lane's number
    same_frame: bool
    budget_mb: float  # memory for models beside each other; 0: a share of what the device has

    def lane(self, number: int) -> WantedLane | None:
        return next((lane for lane in self.lanes if lane.number == number), None)


class Comparing:
    """Orders go in as a new `wanted`, views come out. Used by: any thread; every method returns at once."""

    def __init__(
        self,
        lanes: Sequence[LaneWish],
        wake: Callable[[], None],
        *,
        reference: int = 0,
        same_frame: bool = True,
        budget_mb: float = 0.0,
    ) -> None:
        """`reference` is a place in `lanes`, which are numbered from 1."""
        self._wake = wake
        self._changing = threading.Lock()
        self._count = len(lanes)
        self._uses = len(lanes)
        wanted = tuple(WantedLane(number, wish, number) for number, wish in enumerate(lanes, 1))
        self.wanted = Wanted(wanted, min(reference, len(lanes) - 1) + 1, same_frame, budget_mb)
        self.has_ended = False
        self._view = self._arranged(ComparisonView((), self.wanted.reference, same_frame))

    @property
    def view(self) -> ComparisonView:
        return self._view

    def show(self, view: ComparisonView) -> None:
        """Take the newest from the inference thread; lanes that came or left meanwhile are put in or left out."""
        with self._changing:
            self._view = self._arranged(view)
        self._wake()

    def end(self) -> None:
        self.has_ended = True
        self._wake()

    # Orders

    def add(self, wish: LaneWish) -> int | None:
        """The number of the new lane; None where there are as many as can be."""
        with self._changing:
            if len(self.wanted.lanes) >= MOST_LANES:
                return None
            self._count += 1
            added = WantedLane(self._count, wish, self._next_use())
            self._want(lanes=(*self.wanted.lanes, added))
        self._wake()
        return added.number

    def remove(self, number: int) -> None:
        """Where it was the reference, the first lane takes its place. The last lane stays."""
        with self._changing:
            left = tuple(lane for lane in self.wanted.lanes if lane.number != number)
            if len(left) < FEWEST_LANES:
                return
            if self.wanted.reference == number:
                self._make_reference(left[0].number)
            self._want(lanes=tuple(lane for lane in self.wanted.lanes if lane.number != number))
        self._wake()

    def change(self, number: int, **values: str) -> None:
        """Another model, size, precision, device or aspect; the lane keeps its number."""
        with self._changing:
            self._replace(number, **values)
        self._wake()

    def use(self, number: int) -> None:
        """Somebody wants this lane: one that failed is tried again, one that was put aside comes back."""
        self.change(number)

    def set_reference(self, number: int) -> None:
        with self._changing:
            if self.wanted.lane(number) is not None:
                self._make_reference(number)
        self._wake()

    def set_same_frame(self, *, on: bool) -> None:
        with self._changing:
            self._want(same_frame=on)
        self._wake()

    def set_budget(self, budget_mb: float) -> None:
        with self._changing:
            self._want(budget_mb=budget_mb)

    def _make_reference(self, number: int) -> None:
        """Which brings it back where it was put aside, as any use of a lane does."""
        self._replace(number)
        self._want(reference=number)

    def _replace(self, number: int, **values: str) -> None:
        changed = tuple(
            replace(lane, wish=replace(lane.wish, **values), used=self._next_use())
            if lane.number == number
            else lane
            for lane in self.wanted.lanes
        )
        self._want(lanes=changed)

    def _next_use(self) -> int:
        self._uses += 1
        return self._uses

    def _want(self, **values: Any) -> None:
        self.wanted = replace(self.wanted, **values)
        self._view = self._arranged(self._view)

    def _arranged(self, view: ComparisonView) -> ComparisonView:
        """The view with exactly the lanes that are wanted, in their order."""
        wanted = self.wanted
        lanes = tuple(_as_wanted(view.lane(lane.number), lane) for lane in wanted.lanes)
        return replace(view, lanes=lanes, reference=wanted.reference, same_frame=wanted.same_frame)


def _as_wanted(view: LaneView | None, lane: WantedLane) -> LaneView:
    """One that is new or runs something else as yet is loading: its picture stays as it looks, without figures."""
    if view is not None and view.wish == lane.wish:
        return view
    loading = LaneView(lane.number, lane.wish, lane.wish.names[-1], LaneState.LOADING)
    if view is None:
        return loading
    return replace(loading, result=view.result, behind=view.behind, fit=view.fit, history=view.history)
