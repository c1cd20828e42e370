"""Whose turn it is: which lanes run a frame, so that a slow one takes its fair share of the time and no more.

With "same frame" every lane runs every frame. Without it a lane is due again when all others could have had as
much time as it took. The fastest runs every frame. Whatever runs, all that are faster run that frame before it, so
that there is a frame that both know, to be compared on; what that costs them is taken from their next turns.
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
    def due_s(self) -> float:
        """When it is due, in the time that `choose` is told."""
        ...


T = TypeVar("T", bound=Turn)


def due_again_s(due_s: float, began_s: float, took_s: float, lanes: int) -> float:
    """When a lane is due again that was due at `due_s` and ran from `began_s`, if `lanes` share the time."""
    share_s = lanes * took_s
    return min(max(due_s, began_s) + share_s, began_s + 2 * share_s)


def choose(
    running: Sequence[T],
    missing: Sequence[T],
    now_s: float,
    *,
    together: bool,
    spacing_s: float,
) -> list[T]:
    """Who runs the frame now: with "same frame" all in their order, else some of them, from fast to slow.

    `running`: all lanes that can; `missing`: those of them that have not run this frame; `together`: "same frame"
    is on; `spacing_s`: the time between two frames of the source, within which all run where they fit.
    """
    if together:
        return list(missing)
    in_order = sorted(missing, key=lambda turn: turn.cost_s)
    if sum(turn.cost_s for turn in running) <= spacing_s:
        return in_order
    fastest_s = min((turn.cost_s for turn in running), default=0.0)
    due = [turn.cost_s for turn in in_order if turn.due_s <= now_s]
    most_s = max([fastest_s, *due])
    return [turn for turn in in_order if turn.cost_s <= most_s]


def next_due_s(missing: Sequence[Turn]) -> float | None:
    """When the first of those that have not run the frame that stands is due; None without any."""
    return min((turn.due_s for turn in missing), default=None)
