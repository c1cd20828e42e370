"""Lanes beside each other on what plays now: which runs when, what they come to, and what is shown of it."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.comparing.control import Comparing, Wanted
from core.comparing.lanes import check_same_frame
from core.comparing.live_lane import LiveLane, MakeLane, make_lane
from core.comparing.memory import budget_mb
from core.comparing.shelf import Shelf
from core.comparing.stage import LOOK_EVERY_S
from core.comparing.truth_watch import TruthWatch
from core.comparing.turns import choose, next_due_s
from core.comparing.view import ComparisonView, LaneView
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
        self._shelf = shelf
        self._worker = worker
        self._truth = truth
        self._make_lane = make_lane
        self._clock = clock
        self._wanted: Wanted = comparing.wanted
        self._lanes: list[LiveLane] = []
        self._frame: Frame | None = None  # that stands, or was shown last
        self._notes: deque[str] = deque(maxlen=MOST_NOTES)
        self._rounds: deque[tuple[float, float]] = deque(maxlen=_RECENT_ROUNDS)  # seconds of lanes, and besides
        self._lanes_s = 0.0  # in all
        self._figures_s = 0.0
        self._round_s = 0.0  # of lanes, in this step
        self._shown: tuple[object, ...] = ()  # what the newest view was made of

    def enter(self, engine: "Engine | None", made_for: ModelWish | None) -> None:
        """Begin; `engine` is the live view's, which lanes that want the same run too."""
        if engine is not None and made_for is not None:
            model = engine.info.name if made_for.model == AUTO_MODEL else made_for.model
            self._shelf.lend(replace(made_for, model=model), engine)

    def leave(self) -> None:
        """End; what was loaded stays on the shelf, as far as the budget goes."""
        for lane in self._lanes:
            lane.leave()
        self._lanes.clear()
        self._shelf.reclaim()
        for device in self._shelf.devices():
            self._trim(device)

    @property
    def patience_s(self) -> float:
        """How long the next frame can be waited for."""
        if self._shelf.is_loading or any(lane.is_preparing for lane in self._lanes):
            return WATCH_EVERY_S
        due_s = next_due_s(self._missing())
        return LOOK_EVERY_S if due_s is None else min(max(due_s - self._clock(), 0.0), LOOK_EVERY_S)

    def step(self, frame: Frame | None, *, source_fps: float, needs_reference: bool) -> Stepped:
        """Run who is due on `frame`; None: on the one that stands. Orders are heeded before it.

        `needs_reference`: no frame may pass without the reference lane's depth, as it is recorded.
        """
        began_s = self._clock()
        self._round_s = 0.0
        self._heed(self.comparing.wanted)
        is_new = frame is not None and (self._frame is None or frame.rgb is not self._frame.rgb)
        if is_new:
            self._frame = frame  # a picture that is sent again is the one that stands
        loading_s = self._tend()
        result = self._run(source_fps, needs_reference=needs_reference)
        self._show()
        if self._round_s:
            besides_s = self._clock() - began_s - loading_s - self._round_s + self._truth.take_spent_s()
            self._rounds.append((self._round_s, besides_s))
        return Stepped(result, missed=is_new and result is None)

    # Orders and loading

    def _heed(self, wanted: Wanted) -> None:
        if wanted is self._wanted and self._lanes:
            return
        self._wanted = wanted
        there = {lane.number: lane for lane in self._lanes}
        lanes: list[LiveLane] = []
        for each in wanted.lanes:
            lane = there.pop(each.number, None)
            if lane is None:
                lane = LiveLane(each, self._shelf, self._worker, self._make_lane, self._clock)
            else:
                lane.want(each)
            lanes.append(lane)
        for gone in there.values():
            gone.leave()
        self._lanes = lanes

    def _tend(self) -> float:
        """Get on with loading; seconds for which that held the lanes up."""
        self._shelf.tend()
        took_s = 0.0
        for lane in self._lanes:
            took_s += lane.tend(self._frame)
        if not any(lane.is_preparing for lane in self._lanes):
            self._shelf.start_next()  # one after the other, so that each one's memory can be told
        for lane in self._lanes:
            if lane.wants_memory and self._make_room(lane):
                lane.retry()
        for device in self._shelf.devices():
            self._keep_within_budget(device)
        return took_s

    # Memory

    def _keep_within_budget(self, device: str) -> None:
        """The least recently used leaves: first what no lane runs, then lanes, but neither the reference nor the
        lane that somebody used last."""
        self._trim(device)
        most_mb = budget_mb(self._wanted.budget_mb, device)
        while most_mb is not None and self._shelf.used_mb(device) > most_mb:
            leaving = self._least_used(device)
            if leaving is None:
                return
            label = leaving.label
            leaving.put_aside()
            self._note(f"{label} left memory: models beside each other may hold {most_mb:.0f} MB")
            self._trim(device)

    def _make_room(self, lane: LiveLane) -> bool:
        """For one that found too little memory: whether somebody could leave."""
        device = lane.failed_on
        if (idle := self._shelf.oldest_idle(device)) is not None:
            self._shelf.discard(idle)
            return True
        leaving = self._least_used(device, keep=lane)
        if leaving is None:
            return False
        self._note(f"{leaving.label} left memory: {lane.wish.model} found too little of it")
        leaving.put_aside()
        self._trim_all(device)
        return True

    def _least_used(self, device: str, keep: LiveLane | None = None) -> LiveLane | None:
        newest = max((lane.wanted.used for lane in self._lanes), default=0)
        can_leave = [
            lane
            for lane in self._lanes
            if device in ("", lane.device)
            and lane is not keep
            and lane.number != self._wanted.reference
            and lane.wanted.used != newest
            and (kept := self._shelf.kept(lane.model_wish)) is not None
            and not kept.is_lent
            and kept.users == {lane.number}
        ]
        return min(can_leave, key=lambda lane: lane.wanted.used, default=None)

    def _trim(self, device: str) -> None:
        """Close what no lane runs, the longest unused first, until the rest fits."""
        most_mb = budget_mb(self._wanted.budget_mb, device)
        while most_mb is not None and self._shelf.used_mb(device) > most_mb:
            idle = self._shelf.oldest_idle(device)
            if idle is None:
                return
            self._shelf.discard(idle)

    def _trim_all(self, device: str) -> None:
        while (idle := self._shelf.oldest_idle(device)) is not None:
            self._shelf.discard(idle)

    def _note(self, line: str) -> None:
        self._notes.append(line)

    # Frames

    def _running(self) -> list[LiveLane]:
        return [lane for lane in self._lanes if lane.is_running]

    def _missing(self) -> list[LiveLane]:
        return [lane for lane in self._running() if lane.ran is not self._frame]

    def _reference(self) -> LiveLane | None:
        return next((lane for lane in self._lanes if lane.number == self._wanted.reference), None)

    def _run(self, source_fps: float, *, needs_reference: bool) -> DepthResult | None:
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
            result = found[lane.number] = lane.run(frame, len(self._running()))
            self._round_s += 1e-3 * lane.last_ms if result is not None else 0.0
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
        self._truth.offer(
            {lane.number: lane.result for lane in self._lanes if lane.result is not None}, self._lanes_s
        )
        return found.get(self._wanted.reference)

    def _is_wanted(self, lane: LiveLane) -> bool:
        """Whether it still is, as it runs: a slow round must not go on for lanes that somebody has taken away."""
        wanted = self.comparing.wanted.lane(lane.number)
        return not self.comparing.has_ended and wanted is not None and wanted.wish == lane.wish

    # Figures

    def _measure(self) -> None:
        """Agreement of every lane whose newest map is of the reference's frame, once a pair of maps."""
        if self._round_s and self._figures_s > MOST_FIGURES_SHARE * self._lanes_s:
            return  # the lanes have work; where they stand there is time
        began_s = self._clock()
        reference = self._reference()
        wanted = reference.result if reference is not None else None
        for lane in self._lanes:
            if lane is reference:
                lane.forget_agreement()
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
                tuple(self._with_score(lane.view(self._frame)) for lane in self._lanes),
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

    def _with_score(self, view: LaneView) -> LaneView:
        found = self._truth.scores.lanes.get(view.number)
        return view if found is None else replace(view, score=found.score, score_index=found.index)
