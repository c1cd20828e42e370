"""Whose turn it is: which lanes run a frame, so that a slow one takes its fair share of the time and no more.

With "same frame" every lane runs every frame. Without it a lane that took `cost` is due again when the others
could have had as much: after its number of lanes times its cost. The fastest runs every frame. Whatever runs, all
that are faster run that frame before it, which costs little and gives a frame that both know, to be compared on.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Turn(Protocol):
    """One lane, as far as its turn goes."""

    @property
    def cost_s(self) -> float:
        """What a frame takes it; 0 until that is known."""
        ...

    @property
    def started_s(self) -> float:
        """When its last turn began, in the time that `choose` is told."""
        ...


T = TypeVar("T", bound=Turn)


def due_s(turn: Turn, lanes: int) -> float:
    """When it is due again, if `lanes` share the time."""
    return turn.started_s + lanes * turn.cost_s


def choose(
    running: Sequence[T],
    missing: Sequence[T],
    now_s: float,
    *,
    together: bool,
    spacing_s: float,
) -> list[T]:
    """Who runs the frame now, from fast to slow.

    `running`: all lanes that can; `missing`: those of them that have not run this frame; `together`: "same frame"
    is on; `spacing_s`: the time between two frames of the source, within which all run where they fit.
    """
    in_order = sorted(missing, key=lambda turn: turn.cost_s)
    if together or sum(turn.cost_s for turn in running) <= spacing_s:
        return in_order
    fastest_s = min((turn.cost_s for turn in running), default=0.0)
    due = [turn.cost_s for turn in in_order if due_s(turn, len(running)) <= now_s]
    most_s = max([fastest_s, *due])
    return [turn for turn in in_order if turn.cost_s <= most_s]


def next_due_s(running: Sequence[Turn], missing: Sequence[Turn]) -> float | None:
    """When the first of those that have not run the frame that stands is due; None without any."""
    return min((due_s(turn, len(running)) for turn in missing), default=None)
