"""The engines that lanes run: loaded one after the other, shared by lanes that want the same, kept for later."""

import logging
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.loading import LoadEngine, ModelWish, Superseded

if TYPE_CHECKING:
    from core.engine import Engine

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Kept:
    """An engine on the shelf."""

    engine: "Engine"
    weights_mb: float
    running_mb: float = 0.0  # what running it took besides, at most
    users: set[int] = field(default_factory=set)  # lanes, by number
    released: int = 0  # grows over all whenever the last lane leaves one
    is_lent: bool = False  # the live view's: it goes back there and is never closed here

    @property
    def memory_mb(self) -> float:
        return self.weights_mb + self.running_mb


@dataclass(slots=True, eq=False)
class _Load:
    """An engine that is asked for."""

    users: set[int]
    future: "Future[Engine] | None" = None  # None: others come first
    share: float = 0.0  # of the work that is done


class Shelf:
    """Owns the engines of all lanes, by the wish they were built for. It outlives a comparison.

    Used by: the inference thread, which runs and closes the engines; they are built on `worker`, one at a time.
    """

    def __init__(self, load: LoadEngine, worker: Executor) -> None:
        self._load = load
        self._worker = worker
        self._kept: dict[ModelWish, Kept] = {}
        self._loads: dict[ModelWish, _Load] = {}  # in the order they were asked for
        self._failures: dict[ModelWish, Exception] = {}
        self._releases = 0
        self._is_closed = False

    # What lanes ask

    def take(self, wish: ModelWish, lane: int) -> "Engine | None":
        """The engine for `lane`; None while it is on its way.

        Raises: what its loading raised, once; the next call asks for it again.
        """
        if (kept := self._kept.get(wish)) is not None:
            kept.users.add(lane)
            return kept.engine
        if (failure := self._failures.pop(wish, None)) is not None:
            raise failure
        self._loads.setdefault(wish, _Load(set())).users.add(lane)
        return None

    def progress(self, wish: ModelWish) -> float | None:
        """0 to 1 while it is loaded; None while it waits for its turn."""
        load = self._loads.get(wish)
        return load.share if load is not None and load.future is not None else None

    def leave(self, wish: ModelWish, lane: int) -> None:
        """`lane` does not run it any more. A load that nobody waits for is abandoned."""
        if (kept := self._kept.get(wish)) is not None and lane in kept.users:
            kept.users.discard(lane)
            self._releases += 1
            kept.released = self._releases
        if (load := self._loads.get(wish)) is not None:
            load.users.discard(lane)
            if not load.users and load.future is None:
                del self._loads[wish]

    def kept(self, wish: ModelWish) -> Kept | None:
        return self._kept.get(wish)

    # Loading

    def tend(self) -> None:
        """Take in what was loaded. Its thread is the one that runs it."""
        for wish, load in list(self._loads.items()):
            if load.future is None or not load.future.done():
                continue
            del self._loads[wish]
            try:
                self._keep(wish, load.future.result())
            except (Superseded, CancelledError):
                if load.users:  # wanted again since
                    self._loads[wish] = _Load(load.users)
            except Exception as error:  # noqa: BLE001 - it is raised by the lane that asks for it
                _log.warning("loading %s", wish.model, exc_info=error)
                if load.users:
                    self._failures[wish] = error

    def start_next(self) -> None:
        """Begin the next load, if none is under way."""
        if any(load.future is not None for load in self._loads.values()):
            return
        for wish, load in self._loads.items():
            load.future = self._worker.submit(self._build, wish, load)
            return

    @property
    def is_loading(self) -> bool:
        return bool(self._loads)

    def _build(self, wish: ModelWish, load: _Load) -> "Engine":
        """On the worker."""

        def progress(share: float) -> None:
            if self._is_closed or not load.users:
                raise Superseded
            load.share = share

        progress(0.0)
        return self._load(wish.model, wish.precision, wish.device, progress)

    def _keep(self, wish: ModelWish, engine: "Engine") -> None:
        if self._is_closed:
            engine.close()
            return
        try:
            engine.enter_thread()
            self._kept[wish] = Kept(engine, engine.weights_mb)
        except Exception:
            engine.close()
            raise

    # The live view's engine

    def lend(self, wish: ModelWish, engine: "Engine") -> None:
        """Let lanes run the engine of the live view too; `reclaim` ends it."""
        if wish in self._kept:
            self.discard(wish)
        self._kept[wish] = Kept(engine, engine.weights_mb, is_lent=True)

    def reclaim(self) -> None:
        for wish in [wish for wish, kept in self._kept.items() if kept.is_lent]:
            del self._kept[wish]

    # Memory

    def devices(self) -> set[str]:
        return {kept.engine.info.device for kept in self._kept.values()}

    def used_mb(self, device: str) -> float:
        return sum(kept.memory_mb for kept in self._kept.values() if kept.engine.info.device == device)

    def oldest_idle(self, device: str) -> ModelWish | None:
        """What no lane runs on `device`, or on any where that is empty, and was left the longest time ago."""
        idle = [
            (kept.released, order, wish)
            for order, (wish, kept) in enumerate(self._kept.items())
            if not kept.users and not kept.is_lent and device in ("", kept.engine.info.device)
        ]
        return min(idle)[2] if idle else None

    def discard_idle(self, device: str = "") -> bool:
        """Close all that no lane runs; whether there were any."""
        found = False
        while (idle := self.oldest_idle(device)) is not None:
            self.discard(idle)
            found = True
        return found

    def discard(self, wish: ModelWish) -> None:
        """Close it and give its memory back; the live view's only leaves the shelf."""
        kept = self._kept.pop(wish, None)
        if kept is not None and not kept.is_lent:
            try:
                kept.engine.close()
            except Exception as error:  # noqa: BLE001 - a lost device; the engine is gone all the same
                _log.warning("closing %s", kept.engine.info.name, exc_info=error)

    def close(self) -> None:
        """Close all, once the worker has ended; loads that were under way end at their next step of progress."""
        self.tend()
        for wish in list(self._kept):
            self.discard(wish)

    def give_up_loading(self) -> None:
        """From now on nothing is loaded any more. From any thread."""
        self._is_closed = True
