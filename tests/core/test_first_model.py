"""Which model a machine begins with: found by running the built-in ones, once."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest

import core.first_model
from app.settings import Settings
from core.engine import Engine
from core.errors import EngineError
from core.first_model import FILE_NAME, HELD_FPS, HELD_MS, TIMED, WARM_UP, first_model, frame_ms
from core.messages import WEBCAM_HW, DepthArray, ModelEntry, RgbArray
from core.model_messages import AUTO_MODEL, ModelKind
from core.team_size import SETTLING
from core.weights.places import models_folder
from support.fakes import FakeEngine

FAST_MS = HELD_MS - 0.1
SLOW_MS = HELD_MS + 0.1
SIZES = {"nano": 3, "small": 13, "middle": 30}


@pytest.fixture(autouse=True)
def three_models(monkeypatch: pytest.MonkeyPatch) -> None:
    def entries(*, own_files: bool) -> tuple[ModelEntry, ...]:
        built_in = [ModelEntry(name, "", name, 256, size, kind=ModelKind.BUILT_IN) for name, size in SIZES.items()]
        return *built_in, ModelEntry("fetched", "", "fetched", 256, 99, kind=ModelKind.PUBLISHED)

    monkeypatch.setattr(core.first_model, "entries", entries)


class Stopwatch:
    """Models that take a given time."""

    def __init__(self, **times_ms: float | EngineError) -> None:
        self.times_ms = times_ms
        self.asked: list[str] = []
        self.threads: set[int] = set()

    def __call__(self, name: str) -> float:
        self.asked.append(name)
        self.threads.add(threading.get_ident())
        time_ms = self.times_ms[name]
        if isinstance(time_ms, EngineError):
            raise time_ms
        return time_ms


def choose(stopwatch: Stopwatch, precision: str = "fp32") -> str:
    return first_model(f"CPU, {precision}", stopwatch)


@pytest.mark.parametrize(
    ("times", "chosen", "asked"),
    [
        ({"middle": FAST_MS}, "middle", ["middle"]),
        ({"middle": SLOW_MS, "small": FAST_MS}, "small", ["middle", "small"]),
        ({"middle": SLOW_MS, "small": SLOW_MS}, "nano", ["middle", "small"]),
        ({"middle": EngineError("no memory"), "small": FAST_MS}, "small", ["middle", "small"]),
    ],
)
def test_the_largest_that_holds_the_rate(times: dict[str, float], chosen: str, asked: list[str]) -> None:
    stopwatch = Stopwatch(**times)
    assert choose(stopwatch) == chosen
    assert stopwatch.asked == asked
    assert threading.get_ident() not in stopwatch.threads


def test_it_is_found_once_for_each_way_to_run() -> None:
    stopwatch = Stopwatch(middle=SLOW_MS, small=FAST_MS)
    assert [choose(stopwatch) for _ in range(3)] == ["small"] * 3
    assert stopwatch.asked == ["middle", "small"]
    assert choose(Stopwatch(middle=FAST_MS), precision="bf16") == "middle"
    assert choose(Stopwatch()) == "small"


def test_another_set_of_models_is_another_question(monkeypatch: pytest.MonkeyPatch) -> None:
    choose(Stopwatch(middle=SLOW_MS, small=SLOW_MS))
    monkeypatch.setitem(SIZES, "large", 90)
    stopwatch = Stopwatch(large=FAST_MS)
    assert choose(stopwatch) == "large"
    assert stopwatch.asked == ["large"]


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b'{"CPU": 3}', b"\xff"])
def test_a_damaged_memory_is_none(content: bytes) -> None:
    path = models_folder() / FILE_NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert choose(Stopwatch(middle=FAST_MS)) == "middle"
    assert "middle" in json.loads(path.read_text()).values()


def test_a_folder_that_cannot_be_written_costs_only_the_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("FATHOM_MODELS", str(blocked / "models"))
    assert choose(Stopwatch(middle=FAST_MS)) == "middle"


def test_nobody_waits_for_an_answer_that_is_not_wanted_any_more() -> None:
    class Enough(Exception):  # noqa: N818
        pass

    def time_model(name: str) -> float:
        raise Enough

    with pytest.raises(Enough):
        first_model("CPU", time_model)
    assert not (models_folder() / FILE_NAME).exists()


def test_one_built_in_model_needs_no_race(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("small", "middle"):
        monkeypatch.delitem(SIZES, name)
    assert choose(Stopwatch()) == "nano"


def test_a_model_is_timed_from_picture_to_depth() -> None:
    engine = Engine.load("fathom-nano", "fp32", "cpu")
    assert frame_ms(engine, lambda share: None) > 0
    with pytest.raises(AttributeError, match="network"):
        engine.infer(np.zeros((64, 64, 3), np.uint8), (64, 64))  # it is closed


def test_the_question_is_what_a_webcam_is_asked_for() -> None:
    height, width = WEBCAM_HW
    assert Settings().camera_mode == f"{width}x{height}@{HELD_FPS:g}"


class Clock:
    """What the module takes for `time`; a frame takes `alone_ms`, and one comes every `between_ms` in the end."""

    def __init__(self, alone_ms: float, between_ms: float) -> None:
        self.now_s = 0.0
        self.alone_ms, self.between_ms = alone_ms, between_ms

    def perf_counter(self) -> float:
        return self.now_s


class TwoAtOnce(FakeEngine):
    """Has a second frame in flight once it is settled."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
        self.clock.now_s += 1e-3 * (self.clock.alone_ms if self.frames_at_once == 1 else self.clock.between_ms)
        self.frames_at_once = 2 if len(self.runs) == WARM_UP + TIMED + SETTLING - 2 else self.frames_at_once
        return super().infer(rgb, network_hw)


@pytest.mark.parametrize(
    ("alone_ms", "between_ms", "expected_ms", "frames"),
    [
        (HELD_MS - 1, 5.0, HELD_MS - 1, WARM_UP + TIMED),  # holds the rate as it is
        (2 * HELD_MS + 1, HELD_MS + 0.5, 2 * HELD_MS + 1, WARM_UP + TIMED),  # beyond help
        (HELD_MS + 5, HELD_MS - 1, HELD_MS - 1, WARM_UP + TIMED + SETTLING + TIMED + 1),
        (HELD_MS + 5, HELD_MS + 9, HELD_MS + 5, WARM_UP + TIMED + SETTLING + TIMED + 1),
    ],
)
def test_a_model_that_holds_the_rate_with_frames_beside_each_other_holds_it(
    monkeypatch: pytest.MonkeyPatch, alone_ms: float, between_ms: float, expected_ms: float, frames: int
) -> None:
    clock = Clock(alone_ms, between_ms)
    monkeypatch.setattr(core.first_model, "time", clock)
    engine, told = TwoAtOnce(clock), []
    assert frame_ms(engine, told.append) == pytest.approx(expected_ms)
    assert len(engine.runs) == frames
    assert len(told) == frames - (frames > WARM_UP + TIMED), (
        "of each frame but the one that is in flight at the end"
    )
    assert len(engine.closed_by) == 1


def test_an_engine_of_the_automatic_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "fathom-nano", 3)
    for name in ("nano", "middle"):
        monkeypatch.delitem(SIZES, name)
    engine = Engine.load(AUTO_MODEL, "fp32", "cpu")  # there is no file of "small": it is passed over
    assert engine.info.name == "fathom-nano"
    engine.close()
    assert "small" in (models_folder() / FILE_NAME).read_text()
