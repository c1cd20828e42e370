"""An engine as a lane of a live comparison has it: lent by the shelf."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.comparing.lane_wish import LaneWish
from core.comparing.lanes import Lane
from core.messages import ModelInfo

if TYPE_CHECKING:
    from core.engine import Engine

RECENT_RUNS = 60  # the frames whose median a lane shows

MakeLane = Callable[[LaneWish, "Engine"], Lane]


class OnLoan:
    """Others may run it too, so the lane neither enters nor closes it. Used by: the inference thread."""

    def __init__(self, engine: "Engine") -> None:
        self.info: ModelInfo = engine.info
        self.prepare = engine.prepare
        self.infer = engine.infer

    def enter_thread(self) -> None:
        """The shelf has."""

    def close(self) -> None:
        """The shelf does."""


def make_lane(wish: LaneWish, engine: "Engine") -> Lane:
    return Lane(wish, load=lambda _: OnLoan(engine), times_ms=deque(maxlen=RECENT_RUNS))
