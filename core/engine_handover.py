"""From the loader thread to the inference thread: the next engine, and sizes prepared for the one that runs."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.device_errors import Failure
from core.loading import Loader, ModelWish
from core.network_size import Size
from core.size_choice import SizeChoice

if TYPE_CHECKING:
    from core.engine import Engine

LOOK_EVERY_S = 0.2  # for a load that failed, of which nobody tells

_log = logging.getLogger(__name__)


class EngineHandover:
    """Owns the engine that runs and the one that waits to take over; each is closed here.

    Used by: the inference thread; `offer` by the loader's, `look_again` and `stop` by any.
    """

    def __init__(self, loader: Loader, sizes: SizeChoice, size_ready: Callable[[], None]) -> None:
        """`size_ready` is called on the loader thread when a size is prepared, or failed to be."""
        self.engine: Engine | None = None  # the one that runs
        self.made_for: ModelWish | None = None  # what it was built for
        self.is_stopping = False
        self._loader = loader
        self._sizes = sizes
        self._size_ready = size_ready
        self._changed = threading.Condition()
        self._offered: tuple[Engine, ModelWish | None] | None = None  # and what it was built for
        self._unprepared: deque[tuple[Engine, Size, Failure]] = deque()

    # From other threads

    def offer(self, engine: "Engine") -> None:
        """Take `engine` over; it runs from the next frame on."""
        if (size := self._sizes.coming) is not None:
            try:
                engine.prepare(size)
            except Exception as error:  # noqa: BLE001 - it is met again, and dealt with, when the engine runs
                _log.warning("preparing %s", engine.info.name, exc_info=error)
        with self._changed:
            offered = engine, self._loader.delivered
            if self.is_stopping:
                unused: tuple[Engine, ModelWish | None] | None = offered
            else:
                unused, self._offered = self._offered, offered
            self._changed.notify_all()
        if unused is not None:
            unused[0].close()

    def look_again(self) -> None:
        """What `wait` was given may hold now."""
        with self._changed:
            self._changed.notify_all()

    def stop(self) -> None:
        """End every wait; an engine offered from now on is closed at once."""
        with self._changed:
            self.is_stopping = True
            self._changed.notify_all()

    # The inference thread

    @property
    def is_there(self) -> bool:
        """Whether an engine runs or can."""
        return self.engine is not None or self._offered is not None

    def wait(self, or_when: Callable[[], bool] = lambda: False) -> bool:
        """Until there is an engine, or something else is so; False: told to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_there or or_when() or self.is_stopping)
            return not self.is_stopping

    def wait_for_next(self) -> bool:
        """For the one that is being built; False: none comes."""
        with self._changed:
            while not (self._offered or self.is_stopping) and self._loader.is_building:
                self._changed.wait(LOOK_EVERY_S)
            return self._offered is not None and not self.is_stopping

    def take(self) -> "Engine | None":
        """Have the engine that was offered run in the old one's place; None where none was."""
        with self._changed:
            offered, self._offered = self._offered, None
        if offered is None:
            return None
        self.drop()
        self.engine, self.made_for = offered
        self.engine.enter_thread()
        return self.engine

    def drop(self) -> None:
        """Close the engine that runs, also where its device is past answering."""
        engine, self.engine = self.engine, None
        self._unprepared.clear()
        if engine is not None:
            try:
                engine.close()
            except Exception as error:  # noqa: BLE001 - the engine is gone all the same
                _log.warning("closing %s", engine.info.name, exc_info=error)

    def close(self) -> None:
        """Both engines, after `stop`."""
        self.drop()
        if self._offered is not None:
            self._offered[0].close()

    def prepare(self, engine: "Engine", size: Size) -> None:
        """Have the loader thread get `engine`, which runs, ready for `size`."""
        self._loader.prepare(lambda: self._prepare(engine, size))

    def next_unprepared(self) -> tuple[Size, Failure] | None:
        """A size that the running engine could not be got ready for, each once."""
        while self._unprepared:
            engine, size, failure = self._unprepared.popleft()
            if engine is self.engine:
                return size, failure
        return None

    def _prepare(self, engine: "Engine", size: Size) -> None:
        """On the loader thread."""
        try:
            engine.prepare(size)
        except Exception as error:  # noqa: BLE001 - the inference thread judges it
            self._unprepared.append((engine, size, Failure.of(error)))
        else:
            self._sizes.is_ready(size)
        self._size_ready()
