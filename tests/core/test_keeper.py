"""Keeping the last seconds while the pipeline runs, with a recording in between."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.capture import SourceWish
from core.errors import RecordingError
from core.keeper import Keeper, KeepWish
from core.loading import ModelWish
from core.messages import Action, DepthResult, RecordingState, Status
from core.pipeline import Pipeline
from core.recorder import SourceOf
from support.fake_take import WISH, FakeTake
from support.fakes import FakeEngine, FakeFile, Waker

KEEP = KeepWish(most_s=2.0, program_version="test")


class FakeLast:
    """Stands in for core.recording.ring.LastSeconds."""

    def __init__(self, *, fails: bool = False, save_error: Exception | None = None, parts: int = 1) -> None:
        self.results: list[DepthResult] = []
        self.saved: list[list[Path]] = []
        self.threads: set[str] = set()
        self.parts = parts
        self.closed = 0
        self._fails, self._save_error = fails, save_error

    def open(self, wish: KeepWish, source_of: SourceOf) -> "FakeLast":
        return self

    @property
    def frames(self) -> int:
        return len(self.results)

    @property
    def duration_s(self) -> float:
        return float(len(self.results))

    def write(self, result: DepthResult) -> None:
        self.threads.add(threading.current_thread().name)
        if self._fails:
            raise RecordingError("no encoder")
        self.results.append(result)

    def close(self) -> None:
        self.closed += 1

    def save(self, paths: list[Path]) -> int:
        if self._save_error is not None:
            raise self._save_error
        self.saved.append(paths)
        return 4711


class Rig:
    def __init__(self) -> None:
        self.woken = Waker()
        self.pipeline = Pipeline(self.woken, opener=lambda *_: FakeFile(10_000), load=self._load)
        self.pipeline.use_model(ModelWish("toy"))
        self.pipeline.open(SourceWish("file"))

    def _load(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> FakeEngine:
        return FakeEngine()

    @property
    def status(self) -> Status:
        return self.pipeline.status()


@contextmanager
def rig() -> Iterator[Rig]:
    made = Rig()
    try:
        yield made
    finally:
        made.pipeline.close()


def test_it_keeps_every_result_on_a_thread_of_its_own_and_saves_on_request(tmp_path: Path) -> None:
    last = FakeLast(parts=2)
    with rig() as r:
        r.pipeline.keep_last(KEEP, last.open)
        r.woken.until(lambda: r.status.kept_s == 2.0)
        r.pipeline.save_last(tmp_path / "new" / "last.mkv")
        r.woken.until(lambda: r.status.recording.state is RecordingState.SAVED)
        recording = r.status.recording
        assert last.saved == [[tmp_path / "new" / "last.mkv", tmp_path / "new" / "last-2.mkv"]]
        assert recording.paths == tuple(map(str, last.saved[0]))
        assert (recording.number, recording.bytes_written) == (1, 4711)
        r.pipeline.keep_last(None)
        r.woken.until(lambda: r.status.kept_s == 0.0)
        assert last.closed == 1
        r.pipeline.save_last(tmp_path / "nothing.mkv")
        assert len(last.saved) == 1
    assert last.threads == {"fathom-keeper"}
    indexes = [result.frame.index for result in last.results]
    assert indexes == sorted(indexes)


def test_it_rests_while_a_recording_runs_and_starts_anew_after_it() -> None:
    before, after = FakeLast(), FakeLast()
    opened = iter((before, after))
    take = FakeTake()
    with rig() as r:
        r.pipeline.keep_last(KEEP, lambda *_: next(opened))
        r.woken.until(lambda: before.results)
        r.pipeline.start_recording(WISH, take.open)
        r.woken.until(lambda: len(take.results) > 3)
        assert not after.results
        r.pipeline.stop_recording()
        r.woken.until(lambda: after.results)
        assert before.results[-1].frame.captured_at_s < take.results[0].frame.captured_at_s
        assert take.results[-1].frame.captured_at_s < after.results[0].frame.captured_at_s


def test_a_wish_while_a_recording_runs_is_kept_for_after_it() -> None:
    last, take = FakeLast(), FakeTake()
    with rig() as r:
        r.pipeline.start_recording(WISH, take.open)
        r.pipeline.keep_last(KEEP, last.open)
        r.woken.until(lambda: take.results)
        assert not last.results
        r.pipeline.stop_recording()
        r.woken.until(lambda: last.results)


@pytest.mark.parametrize("error", [RecordingError("no room"), OSError("no disk"), ValueError("no text")])
def test_a_save_that_fails_is_said_and_the_seconds_stay(tmp_path: Path, error: Exception) -> None:
    last = FakeLast(save_error=error)
    with rig() as r:
        r.pipeline.keep_last(KEEP, last.open)
        r.woken.until(lambda: last.results)
        r.pipeline.save_last(tmp_path / "last.mkv")
        r.woken.until(lambda: r.status.faults)
        (fault,) = r.status.faults
        assert fault.line == f"the last seconds could not be saved: {error}"
        assert fault.action is Action.SAVE_LAST_AT_HOME
        before = len(last.results)
        r.woken.until(lambda: len(last.results) > before)


@pytest.mark.parametrize("error", [RecordingError("no encoder"), OSError("no memory")])
def test_an_encoder_that_fails_ends_the_keeping_and_not_the_view(error: Exception) -> None:
    def broken(*_: object) -> FakeLast:
        raise error

    with rig() as r:
        r.pipeline.keep_last(KEEP, broken)
        r.woken.until(lambda: r.status.faults)
        assert str(error) in r.status.faults[0].line
        assert r.status.faults[0].action is Action.KEEP_AGAIN
        r.woken.until(r.pipeline.newest_result)
        last = FakeLast()
        r.pipeline.keep_last(KEEP, last.open)
        r.woken.until(lambda: last.results)


def test_what_was_asked_for_is_saved_before_it_ends() -> None:
    last = FakeLast()
    with rig() as r:
        keeper = Keeper(KEEP, r.pipeline.board, last.open)
        keeper.save(Path("/tmp/last.mkv"))  # noqa: S108 - a name only
        keeper.finish()
        keeper.start()
        keeper.join()
        assert len(last.saved) == 1
