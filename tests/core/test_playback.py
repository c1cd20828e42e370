"""A recording shows the depth it holds, without a model; a model runs on it only when it is asked for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from core.capture import Capture, SourceWish
from core.errors import WeightsError
from core.loading import ModelWish
from core.messages import DepthResult, ModelState, RecordingState, SourceState
from core.pipeline import Pipeline
from core.recording.depth_video import DepthVideoWriter
from core.recording.ebml import Id, id_bytes
from core.sources.recording import open_recording
from core.sources.source import Source
from support.fake_take import WISH, FakeTake
from support.fakes import LONG_S, FakeEngine, FakeFile, Waker
from support.recordings import FACTS, depth, picture, write_recording

TIMES_S = [index / 50 for index in range(100)]
MODEL = ModelWish("fake")


class Rig:
    """A pipeline with a real recording, a stand-in file of many pictures, and a model whose load a test holds."""

    def __init__(self, recording: Path) -> None:
        self.woken = Waker()
        self.recording = str(recording)
        self.engine: FakeEngine | Exception = FakeEngine()
        self.load_gate = threading.Event()
        self.load_gate.set()
        self.loads: list[str] = []
        self.results: list[DepthResult] = []
        self.pipeline = Pipeline(self.woken, opener=self._open, load=self._load)

    def _open(self, address: str, camera_mode: str, cancelled: Callable[[], bool]) -> Source:
        return open_recording(Path(address)) if address.endswith(".mkv") else FakeFile(count=10_000)

    def _load(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> FakeEngine:
        self.loads.append(model)
        assert self.load_gate.wait(LONG_S)
        progress(1.0)
        if isinstance(self.engine, Exception):
            raise self.engine
        return self.engine

    def until(self, true: Callable[[DepthResult], object]) -> DepthResult:
        """Wait for a result of which `true` holds."""
        self.woken.until(lambda: (result := self._newest()) is not None and true(result))
        return self.results[-1]

    def _newest(self) -> DepthResult | None:
        result = self.pipeline.newest_result()
        if result is not None:
            self.results.append(result)
        return result

    @property
    def playing(self) -> Capture:
        playing = self.pipeline.playing
        assert playing is not None
        return playing

    def pause(self) -> DepthResult:
        """Stop in the middle; gives the result that stands."""
        self.until(lambda result: result.frame.media_time_s)
        self.playing.transport.pause()
        self.woken.until(lambda: self.pipeline.status().source_state is SourceState.PAUSED)
        if self.results[-1].frame.media_time_s != self.playing.position_s:
            self.until(lambda result: result.frame.media_time_s == self.playing.position_s)
        return self.results[-1]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("recording") / "a.mkv", TIMES_S)


@contextmanager
def rig(recording: Path) -> Iterator[Rig]:
    made = Rig(recording)
    try:
        yield made
    finally:
        made.load_gate.set()
        made.pipeline.close()


def index_of(result: DepthResult) -> int:
    assert result.frame.media_time_s is not None
    return round(result.frame.media_time_s * 50)


def assert_as_recorded(result: DepthResult) -> None:
    true = depth(index_of(result))
    assert result.is_recorded
    assert np.abs(result.inverse_depth - true).max() <= np.ptp(true) / 20_000
    assert (result.model.name, result.aspect, result.network_hw) == (FACTS.model, FACTS.aspect, true.shape)
    assert true.min() <= result.low < result.high <= true.max() + 0.1


def test_a_recording_plays_its_depth_and_no_model_is_loaded(recording: Path) -> None:
    with rig(recording) as r:
        r.pipeline.open(SourceWish(r.recording, loop=False))
        r.pipeline.use_model(MODEL)
        r.until(lambda result: index_of(result) == 99)
        assert len(r.results) > 10
        for result in r.results:
            assert_as_recorded(result)
        status = r.pipeline.status()
        assert (r.loads, status.model, status.model_state, status.faults) == ([], None, ModelState.NONE, ())
        assert status.source is not None
        assert status.source.recorded_with is r.results[-1].model
        assert r.results[-1].rates.captured == 100
        assert r.results[-1].rates.depth_fps > 0


def test_every_frame_mode_shows_all_of_them_in_order(recording: Path) -> None:
    with rig(recording) as r:
        take = FakeTake()
        recorder = r.pipeline.start_recording(WISH, take.open)
        assert recorder is not None
        r.pipeline.open(SourceWish(r.recording, ends=True, loop=False))
        assert recorder.join(LONG_S)
        assert [index_of(result) for result in take.results] == list(range(100))
        for result in take.results:
            assert_as_recorded(result)
        assert take.times_s == pytest.approx(TIMES_S, abs=1e-6)
        assert (take.dropped, r.pipeline.status().recording.state) == (0, RecordingState.SAVED)


def test_seek_and_step_show_exactly_that_frame(recording: Path) -> None:
    with rig(recording) as r:
        r.pipeline.open(SourceWish(r.recording))
        r.pause()
        transport = r.playing.transport
        transport.seek(1.21)
        assert_as_recorded(r.until(lambda result: index_of(result) == 60))
        transport.step(1)
        assert_as_recorded(r.until(lambda result: index_of(result) == 61))
        transport.step(-2)
        assert_as_recorded(r.until(lambda result: index_of(result) == 59))


def test_a_model_runs_on_the_frame_that_stands_once_it_is_loaded_and_back(recording: Path) -> None:
    with rig(recording) as r:
        r.load_gate.clear()
        r.pipeline.open(SourceWish(r.recording))
        r.pipeline.use_model(MODEL)
        stands = r.pause()
        r.pipeline.run_model(on=True)
        r.woken.until(lambda: r.loads == ["fake"])
        assert r.pipeline.status().runs_model
        again = r.until(lambda result: result.frame.index > stands.frame.index)
        assert again.is_recorded, "until the model is there"
        r.load_gate.set()
        made = r.until(lambda result: not result.is_recorded)
        assert made.frame.rgb is stands.frame.rgb
        assert (made.model.name, made.network_hw) == ("fake", (256, 256))
        assert made.inverse_depth[0, 0] == stands.frame.rgb[0, 0, 0]
        r.pipeline.run_model(on=False)
        back = r.until(lambda result: result.is_recorded)
        assert back.inverse_depth is stands.inverse_depth
        assert not r.pipeline.status().runs_model
        r.pipeline.run_model(on=True)
        assert r.until(lambda result: not result.is_recorded).frame.rgb is stands.frame.rgb
        assert r.loads == ["fake"], "the model is kept"
        r.pipeline.open(SourceWish(r.recording))
        assert_as_recorded(r.until(lambda result: result.frame.source_id == 2))
        assert not r.pipeline.status().runs_model, "each recording shows its own first"


def test_a_model_that_does_not_load_leaves_the_recorded_depth(recording: Path) -> None:
    with rig(recording) as r:
        r.engine = WeightsError("broken.pt is truncated")
        r.pipeline.open(SourceWish(r.recording))
        r.pipeline.use_model(MODEL)
        r.until(lambda result: True)
        r.pipeline.run_model(on=True)
        r.woken.until(lambda: r.pipeline.status().faults)
        seen = r.results[-1].frame.index
        assert_as_recorded(r.until(lambda result: result.frame.index > seen + 3))


def test_a_load_that_is_abandoned_while_nothing_needs_a_model_is_told_no_more(recording: Path) -> None:
    with rig(recording) as r:
        r.load_gate.clear()
        r.pipeline.use_model(MODEL)
        r.woken.until(lambda: r.loads == ["fake"])
        assert r.pipeline.status().model_state is ModelState.LOADING
        r.pipeline.open(SourceWish(r.recording))
        r.pause()
        r.pipeline.use_model(ModelWish("fake", precision="bf16"))
        r.load_gate.set()
        r.woken.until(lambda: r.pipeline.status().model_state is ModelState.NONE)
        status = r.pipeline.status()
        assert (status.model_detail, status.model_progress, r.loads) == ("", None, ["fake"])


def test_the_next_source_gets_its_model_and_the_next_recording_shows_its_own_depth(recording: Path) -> None:
    with rig(recording) as r:
        r.pipeline.open(SourceWish(r.recording))
        r.pipeline.use_model(MODEL)
        r.pause()
        assert not r.loads
        r.load_gate.clear()
        r.pipeline.open(SourceWish("file", every_frame=True, loop=False))
        r.woken.until(lambda: r.loads == ["fake"])
        r.woken.until(lambda: r.playing.wish.address == "file" and r.playing.delivered >= 5)
        r.load_gate.set()
        r.until(lambda result: result.frame.source_id == 2 and result.rates.inferred > 5)
        newest = r.results[-1]
        assert newest.rates.inferred == newest.frame.index + 1, "none was lost while the model was loaded"
        r.pipeline.run_model(on=True)
        assert not r.pipeline.status().runs_model, "what plays is no recording"
        r.pipeline.open(SourceWish(r.recording))
        r.pipeline.run_model(on=True)  # still the file
        assert_as_recorded(r.until(lambda result: result.frame.source_id == 3))
        assert not r.pipeline.status().runs_model


def test_a_model_is_loaded_when_the_recording_that_was_to_open_does_not(recording: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mkv"
    data = recording.read_bytes()
    broken.write_bytes(data[: data.index(id_bytes(Id.CLUSTER))])
    with rig(recording) as r:
        r.pipeline.open(SourceWish("file"))
        r.woken.until(lambda: r.pipeline.status().source_id == 1)
        r.pipeline.open(SourceWish(str(broken)))
        r.pipeline.use_model(MODEL)
        assert not r.until(lambda result: True).is_recorded
        assert [fault.line for fault in r.pipeline.status().faults if "broken.mkv" in fault.line]


def test_a_video_like_any_other_where_its_depth_is_not_wanted(recording: Path) -> None:
    with rig(recording) as r:
        take = FakeTake()
        recorder = r.pipeline.start_recording(WISH, take.open)
        assert recorder is not None
        r.pipeline.use_model(MODEL)
        r.pipeline.open(SourceWish(r.recording, paced=False, ends=True, loop=False, recorded_depth=False))
        assert recorder.join(LONG_S)
        assert len(take.results) == 100
        assert {(result.is_recorded, result.model.name) for result in take.results} == {(False, "fake")}


def test_damage_ends_it_with_a_line_and_the_last_good_frame_stays(recording: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mkv"
    data = recording.read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    with rig(cut) as r:
        r.pipeline.open(SourceWish(r.recording))
        r.woken.until(lambda: r.pipeline.status().source_state is SourceState.ENDED)
        (fault,) = r.pipeline.status().faults
        assert f"{cut} is damaged at" in fault.line
        assert "(byte " in fault.line
        last = r.until(lambda result: result.frame.media_time_s == r.playing.position_s)
        assert_as_recorded(last)
        r.pipeline.run_model(on=True)
        r.pipeline.use_model(MODEL)
        assert r.until(lambda result: not result.is_recorded).frame.rgb is last.frame.rgb


def test_depth_that_is_not_finite_is_counted_and_not_shown(tmp_path: Path) -> None:
    with DepthVideoWriter(tmp_path / "a.mkv", FACTS, depth_format="float32") as writer:
        for index in range(4):
            values = depth(index)
            values[3, 4] = np.nan if index == 1 else values[3, 4]
            writer.write(picture(index), values, index / 50)
    with rig(tmp_path / "a.mkv") as r:
        r.pipeline.open(SourceWish(r.recording, every_frame=True, loop=False))
        last = r.until(lambda result: index_of(result) == 3)
        assert last.rates.non_finite == 1
        assert 1 not in {index_of(result) for result in r.results}


def test_where_every_frame_is_wanted_a_recording_plays_again_after_a_video_that_got_no_model(
    recording: Path,
) -> None:
    with rig(recording) as r:
        r.engine = WeightsError("it is damaged")
        r.pipeline.open(SourceWish(r.recording, every_frame=True))
        r.pipeline.use_model(MODEL)
        r.until(lambda result: True)
        r.pipeline.open(SourceWish("file", every_frame=True))
        r.woken.until(lambda: r.pipeline.status().model_state is ModelState.FAILED)
        r.woken.until(lambda: r.playing.wish.address == "file" and r.playing.delivered >= 5)
        r.pipeline.open(SourceWish(r.recording, every_frame=True))
        r.until(lambda result: result.frame.source_id == 3)
