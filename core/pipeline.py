"""The pipeline: capture, inference and loader threads wired together, and the one handle on all of them."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core.capture import Capture, OpenSource, SourceWish
from core.comparing.control import Comparing
from core.comparing.host import ComparisonHost
from core.comparing.measures import LiveError
from core.handoff import Closed, LatestSlot
from core.inference import Inference
from core.keeper import Keeper, KeepWish, OpenLast, open_last
from core.loading import LoadEngine, Loader, ModelWish, load_engine
from core.messages import DepthResult, Frame, Status
from core.recorder import OpenTake, Recorder, RecordingWish, open_take
from core.size_choice import TARGET_FPS, SizeWish
from core.source_switch import SourceSwitch, open_source
from core.status_board import StatusBoard
from core.transport import Transport

if TYPE_CHECKING:
    from core.engine import Engine

T = TypeVar("T")


class Pipeline:
    """From a source to depth, on threads of its own. Every method returns at once, but for `close`.

    `wake` is called from any of those threads when a frame, a result or the status is new; it must return at once.
    A recording ends by itself when a source that was to end has ended.
    """

    def __init__(
        self,
        wake: Callable[[], None],
        *,
        opener: OpenSource = open_source,
        load: LoadEngine = load_engine,
    ) -> None:
        self._board = StatusBoard(wake)
        self._recording = threading.Lock()  # guards the next five
        self._recorder: Recorder | None = None
        self._keep: tuple[KeepWish, OpenLast] | None = None
        self._keeper: Keeper | None = None
        self._keepers: list[Keeper] = []  # that were told to end
        self._closed = False
        self._switch = SourceSwitch(self._board, wake, self._source_ended, opener, self._source_changed)
        self._loader = Loader(self._board, self._engine_ready, load, self._switch.needs_model)
        self._inference = Inference(self._switch, self._loader, self._board, wake)
        self._comparisons = ComparisonHost(self._inference, self._board, load, self._switch.resend)
        self._loader.start()
        self._inference.start()

    # Wishes: what is running goes on until the new one is ready

    def open(self, wish: SourceWish) -> None:
        self._switch.open(wish)

    def use_model(self, wish: ModelWish) -> None:
        self._loader.wish(wish)

    def set_size(self, size: str, aspect: str, target_fps: float = TARGET_FPS) -> None:
        """`target_fps` is the rate that size `auto` holds."""
        self._inference.set_size(SizeWish(size, aspect, target_fps))
        self._switch.resend()

    def run_model(self, *, on: bool) -> None:
        """Whether a model runs on the recording that plays, instead of the depth it holds being shown.

        That is shown until the model is there. Nothing where it is no recording; the next one shows its own again.
        """
        self._switch.run_model(on=on)

    def set_every_frame(self, *, every_frame: bool) -> None:
        if self.playing is not None:
            self.playing.set_every_frame(every_frame=every_frame)

    # Comparing: lanes run in the model's place, and the reference lane's depth is what is shown and recorded

    def start_comparing(self, comparing: Comparing) -> None:
        """Have the lanes it wants run on what plays from the next frame on. Nothing where some do already."""
        self._comparisons.start(comparing)

    def stop_comparing(self) -> None:
        """The model goes on at once, as it has stayed loaded."""
        self._comparisons.stop()

    @property
    def comparing(self) -> Comparing | None:
        return self._comparisons.comparing

    def live_error(self, result: DepthResult) -> LiveError | None:
        """How far such depth is from the truth, where that is known; judged now and then, on another thread."""
        return self._comparisons.live_error(result)

    # Recording

    def start_recording(self, wish: RecordingWish, open_take: OpenTake = open_take) -> Recorder | None:
        """Record every result from now on; None where a recording is running already."""
        with self._recording:
            if self._recorder is not None:
                return None
            self._stop_keeping()
            self._switch.set_recorded(recorded=True)
            recorder = self._recorder = Recorder(wish, self._board, self._recording_ended, open_take)
            recorder.start()
            self._inference.record_to(recorder)
            return recorder

    def keep_last(self, wish: KeepWish | None, open_last: OpenLast = open_last) -> None:
        """Keep the last seconds whenever nothing is recorded; None: no more. What was kept before is forgotten."""
        with self._recording:
            self._keep = (wish, open_last) if wish is not None else None
            self._stop_keeping()
            self._start_keeping()

    def save_last(self, path: Path) -> None:
        """Write the last seconds to `path`, in the background. Nothing where they are not kept."""
        if (keeper := self._keeper) is not None:
            keeper.save(path)

    def stop_recording(self) -> None:
        """Write what is waiting, then close the files."""
        if (recorder := self._recorder) is not None:
            recorder.finish()

    @property
    def recorder(self) -> Recorder | None:
        """What is recording now."""
        return self._recorder

    @property
    def playing(self) -> Capture | None:
        """The source that plays, with its transport and position; None before there is one."""
        return self._switch.playing

    @property
    def transport(self) -> Transport | None:
        return self.playing.transport if self.playing else None

    # What came of it

    @property
    def board(self) -> StatusBoard:
        return self._board

    def status(self) -> Status:
        return self._board.read()

    def newest_result(self) -> DepthResult | None:
        return _take(self._inference.results)

    def newest_frame(self) -> Frame | None:
        return _take(self._switch.frames)

    def stop(self) -> None:
        """Tell all threads to end; returns at once."""
        self._comparisons.give_up()
        self._inference.stop()
        self._switch.stop()
        self._loader.stop()

    def close(self) -> None:
        """Stop, and wait until source, engine and files are released.

        Order: inference, recorder, then capture and loader.
        """
        self.stop()
        self._inference.join()
        with self._recording:
            self._closed = True
            recorder = self._recorder
            self._stop_keeping()
        if recorder is not None:
            recorder.finish()
            recorder.join()
        for keeper in self._keepers:
            keeper.join()
        self._switch.join()
        self._loader.join()
        self._comparisons.close()

    def _engine_ready(self, engine: "Engine") -> None:
        self._inference.offer(engine)
        self._switch.resend()

    def _source_changed(self) -> None:
        self._loader.look_again()
        self._inference.look_again()

    def _source_ended(self) -> None:
        self.stop_recording()

    def _recording_ended(self, recorder: Recorder) -> None:
        """On the recorder thread."""
        with self._recording:
            self._inference.record_to(None)
            self._switch.set_recorded(recorded=False)
            self._recorder = None
            self._start_keeping()

    def _start_keeping(self) -> None:
        if self._keep is not None and self._recorder is None and not self._closed:
            wish, open_last = self._keep
            self._keeper = Keeper(wish, self._board, open_last)
            self._keeper.start()
            self._inference.record_to(self._keeper)

    def _stop_keeping(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            self._inference.record_to(None)
            keeper.finish()  # it may have something to save yet; `close` waits for it
            self._keepers = [k for k in self._keepers if k.is_alive()] + [keeper]


def _take(slot: LatestSlot[T]) -> T | None:
    try:
        return slot.take(timeout_s=0)
    except Closed:
        return None
