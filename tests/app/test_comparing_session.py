"""Comparing as the window drives it: lanes to begin with, orders, what is remembered."""

from collections.abc import Iterator

import pytest

from app.comparisons import lanes_of
from app.settings import DEFAULTS, Settings, changed
from core.comparing.lane_wish import LaneWish, lane_wish
from core.comparing.view import ComparisonView
from core.errors import SettingError
from core.messages import ModelEntry, ModelInfo
from support.session_rig import Rig

NANO = ModelEntry("fathom-nano", "", "nano.safetensors", 256, 3_300_000)
TINY = ModelEntry("swin2-tiny-256", "", "tiny.pt", 256, 39_800_000)
BASE = ModelEntry("swin2-base-384", "", "base.pt", 384, 100_000_000)
MISSING = ModelEntry("swin2-small", "", None, 384, 10_000_000)

RUNS = ModelInfo("fathom-nano", 3_300_000, 256, "fp32", "cpu", "CPU")


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(Settings(source="clip.mp4", size="64", lanes=("64 auto auto square a", "64 auto auto square b")))
    made.session.start()
    yield made
    made.session.close()


def compared(rig: Rig) -> ComparisonView:
    """All lanes run."""

    def running() -> bool:
        view = rig.session.comparison()
        return view is not None and all(lane.result is not None for lane in view.lanes)

    rig.until(running)
    view = rig.session.comparison()
    assert view is not None
    return view


def test_comparing_begins_and_ends(rig: Rig) -> None:
    assert rig.session.comparison() is None
    rig.session.start_comparing()
    at_once = rig.session.comparison()
    assert at_once is not None
    assert [lane.number for lane in at_once.lanes] == [1, 2]
    view = compared(rig)
    assert [lane.label for lane in view.lanes] == ["a 64x64 fp32", "b 64x64 fp32"]
    rig.session.stop_comparing()
    assert rig.session.comparison() is None
    rig.until(lambda: (result := rig.result()) is not None and result.model.name == DEFAULTS.model)


def test_orders_without_a_comparison_do_nothing(rig: Rig) -> None:
    before = rig.session.settings
    assert rig.session.add_lane(LaneWish("c")) is None
    rig.session.remove_lane(1)
    rig.session.change_lane(1, size="128")
    rig.session.use_lane(1)
    rig.session.set_reference(2)
    rig.session.set_same_frame(on=False)
    rig.session.stop_comparing()
    assert rig.session.settings == before


def test_lanes_and_choices_are_remembered_and_begin_as_they_were(rig: Rig) -> None:
    rig.session.start_comparing()
    number = rig.session.add_lane(LaneWish("c", "96", "bf16", "cpu", "keep"))
    assert number == 3
    rig.session.change_lane(1, size="128")
    rig.session.set_reference(3)
    rig.session.remove_lane(2)
    rig.session.set_same_frame(on=False)
    kept = rig.session.settings
    assert kept.lanes == ("128 auto auto square a", "96 bf16 cpu keep c")
    assert (kept.reference_lane, kept.same_frame) == (2, False)
    rig.session.stop_comparing()
    rig.session.start_comparing()
    view = rig.session.comparison()
    assert view is not None
    assert [lane.wish for lane in view.lanes] == [lane_wish(text) for text in kept.lanes]
    assert (view.reference, view.same_frame) == (2, False)


def test_a_wrong_value_changes_no_lane(rig: Rig) -> None:
    rig.session.start_comparing()
    with pytest.raises(SettingError):
        rig.session.change_lane(1, size="100")
    with pytest.raises(SettingError):
        rig.session.change_lane(1, colour="red")
    assert rig.session.settings.lanes == ("64 auto auto square a", "64 auto auto square b")


def test_another_budget_reaches_the_lanes(rig: Rig) -> None:
    rig.session.start_comparing()
    compared(rig)
    rig.session.change(compare_memory_mb=1234.0)
    rig.until(lambda: (view := rig.session.comparison()) is not None and view.budget_mb == 1234.0)


@pytest.mark.parametrize(
    ("settings", "models", "expected"),
    [
        (
            {},
            (NANO,),
            (LaneWish("fathom-nano", "256"), LaneWish("fathom-nano", "384")),
        ),
        (
            {"size": "auto", "precision": "fp32"},
            (NANO, MISSING),
            (LaneWish("fathom-nano", "256", "fp32"), LaneWish("fathom-nano", "384", "fp32")),
        ),
        (
            {},
            (NANO, BASE, TINY, MISSING),
            (LaneWish("fathom-nano", "256"), LaneWish("swin2-tiny-256")),
        ),
        (
            {"model": "swin2-base-384", "size": "288x512", "aspect": "keep"},
            (NANO, BASE),
            (
                LaneWish("swin2-base-384", "288x512", aspect="keep"),
                LaneWish("swin2-base-384", "448x768", aspect="keep"),
            ),
        ),
        (
            {"model": "/my/own.pt", "size": "auto"},
            (NANO,),
            (LaneWish("/my/own.pt"), LaneWish("/my/own.pt", "384")),
        ),
        ({"lanes": ("64 auto cpu square x y.pt",)}, (NANO,), (LaneWish("x y.pt", "64", "auto", "cpu", "square"),)),
        ({"size": "1536"}, (NANO,), (LaneWish("fathom-nano", "1536"), LaneWish("fathom-nano", "1024"))),
    ],
)
def test_lanes_to_begin_with(
    settings: dict[str, object], models: tuple[ModelEntry, ...], expected: tuple[LaneWish, ...]
) -> None:
    assert lanes_of(changed(DEFAULTS, **settings), models, RUNS) == expected


def test_a_lane_s_text_is_read_as_it_was_written() -> None:
    wish = LaneWish("/my models/a b.pt", "288x512", "bf16", "cuda:1", "keep")
    assert lane_wish(wish.as_text()) == wish
