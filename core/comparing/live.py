"""Lanes beside each other on what plays now: which runs when, what they come to, and what is shown of it."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.comparing.control import Comparing, Wanted
from core.comparing.lane_memory import LaneMemory
from core.comparing.lanes import check_same_frame
from core.comparing.live_lane import LiveLane
from core.comparing.memory import budget_mb
from core.comparing.on_loan import MakeLane, make_lane
from core.comparing.shelf import Shelf
from core.comparing.stage import LOOK_EVERY_S
from core.comparing.truth_watch import TruthWatch
from core.comparing.turns import choose, next_due_s
from core.comparing.view import ComparisonView, LaneState, LaneView
from core.loading import ModelWish
from core.messages import DepthResult, Frame
from core.model_messages import AUTO_MODEL

if TYPE_CHECKING:
    from core.engine import Engine

MOST_NOTES = 3
WATCH_EVERY_S = 0.05  # while something is loaded
MOST_FIGURES_SHARE = (
    0.02  # of the lanes' time goes into their agreement; where lanes are fast, not every frame has it
)
_RECENT_ROUNDS = 200  # whose overhead is shown


@dataclass(frozen=True, slots=True, eq=False)
class Stepped:
    """What came of one step."""

    result: DepthResult | None  # the reference lane's depth, where it ran now
    missed: bool  # a frame came, and the reference lane gave no depth of it


class LiveComparison:
    """Runs the lanes that `comparing` wants and shows it what they come to. Used by: the inference thread.

    `worker` loads and prepares. A failure stays with its lane; nothing here raises for one.
    """

    def __init__(
        self,
        comparing: Comparing,
        shelf: Shelf,
        worker: Executor,
        truth: TruthWatch,
        make_lane: MakeLane = make_lane,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.comparing = comparing
        self.shelf = shelf
        self._worker = worker
        self._truth = truth
        self._make_lane = make_lane
        self._clock = clock
        self._wanted: Wanted = comparing.wanted
        self._lanes: list[LiveLane] = []
        self._frame: Frame | None = None  # that stands, or was shown last
        self._notes: deque[str] = deque(maxlen=MOST_NOTES)
        self._memory = LaneMemory(shelf, self._notes.append)
        self._rounds: deque[tuple[float, float]] = deque(maxlen=_RECENT_ROUNDS)  # seconds of lanes, and besides
        self._lanes_s = 0.0  # in all
        self._figures_s = 0.0
        self._round_s = 0.0  # of lanes, in this step
        self._shown: tuple[object, ...] = ()  # what the newest view was made of

    def enter(self, engine: "Engine | None", made_for: ModelWish | None) -> None:
        """Begin; `engine` is the live view's, which lanes that want the same run too."""
        if engine is not None and made_for is not None:
            model = engine.info.name if made_for.model == AUTO_MODEL else made_for.model
            self.shelf.lend(replace(made_for, model=model), engine)

    def leave(self) -> None:
        """End; what was loaded stays on the shelf, as far as the budget goes."""
        for lane in self._lanes:
            lane.leave()
        self._lanes.clear()
        self.shelf.reclaim()
        self._memory.trim(self._wanted.budget_mb)

    @property
    def reference_loads(self) -> bool:
        """So that it will give depth of the frame that stands, or fail."""
        reference = self._reference()
        return reference is not None and reference.state is LaneState.LOADING

    @property
    def patience_s(self) -> float:
        """How long the next frame can be waited for."""
        if self.shelf.is_loading or any(lane.is_preparing for lane in self._lanes):
            return WATCH_EVERY_S
        due_s = next_due_s(self._missing())
        return LOOK_EVERY_S if due_s is None else min(max(due_s - self._clock(), 0.0), LOOK_EVERY_S)

    def step(
        self,
        frame: Frame | None,
        *,
        source_fps: float,
        needs_reference: bool,
        stamp: Callable[[DepthResult], DepthResult] = lambda result: result,
    ) -> Stepped:
        """Run who is due on `frame`; None: on the one that stands. Orders are heeded before it.

        `needs_reference`: no frame may pass without the reference lane's depth, as it is recorded; `stamp` puts
        the counts of the moment to that depth.
        """
        began_s = self._clock()
        self._round_s = 0.0
        self._heed(self.comparing.wanted)
        is_new = frame is not None and (self._frame is None or frame.rgb is not self._frame.rgb)
        if is_new:
            self._frame = frame  # a picture that is sent again is the one that stands
        loading_s = self._tend()
        result = self._run(source_fps, stamp, needs_reference=needs_reference)
        self._show()
        if self._round_s:
            besides_s = self._clock() - began_s - loading_s - self._round_s + self._truth.take_spent_s()
            self._rounds.append((self._round_s, besides_s))
        return Stepped(result, missed=is_new and result is None)

    # Orders and loading

    def _heed(self, wanted: Wanted) -> None:
        if wanted is self._wanted and self._lanes:
            return
        if wanted.reference != self._wanted.reference:
            for compared in self._lanes:
                compared.figures.forget()  # it was all with another one
        self._wanted = wanted
        there = {lane.number: lane for lane in self._lanes}
        lanes: list[LiveLane] = []
        for each in wanted.lanes:
            lane = there.pop(each.number, None)
            if lane is None:
                lane = LiveLane(each, self.shelf, self._worker, self._make_lane, self._clock)
            else:
                lane.want(each)
            lanes.append(lane)
        for gone in there.values():
            gone.leave()
        self._lanes = lanes

    def _tend(self) -> float:
        """Get on with loading; seconds for which that held the lanes up."""
        self.shelf.tend()
        took_s = 0.0
        for lane in self._lanes:
            took_s += lane.tend(self._frame)
        if not any(lane.is_preparing for lane in self._lanes):
            self.shelf.start_next()  # one after the other, so that each one's memory can be told
        self._memory.keep_within_budget(self._lanes, self._wanted)
        return took_s

    # Frames

    def _running(self) -> list[LiveLane]:
        return [lane for lane in self._lanes if lane.is_running]

    def _missing(self) -> list[LiveLane]:
        return [lane for lane in self._running() if lane.ran is not self._frame]

    def _reference(self) -> LiveLane | None:
        return next((lane for lane in self._lanes if lane.number == self._wanted.reference), None)

    def _run(
        self, source_fps: float, stamp: Callable[[DepthResult], DepthResult], *, needs_reference: bool
    ) -> DepthResult | None:
        """Those lanes that are due, one after the other, on the frame that stands; gives the reference's depth."""
        frame, reference = self._frame, self._reference()
        if frame is None:
            return None
        together = self._wanted.same_frame
        missing = self._missing()
        chosen = choose(
            self._running(),
            missing,
            self._clock(),
            together=together,
            spacing_s=1 / source_fps if source_fps else 0.0,
        )
        if needs_reference and reference in missing and reference not in chosen:
            chosen.append(reference)
        found: dict[int, DepthResult | None] = {}
        for lane in chosen:
            if not self._is_wanted(lane):
                continue
            result = lane.run(frame, len(self._running()))
            if result is not None:
                self._round_s += 1e-3 * lane.last_ms
                if lane is reference:
                    result = lane.result = stamp(result)
            found[lane.number] = result
            if not together:
                self._measure()
                lane.note()
                self._show()
        check_same_frame(list(found.values()))
        if together:
            self._measure()
            for lane in chosen:
                lane.note()
        self._lanes_s += self._round_s
        results = {lane.number: lane.result for lane in self._lanes if lane.result is not None}
        self._truth.offer(results, self._lanes_s, is_idle=not chosen and not self._missing())
        return found.get(self._wanted.reference)

    def _is_wanted(self, lane: LiveLane) -> bool:
        """Whether it still is, as it runs: a slow round must not go on for lanes that somebody has taken away."""
        wanted = self.comparing.wanted.lane(lane.number)
        return not self.comparing.has_ended and wanted is not None and wanted.wish == lane.wish

    # Figures

    def _measure(self) -> None:
        """Agreement of every lane whose newest map is of the reference's frame, once a pair of maps."""
        reference = self._reference()
        wanted = reference.current if reference is not None else None
        if wanted is None:
            for lane in self._lanes:
                lane.figures.pause()
        if self._round_s and self._figures_s > MOST_FIGURES_SHARE * self._lanes_s:
            return  # the lanes have work; where they stand there is time
        began_s = self._clock()
        for lane in self._lanes:
            if lane is reference:
                lane.figures.forget()
            elif wanted is not None:
                lane.compare_with(wanted)
        self._figures_s += self._clock() - began_s

    def _show(self) -> None:
        """Where something is new."""
        self._measure()  # another lane may be the reference while nothing runs
        scores = self._truth.scores
        stands = (self._wanted, scores, tuple(self._notes), *(lane.stands for lane in self._lanes))
        if stands == self._shown:
            return
        self._shown = stands
        reference = self._reference()
        result = reference.result if reference is not None else None
        frames = {id(lane.result.frame) for lane in self._running() if lane.result is not None}
        lanes_s = sum(lanes for lanes, _ in self._rounds)
        device = next((lane.device for lane in self._lanes if lane.device), "")
        self.comparing.show(
            ComparisonView(
                tuple(self._with_score(lane) for lane in self._lanes),
                self._wanted.reference,
                self._wanted.same_frame,
                is_together=len(frames) == 1,
                low=result.low if result is not None else None,
                high=result.high if result is not None else None,
                overhead=sum(besides for _, besides in self._rounds) / lanes_s if lanes_s else None,
                truth=scores.kind,
                trivial=dict(scores.trivial),
                budget_mb=budget_mb(self._wanted.budget_mb, device) if device else None,
                notes=(*self._notes, scores.problem) if scores.problem else tuple(self._notes),
            )
        )

    def _with_score(self, lane: LiveLane) -> LaneView:
        view, found = lane.view(self._frame), self._truth.scores.lanes.get(lane.number)
        if found is None or not lane.gave(found.result):
            return view
        return replace(view, score=found.score, score_index=found.result.frame.index)
