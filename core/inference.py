"""The inference thread: takes frames, runs the engine, publishes depth."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.capture import Capture
from core.comparing.stage import LaneStage
from core.depth_range import sample_percentiles
from core.device_errors import Failure
from core.engine_handover import EngineHandover
from core.errors import NonFinite
from core.handoff import Closed, LatestSlot
from core.in_flight import Begun, InFlight
from core.keeper import Keeper
from core.loading import Loader, ModelWish
from core.messages import Action, DepthArray, DepthResult, Frame, ModelInfo, ModelState, RecordedDepth
from core.network_size import Size
from core.rates import RateMeter
from core.recorder import Recorder, lower_priority
from core.recovery import Recovery
from core.size_choice import SizeChoice, SizeWish
from core.source_switch import SourceSwitch
from core.status_board import StatusBoard
from core.tally import Tally

if TYPE_CHECKING:
    from core.comparing.live import LiveComparison
    from core.engine import Engine

_log = logging.getLogger(__name__)


class Inference:
    """Runs the engine, on a thread of its own. A new engine or size takes over when it is ready.

    An engine may have several frames in flight; their depth is published in their order.

    `results` keeps the newest depth for the eyes; a recorder, while there is one, gets every result. While lanes
    are compared they run here, on every frame, in the engine's place; the reference lane's depth is the result.
    """

    def __init__(
        self,
        switch: SourceSwitch,
        loader: Loader,
        board: StatusBoard,
        wake: Callable[[], None],
    ) -> None:
        self.results: LatestSlot[DepthResult] = LatestSlot()
        self._switch = switch
        self._loader = loader
        self._board = board
        self._wake = wake
        self._recorder: Recorder | Keeper | None = None
        self._sizes = SizeChoice()
        self._engines = EngineHandover(loader, self._sizes, size_ready=switch.resend)
        self._rate = RateMeter()
        self._tally = Tally()
        self._lanes = LaneStage(board, self._tally, self._rate)
        self._recovery = Recovery(board, loader, self._engines, self._sizes, self._lanes.free_memory)
        self._in_flight = InFlight()
        self._thread = threading.Thread(target=self._run, name="fathom-inference", daemon=True)

    # Orders, from other threads

    def start(self) -> None:
        self._thread.start()

    def set_size(self, wish: SizeWish) -> None:
        self._sizes.ask(wish)

    def record_to(self, recorder: Recorder | Keeper | None) -> None:
        """Hand every result from the next one on to `recorder`; None: to nobody any more."""
        self._recorder = recorder

    def look_again(self) -> None:
        """Another source plays: one may have come that needs no engine."""
        self._engines.look_again()

    def compare(self, live: "LiveComparison | None") -> None:
        """From the next frame on have these lanes run on what plays; None: the engine again."""
        self._lanes.ask(live)
        self._engines.look_again()

    def offer(self, engine: "Engine") -> None:
        """Take `engine` over from the loader thread; it runs from the next frame on."""
        self._engines.offer(engine)

    def stop(self) -> None:
        self._engines.stop()
        self.results.close()

    def join(self) -> None:
        self._thread.join()

    # The thread

    def _run(self) -> None:
        lower_priority()
        try:
            while not self._engines.is_stopping:
                try:
                    self._take_frames()
                except Closed:
                    break  # told to stop while publishing
                except Exception as error:  # noqa: BLE001 - the thread's edge: another engine can go on
                    _log.exception("depth stopped")
                    self._lanes.leave()
                    self._engines.drop()
                    self._in_flight.clear()
                    self._board.change(model_state=ModelState.FAILED, model=None)
                    self._board.fault(f"depth stopped: {Failure.of(error).line}", Action.RELOAD_MODEL)
        finally:
            self.stop()
            self._lanes.leave()
            self._engines.close()

    def _take_frames(self) -> None:
        """Until told to stop."""
        while self._wait_for_work():
            taken = self._next_frame()
            while self._in_flight.oldest_is_done():
                self._end_oldest()
            if self._lanes.goes_on(self._for_lanes):
                if (result := self._lanes.step(taken, self._recorder)) is not None:
                    self._publish(result)
                continue
            taken = taken or self._lanes.release()
            if taken is None:
                continue
            capture, frame = taken
            has_engine = self._running_engine() is not None
            if frame.recorded is not None and not (has_engine and capture.runs_model):
                self._end_all()
                self._show(capture, frame, frame.recorded)
                continue
            if not has_engine:  # a recording played until a moment ago
                if not capture.gives_every_frame:
                    continue  # the next one is newer; one that stands is sent again when the engine is there
                if not self._wait_for_engine(capture):
                    continue
            self._infer(capture, frame)

    def _next_frame(self) -> tuple[Capture, Frame] | None:
        """None where none has come in a while, or none may be taken yet. Raises: Closed."""
        if self._lanes.holds_frame:
            self._switch.wait(self._lanes.patience_s)
            return None
        return self._switch.next_frame(
            self._lanes.patience_s, or_when=self._in_flight.oldest_is_done, before_end=self._end_all
        )

    def _for_lanes(self) -> "tuple[Engine | None, ModelWish | None]":
        """The engine that lanes may borrow, with nothing in flight."""
        self._end_all()
        return self._running_engine(), self._engines.made_for

    def _wait_for_work(self) -> bool:
        """Before the first engine is there no frame is taken that needs one: of every frame none may be lost."""
        return self._engines.wait(or_when=lambda: self._switch.brings_depth or self._lanes.is_wanted)

    def _wait_for_engine(self, capture: Capture) -> bool:
        """For its frame; False where another source plays meanwhile, or lanes are to run."""
        self._engines.wait(or_when=lambda: self._switch.playing is not capture or self._lanes.is_wanted)
        return self._engines.is_there

    def _running_engine(self) -> "Engine | None":
        engine = self._engines.take()
        if engine is None:
            return self._engines.engine
        self._sizes.start_engine(engine.info)
        self._recovery.engine_runs()
        self._board.change(model_state=ModelState.READY, model=engine.info, model_detail="", model_progress=None)
        return engine

    def _infer(self, capture: Capture, frame: Frame) -> None:
        """Have the engine take it on, and publish what is done until it can take on another."""
        if (begun := self._begin(capture, frame)) is None:
            return
        self._in_flight.append(begun)
        most = begun.engine.frames_at_once
        del begun  # an engine that is given up must not be held while the next one is built
        while self._in_flight.oldest_is_done() or len(self._in_flight) >= most:
            self._end_oldest()

    def _begin(self, capture: Capture, frame: Frame) -> Begun | None:
        """None where no engine takes it on."""
        while (engine := self._running_engine()) is not None:
            if (begun := self._begin_with(engine, capture, frame)) is not None:
                return begun
            if not self._can_try_again(engine, capture, frame):
                return None
            del engine
        return None

    def _begin_with(self, engine: "Engine", capture: Capture, frame: Frame) -> Begun | None:
        """None where there is no size left to run at, or the device is lost."""
        picture_hw = _hw(frame)
        while (unprepared := self._engines.next_unprepared()) is not None:
            if not self._recovery.failed(engine, *unprepared):
                return None
        is_recorded = isinstance(self._recorder, Recorder)
        # What is recorded of a file must not depend on how fast this machine is.
        at_once = self._recorder is not None and capture.gives_every_frame
        aspect = self._sizes.aspect
        choice = self._sizes.choose(picture_hw, is_recorded=is_recorded, at_once=at_once)
        if choice.prepare is not None:
            self._engines.prepare(engine, choice.prepare)
        if (hw := choice.run) is None:
            self._recovery.give_up(engine)
            return None
        self._tally.take(capture)
        beside, started_s = len(self._in_flight) + 1, time.monotonic()
        readout = engine.begin(frame.rgb, hw, self._switch.look_again)
        return Begun(capture, frame, engine, hw, aspect, is_recorded, beside, started_s, readout)

    def _end_all(self) -> None:
        while self._in_flight:
            self._end_oldest()

    def _end_oldest(self) -> None:
        """Publish the depth of the oldest frame in flight; where it failed, try again first, so that those begun
        after it stay behind it."""
        begun: Begun | None = self._in_flight.popleft()
        while begun is not None and not self._has_ended(begun):
            capture, frame = begun.capture, begun.frame
            del begun
            begun = self._begin(capture, frame)

    def _has_ended(self, begun: Begun) -> bool:
        """Waits for its depth and publishes it; False: it failed and can be tried another way."""
        engine, hw, frame = begun.engine, begun.hw, begun.frame
        runs = engine is self._engines.engine  # else what befell it is known, or of no interest any more
        # Not raised: its traceback would hold what lies here, the engine too, until somebody looks for cycles.
        error = begun.readout.exception()
        if error is None:
            depth, low, high, _, finished_s = begun.readout.result()
            if runs:
                self._recovery.went_well(hw, _hw(frame))
            if runs and not begun.is_recorded:
                self._sizes.note(hw, frame.rgb, (finished_s - begun.started_s) / begun.beside, finished_s)
            times_s = begun.started_s, finished_s
            self._give(begun.capture, frame, (depth, low, high), engine.info, begun.aspect, times_s)
            return True
        if isinstance(error, NonFinite):
            self._tally.non_finite += 1
            if runs:
                self._recovery.non_finite(engine, str(error))
        elif runs and self._recovery.failed(engine, hw, Failure.of(error)):
            return False
        return not self._can_try_again(engine, begun.capture, frame)

    def _show(self, capture: Capture, frame: Frame, recorded: RecordedDepth) -> None:
        """Publish the depth that a recording holds."""
        self._tally.take(capture)
        started_s = time.monotonic()
        depth = recorded.inverse_depth
        if not np.isfinite(depth).all():  # no network gives such, but anybody may have written the file
            self._tally.non_finite += 1
            if self._recorder is not None:
                self._recorder.note_missing(frame)
            return
        ranged = (depth, *sample_percentiles(depth))
        times_s = started_s, time.monotonic()
        self._give(capture, frame, ranged, recorded.model, recorded.aspect, times_s)

    def _can_try_again(self, engine: "Engine", capture: Capture, frame: Frame) -> bool:
        """With another engine than this, which failed, where no frame may be lost; False: it has no depth."""
        if self._recorder is not None and capture.gives_every_frame:
            another_runs = self._engines.is_there and self._engines.engine is not engine
            if another_runs or self._engines.wait_for_next():
                return True
        if self._recorder is not None:
            self._recorder.note_missing(frame)
        return False

    def _give(
        self,
        capture: Capture,
        frame: Frame,
        ranged: tuple[DepthArray, float, float],
        model: ModelInfo,
        aspect: str,
        times_s: tuple[float, float],  # when it was taken, and when its depth was there
    ) -> None:
        started_s, finished_s = times_s
        self._rate.tick(finished_s)
        rates = self._tally.rates(capture, self._rate.per_second)
        self._publish(DepthResult(frame, *ranged, model, started_s, finished_s, rates, aspect))

    def _publish(self, result: DepthResult) -> None:
        if (recorder := self._recorder) is not None:
            recorder.put(result)
        self.results.put(result)
        self._wake()


def _hw(frame: Frame) -> Size:
    return frame.rgb.shape[0], frame.rgb.shape[1]
