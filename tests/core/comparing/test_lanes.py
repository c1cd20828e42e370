"""Lanes with engines of a test's own: one frame for all, times, failures that stay where they happen."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from core.comparing.lane_wish import LaneWish
from core.comparing.lanes import Lane, LaneEngine, check_same_frame, run_lanes
from core.errors import EngineError, OutOfMemory, WeightsError
from core.messages import DepthArray, Frame, RgbArray
from support.fakes import FakeEngine, picture


class Meter:
    def added_mb(self) -> float | None:
        return 12.5


def frame(index: int) -> Frame:
    return Frame(index, 0.0, picture(index).rgb, index / 30)


def lane(engine: LaneEngine, **wish: str) -> Lane:
    return Lane(LaneWish("fake", **wish), load=lambda _: engine, meter=lambda _: Meter())


def opened(engine: LaneEngine, **wish: str) -> Lane:
    made = lane(engine, **wish)
    made.open(frame(0).rgb)
    return made


def test_every_lane_gets_the_very_same_frame_one_after_the_other() -> None:
    seen: list[tuple[str, int, int]] = []

    class Noting(FakeEngine):
        def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
            seen.append((self.name, id(rgb), threading.get_ident()))
            return super().infer(rgb, network_hw)

    lanes = [opened(Noting(name), size="64") for name in ("a", "b", "c")]
    seen.clear()
    shown = frame(5)
    results = run_lanes(lanes, shown)
    assert seen == [(name, id(shown.rgb), threading.get_ident()) for name in ("a", "b", "c")]
    assert [result and result.frame for result in results] == [shown] * 3
    assert [result and float(result.inverse_depth[0, 0]) for result in results] == [5.0] * 3


def test_results_of_different_frames_are_refused() -> None:
    one = opened(FakeEngine(), size="64")
    first, second = one.run(frame(1)), one.run(frame(2))
    with pytest.raises(EngineError, match="frame 1 of source 0, frame 2 of source 0"):
        check_same_frame([first, None, second])
    assert first is not None
    other_source = replace(first, frame=replace(first.frame, source_id=1))
    with pytest.raises(EngineError, match="same frame"):
        check_same_frame([first, other_source])
    check_same_frame([first, None, first])


def test_a_lane_is_warm_before_it_is_timed() -> None:
    engine = FakeEngine()
    one = opened(engine, size="64")
    assert engine.entered_by == [threading.current_thread().name]
    assert [hw for hw, _ in engine.prepared] == engine.runs == [(64, 64)]
    assert one.times_ms == []
    assert one.memory_mb == 12.5
    for index in range(3):
        result = one.run(frame(index))
        assert result is not None
        assert one.times_ms[-1] == pytest.approx(result.infer_ms)
    assert engine.runs == [(64, 64)] * 4


def test_another_picture_size_is_prepared_before_it_is_timed() -> None:
    engine = FakeEngine()
    one = opened(engine, size="128", aspect="keep")  # 48x64 pictures
    tall = Frame(1, 0.0, np.zeros((128, 64, 3), np.uint8))
    assert one.run(tall) is not None
    assert [hw for hw, _ in engine.prepared] == [(96, 160), (192, 96)]
    assert engine.runs == [(96, 160), (192, 96), (192, 96)]
    assert len(one.times_ms) == 1


def test_auto_is_the_size_the_network_was_trained_at() -> None:
    own_shape = FakeEngine()
    own_shape.info = replace(own_shape.info, training_px=192, training_aspect="keep")
    result = opened(own_shape).run(frame(0))  # 48x64 pictures
    assert result is not None
    assert (result.network_hw, result.aspect) == ((160, 224), "keep")
    one = opened(FakeEngine())
    assert one.network_hw == (256, 256)
    assert one.label == "fake 256x256 fp32"
    assert one.wish.names == ("fake", "fake auto", "fake auto auto")


def test_times_come_to_a_median_a_tail_and_a_rate() -> None:
    one = lane(FakeEngine())
    assert (one.median_ms, one.p95_ms, one.fps_alone) == (None, None, None)
    one.times_ms += [10.0, 20.0, 30.0]
    assert (one.median_ms, one.fps_alone) == (20.0, 50.0)
    assert one.p95_ms == pytest.approx(29.0)


def test_a_model_that_cannot_be_loaded_is_a_line_of_its_lane() -> None:
    def load(wish: LaneWish) -> LaneEngine:
        raise WeightsError(f"there is no model called {wish.model!r}")

    failed = Lane(LaneWish("nonsense"), load=load, meter=lambda _: Meter())
    failed.open(frame(0).rgb)
    good = opened(FakeEngine(), size="64")
    results = run_lanes([failed, good], frame(1))
    assert failed.failure == "there is no model called 'nonsense'"
    assert failed.label == "nonsense auto auto"
    assert results[0] is None
    assert results[1] is not None


def test_a_lane_that_fails_is_closed_at_once_and_keeps_its_figures() -> None:
    class Full(FakeEngine):
        def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
            if rgb[0, 0, 0] == 2:
                raise OutOfMemory("no room for 64x64")
            return super().infer(rgb, network_hw)

    engine = Full()
    one = opened(engine, size="64")
    given = [one.run(frame(index)) is not None for index in range(4)]
    assert given == [True, True, False, False]
    assert one.failure == "no room for 64x64"
    assert len(one.times_ms) == 2
    assert len(engine.closed_by) == 1
    one.close()
    assert len(engine.closed_by) == 1


def test_depth_that_is_not_finite_is_counted_and_the_lane_goes_on() -> None:
    engine = FakeEngine(non_finite_at=range(2))
    one = opened(engine, size="64")  # its first picture is one of these
    given = [one.run(frame(index)) is not None for index in range(4)]
    assert given == [False, False, True, True]
    assert one.non_finite == 2
    assert not one.failure
    one.close()
    assert len(engine.closed_by) == 1
