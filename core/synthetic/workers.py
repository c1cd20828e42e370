"""`render` with the host's part of the work done ahead, by other processes, for a device that outruns one."""

import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Self

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
        self._pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_signals)
        self._ahead: dict[Asked, Future[Prepared]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, seeds: Sequence[int], size_hw: Hw, device: str = "cpu") -> Rendered:
        """Raises: BrokenProcessPool, where a process was killed."""
        asked = (tuple(seeds), size_hw)
        if asked not in self._ahead:
            self._drop()
        batches = [asked]
        for _ in range(self._processes):
            batches.append((tuple(seed + len(seeds) for seed in batches[-1][0]), size_hw))
        for batch in batches:
            if batch not in self._ahead:
                self._ahead[batch] = self._pool.submit(prepared, *batch)
        return drawn(self._ahead.pop(asked).result(), device)

    def close(self) -> None:
        """Waits for what is under way; nothing is left running. Idempotent."""
        self._drop()
        self._pool.shutdown(cancel_futures=True)

    def _drop(self) -> None:
        for waiting in self._ahead.values():
            waiting.cancel()
        self._ahead.clear()


def _leave_signals() -> None:
    """Ctrl C is the business of the process that draws."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
