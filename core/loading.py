"""The loader thread: builds the engine that was asked for last, while the running one goes on."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from core.device_errors import kind_of
from core.errors import DeviceLost, ModelNotFetched, NoSuchDevice, OutOfMemory
from core.messages import Action, ModelState
from core.model_messages import AUTO_MODEL
from core.status_board import StatusBoard

if TYPE_CHECKING:
    from core.engine import Engine


@dataclass(frozen=True, slots=True)
class ModelWish:
    """Which network to run, where and how."""

    model: str
    precision: str = "auto"
    device: str = "auto"


class Superseded(Exception):  # noqa: N818 - not a failure: a newer wish came
    """Raised through a load's progress to abandon it."""


class LoadEngine(Protocol):
    def __call__(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> "Engine": ...


def load_engine(model: str, precision: str, device: str, progress: Callable[[float], None]) -> "Engine":
    """`Engine.load`, importing torch here and now: it takes seconds, and the window is to be up before."""
    from core import threads
    from core.engine import Engine

    threads.use_one()  # the loader's thread; the one that runs the engine gets all
    return Engine.load(model, precision, device, progress)


class Loader:
    """One thread that turns the newest wish into an engine, and the newest size into a prepared one.

    `deliver` takes each engine built; wishes that are overtaken are abandoned at their next step of progress.
    While a model is not `needed` none is built: what is wished for waits until `look_again` finds it is.
    """

    def __init__(
        self,
        board: StatusBoard,
        deliver: Callable[["Engine"], None],
        load: LoadEngine = load_engine,
        needed: Callable[[], bool] = lambda: True,
    ) -> None:
        self._board = board
        self._deliver = deliver
        self._load = load
        self._needed = needed
        self._put_off = False  # the wish, as nothing needs it
        self._changed = threading.Condition()
        self._wish: ModelWish | None = None
        self._building = False
        self._busy = False  # from the wish taken until its engine was handed over
        self._delivered: ModelWish | None = None  # what the newest engine was built for
        self._job: Callable[[], None] | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="fathom-loader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wish(self, wish: ModelWish) -> None:
        with self._changed:
            self._wish = wish
            self._changed.notify()

    def look_again(self) -> None:
        """A model may be needed now."""
        with self._changed:
            self._put_off = False
            self._changed.notify()

    def fall_back(self, **changes: str) -> None:
        """Build the model that runs once more, with `changes`, unless another is on its way already."""
        with self._changed:
            if self._wish is None and not self._building and self._delivered is not None:
                self._wish = replace(self._delivered, **changes)
                self._changed.notify()

    @property
    def delivered(self) -> ModelWish | None:
        """What the newest engine was built for."""
        return self._delivered

    @property
    def is_building(self) -> bool:
        """Whether an engine is on its way; it may still fail."""
        return (self._wish is not None and not self._put_off) or self._busy

    def prepare(self, job: Callable[[], None]) -> None:
        """Run `job` (the size-dependent work of a running engine) here; the newest one replaces one that waits."""
        with self._changed:
            self._job = job
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def join(self) -> None:
        """Waits for a load under way to reach its next step of progress."""
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or (self._wish and not self._put_off) or self._job)
                if self._stopping:
                    return
                job: Callable[[], None] | None = None
                if self._wish is not None and not self._put_off:
                    self._busy = self._put_off = True  # unless it is needed, or `look_again` is called meanwhile
                else:
                    job, self._job = self._job, None
            self._do(job or self._build_if_needed)
            self._building = self._busy = False

    def _build_if_needed(self) -> None:
        if not self._needed():
            if self._board.read().model_state is ModelState.LOADING:  # what was abandoned for this wish
                self._nothing_loads(ModelState.NONE)
        elif (wish := self._take_wish()) is not None:
            self._build(wish)

    def _take_wish(self) -> ModelWish | None:
        with self._changed:
            wish, self._wish = self._wish, None
            self._building, self._put_off = True, False
            return wish

    def _do(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - the thread's edge: no job, and no look at a source, may end it
            self._board.fault(str(error) or type(error).__name__, Action.RELOAD_MODEL)

    def _build(self, wish: ModelWish) -> None:
        self._board.change(model_state=ModelState.LOADING, model_detail=_doing(wish.model), model_progress=0.0)
        try:
            engine = self._load(wish.model, wish.precision, wish.device, self._progress)
        except Superseded:
            return
        except Exception as error:  # noqa: BLE001 - the thread's edge: a bad file must not end it
            self._load_failed(wish, error)
            return
        self._board.change(devices=engine.devices, model_progress=1.0)
        self._delivered, self._building = wish, False  # before the engine can ask for a safer one
        self._deliver(engine)

    def _load_failed(self, wish: ModelWish, error: Exception) -> None:
        """What runs goes on. Where nothing does, and it was the device that failed, the processor takes over."""
        line = str(error) or type(error).__name__
        still_running = self._board.read().model is not None
        device_failed = kind_of(error) in (OutOfMemory, DeviceLost)
        if device_failed and not still_running and wish.device != "cpu":
            device = "the graphics processor" if wish.device == "auto" else wish.device
            self._board.fault(f"{line}; going on with the processor", Action.USE_DEVICE, device)
            with self._changed:
                self._wish = self._wish or replace(wish, device="cpu", precision="auto")
            return
        self._nothing_loads(ModelState.FAILED)
        if isinstance(error, ModelNotFetched):
            line = f"{error.name} is not on this computer"
            self._board.fault(line, Action.FETCH_MISSING, error.name, f"{error.size_bytes / 1e6:.0f} MB")
            return
        if isinstance(error, NoSuchDevice):
            self._board.fault(line, Action.USE_ANY_DEVICE)
            return
        self._board.fault(line, Action.RELOAD_MODEL if still_running else Action.USE_BUILT_IN_MODEL)

    def _nothing_loads(self, otherwise: ModelState) -> None:
        """What runs is ready; where nothing does, the state is `otherwise`."""
        state = otherwise if self._board.read().model is None else ModelState.READY
        self._board.change(model_state=state, model_detail="", model_progress=None)

    def _progress(self, share: float) -> None:
        if self._stopping or self._wish is not None:
            raise Superseded
        self._board.change(model_progress=share)


def _doing(model: str) -> str:
    return "finding the model that suits this machine" if model == AUTO_MODEL else f"loading {model}"
