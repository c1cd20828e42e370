"""The error of the live view's depth where the truth is known: the demo scene, photos with measured depth."""

import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from core.comparing.measures import LiveError
from core.messages import DepthResult, SourceInfo

if TYPE_CHECKING:
    from core.comparing.truth_watch import TruthWatch

_LANE = 0  # the one there is


class LiveTruth:
    """Judges now and then, for a hundredth of the time, on `worker`. Used by: whoever drives the pipeline."""

    def __init__(
        self,
        worker: Executor,
        source_of: Callable[[int], SourceInfo | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._worker = worker
        self._source_of = source_of
        self._clock = clock
        self._began_s: float | None = None
        self._watch: TruthWatch | None = None

    def judge(self, result: DepthResult) -> LiveError | None:
        """What was found last of this source and model; `result` is looked at next, if its turn has come."""
        if self._began_s is None:
            self._began_s = self._clock()
            self._worker.submit(self._make)
        if (watch := self._watch) is None:
            return None
        watch.offer({_LANE: result}, self._clock() - self._began_s, is_idle=False)
        scores = watch.scores
        found = scores.lanes.get(_LANE)
        if found is None or found.score is None or scores.source_id != result.frame.source_id:
            return None
        if found.result.model != result.model:
            return None
        return LiveError(found.score, scores.trivial.get("row"), scores.kind)

    def _make(self) -> None:
        """On the worker: what it imports takes seconds."""
        from core.comparing.truth_watch import TruthWatch

        self._watch = TruthWatch(self._worker, self._source_of)
