"""What a lane says of the place under the shared cursor."""

from core.comparing.view import LaneView
from core.messages import DepthResult
from ui.compare_viewport import Place
from ui.probe import probe
from ui.wording import value_text


def depth_under(lane: LaneView, place: Place, *, fitted: bool) -> str:
    """The lane's depth; `fitted`: in values of the reference, so that lanes compare, and its own behind."""
    if lane.result is None:
        return ""
    value = probe(lane.result, place).inverse_depth
    if not fitted or lane.fit is None:
        return value_text(value)
    return f"{value_text(lane.fit.scale * value + lane.fit.shift)}  (own {value_text(value)})"


def difference_under(difference: DepthResult | None, place: Place) -> str:
    """What a map of differences says there, in percent of the reference's range."""
    return "" if difference is None else f"{100 * probe(difference, place).inverse_depth:+.1f} %"
