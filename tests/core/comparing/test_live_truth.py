"""The live view's error: of the demo scene, judged beside it and in its share of time, and of no other source."""

from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.comparing.live_truth import LiveTruth
from core.comparing.measures import LiveError
from core.comparing.truth_watch import MOST_SHARE
from core.messages import DepthResult, Frame, ModelInfo, SourceInfo, SourceKind
from core.synthetic.true_depth import true_inverse_depth_at

MODEL = ModelInfo("m", 1, 64, "fp32", "cpu", "CPU")
DEMO = SourceInfo(SourceKind.DEMO, "demo", "demo", 640, 480, 30.0)
CLIP = SourceInfo(SourceKind.VIDEO, "clip", "clip.mp4", 640, 480, 30.0)
SOURCES = {0: DEMO, 1: CLIP}


class ByHand:
    """Does what it is given when it is told to."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Future[Any], Any]] = []

    def submit(self, work: Any, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.jobs.append((future, lambda: work(*args, **named)))
        return future

    def do_all(self) -> int:
        jobs, self.jobs = self.jobs, []
        for future, work in jobs:
            future.set_result(work())
        return len(jobs)


class Rig:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.worker = ByHand()
        self.truth = LiveTruth(self.worker, SOURCES.get, lambda: self.now_s)  # type: ignore[arg-type]

    def judge(
        self, depth: np.ndarray, index: int, source_id: int = 0, model: ModelInfo = MODEL
    ) -> LiveError | None:
        frame = Frame(index, 0.0, np.zeros((480, 640, 3), np.uint8), index / 30, source_id)
        return self.truth.judge(DepthResult(frame, depth, 0.0, 1.0, model, 0.0, 0.1))


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    assert rig.judge(true_depth(0), 0) is None
    assert rig.worker.do_all() == 1, "the first thing is to import what it needs"
    return rig


def true_depth(index: int) -> np.ndarray:
    return true_inverse_depth_at(index / 30)


def test_the_truth_itself_has_no_error_and_the_row_has(rig: Rig) -> None:
    rig.judge(3 * true_depth(6) + 1, 6)
    rig.worker.do_all()
    found = rig.judge(true_depth(6), 6)
    assert found is not None
    assert found.score.abs_rel < 1e-3
    assert found.kind == "rendered"
    assert found.row is not None
    assert found.row.abs_rel > 0.05


def test_it_keeps_to_its_share_of_the_time(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    spent_s = [0.0]
    monkeypatch.setattr("core.comparing.truth_watch.time.thread_time", lambda: spent_s[0])
    score = "core.comparing.truth_watch.TruthWatch._score"
    monkeypatch.setattr(score, lambda *_: spent_s.__setitem__(0, spent_s[0] + 0.05))
    depth = true_depth(0)
    rig.judge(depth, 1)
    assert rig.worker.do_all() == 1
    rig.now_s = 0.9 * 0.05 / MOST_SHARE
    rig.judge(depth, 2)
    assert rig.worker.do_all() == 0
    rig.now_s = 1.1 * 0.05 / MOST_SHARE
    rig.judge(depth, 3)
    assert rig.worker.do_all() == 1


def test_of_another_source_nothing_is_said(rig: Rig) -> None:
    depth = true_depth(3)
    rig.judge(depth, 3)
    rig.worker.do_all()
    assert rig.judge(depth, 3) is not None
    rig.now_s = 1e3
    assert rig.judge(depth, 0, source_id=1) is None, "what was found is of the source before"
    rig.worker.do_all()
    assert rig.judge(depth, 1, source_id=1) is None
    assert rig.worker.do_all() == 0, "nobody knows its truth, and nothing is tried again"


def test_of_another_model_nothing_is_said(rig: Rig) -> None:
    depth, other = true_depth(3), replace(MODEL, name="other")
    rig.judge(depth, 3)
    rig.worker.do_all()
    rig.now_s = 1e3
    assert rig.judge(depth, 4, model=other) is None, "what was found is the model's before"
    rig.worker.do_all()
    assert rig.judge(depth, 5, model=other) is not None
