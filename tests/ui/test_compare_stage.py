"""The stage of lanes by itself: cells, layouts, shared zoom and cursor, states, and that nothing is left."""

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QSignalSpy, QTest

from app.settings import Settings
from core.comparing.lane_wish import LaneWish
from core.comparing.measures import Agreement, Fit
from core.comparing.view import LaneState
from support.comparisons import a_comparison, a_depth, a_frame, a_lane, a_lane_result, with_truth
from support.stages import apart, cells, colour_at, turn_wheel
from support.waiting import until
from ui.compare_cell import LaneCell
from ui.compare_stage import CompareStage

pytestmark = pytest.mark.window
OpenStage = Callable[..., CompareStage]


# Cells


def test_each_lane_has_a_cell_of_one_size_with_what_it_runs_and_costs(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(3))
    shown = cells(stage)
    assert [cell.header.badge.text() for cell in shown] == ["1", "2", "3"]
    assert [cell.header.name.choice() for cell in shown] == [
        "fathom-nano 64",
        "swin2-tiny-256 64",
        "swin2-base-384 64",
    ]
    assert [cell.header.reference.isChecked() for cell in shown] == [True, False, False]
    assert len({cell.colour for cell in shown}) == 3
    for each in [*shown, stage.picture]:
        assert abs(each.width() - shown[0].width()) <= 1
        assert abs(each.height() - shown[0].height()) <= 1
    agreement = ["Pearson 0.960", "AbsRel 0.100", "δ > 1.25 4.00 %"]
    assert shown[1].figures.texts() == ["80.0 ms", "alone 12.5 fps", "6.60 M", "100 MB", "fp32", *agreement]
    assert shown[0].figures.texts() == ["40.0 ms", "alone 25.0 fps", "3.30 M", "50 MB", "fp32"]


def test_a_lane_is_called_by_its_file_and_its_tip_follows_what_runs(open_stage: OpenStage) -> None:
    view = a_comparison(1)
    stage = open_stage(view)
    (lane,), (cell,) = view.lanes, cells(stage)
    for label in ("b.safetensors 64x64 fp32", "b.safetensors 64x64 bf16"):
        stage.show_view(replace(view, lanes=(replace(lane, wish=LaneWish("/a/b.safetensors"), label=label),)))
        assert cell.header.name.choice() == "b.safetensors 64"
        assert cell.header.name.toolTip().startswith(label)


def test_a_lane_keeps_its_colour_when_another_leaves_and_a_new_one_takes_the_free_one(
    open_stage: OpenStage,
) -> None:
    stage = open_stage(a_comparison(3))
    colours = [cell.colour for cell in cells(stage)]
    view = a_comparison(4)
    stage.show_view(replace(view, lanes=view.lanes[1:], reference=2))
    kept = cells(stage)
    assert [cell.colour for cell in kept[:2]] == colours[1:]
    assert kept[2].colour == colours[0]
    assert [cell.header.badge.text() for cell in kept] == ["1", "2", "3"], "the keys count places"


@pytest.mark.parametrize("wh", [(720, 480), (1000, 650), (1600, 1000)])
@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_everything_fits_at_any_size(open_stage: OpenStage, wh: tuple[int, int], lanes: int) -> None:
    stage = open_stage(with_truth(a_comparison(lanes)), wh=wh)
    assert (stage.width(), stage.height()) == wh
    for cell in [*cells(stage), stage.picture]:
        assert cell.isVisible()
        assert stage.rect().contains(cell.geometry().translated(stage.grid.pos()))
        assert cell.viewport.height() >= 60
        assert cell.viewport.geometry().bottom() <= cell.height()
    for cell in cells(stage):
        assert all(cell.figures.rect().contains(each.room.toRect()) for each in cell.figures._placed)
        assert "alone" in " ".join(cell.figures.texts())
        assert len(cell.figures.everything().splitlines()) >= 8, "what has no room is told on pointing at it"


def test_one_click_makes_the_reference_removes_and_asks_what_to_run(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(3))
    asked, removed, choice = (
        QSignalSpy(signal)
        for signal in (stage.lanes.reference_asked, stage.lanes.removed, stage.lanes.choice_asked)
    )
    header = cells(stage)[1].header
    for button in (header.reference, header.close_button, header.name):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (list(asked), list(removed)) == ([[2]], [[2]])
    assert choice[0] == [2, header.name]


def test_the_last_lane_cannot_leave_and_a_fifth_cannot_come(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(1))
    assert cells(stage)[0].header.close_button.isHidden()
    assert stage.bar.add.isEnabled()
    stage.show_view(a_comparison(4))
    assert not stage.bar.add.isEnabled()
    assert all(cell.header.close_button.isVisible() for cell in cells(stage))


def test_loading_failure_and_putting_aside_are_said_in_the_cell(open_stage: OpenStage) -> None:
    stage = open_stage()
    frame = a_frame()
    lanes = (
        a_lane(1, frame, is_reference=True),
        a_lane(2, None),
        a_lane(3, None, state=LaneState.FAILED, detail="swin2-base-384 is not on this computer", progress=None),
        a_lane(4, frame, state=LaneState.PUT_ASIDE, detail="left memory to others"),
    )
    stage.show_view(replace(a_comparison(4), lanes=lanes))
    stage.show_frame(frame)
    running, loading, failed, aside = cells(stage)
    assert running.note.isHidden()
    assert loading.note.text.text() == "Loading, 40 %"
    assert loading.note.bar.value() == 400
    assert failed.note.text.text() == "swin2-base-384 is not on this computer"
    assert failed.note.bar.isHidden()
    assert aside.note.text.text() == "Left memory to others"
    assert [cell.retry.isVisible() for cell in cells(stage)] == [False, False, True, True]
    retried = QSignalSpy(stage.lanes.retried)
    QTest.mouseClick(failed.retry, Qt.MouseButton.LeftButton)
    assert list(retried) == [[3]]
    assert colour_at(loading.viewport, 0.5, 0.1).red() > 90, "the picture shows through while it loads"
    stage.show_view(a_comparison(4))
    assert all(cell.note.isHidden() and cell.retry.isHidden() for cell in cells(stage))


def test_each_lane_says_which_frame_it_shows_where_they_differ(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2))
    assert all(cell.frame_label.isHidden() for cell in cells(stage))
    lanes = a_lane(1, a_frame(12), is_reference=True), a_lane(2, a_frame(9), behind=3)
    stage.show_view(replace(a_comparison(2), lanes=lanes, is_together=False, same_frame=False))
    assert [cell.frame_label.text() for cell in cells(stage)] == ["frame 12", "frame 9, 3 behind"]
    assert all(cell.frame_label.isVisible() for cell in cells(stage))
    assert not stage.bar.same_frame.isChecked()
    some = "3 frames gave values that are not finite"
    view = a_comparison(2)
    stage.show_view(replace(view, lanes=(replace(view.lanes[0], detail=some), view.lanes[1])))
    assert [cell.frame_label.text() for cell in cells(stage)] == [some, ""]
    assert all(cell.note.isHidden() for cell in cells(stage))


def test_the_truth_is_told_where_it_is_known_with_trivial_answers_as_a_yardstick(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2), wh=(1600, 900))
    second = cells(stage)[1]
    assert "truth" not in second.figures.everything()
    stage.show_view(with_truth(a_comparison(2)))
    assert second.figures.texts()[-3:] == ["AbsRel 0.240", "δ > 1.25 8.00 %", "Pearson 0.900"]
    assert "constant 0.612" in second.figures.everything()
    assert "row 0.431" in second.figures.everything()
    assert "rendered truth" in stage.picture.facts.whole()


# Colours


def test_one_range_gives_lanes_that_agree_the_same_colours_whatever_their_units(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2), compare_one_range=True)
    first, second = cells(stage)
    for place in (0.25, 0.5, 0.75):
        assert apart(colour_at(first.viewport, place), colour_at(second.viewport, place)) <= 2


def test_a_lane_that_sees_near_and_far_swapped_is_coloured_as_the_reference(open_stage: OpenStage) -> None:
    view = a_comparison(2)
    turned = view.lanes[1]
    assert turned.result is not None
    swapped = replace(turned.result, inverse_depth=a_depth(90.0, 80.0), low=80.0, high=90.0)
    measured = Agreement(-1.0, 0.0, 0.0, 4096, Fit(-1.0, 100.0))
    stage = open_stage(
        replace(view, lanes=(view.lanes[0], replace(turned, result=swapped, agreement=measured, fit=measured.fit)))
    )
    first, second = cells(stage)
    for place in (0.25, 0.5, 0.75):
        assert apart(colour_at(first.viewport, place), colour_at(second.viewport, place)) <= 2


def test_a_lane_off_by_half_the_range_shows_it_in_one_range_and_not_in_its_own(open_stage: OpenStage) -> None:
    view = a_comparison(2)
    shifted = Agreement(1.0, 0.1, 0.1, 4096, Fit(0.5, 5.0))  # 20..40 becomes 15..25, beside 10..20
    view = replace(view, lanes=(view.lanes[0], replace(view.lanes[1], agreement=shifted, fit=shifted.fit)))
    stage = open_stage(view, compare_one_range=True)
    first, second = (cell.viewport for cell in cells(stage))
    assert apart(colour_at(first, 0.3), colour_at(second, 0.3)) > 60
    stage.set_settings(Settings(compare_one_range=False))
    assert apart(colour_at(first, 0.3), colour_at(second, 0.3)) <= 2


def test_differences_are_white_where_lanes_agree_blue_where_farther_red_where_nearer(
    open_stage: OpenStage,
) -> None:
    stage = open_stage(a_comparison(2), compare_layout="difference", colormap="viridis")
    reference, other = (cell.viewport for cell in cells(stage))
    assert stage.legend.isVisible()
    farther, same, nearer = (colour_at(other, place) for place in (0.05, 0.5, 0.95))
    assert farther.blue() > farther.red() + 60
    assert min(same.red(), same.green(), same.blue()) > 215
    assert nearer.red() > nearer.blue() + 60
    assert colour_at(reference, 0.5).green() > colour_at(reference, 0.5).red(), "the reference shows its depth"


# What is new, and the end


def test_a_result_that_stands_already_is_not_painted_as_new(open_stage: OpenStage) -> None:
    view = a_comparison(2)
    stage = open_stage(view)
    painted = QSignalSpy(stage.painted)
    until(lambda: len(painted) == 1)
    stage.show_view(replace(view, notes=("something else",)))
    assert not any(cell.viewport._unpainted for cell in cells(stage))
    stage.show_view(a_comparison(2, index=1))
    until(lambda: len(painted) == 2)


def test_in_a_wipe_each_new_depth_of_the_reference_counts_as_painted(open_stage: OpenStage) -> None:
    view = a_comparison(2)
    stage = open_stage(view, compare_layout="wipe")
    first, second = view.lanes
    until(lambda: stage._told is first.result)
    painted = QSignalSpy(stage.painted)
    for index in (1, 2):
        newer = replace(first, result=a_lane_result(1, a_frame(index), 10.0, 20.0))
        stage.show_view(replace(view, lanes=(newer, second)))
        until(lambda index=index: len(painted) == index)


def test_no_value_stays_when_comparing_ends(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2))
    probes = QSignalSpy(stage.probed)
    QTest.mouseMove(cells(stage)[0].viewport, cells(stage)[0].viewport.rect().center())
    until(lambda: len(probes) and probes[-1][0] is not None)
    stage.clear()
    assert probes[-1][0] is None


def test_figures_rest_between_ticks_but_follow_a_change_of_the_reference_at_once(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2))
    first = cells(stage)[0]
    assert stage.view is not None
    lanes = stage.view.lanes
    stage.show_view(replace(stage.view, lanes=(replace(lanes[0], median_ms=11.0), lanes[1])))
    assert first.figures.texts()[0] == "40.0 ms"
    stage.tick()
    assert first.figures.texts()[0] == "11.0 ms"
    stage.show_view(a_comparison(2, reference=2))
    assert "Pearson 0.970" in first.figures.texts()


def test_the_chart_draws_each_lane_in_its_colour_and_scales_to_what_there_is(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2), wh=(1200, 800))
    stage.tick()
    assert stage.chart.speed_scale() == (0.0, 100.0)
    assert stage.chart.agreement_scale() == (0.8, 1.0)
    image = stage.chart.grab().toImage()
    for cell in cells(stage):
        wanted = QColor(cell.colour)
        columns = range(image.width() // 4, image.width() // 2)
        assert any(apart(image.pixelColor(x, y), wanted) < 24 for x in columns for y in range(20, 80))


def test_one_slow_frame_does_not_press_the_chart_flat(open_stage: OpenStage) -> None:
    view = a_comparison(2)
    history = view.lanes[0].history
    assert history is not None
    ms = history.ms.copy()
    ms[20] = 5000.0
    stage = open_stage(
        replace(view, lanes=(replace(view.lanes[0], history=replace(history, ms=ms)), view.lanes[1]))
    )
    assert stage.chart.speed_scale() == (0.0, 100.0)
    ms[-1] = 700.0  # unless it is what happens now
    stage.tick()
    assert stage.chart.speed_scale() == (0.0, 1000.0)


def test_notes_and_cost_are_told(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2, notes=("swin2-large-384 left memory",)), wh=(1600, 900))
    assert stage.notes.whole() == "swin2-large-384 left memory"
    assert stage.notes.isVisible()
    assert stage.chart._cost == "comparing itself adds 2.1 %"


def test_nothing_is_left_at_the_end(open_stage: OpenStage) -> None:
    stage = open_stage(compare_layout="blink")
    stage.show_view(a_comparison(3))
    gone = [weakref.ref(cell) for cell in cells(stage)]
    stage.clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not stage.pair.is_blinking
    assert stage.lanes.by_number == {}
    gc.collect()
    assert [ref() for ref in gone] == [None] * 3
    assert stage.pair.viewport.result is None
    assert stage.view is None


def test_cells_come_and_go_without_leaving_any(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2))
    seen: list[weakref.ref[LaneCell]] = []
    for turn in range(20):
        stage.show_view(a_comparison(2 + turn % 3, index=turn))
        seen += [weakref.ref(cell) for cell in cells(stage)]
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert {id(ref()) for ref in seen if ref() is not None} == {id(cell) for cell in cells(stage)}
    QTest.qWait(1)
    turn_wheel(cells(stage)[0].viewport, 0.5, 0.5, 2)  # reaches those that are there, and none that are gone
    assert {cell.viewport._zoom for cell in cells(stage)} == {stage.link.zoom}
    assert stage.link.zoom.scale > 1
