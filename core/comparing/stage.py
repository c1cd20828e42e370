"""The lanes' part of the inference thread: going over to them and back, and their turn at each frame."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from core.capture import Capture
from core.comparing.shelf import Shelf
from core.keeper import Keeper
from core.loading import ModelWish
from core.messages import Action, DepthResult, Frame
from core.rates import RateMeter
from core.recorder import Recorder
from core.status_board import StatusBoard
from core.tally import Tally

if TYPE_CHECKING:
    from core.comparing.live import LiveComparison
    from core.engine import Engine

LOOK_EVERY_S = 0.2

_log = logging.getLogger(__name__)


class LaneStage:
    """Holds the comparison that runs. Used by: the inference thread; `ask` by any."""

    def __init__(self, board: StatusBoard, tally: Tally, rate: RateMeter) -> None:
        """`tally` and `rate` are the live view's: the reference lane's depth counts as its."""
        self._board = board
        self._tally = tally
        self._rate = rate
        self._wanted: LiveComparison | None = None
        self._running: LiveComparison | None = None
        self._shelf: Shelf | None = None
        self._capture: Capture | None = None  # whose frame the lanes were given last
        self._held: tuple[Capture, Frame] | None = None  # its depth is still to come

    def ask(self, live: "LiveComparison | None") -> None:
        """Which comparison is to run from the next frame on; None: the engine is."""
        self._wanted = live
        if live is not None:
            self._shelf = live.shelf

    def free_memory(self) -> bool:
        """Close the engines that were kept for the next comparison; whether there were any."""
        return self._running is None and self._shelf is not None and self._shelf.discard_idle()

    @property
    def is_wanted(self) -> bool:
        return self._wanted is not None or self._running is not None

    @property
    def patience_s(self) -> float:
        """How long the next frame can be waited for."""
        return self._running.patience_s if self._running is not None else LOOK_EVERY_S

    @property
    def holds_frame(self) -> bool:
        """Whether no other frame may be taken: the one that stands is to be recorded, and has no depth yet."""
        return self._held is not None

    def release(self) -> tuple[Capture, Frame] | None:
        """The frame that was held, for the engine: no lane will run it any more."""
        held, self._held = self._held, None
        return held

    def goes_on(self, engine: Callable[[], "tuple[Engine | None, ModelWish | None]"]) -> bool:
        """Whether lanes run now, after going over to them or back. `engine` gives the live view's."""
        wanted = self._wanted
        if wanted is not self._running:
            self.leave()
            if wanted is not None:
                self._running = wanted
                wanted.enter(*engine())
        return wanted is not None

    def leave(self) -> None:
        running, self._running = self._running, None
        self._capture = None
        if running is not None:
            running.leave()

    def step(self, taken: tuple[Capture, Frame] | None, recorder: Recorder | Keeper | None) -> DepthResult | None:
        """Have those lanes run that are due; gives the reference lane's depth, where it ran."""
        live = self._running
        if live is None:
            return None
        taken = taken or self._held
        was_held, self._held = self._held is not None, None
        if taken is not None:
            self._capture = taken[0]
        capture, frame = self._capture, taken[1] if taken is not None else None
        try:
            stepped = live.step(
                frame,
                source_fps=capture.rate.per_second if capture is not None else 0.0,
                needs_reference=isinstance(recorder, Recorder),
                stamp=self._stamp,
            )
        except Exception as error:  # noqa: BLE001 - lanes keep their own failures: this ends the comparison alone
            _log.exception("comparing")
            self._board.fault(f"comparing stopped: {error}", Action.NONE)
            live.comparing.end()
            self._wanted = None
            self.leave()
            self._held = taken
            return None
        if taken is not None and stepped.result is None and (stepped.missed or was_held):
            self._has_no_depth(taken, live, recorder)
        return stepped.result

    def _has_no_depth(
        self, taken: tuple[Capture, Frame], live: "LiveComparison", recorder: Recorder | Keeper | None
    ) -> None:
        """A frame that came. Of a file that is recorded none may be lost, so it waits for a lane that loads."""
        capture, frame = taken
        if isinstance(recorder, Recorder):
            if live.reference_loads and capture.gives_every_frame:
                self._held = taken
            else:
                recorder.note_missing(frame)

    def _stamp(self, result: DepthResult) -> DepthResult:
        """The reference lane's depth with what the live view would count."""
        capture = self._capture
        if capture is None:
            return result
        self._tally.take(capture)
        self._rate.tick(result.finished_at_s)
        return replace(result, rates=self._tally.rates(capture, self._rate.per_second))
