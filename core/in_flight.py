"""Frames that an engine has begun and whose depth is not published yet."""

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.capture import Capture
from core.messages import Frame
from core.network_size import Size

if TYPE_CHECKING:
    from core.engine import Engine
    from core.readout import Readout


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """A frame that an engine has taken on."""

    capture: Capture
    frame: Frame
    engine: "Engine"
    hw: Size
    aspect: str
    is_recorded: bool
    beside: int  # frames in flight when it was begun, itself among them
    started_s: float
    readout: "Future[Readout]"


class InFlight(deque[Begun]):
    """Oldest first. Used by: the inference thread."""

    def oldest_is_done(self) -> bool:
        return bool(self) and self[0].readout.done()
