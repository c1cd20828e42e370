"""A whole comparison with fake engines: what it gathers, what goes wrong beside it, and Ctrl-C."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from core.comparing.comparison import Comparison
from core.comparing.figures import COLUMNS, as_csv, as_json
from core.comparing.lane_wish import LaneWish
from core.comparing.lanes import Lane, LaneEngine
from core.comparing.running import MOST_SHEET_ROWS, CompareWish, Outcome, compare
from core.errors import EngineError, SettingError, SourceError, WeightsError
from core.look import Look
from core.messages import DepthArray, RgbArray
from core.sources.source import Source
from support.fakes import FakeEngine, FakeFile, FakeLive


class Ramp(FakeEngine):
    """Depth that falls from the bottom up, and differs a little from frame to frame."""

    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
        super().infer(rgb, network_hw)
        height, width = network_hw
        ramp = np.linspace(1, 5, height, dtype=np.float32)[:, None] + 0.01 * float(rgb[0, 0, 0])
        return np.repeat(ramp, width, axis=1)


class Meter:
    def added_mb(self) -> float | None:
        return None


@dataclass
class Rig:
    """Engines by the model's name, and a source."""

    engines: dict[str, FakeEngine]
    source: Source
    said: list[tuple[str, int, int | None]] = field(default_factory=list)
    at_progress: Callable[[int], None] = lambda done: None

    def run(self, *, reference: int = 0, frames: int | None = None, look: Look | None = None) -> Outcome:
        lanes = [LaneWish(name, "64") for name in self.engines]
        wish = CompareWish(
            address="clip.mp4", camera_mode="", lanes=lanes, reference=reference, frames=frames, look=look
        )
        return compare(wish, self._progress, self._lane, lambda address, mode: self.source)

    def _lane(self, wish: LaneWish) -> Lane:
        return Lane(wish, load=self._load, meter=lambda _: Meter())

    def _load(self, wish: LaneWish) -> LaneEngine:
        if wish.model == "missing":
            raise WeightsError("there is no model called 'missing'")
        return self.engines[wish.model]

    def _progress(self, doing: str, done: int, expected: int | None) -> None:
        self.said.append((doing, done, expected))
        if doing == "comparing":
            self.at_progress(done)

    def all_closed(self) -> bool:
        loaded = [engine for name, engine in self.engines.items() if name != "missing"]
        return all(len(engine.closed_by) == 1 for engine in loaded) and bool(getattr(self.source, "closed", True))


def test_every_frame_of_a_file_is_compared_in_every_lane() -> None:
    rig = Rig({"a": Ramp("a"), "b": Ramp("b")}, FakeFile(4))
    outcome = rig.run()
    comparison = outcome.comparison
    assert [frame.index for frame in comparison.frames] == [0, 1, 2, 3]
    assert [comparison.frames_of(lane) for lane in (0, 1)] == [4, 4]
    assert comparison.agreement_of(0) is None, "the reference agrees with itself"
    found = comparison.agreement_of(1)
    assert found is not None
    assert (found.pearson, found.abs_rel) == (pytest.approx(1), pytest.approx(0, abs=1e-6))
    assert rig.said[:2] == [("loading a", 0, None), ("loading b", 0, None)]
    assert rig.said[-1] == ("comparing", 4, 4)
    assert rig.all_closed()


def test_a_lane_without_its_model_lets_the_others_go_on() -> None:
    rig = Rig({"a": Ramp("a"), "missing": FakeEngine(), "b": Ramp("b")}, FakeFile(2))
    comparison = rig.run().comparison
    assert [comparison.frames_of(lane) for lane in range(3)] == [2, 0, 2]
    assert comparison.agreement_of(2) is not None
    assert rig.all_closed()


def test_where_the_reference_cannot_be_loaded_another_takes_its_place() -> None:
    rig = Rig({"missing": FakeEngine(), "a": Ramp("a"), "b": Ramp("b")}, FakeFile(2))
    outcome = rig.run()
    assert outcome.comparison.reference == 1
    assert outcome.comparison.agreement_of(2) is not None
    assert outcome.problems == ["the reference missing 64 auto cannot be run: a 64x64 fp32 takes its place"]


def test_without_any_model_there_is_nothing_to_read_the_file_for() -> None:
    file = FakeFile(100)
    outcome = Rig({"missing": FakeEngine()}, file).run()
    assert outcome.comparison.frames == []
    assert file.next <= 2


def test_ctrl_c_gives_what_was_done_and_closes_all() -> None:
    def interrupt(done: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    rig = Rig({"a": Ramp("a"), "b": Ramp("b")}, FakeFile(50), at_progress=interrupt)
    outcome = rig.run()
    assert outcome.was_interrupted
    assert len(outcome.comparison.frames) == 3
    assert rig.all_closed()


def test_damage_in_the_source_ends_it_with_what_came_before() -> None:
    rig = Rig({"a": Ramp("a")}, FakeFile(9, broken_at=4))
    outcome = rig.run()
    assert len(outcome.comparison.frames) == 4
    assert outcome.problems == ["the file is damaged"]
    with pytest.raises(SourceError, match="damaged"):
        Rig({"a": Ramp("a")}, FakeFile(9, broken_at=0)).run()


def test_a_live_source_without_a_number_is_refused_and_released() -> None:
    live = FakeLive()
    with pytest.raises(SettingError, match="--frames"):
        Rig({"a": Ramp("a")}, live).run()
    assert live.closed.is_set()


@pytest.mark.parametrize(("frames", "indices"), [(12, list(range(12))), (13, list(range(0, 13, 2)))])
def test_the_sheet_keeps_evenly_spread_frames(frames: int, indices: list[int]) -> None:
    outcome = Rig({"a": Ramp("a"), "b": Ramp("b")}, FakeFile(frames)).run(look=Look())
    assert [row.index for row in outcome.sheet] == indices
    assert len(indices) <= MOST_SHEET_ROWS


def test_results_of_two_frames_never_come_together() -> None:
    lanes = [Lane(LaneWish("a", "64")), Lane(LaneWish("b", "64"))]
    from support.results import result

    with pytest.raises(EngineError, match="same frame"):
        Comparison(lanes, 0).add(result(1).frame, [result(1), result(2)])


def test_the_json_has_every_figure_and_no_nan() -> None:
    rig = Rig({"a": Ramp("a"), "missing": FakeEngine(), "b": Ramp("b", non_finite_at=range(1))}, FakeFile(3))
    outcome = rig.run()
    content = json.loads(as_json(outcome.comparison, outcome.source, {"torch": "2"}))
    assert content["source"] == {"kind": "video", "name": "file"}
    assert content["reference"] == 0
    assert content["trivial"] == {}
    first, missing, last = content["lanes"]
    assert (first["height"], first["width"], first["frames"], first["reference"]) == (64, 64, 3, None)
    assert first["fps"] == pytest.approx(1e3 / first["median_ms"])
    assert (missing["failure"], missing["median_ms"]) == ("there is no model called 'missing'", None)
    assert (last["frames"], last["non_finite"]) == (2, 1)
    assert [[lane is not None for lane in frame["lanes"]] for frame in content["frames"]] == [
        [True, False, False],
        [True, False, True],
        [True, False, True],
    ]


def test_two_files_whose_networks_share_a_name_are_told_apart() -> None:
    paths = ["/run7/nano.safetensors", "/run8/other.safetensors"]
    comparison = Rig({path: Ramp("nano") for path in paths}, FakeFile(1)).run().comparison
    assert [lane.label for lane in comparison.lanes] == [
        "nano.safetensors 64x64 fp32",
        "other.safetensors 64x64 fp32",
    ]
    assert [row["model"] for row in csv.DictReader(io.StringIO(as_csv(comparison)))] == paths


def test_the_csv_has_a_row_a_frame_and_lane() -> None:
    outcome = Rig({"a": Ramp("a"), "b": Ramp("b")}, FakeFile(2)).run(reference=1)
    rows = list(csv.DictReader(io.StringIO(as_csv(outcome.comparison))))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["frame"], row["model"]) for row in rows] == [("0", "a"), ("0", "b"), ("1", "a"), ("1", "b")]
    assert float(rows[0]["reference_abs_rel"]) == pytest.approx(0, abs=1e-6)
    assert rows[1]["reference_abs_rel"] == "", "the reference itself"
    assert rows[0]["truth_abs_rel"] == ""
