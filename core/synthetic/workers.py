"""`render` with the host's part of the work done ahead, by other processes, for a device that outruns one."""

import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Self

from core.errors import TrainingError
from core.synthetic.rendering import Prepared, Rendered, drawn, prepared

Hw = tuple[int, int]
Asked = tuple[tuple[int, ...], Hw]


class Renderers:
    """Called like `render`, and gives the same pictures.

    While a batch is drawn the next ones are prepared, one in each process: those that follow if seeds go on as
    they did, as a training's do. One that is asked for out of turn is prepared when it is asked for.

    Used by: one thread, which closes it.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_follow_parent)
        self._ahead: dict[Asked, Future[Prepared]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, seeds: Sequence[int], size_hw: Hw, device: str = "cpu") -> Rendered:
        """Raises: TrainingError, where a process was killed."""
        asked = (tuple(seeds), size_hw)
        if asked not in self._ahead:
            self._drop()
        batches = [asked]
        for _ in range(self._processes):
            batches.append((tuple(seed + len(seeds) for seed in batches[-1][0]), size_hw))
        try:
            for batch in batches:
                if batch not in self._ahead:
                    self._ahead[batch] = self._pool.submit(prepared, *batch)
            ready = self._ahead.pop(asked).result()
        except BrokenExecutor as error:
            raise TrainingError(
                "a process that lays out pictures was killed, perhaps for want of memory: start again to go on"
            ) from error
        return drawn(ready, device)

    def close(self) -> None:
        """Waits for what is under way; nothing is left running. Idempotent."""
        self._drop()
        self._pool.shutdown(cancel_futures=True)

    def _drop(self) -> None:
        for waiting in self._ahead.values():
            waiting.cancel()
        self._ahead.clear()


def _follow_parent() -> None:
    """Ctrl C is the business of the process that draws. Where that one is killed, this one ends too: it would wait
    for work for ever, as the queue that brings it is held open by all who read it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
