"""The stage of lanes in its layouts, with one zoom and one cursor for all."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtTest import QSignalSpy, QTest
from PyQt6.QtWidgets import QApplication

from app.settings import Settings
from support.comparisons import a_comparison, a_depth, a_frame, a_lane
from support.stages import cells, colour_at, turn_wheel
from support.waiting import until
from ui.compare_stage import CompareStage

pytestmark = pytest.mark.window
OpenStage = Callable[..., CompareStage]


# Layouts


def test_a_wipe_shows_the_reference_left_and_the_other_lane_right_of_its_edge(open_stage: OpenStage) -> None:
    view = a_comparison(2)
    flat = view.lanes[1].result
    assert flat is not None
    other = replace(view.lanes[1], result=replace(flat, inverse_depth=a_depth(40.0, 40.0)))
    stage = open_stage(replace(view, lanes=(view.lanes[0], other)), compare_layout="wipe", colormap="grey")
    pair = stage.pair.viewport
    assert pair.isVisible()
    assert not any(cell.viewport.isVisible() for cell in cells(stage))
    left, right = colour_at(pair, 0.4), colour_at(pair, 0.6)
    assert 60 < left.red() < 140, "the middle of the reference's ramp"
    assert right.red() > 240, "the other lane is near all over"
    dragged = QSignalSpy(stage.wipe_dragged)
    middle = pair.height() // 2
    QTest.mousePress(pair, Qt.MouseButton.LeftButton, pos=QPoint(pair.width() // 2, middle))
    QTest.mouseMove(pair, QPoint(pair.width() // 4, middle))
    QTest.mouseRelease(pair, Qt.MouseButton.LeftButton, pos=QPoint(pair.width() // 4, middle))
    until(lambda: len(dragged))
    assert dragged[-1][0] < 0.4
    assert colour_at(pair, 0.45).red() > 240, "the edge has moved"


def test_a_blink_changes_by_itself_stands_while_held_and_rests_in_other_layouts(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2), compare_layout="blink", blink_fps=10.0)
    pair, seen = stage.pair, []
    until(lambda: seen.append(pair.turn) or {0, 1} <= set(seen))
    shown = pair.viewport.result
    assert shown is not None
    assert shown.model.name in ("fathom-nano", "swin2-tiny-256")
    assert sum(tag.isVisible() for tag in pair.tags) == 1
    turn = pair.turn
    pair.hold(on=True)
    assert pair.turn == 1 - turn
    assert not pair.is_blinking
    pair.hold(on=False)
    assert pair.is_blinking
    stage.set_settings(Settings(compare_layout="grid"))
    assert not pair.is_blinking


def test_a_blink_goes_on_while_new_depth_keeps_coming(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2), compare_layout="blink", blink_fps=2.0)
    seen: list[int] = []

    def went_on() -> bool:
        stage.show_view(a_comparison(2, index=len(seen)))  # every few milliseconds, faster than it blinks
        seen.append(stage.pair.turn)
        return {0, 1} <= set(seen)

    until(went_on)


@pytest.mark.parametrize("layout", ["wipe", "blink"])
def test_a_lane_that_is_alone_is_shown_in_layouts_of_two_as_well(open_stage: OpenStage, layout: str) -> None:
    stage = open_stage(a_comparison(1), compare_layout=layout)
    assert stage.view is not None
    assert stage.pair.viewport.result is stage.view.lanes[0].result


def test_of_more_than_two_lanes_one_click_or_key_chooses_who_stands_beside_the_reference(
    open_stage: OpenStage,
) -> None:
    stage = open_stage(a_comparison(4), compare_layout="wipe")
    assert stage.other is not None
    assert stage.other.number == 2
    assert [cell.header.shown.isVisible() for cell in cells(stage)] == [False, True, True, True]
    QTest.mouseClick(cells(stage)[2].header.shown, Qt.MouseButton.LeftButton)
    assert stage.other.number == 3
    assert [cell.header.shown.isChecked() for cell in cells(stage)[1:]] == [False, True, False]
    assert stage.pair.viewport.result is stage.other.result
    stage.next_pair()
    stage.next_pair()
    assert stage.other.number == 2
    stage.show_view(a_comparison(4, reference=2))
    assert stage.other.number == 1, "the lane chosen is the reference itself now"


# Zoom and cursor


def test_zoom_and_pan_in_one_cell_move_all(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(3))
    first, second, third = (cell.viewport for cell in cells(stage))
    turn_wheel(first, 0.75, 0.5, 4)
    zoom = stage.link.zoom
    assert zoom.scale > 2
    assert all(viewport._zoom == zoom for viewport in (first, second, third, stage.picture.viewport))
    middle = second.rect().center()
    QTest.mousePress(second, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(second, middle + QPoint(40, 0))
    QTest.mouseRelease(second, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 0))
    until(lambda: stage.link.zoom != zoom)
    assert first._zoom == third._zoom == stage.link.zoom
    stage.show_view(a_comparison(4))
    assert cells(stage)[3].viewport._zoom == stage.link.zoom, "a lane that comes later joins in"
    QTest.mouseDClick(third, Qt.MouseButton.LeftButton, pos=middle)
    assert first._zoom.scale == 1.0


def test_one_cursor_gives_a_value_of_each_lane_and_crosses_in_the_others(open_stage: OpenStage) -> None:
    stage = open_stage(a_comparison(2), compare_one_range=True)
    first, second = cells(stage)
    probes = QSignalSpy(stage.probed)
    QTest.mouseMove(second.viewport, second.viewport.rect().center())
    until(lambda: first.value_label.isVisible())
    assert float(first.value_label.text()) == pytest.approx(15.0, abs=0.2)
    fitted, _, own = second.value_label.text().partition("  (own ")
    assert float(fitted) == pytest.approx(15.0, abs=0.2)
    assert float(own.rstrip(")")) == pytest.approx(30.0, abs=0.4)
    assert probes[-1][0].inverse_depth == pytest.approx(15.0, abs=0.2)
    place = stage.link.place
    assert place is not None
    assert (first.viewport._pointed, second.viewport._pointed) == (place, None)
    moved = replace(a_comparison(2), lanes=(a_lane(1, a_frame(1), is_reference=True), a_lane(2, a_frame(1))))
    assert moved.lanes[0].result is not None
    deeper = replace(moved.lanes[0].result, inverse_depth=a_depth(50.0, 50.0))
    stage.show_view(replace(moved, lanes=(replace(moved.lanes[0], result=deeper), moved.lanes[1])))
    assert float(first.value_label.text()) == pytest.approx(50.0), "it follows the picture under a resting cursor"
    stage.set_settings(Settings(compare_layout="difference"))
    assert second.value_label.text() in ("+0.0 %", "-0.0 %", "+0.2 %", "-0.2 %")
    QApplication.sendEvent(second.viewport, QEvent(QEvent.Type.Leave))
    assert first.value_label.isHidden()
    assert probes[-1][0] is None
