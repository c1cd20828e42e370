"""One lane of a live comparison: from what is wanted to depth, through loading, failing and being put aside."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING

from core import threads
from core.comparing.control import WantedLane
from core.comparing.lane_figures import LaneFigures
from core.comparing.lane_wish import LaneWish
from core.comparing.lanes import Hw, Lane
from core.comparing.on_loan import MakeLane, make_lane
from core.comparing.shelf import Shelf
from core.comparing.turns import due_again_s
from core.comparing.view import LaneState, LaneView
from core.errors import OutOfMemory
from core.loading import ModelWish
from core.messages import DepthResult, Frame, RgbArray
from core.network_size import size_for
from core.rates import RateMeter

if TYPE_CHECKING:
    from core.engine import Engine

MOST_SIZES = 6  # that a lane stays ready for, where pictures of several shapes come


class LiveLane:
    """Follows one `WantedLane`. Used by: the inference thread; the loader's prepares its sizes.

    A `Lane` is one engine at one size; pictures of another shape, or another wish, get one of their own.
    """

    def __init__(
        self,
        wanted: WantedLane,
        shelf: Shelf,
        worker: Executor,
        make_lane: MakeLane = make_lane,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.wanted = wanted
        self.state = LaneState.LOADING
        self.detail = ""
        self.result: DepthResult | None = None
        self.ran: Frame | None = None  # the newest that it was given, whatever came of it
        self.figures = LaneFigures()
        self.due_s = 0.0
        self.wants_memory = False  # it failed, and might work if others left
        self.failed_on = ""  # on this device, where that is known
        self._shelf = shelf
        self._worker = worker
        self._make_lane = make_lane
        self._clock = clock
        self._rate = RateMeter()
        self._engine: Engine | None = None
        self._lanes: dict[Hw, Lane] = {}  # those that are ready
        self._lane: Lane | None = None  # that ran last
        self._preparing: tuple[Hw, Future[None]] | None = None

    # What is wanted

    @property
    def number(self) -> int:
        return self.wanted.number

    @property
    def wish(self) -> LaneWish:
        return self.wanted.wish

    @property
    def model_wish(self) -> ModelWish:
        return ModelWish(self.wish.model, self.wish.precision, self.wish.device)

    @property
    def is_running(self) -> bool:
        return self.state is LaneState.RUNNING

    @property
    def cost_s(self) -> float:
        median_ms = self._lane.median_ms if self._lane is not None else None
        return 1e-3 * median_ms if median_ms is not None else 0.0

    @property
    def device(self) -> str:
        return self._engine.info.device if self._engine is not None else ""

    @property
    def label(self) -> str:
        return self._lane.label if self._lane is not None else self.wish.names[-1]

    def want(self, wanted: WantedLane) -> None:
        """Follow a change. Whoever touches a lane that stands still wants it to run."""
        old, self.wanted = self.wanted, wanted
        if old.wish != wanted.wish:
            if ModelWish(old.wish.model, old.wish.precision, old.wish.device) != self.model_wish:
                self._shelf.leave(ModelWish(old.wish.model, old.wish.precision, old.wish.device), self.number)
                self._engine = None
            self._forget()
        elif wanted.used != old.used and self.state in (LaneState.FAILED, LaneState.PUT_ASIDE):
            self._forget()

    def tend(self, frame: Frame | None) -> float:
        """Get on with loading. Seconds that running it for the first time took, which the others waited."""
        if self.state in (LaneState.FAILED, LaneState.PUT_ASIDE):
            return 0.0
        try:
            if self._engine is None:
                self._engine = self._shelf.take(self.model_wish, self.number)
            if self._engine is None:
                share = self._shelf.progress(self.model_wish)
                return self._wait("waiting to be loaded" if share is None else f"loading, {100 * share:.0f} %")
            if frame is None:
                return self._wait("waiting for a picture")
            return self._get_ready(self._engine, frame.rgb)
        except Exception as error:  # noqa: BLE001 - a failure stays with its lane
            self._fail(str(error) or type(error).__name__, wants_memory=isinstance(error, OutOfMemory))
            return 0.0

    @property
    def is_preparing(self) -> bool:
        return self._preparing is not None

    def _get_ready(self, engine: "Engine", rgb: RgbArray) -> float:
        """Raises: EngineError."""
        height, width, _ = rgb.shape
        hw = size_for(self.wish.size, self.wish.aspect, engine.info, (height, width))
        if hw in self._lanes:
            self._go(self._lanes[hw])
            return 0.0
        if self._preparing is None or self._preparing[0] != hw:
            self._preparing = hw, self._worker.submit(_prepare, engine, hw)
        if not self._preparing[1].done():
            return self._wait(f"preparing {hw[0]}x{hw[1]}")
        prepared, self._preparing = self._preparing[1], None
        prepared.result()
        began_s = self._clock()
        lane = self._make_lane(self.wish, engine)
        lane.open(rgb)
        if lane.failure:
            self._fail(lane.failure, wants_memory=lane.wants_memory)
        else:
            self._note_memory(lane)
            self._lanes[hw] = lane
            for oldest in list(self._lanes)[:-MOST_SIZES]:
                del self._lanes[oldest]
            self._go(lane)
        return self._clock() - began_s

    # A frame

    def run(self, frame: Frame, lanes: int) -> DepthResult | None:
        """Its depth; None where there is none. So many `lanes` share the time."""
        lane = self._lane
        if lane is None:
            return None
        began_s = self._clock()
        self.ran = frame
        try:
            result = lane.run(frame)
        except Exception as error:  # noqa: BLE001 - a failure stays with its lane
            self._fail(str(error) or type(error).__name__)
            return None
        self.due_s = due_again_s(self.due_s, began_s, self._clock() - began_s, lanes)
        if lane.failure:
            self._fail(lane.failure, wants_memory=lane.wants_memory)
        else:
            self.detail = _non_finite(lane.non_finite)
        if result is not None:
            if self.current is None:
                self.figures.forget()  # the fit was kept for the picture that this takes the place of
            self.result = result
            self._rate.tick(result.finished_at_s)
        return result

    @property
    def last_ms(self) -> float:
        """Of the frame it ran last."""
        return self._lane.times_ms[-1] if self._lane is not None and self._lane.times_ms else 0.0

    # Figures

    def gave(self, result: DepthResult) -> bool:
        """Whether `result` is of the model and size that run now."""
        lane = self._lane
        return lane is not None and (result.model, result.network_hw) == (lane.info, lane.network_hw)

    @property
    def current(self) -> DepthResult | None:
        """Its newest depth, where that is of what runs now; what is shown may be older."""
        return self.result if self.result is not None and self.gave(self.result) else None

    def compare_with(self, reference: DepthResult) -> None:
        """Its newest depth, where that is of what runs now and of the reference's frame."""
        if (own := self.current) is not None:
            self.figures.compare(own, reference)

    def note(self) -> None:
        """Put the frame it ran last into its history."""
        if self.result is not None and self.result.frame is self.ran:
            self.figures.note(self.result, self.last_ms)

    # Memory

    def put_aside(self) -> None:
        self._give_up_engine()
        self.state, self.detail = LaneState.PUT_ASIDE, "its memory was needed by other lanes"

    def retry(self) -> None:
        """Now that there is more memory."""
        self.wants_memory = False
        self._forget()

    def leave(self) -> None:
        """It is not wanted any more."""
        self._give_up_engine()

    # What is shown

    @property
    def stands(self) -> tuple[object, ...]:
        """Differs wherever its view would."""
        return self.wish, self.state, self.detail, self.label, self.result, self.figures.measured

    def view(self, newest: Frame | None) -> LaneView:
        """All but the truth. `newest`: the frame that stands or was shown last."""
        lane, result, figures = self._lane, self.result, self.figures
        kept = self._shelf.kept(self.model_wish)
        behind = 0
        if newest is not None and result is not None and result.frame.source_id == newest.source_id:
            behind = newest.index - result.frame.index
        return LaneView(
            self.number,
            self.wish,
            self.label,
            self.state,
            self.detail,
            self._shelf.progress(self.model_wish) if self._engine is None else None,
            self._engine.info if self._engine is not None else None,
            kept.weights_mb + lane.memory_mb if kept and lane and lane.memory_mb is not None else None,
            lane.median_ms if lane is not None else None,
            lane.fps_alone if lane is not None else None,
            self._rate.per_second if self.is_running else 0.0,
            result,
            behind,
            figures.agreement,
            figures.difference,
            figures.measured[0].frame.index if figures.measured is not None else None,
            figures.fit,
            history=figures.history.view(),
        )

    def _wait(self, doing: str) -> float:
        self.state, self.detail = LaneState.LOADING, doing
        return 0.0

    def _go(self, lane: Lane) -> None:
        if not self.is_running or self._lane is not lane:
            self.state, self.detail = LaneState.RUNNING, _non_finite(lane.non_finite)
            self._lane = lane

    def _fail(self, line: str, *, wants_memory: bool = False) -> None:
        """What it had is given up: the next try begins anew."""
        self.failed_on = self.device or self.wish.device.replace("auto", "")
        self._give_up_engine(discard=True)
        self.state, self.detail, self.wants_memory = LaneState.FAILED, line, wants_memory

    def _forget(self) -> None:
        """Begin anew; what was shown stays until there is something newer."""
        self.state, self.detail = LaneState.LOADING, ""
        self._lanes.clear()
        self._lane = self._preparing = self.ran = None
        self.figures.pause()
        self._rate = RateMeter()
        self.due_s = 0.0

    def _give_up_engine(self, *, discard: bool = False) -> None:
        self._forget()
        self._engine = None
        wish = self.model_wish
        self._shelf.leave(wish, self.number)
        if discard and (kept := self._shelf.kept(wish)) is not None and not kept.users:
            self._shelf.discard(wish)

    def _note_memory(self, lane: Lane) -> None:
        kept = self._shelf.kept(self.model_wish)
        if kept is not None and lane.memory_mb is not None:
            kept.running_mb = max(kept.running_mb, lane.memory_mb)


def _prepare(engine: "Engine", hw: Hw) -> None:
    """On the loader's thread, which is to have no team of torch's. Raises: EngineError."""
    threads.use_one()
    engine.prepare(hw)


def _non_finite(count: int) -> str:
    return f"{count} frame{'s' * (count != 1)} gave values that are not finite" if count else ""
