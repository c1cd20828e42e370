"""Starts and ends live comparisons beside the pipeline, with the threads they need and the engines they keep."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from core.comparing.control import Comparing
from core.comparing.live_truth import LiveTruth
from core.comparing.measures import LiveError
from core.comparing.shelf import Shelf
from core.loading import LoadEngine
from core.messages import Action, DepthResult, SourceInfo
from core.recorder import lower_priority
from core.status_board import StatusBoard

if TYPE_CHECKING:
    from core.comparing.live import LiveComparison

_log = logging.getLogger(__name__)


class Stage(Protocol):
    """Where a comparison runs: the inference thread."""

    def compare(self, live: "LiveComparison | None") -> None: ...


class ComparisonHost:
    """Owns the loader's and the truth's thread of comparisons, and the shelf, which outlives each of them.

    Used by: the window thread, or whoever drives the pipeline. Only `close` waits.
    """

    def __init__(self, stage: Stage, board: StatusBoard, load: LoadEngine, changed: Callable[[], None]) -> None:
        """`changed` is called when another is to show depth: the lanes, or the live view again."""
        self._stage = stage
        self._board = board
        self._changed = changed
        self._loader = ThreadPoolExecutor(1, "fathom-lane-loader", lower_priority)
        self._truth = ThreadPoolExecutor(1, "fathom-truth", lower_priority)
        self._shelf = Shelf(load, self._loader)
        self._live_truth = LiveTruth(self._truth, self._source_of)
        self._starting = threading.Lock()
        self._comparing: Comparing | None = None

    @property
    def comparing(self) -> Comparing | None:
        """What runs, or is about to; None: the live view does."""
        comparing = self._comparing
        return comparing if comparing is not None and not comparing.has_ended else None

    def start(self, comparing: Comparing) -> None:
        """Nothing where one runs already."""
        with self._starting:
            if self.comparing is None:
                self._comparing = comparing
                self._loader.submit(self._begin, comparing)

    def stop(self) -> None:
        with self._starting:
            comparing, self._comparing = self._comparing, None
            if comparing is None:
                return
            comparing.end()
            self._stage.compare(None)
        self._changed()

    def live_error(self, result: DepthResult) -> LiveError | None:
        """Of the live view, where the truth is known; None also where nothing was judged yet."""
        return self._live_truth.judge(result) if self.comparing is None else None

    def give_up(self) -> None:
        """End loads under way; returns at once."""
        self.stop()
        self._shelf.give_up_loading()

    def close(self) -> None:
        """After the inference thread has ended."""
        self._loader.shutdown(wait=True, cancel_futures=True)
        self._truth.shutdown(wait=True, cancel_futures=True)
        self._shelf.close()

    def _begin(self, comparing: Comparing) -> None:
        """On the loader's thread: what it imports takes seconds the first time."""
        try:
            from core.comparing.live import LiveComparison
            from core.comparing.truth_watch import TruthWatch

            truth = TruthWatch(self._truth, self._source_of)
            live = LiveComparison(comparing, self._shelf, self._loader, truth)
        except Exception as error:  # noqa: BLE001 - the thread's edge: an installation that is broken
            _log.exception("comparing")
            comparing.end()
            self._board.fault(f"nothing can be compared: {error}", Action.NONE)
            return
        with self._starting:
            if self._comparing is comparing:
                self._stage.compare(live)
        self._changed()

    def _source_of(self, source_id: int) -> SourceInfo | None:
        return self._board.source_of(source_id)
