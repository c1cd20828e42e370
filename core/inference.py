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
from core.errors import DeviceLost, NonFinite, OutOfMemory
from core.handoff import Closed, LatestSlot
from core.keeper import Keeper
from core.loading import Loader
from core.messages import Action, DepthResult, Frame, ModelState, RecordedDepth
from core.network_size import Size
from core.precision import SAFER
from core.rates import RateMeter
from core.recorder import Recorder, lower_priority
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
        self._trouble = ""  # the line of a failure, told once it is known how things go on
        self._needs_memory = False  # and whether it was for want of memory
        self._has_failed = False  # which the board shows
        self._gave_non_finite = False  # the running engine did, and what can be done about it was done
        self._rate = RateMeter()
        self._tally = Tally()
        self._lanes = LaneStage(board, self._tally, self._rate)
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
                    self._board.change(model_state=ModelState.FAILED, model=None)
                    self._board.fault(f"depth stopped: {Failure.of(error).line}", Action.RELOAD_MODEL)
        finally:
            self.stop()
            self._lanes.leave()
            self._engines.close()

    def _take_frames(self) -> None:
        """Until told to stop."""
        while self._wait_for_work():
            taken = self._switch.next_frame(self._lanes.patience_s)
            if self._lanes.goes_on(lambda: (self._running_engine(), self._engines.made_for)):
                if (result := self._lanes.step(taken, self._recorder)) is not None:
                    self._publish(result)
                continue
            if taken is None:
                continue
            capture, frame = taken
            has_engine = self._running_engine() is not None
            if frame.recorded is not None and not (has_engine and capture.runs_model):
                self._show(capture, frame, frame.recorded)
                continue
            if not has_engine:  # a recording played until a moment ago
                if not capture.gives_every_frame:
                    continue  # the next one is newer; one that stands is sent again when the engine is there
                self._engines.wait()
            again = True
            while again and (engine := self._running_engine()) is not None:
                again = self._infer(engine, *taken)
                del engine  # one that is given up meanwhile must not be held while the next one is built

    def _wait_for_work(self) -> bool:
        """Before the first engine is there no frame is taken that needs one: of every frame none may be lost."""
        return self._engines.wait(or_when=lambda: self._switch.brings_depth or self._lanes.is_wanted)

    def _running_engine(self) -> "Engine | None":
        engine = self._engines.take()
        if engine is None:
            return self._engines.engine
        self._sizes.start_engine(engine.info)
        self._trouble = ""
        self._has_failed = self._gave_non_finite = False
        self._board.change(model_state=ModelState.READY, model=engine.info, model_detail="", model_progress=None)
        return engine

    def _infer(self, engine: "Engine", capture: Capture, frame: Frame) -> bool:
        """Publish the depth of `frame`; whether it failed and can be tried another way."""
        picture_hw = frame.rgb.shape[0], frame.rgb.shape[1]
        while (unprepared := self._engines.next_unprepared()) is not None:
            if not self._take_failure(engine, *unprepared):
                return self._try_again(capture, frame)
        is_recorded = isinstance(self._recorder, Recorder)
        # What is recorded of a file must not depend on how fast this machine is.
        at_once = self._recorder is not None and capture.gives_every_frame
        aspect = self._sizes.aspect
        choice = self._sizes.choose(picture_hw, is_recorded=is_recorded, at_once=at_once)
        if choice.prepare is not None:
            self._engines.prepare(engine, choice.prepare)
        if (hw := choice.run) is None:
            self._give_up(engine)
            return self._try_again(capture, frame)
        self._tally.take(capture)
        started_s = time.monotonic()
        try:
            readout = engine.infer_ranged(frame.rgb, hw)
        except NonFinite as error:
            self._hold(engine, str(error))
            return self._try_again(capture, frame)
        except Exception as error:  # noqa: BLE001 - one frame's failure must not end the live view
            failure = Failure.of(error)
        else:
            finished_s = time.monotonic()
            self._went_well(hw, picture_hw)
            if not is_recorded:
                self._sizes.note(hw, frame.rgb, finished_s - started_s, finished_s)
            self._rate.tick(finished_s)
            rates = self._tally.rates(capture, self._rate.per_second)
            depth, low, high, _ = readout
            self._publish(DepthResult(frame, depth, low, high, engine.info, started_s, finished_s, rates, aspect))
            return False
        return self._take_failure(engine, hw, failure) or self._try_again(capture, frame)

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
        low, high = sample_percentiles(depth)
        finished_s = time.monotonic()
        self._rate.tick(finished_s)
        rates = self._tally.rates(capture, self._rate.per_second)
        model, aspect = recorded.model, recorded.aspect
        self._publish(DepthResult(frame, depth, low, high, model, started_s, finished_s, rates, aspect))

    def _went_well(self, hw: Size, picture_hw: Size) -> None:
        if self._has_failed:
            self._has_failed = False
            self._board.change(model_state=ModelState.READY)
        self._sizes.worked(hw)
        if self._trouble:
            line = f"{self._trouble}; going on at {hw[0]}x{hw[1]}"
            self._trouble = ""
            self._board.fault(line, Action.KEEP_SIZE, self._sizes.setting_for(hw, picture_hw))

    def _try_again(self, capture: Capture, frame: Frame) -> bool:
        """With the safer engine that is being built, where no frame may be lost; False: it has no depth."""
        if self._recorder is not None and capture.gives_every_frame and self._engines.wait_for_next():
            return True
        if self._recorder is not None:
            self._recorder.note_missing(frame)
        return False

    def _hold(self, engine: "Engine", line: str) -> None:
        """Keep the last good depth, and have the model go on in a safer precision where there is one."""
        self._tally.non_finite += 1
        if self._gave_non_finite:
            return  # the safer engine is on its way, or there is none
        self._gave_non_finite = True
        safer = SAFER.get(engine.info.precision)
        if safer is not None:
            self._board.fault(f"{line}: going on in {safer}", Action.KEEP_PRECISION, safer)
            self._loader.fall_back(precision=safer)
        else:
            self._fail(line)

    def _take_failure(self, engine: "Engine", hw: Size, failure: Failure) -> bool:
        """Have another size tried after a failure at `hw`; False where the device is lost, and left."""
        _log.warning("at %dx%d: %s", *hw, failure.line)
        if failure.kind is OutOfMemory and self._lanes.free_memory():
            return True  # the same one again, now that there is more
        if failure.kind is DeviceLost and engine.info.device != "cpu":
            self._leave_device(engine, failure.line)
            return False
        self._sizes.failed(hw, failure.kind)
        if not self._trouble:
            self._trouble, self._needs_memory = failure.line, failure.kind is OutOfMemory
        return True

    def _give_up(self, engine: "Engine") -> None:
        """There is no size left to try: build the model where there may be more memory, or say that it failed."""
        line, self._trouble = self._trouble, ""
        if line and self._needs_memory and engine.info.device != "cpu":
            self._leave_device(engine, line)
        elif line:
            self._fail(line)

    def _leave_device(self, engine: "Engine", line: str) -> None:
        self._engines.drop()
        self._board.change(model=None, model_state=ModelState.LOADING)
        self._board.fault(f"{line}; going on with the processor", Action.USE_DEVICE, engine.info.device)
        self._loader.fall_back(device="cpu", precision="auto")

    def _fail(self, line: str) -> None:
        self._has_failed = True
        self._board.change(model_state=ModelState.FAILED)
        self._board.fault(line, Action.USE_BUILT_IN_MODEL)

    def _publish(self, result: DepthResult) -> None:
        if (recorder := self._recorder) is not None:
            recorder.put(result)
        self.results.put(result)
        self._wake()
