"""The inference thread: takes frames, runs the engine, publishes depth."""

import os
import sys
import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING

from core.capture import Capture
from core.depth_range import sample_percentiles
from core.errors import NonFinite
from core.handoff import Closed, LatestSlot
from core.keeper import Keeper
from core.loading import Loader
from core.messages import Action, DepthResult, Frame, ModelState, Rates
from core.network_size import network_hw, size_setting
from core.precision import SAFER
from core.rates import RateMeter
from core.recorder import Recorder
from core.source_switch import SourceSwitch
from core.status_board import StatusBoard

if TYPE_CHECKING:
    from core.engine import Engine

BELOW_NORMAL = 5  # niceness
LOOK_EVERY_S = 0.2


class Outcome(Enum):
    """What became of a frame."""

    DONE = auto()
    AGAIN = auto()  # it failed, and can be tried another way


class Inference:
    """Owns the running engine, on a thread of its own. A new engine or size takes over when it is ready.

    `results` keeps the newest depth for the eyes; a recorder, while there is one, gets every result.
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
        self._changed = threading.Condition()
        self._stopping = False
        self._size = ("256", "square")
        self._next_engine: Engine | None = None
        self._engine: Engine | None = None
        self._ready_hw: set[tuple[int, int]] = set()  # sizes the running engine is prepared for
        self._hw: tuple[int, int] | None = None  # the size in use
        self._asked_hw: tuple[int, int] | None = None  # the size the loader prepares
        self._good_hw: tuple[int, int] | None = None  # the last size at which the running engine gave depth
        self._failed_hw: tuple[int, int] | None = None  # and the one at which it failed: not tried again
        self._gave_non_finite = False  # the running engine did, and what can be done about it was done
        self._rate = RateMeter()
        self._tally = _Tally()
        self._thread = threading.Thread(target=self._run, name="fathom-inference", daemon=True)

    # Orders, from other threads

    def start(self) -> None:
        self._thread.start()

    def set_size(self, size: str, aspect: str) -> None:
        self._size = (size, aspect)

    def record_to(self, recorder: Recorder | Keeper | None) -> None:
        """Hand every result from the next one on to `recorder`; None: to nobody any more."""
        self._recorder = recorder

    def offer(self, engine: "Engine") -> None:
        """Take `engine` over from the loader thread; it runs from the next frame on."""
        hw = self._asked_hw or self._hw
        if hw is not None:
            engine.prepare(hw)
        with self._changed:
            if self._stopping:
                unused: Engine | None = engine
            else:
                unused, self._next_engine = self._next_engine, engine
            self._changed.notify_all()
        if unused is not None:
            unused.close()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self.results.close()

    def join(self) -> None:
        self._thread.join()

    # The thread

    def _run(self) -> None:
        _lower_priority()
        try:
            while self._wait_for_engine():
                taken = self._switch.next_frame()
                if taken is None:
                    break
                engine = self._running_engine()
                while engine is not None and self._infer(engine, *taken) is Outcome.AGAIN:
                    engine = self._running_engine()
        except Closed:
            pass  # told to stop while publishing
        except Exception as error:
            self._board.change(model_state=ModelState.FAILED)
            self._board.fault(f"depth stopped: {error}", Action.RELOAD_MODEL)
            raise
        finally:
            self.stop()
            for engine in (self._engine, self._next_engine):
                if engine is not None:
                    engine.close()

    def _wait_for_engine(self) -> bool:
        """Before the first engine is there, no frame is taken: in every-frame mode none may be lost."""
        with self._changed:
            self._changed.wait_for(lambda: self._engine or self._next_engine or self._stopping)
            return not self._stopping

    def _running_engine(self) -> "Engine | None":
        with self._changed:
            fresh, self._next_engine = self._next_engine, None
        if fresh is None:
            return self._engine
        old, self._engine = self._engine, fresh
        fresh.enter_thread()
        if old is not None:
            old.close()
        self._ready_hw = {self._hw} if self._hw else set()
        self._asked_hw = self._good_hw = self._failed_hw = None
        self._gave_non_finite = False
        self._board.change(model_state=ModelState.READY, model=fresh.info, model_detail="", model_progress=None)
        return fresh

    def _choose_hw(self, engine: "Engine", frame: Frame, *, every_frame: bool) -> tuple[int, int] | None:
        """The size asked for once it is prepared, until then the one in use; None where neither works.

        A file that is recorded waits for it: what is recorded of it must not depend on how fast this machine is.
        """
        wanted = network_hw(*self._size, (frame.rgb.shape[0], frame.rgb.shape[1]))
        if wanted == self._failed_hw:
            return self._good_hw
        if self._hw is None or wanted in self._ready_hw or (self._recorder is not None and every_frame):
            self._ready_hw.add(wanted)
            self._hw = wanted
        elif wanted != self._asked_hw:
            self._asked_hw = wanted
            self._loader.prepare(lambda: self._prepare(engine, wanted))
        return self._hw

    def _prepare(self, engine: "Engine", hw: tuple[int, int]) -> None:
        """On the loader thread."""
        engine.prepare(hw)
        self._ready_hw.add(hw)
        self._switch.resend()

    def _infer(self, engine: "Engine", capture: Capture, frame: Frame) -> "Outcome":
        _, aspect = self._size
        hw = self._choose_hw(engine, frame, every_frame=capture.gives_every_frame)
        if hw is None:
            return self._missed(frame)
        self._tally.take(capture)
        started_s = time.monotonic()
        try:
            depth = engine.infer(frame.rgb, hw)
        except NonFinite as error:
            self._hold(engine, str(error))
            if self._recorder is not None and capture.gives_every_frame and self._wait_for_next_engine():
                return Outcome.AGAIN
            return self._missed(frame)
        except Exception as error:  # noqa: BLE001 - one frame's failure must not end the live view
            self._failed(hw, frame.rgb.shape[:2], str(error) or type(error).__name__)
            if self._recorder is not None and capture.gives_every_frame and self._good_hw is not None:
                return Outcome.AGAIN
            return self._missed(frame)
        finished_s = time.monotonic()
        if self._good_hw is None:
            self._board.change(model_state=ModelState.READY)
        self._good_hw = hw
        self._rate.tick(finished_s)
        low, high = sample_percentiles(depth)
        rates = self._tally.rates(capture, self._rate.per_second)
        self._publish(DepthResult(frame, depth, low, high, engine.info, started_s, finished_s, rates, aspect))
        return Outcome.DONE

    def _missed(self, frame: Frame) -> "Outcome":
        if self._recorder is not None:
            self._recorder.note_missing(frame)
        return Outcome.DONE

    def _wait_for_next_engine(self) -> bool:
        """For the safer one that is being built, so that no frame of a recording is lost; False: none comes."""
        with self._changed:
            while not (self._next_engine or self._stopping) and self._loader.is_building:
                self._changed.wait(LOOK_EVERY_S)  # nobody tells of a load that failed
            return self._next_engine is not None and not self._stopping

    def _hold(self, engine: "Engine", line: str) -> None:
        """Keep the last good depth, and have the model go on in a safer precision where there is one."""
        self._tally.non_finite += 1
        if self._gave_non_finite:
            return  # the safer engine is on its way, or there is none
        self._gave_non_finite = True
        safer = SAFER.get(engine.info.precision)
        if safer is not None:
            self._board.fault(f"{line}: going on in {safer}", Action.KEEP_PRECISION, safer)
            self._loader.fall_back(safer)
        else:
            self._good_hw = None  # the next good depth says READY again
            self._board.change(model_state=ModelState.FAILED)
            self._board.fault(line, Action.USE_BUILT_IN_MODEL)

    def _failed(self, hw: tuple[int, int], picture_hw: tuple[int, int], line: str) -> None:
        """Go on at the size that worked, where there is one."""
        self._failed_hw, self._hw = hw, self._good_hw
        if self._good_hw is None:
            self._board.change(model_state=ModelState.FAILED)
            self._board.fault(line, Action.USE_BUILT_IN_MODEL)
        else:
            height, width = self._good_hw
            size = size_setting(self._good_hw, self._size[1], picture_hw)
            self._board.fault(f"{line}; going on at {height}x{width}", Action.KEEP_SIZE, size)

    def _publish(self, result: DepthResult) -> None:
        if (recorder := self._recorder) is not None:
            recorder.put(result)
        self.results.put(result)
        self._wake()


def _lower_priority() -> None:
    """Let the window go first where both want the processor; torch's worker threads inherit it. Linux only."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BELOW_NORMAL)


class _Tally:
    """Counts of the source that plays now; what was dropped before its first depth came is start-up, not loss."""

    def __init__(self) -> None:
        self._source_id = -1
        self.non_finite = 0
        self._inferred = 0
        self._dropped_before = 0

    def take(self, capture: Capture) -> None:
        """A frame of this source goes into the network."""
        if capture.source_id != self._source_id:
            self._source_id, self._inferred, self.non_finite = capture.source_id, 0, 0
            self._dropped_before = capture.dropped
        self._inferred += 1

    def rates(self, capture: Capture, depth_fps: float) -> Rates:
        return Rates(
            source_fps=capture.rate.per_second,
            depth_fps=depth_fps,
            captured=capture.delivered,
            inferred=self._inferred,
            dropped=capture.dropped - self._dropped_before,
            non_finite=self.non_finite,
        )
