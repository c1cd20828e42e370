"""Scores lanes against the truth beside them: on a thread of its own, on a sample, for a share of their time."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace

from core import threads
from core.comparing.agreement import stride
from core.comparing.ground_truth import GroundTruth, truth_of
from core.comparing.measures import Score
from core.comparing.truth import score, trivial_scores
from core.errors import FathomError
from core.messages import DepthArray, DepthResult, SourceInfo

_log = logging.getLogger(__name__)

MOST_PIXELS = 16384
MOST_SHARE = 0.01  # of the lanes' time


@dataclass(frozen=True, slots=True)
class LaneScore:
    score: Score | None
    result: DepthResult  # that was judged


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What is known of one source."""

    kind: str = ""  # "rendered" or "measured"; empty: nobody knows the truth
    lanes: Mapping[int, LaneScore] = field(default_factory=dict)  # by number
    trivial: Mapping[str, Score | None] = field(default_factory=dict)
    problem: str = ""  # why there is none
    source_id: int | None = None  # whose; None: of none so far


class TruthWatch:
    """Judges the newest depth of each lane whenever it is free and within its share.

    Used by: the inference thread; `worker` has one thread, which does the work.
    """

    def __init__(
        self,
        worker: Executor,
        source_of: Callable[[int], SourceInfo | None],
        open_truth: Callable[[SourceInfo], GroundTruth | None] = truth_of,
    ) -> None:
        self.scores = Scores()
        self._worker = worker
        self._source_of = source_of
        self._open_truth = open_truth
        self._job: Future[None] | None = None
        self._spent_s = 0.0
        self._told_s = 0.0
        self._source_id: int | None = None  # whose truth this is
        self._truth: GroundTruth | None = None
        self._judged: dict[int, DepthResult] = {}  # what was scored last, by lane

    def offer(self, results: Mapping[int, DepthResult], lanes_s: float, *, is_idle: bool) -> None:
        """Look at these, unless it is still busy or has had its share of the `lanes_s` that lanes ran so far.

        `is_idle`: the lanes have nothing to do, so that there is time.
        """
        if self._job is not None and not self._job.done():
            return
        if not is_idle and self._spent_s > MOST_SHARE * lanes_s:
            return
        news = {lane: result for lane, result in results.items() if self._judged.get(lane) is not result}
        if news and not (self._truth is None and self._is_known(news)):
            self._judged = dict(results)
            self._job = self._worker.submit(self._judge, news, is_free=is_idle)

    def take_spent_s(self) -> float:
        """Processor time it took from the lanes since this was asked last."""
        spent_s, self._told_s = self._spent_s - self._told_s, self._spent_s
        return spent_s

    def _is_known(self, results: Mapping[int, DepthResult]) -> bool:
        """Whether their source has been looked at."""
        return all(result.frame.source_id == self._source_id for result in results.values())

    # On the worker

    def _judge(self, results: Mapping[int, DepthResult], *, is_free: bool) -> None:
        try:
            source_id = max(result.frame.source_id for result in results.values())
            if source_id != self._source_id:
                self._open(source_id)
            if (truth := self._truth) is not None:
                began_s = time.thread_time()
                self._score(truth, results)
                self._spent_s += 0.0 if is_free else time.thread_time() - began_s
        except FathomError as error:
            self.scores = replace(self.scores, problem=str(error))
        except Exception as error:  # noqa: BLE001 - the thread's edge: lanes go on without a truth
            _log.exception("scoring against the truth")
            self._truth = None
            self.scores = Scores(problem=f"the truth is not known: {error}")

    def _open(self, source_id: int) -> None:
        """Raises: SourceError."""
        self.scores, self._truth, self._source_id = Scores(source_id=source_id), None, source_id
        source = self._source_of(source_id)
        if source is not None:
            threads.use_one()  # the network has all processors
            self._truth = self._open_truth(source)

    def _score(self, truth: GroundTruth, results: Mapping[int, DepthResult]) -> None:
        """Raises: SourceError."""
        lanes = {number: found for number, found in self.scores.lanes.items() if number in self._judged}
        trivial = self.scores.trivial
        known: dict[int, DepthArray | None] = {}  # by the frame's index
        for number, result in results.items():
            frame = result.frame
            if frame.source_id != self._source_id:
                continue
            if frame.index not in known:
                known[frame.index] = truth.of(frame)
            true_depth = known[frame.index]
            if true_depth is None:
                lanes.pop(number, None)
                continue
            every = stride(true_depth, MOST_PIXELS)
            lanes[number] = LaneScore(score(result.inverse_depth, true_depth, every), result)
            trivial = trivial_scores(true_depth, every)
        self.scores = Scores(truth.kind, lanes, trivial, source_id=self._source_id)
