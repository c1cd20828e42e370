"""The recorder thread and the pipeline that feeds it, with sources, engines and files that the test holds."""

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from core.capture import SourceWish
from core.errors import RecordingError, SourceError
from core.loading import ModelWish
from core.messages import Action, RecordingState, RecordingStatus, Status
from core.pipeline import Pipeline
from core.recorder import LEAST_FREE_BYTES, QUEUE_RESULTS, Recorder, lower_priority
from core.sources.source import Source
from core.status_board import StatusBoard
from support.fake_take import WISH, FakeTake
from support.fakes import LONG_S, FakeEngine, FakeFile, FakeLive, Waker

ENDS = SourceWish("file", every_frame=True, paced=False, loop=False, ends=True)


class Rig:
    def __init__(self, source: Callable[[], Source], engines: list[FakeEngine]) -> None:
        self.woken = Waker()
        self.loads: list[str] = []
        self._engines = iter(engines)
        self.pipeline = Pipeline(self.woken, opener=lambda *_: source(), load=self._load)
        self.pipeline.use_model(ModelWish("toy"))

    def _load(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> FakeEngine:
        self.loads.append(precision)
        return next(self._engines)

    @property
    def status(self) -> Status:
        return self.pipeline.status()

    @property
    def recording(self) -> RecordingStatus:
        return self.status.recording

    def until_ended(self) -> RecordingStatus:
        self.woken.until(lambda: self.pipeline.recorder is None)
        return self.recording


@contextmanager
def rig(source: Callable[[], Source], *engines: FakeEngine) -> Iterator[Rig]:
    made = Rig(source, list(engines) or [FakeEngine()])
    try:
        yield made
    finally:
        made.pipeline.close()


def test_every_frame_of_a_file_is_recorded_in_order_while_the_network_waits_for_the_recorder() -> None:
    take = FakeTake(gate=threading.Semaphore(0))
    engine = FakeEngine()
    with rig(lambda: FakeFile(count=50), engine) as r:
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(ENDS)
        # the one being written, those that wait, the one in hand: the network goes no further
        for _ in range(QUEUE_RESULTS + 2):
            assert engine.started.acquire(timeout=LONG_S)
        assert not engine.started.acquire(timeout=0.05)
        take._gate.release(50)
        status = r.until_ended()
        assert take.indexes == list(range(50))
        assert take.times_s == pytest.approx([index / 1000 for index in range(50)])
        assert take.threads == {"fathom-recorder"}
        assert take.closed == 1
        assert (status.state, status.frames, status.dropped) == (RecordingState.SAVED, 50, 0)


def test_what_was_handed_over_is_written_after_the_stop() -> None:
    gate = threading.Semaphore(0)
    take = FakeTake(gate)
    with rig(lambda: FakeFile(count=50)) as r:
        recorder = r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(ENDS)
        assert take.writing.acquire(timeout=LONG_S)
        r.woken.until(lambda: len(recorder._queue._items) == QUEUE_RESULTS)
        r.pipeline.stop_recording()
        gate.release(50)
        r.until_ended()
        assert take.indexes == list(range(QUEUE_RESULTS + 1))
        r.woken.until(lambda: r.status.source_state.value != "opening")
        assert r.pipeline.start_recording(replace(WISH, path=Path("/recordings/2.mkv")), FakeTake().open)
        assert r.recording.number == 2


def test_a_paced_file_that_drops_pictures_gives_all_of_them_while_it_is_recorded() -> None:
    gate = threading.Semaphore(0)
    engine = FakeEngine(gate=gate)
    with rig(lambda: FakeFile(count=10_000, interval_s=0.0001), engine) as r:
        r.pipeline.open(SourceWish("file", loop=False))
        assert engine.started.acquire(timeout=LONG_S)
        r.woken.until(lambda: r.pipeline.playing is not None and r.pipeline.playing.dropped > 3)
        take = FakeTake()
        r.pipeline.start_recording(WISH, take.open)
        gate.release(40)
        r.woken.until(lambda: len(take.results) >= 20)
        r.pipeline.stop_recording()
        status = r.until_ended()
        first = take.indexes[0]
        assert take.indexes == list(range(first, first + len(take.indexes)))
        assert (take.dropped, status.dropped) == (0, 0)
        assert not r.pipeline.playing.gives_every_frame, "after it the file keeps its pace again"
        gate.release(10_000)


def test_of_a_live_source_every_result_is_recorded_with_the_gap_where_the_network_was_busy() -> None:
    camera, gate, take = FakeLive(), threading.Semaphore(0), FakeTake()
    engine = FakeEngine(gate=gate)
    with rig(lambda: camera, engine) as r:
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(SourceWish("camera"))
        camera.feed.put(0)
        assert engine.started.acquire(timeout=LONG_S)
        for index in range(1, 6):
            camera.feed.put(index)
        r.woken.until(lambda: r.pipeline.playing.delivered == 6)
        gate.release(2)
        r.woken.until(lambda: len(take.results) == 2)
        r.pipeline.stop_recording()
        status = r.until_ended()
        assert take.indexes == [0, 5]
        frames = [result.frame for result in take.results]
        assert take.times_s == pytest.approx([0.0, frames[1].captured_at_s - frames[0].captured_at_s])
        assert (status.dropped, take.dropped) == (4, 4)
        r.pipeline.stop()
        camera.feed.put(6)


def test_a_fault_ends_the_recording_keeps_what_there_is_and_the_live_view_goes_on() -> None:
    camera, take = FakeLive(), FakeTake(fails_at=2)
    with rig(lambda: camera) as r:
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(SourceWish("camera"))
        for index in range(3):
            camera.feed.put(index)
            r.woken.until(lambda index=index: r.pipeline.playing and r.pipeline.playing.delivered > index)
            assert take.writing.acquire(timeout=LONG_S)
        status = r.until_ended()
        assert (status.state, status.frames, take.closed) == (RecordingState.FAILED, 2, 1)
        (fault,) = r.status.faults
        assert fault.line == f"no space left on the disk; 2 frames are kept in {WISH.path}"
        assert fault.action is Action.RECORD_AGAIN
        camera.feed.put(9)
        r.woken.until(lambda: (new := r.pipeline.newest_result()) is not None and new.inverse_depth[0, 0] == 9)
        r.pipeline.stop()
        camera.feed.put(10)


def test_a_fault_sets_a_network_free_that_waits_for_the_recorder() -> None:
    gate = threading.Semaphore(0)
    take = FakeTake(gate, fails_at=0)
    engine = FakeEngine()
    with rig(lambda: FakeFile(count=50), engine) as r:
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(ENDS)
        for _ in range(QUEUE_RESULTS + 2):  # the last of these finds no room
            assert engine.started.acquire(timeout=LONG_S)
        assert not engine.started.acquire(timeout=0.05)
        gate.release()
        assert r.until_ended().state is RecordingState.FAILED
        r.woken.until(lambda: (new := r.pipeline.newest_result()) is not None and new.frame.index == 49)


@pytest.mark.parametrize("error", [RecordingError("the file could not be finished"), OSError("stale handle")])
def test_files_that_cannot_be_finished_are_said_and_the_recording_ends(error: Exception) -> None:
    board, ended = StatusBoard(lambda: None), threading.Event()
    recorder = Recorder(WISH, board, lambda _: ended.set(), FakeTake(close_error=error).open)
    recorder.start()
    recorder.finish()
    assert recorder.join(LONG_S)
    assert ended.is_set()
    assert board.read().recording.state is RecordingState.FAILED
    assert str(error) in recorder.failure
    assert recorder.failure in board.read().faults[0].line


def test_files_that_cannot_be_opened_end_it_at_once_and_another_can_start() -> None:
    def broken(*_: object) -> FakeTake:
        raise OSError("no such device")

    with rig(lambda: FakeFile(count=3)) as r:
        recorder = r.pipeline.start_recording(WISH, broken)
        r.until_ended()
        assert "no such device" in recorder.failure
        take = FakeTake()
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(ENDS)
        r.until_ended()
        assert take.indexes == [0, 1, 2]


def test_only_one_recording_runs_at_a_time() -> None:
    with rig(lambda: FakeFile(count=3)) as r:
        assert r.pipeline.start_recording(WISH, FakeTake().open) is not None
        assert r.pipeline.start_recording(WISH, FakeTake().open) is None


def test_closing_the_pipeline_finishes_the_file() -> None:
    take = FakeTake()
    with rig(lambda: FakeFile(count=10_000)) as r:
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(SourceWish("file"))
        r.woken.until(lambda: len(take.results) > 2)
    assert take.closed == 1
    assert r.recording.state is RecordingState.SAVED


def test_a_recording_of_a_source_that_does_not_open_ends_without_a_file() -> None:
    def refuse() -> Source:
        raise SourceError("no such file")

    with rig(refuse) as r:
        r.pipeline.start_recording(WISH, FakeTake().open)
        r.pipeline.open(ENDS)
        status = r.until_ended()
        assert (status.state, status.paths, status.frames) == (RecordingState.SAVED, (), 0)


def test_limits_end_it_by_themselves() -> None:
    for limit, frames in (({"most_frames": 4}, 4), ({"most_s": 0.48}, 12), ({"most_s": 0.45}, 12)):
        take = FakeTake()
        with rig(lambda: FakeFile(count=50, interval_s=0.04)) as r:
            r.pipeline.start_recording(replace(WISH, **limit), take.open)
            r.pipeline.open(ENDS)
            r.until_ended()
        assert len(take.results) == frames


def test_a_silent_camera_does_not_hold_a_recording_of_some_seconds_up() -> None:
    camera, take = FakeLive(), FakeTake()
    with rig(lambda: camera) as r:
        r.pipeline.start_recording(replace(WISH, most_s=0.001), take.open)
        r.pipeline.open(SourceWish("camera"))
        camera.feed.put(0)
        assert r.until_ended().frames == 1
        r.pipeline.stop()
        camera.feed.put(1)


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_it_ends_before_the_disk_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    room = [10**12]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, room[0]))
    monkeypatch.setattr("core.recorder.REPORT_EVERY_S", 0.01)
    with rig(lambda: FakeFile(count=1_000_000)) as r:
        recorder = r.pipeline.start_recording(WISH, FakeTake().open)
        r.pipeline.open(SourceWish("file"))
        r.woken.until(lambda: r.recording.frames and r.recording.disk_free_bytes == 10**12)
        room[0] = LEAST_FREE_BYTES - 1
        assert r.until_ended().state is RecordingState.FAILED
        assert recorder.failure == "the disk of /recordings is full: 64 MB are left"


@pytest.mark.parametrize("fallback_works", [True, False])
def test_a_frame_whose_depth_is_not_finite_is_tried_again_in_the_safer_precision(*, fallback_works: bool) -> None:
    take = FakeTake()
    daring = FakeEngine("toy", precision="bf16", non_finite_at=range(3, 50))
    safe = FakeEngine("toy", precision="fp32", non_finite_at=range(0 if fallback_works else 5))
    with rig(lambda: FakeFile(count=10), daring, safe) as r:
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(ENDS)
        status = r.until_ended()
        assert r.loads == ["auto", "fp32"]
        lost = [] if fallback_works else [3, 4]
        assert take.indexes == [index for index in range(10) if index not in lost]
        assert (status.dropped, take.dropped) == (len(lost), len(lost))
        precisions = [result.model.precision for result in take.results]
        assert precisions == ["bf16"] * 3 + ["fp32"] * (7 - len(lost))


def test_frames_lost_at_the_very_end_are_counted_too() -> None:
    take = FakeTake()
    engine = FakeEngine("toy", precision="fp32", non_finite_at=range(8, 10))
    with rig(lambda: FakeFile(count=10), engine) as r:
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.open(ENDS)
        status = r.until_ended()
        assert take.indexes == list(range(8))
        assert (status.dropped, take.dropped) == (2, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux alone")
def test_who_started_with_a_lower_priority_keeps_it() -> None:
    """Nobody but root may raise it again, and `nice ./fathom` is to work."""

    def lowered() -> int:
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, 19)
        lower_priority()
        return os.getpriority(os.PRIO_PROCESS, thread)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lowered).result() == 19
