"""Which colours a lane's depth gets: one range for all after the fit, each its own, or that of differences."""

from dataclasses import replace

from core.colormaps import DIFFERENCE
from core.comparing.view import FULL_DIFFERENCE, ComparisonView, LaneView
from core.depth_range import AutoRange
from core.look import Look, View
from core.messages import DepthResult

DIFFERENCE_LOOK = Look(View.DEPTH, DIFFERENCE, low=-FULL_DIFFERENCE, high=FULL_DIFFERENCE)


class _Follower:
    """A range that eases after one lane's results."""

    def __init__(self) -> None:
        self._range = AutoRange()
        self._seen: tuple[object, ...] = ()
        self._newest: DepthResult | None = None

    @property
    def range(self) -> tuple[float, float]:
        return self._range.range

    def follow(self, result: DepthResult, low: float, high: float) -> None:
        if result is self._newest:
            return
        self._newest = result
        seen = (result.frame.source_id, result.model.name, result.network_hw)
        if seen != self._seen:
            self._range.reset()
            self._seen = seen
        self._range.update(low, high, result.finished_at_s, result.inverse_depth, result.frame.rgb)


class LaneLooks:
    """Keeps a range for all lanes and one for each. Used by: window thread."""

    def __init__(self) -> None:
        self._common = _Follower()
        self._own: dict[int, _Follower] = {}

    def follow(self, view: ComparisonView) -> None:
        """Move the ranges towards what the lanes show now."""
        for gone in self._own.keys() - {lane.number for lane in view.lanes}:
            del self._own[gone]
        for lane in view.lanes:
            result = lane.result
            if result is None:
                continue
            self._own.setdefault(lane.number, _Follower()).follow(result, result.low, result.high)
            if lane.number == view.reference and view.low is not None and view.high is not None:
                self._common.follow(result, view.low, view.high)

    def look(self, lane: LaneView, base: Look, *, is_reference: bool, one_range: bool) -> Look:
        """`base`, whose range is not looked at, for the depth of `lane`."""
        own = self._own.get(lane.number)
        shown: tuple[float, float] | None = self._common.range
        if not is_reference and one_range:
            shown = lane.own_range(*self._common.range)
        if own is not None and (shown is None or not one_range):  # also where nothing could be fitted yet
            shown = own.range
        low, high = shown or self._common.range
        if low > high:  # the lane sees near and far the other way round; the colours undo it
            return replace(base, low=high, high=low, invert=not base.invert)
        return replace(base, low=low, high=high)
