"""Comparing in the whole window: what it asks of the session, what it shows of it, and how it goes back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtTest import QTest

from core.comparing.lane_wish import LaneWish
from core.errors import SettingError
from core.messages import SourceState
from support.comparisons import a_comparison, a_frame, a_lane
from support.fake_session import BASE, CLIP, FakeSession, a_result
from support.waiting import until
from ui import file_dialogs
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def compare(open_window: OpenWindow, lanes: int = 3, **settings: object) -> tuple[MainWindow, FakeSession]:
    window, session = open_window(**settings)
    session.play_source(CLIP)
    window.comparing.enter()
    session.compare(a_comparison(lanes))
    until(lambda: window.comparing.stage.view is session.compared)
    return window, session


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def test_orders_reach_the_session(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    stage = window.comparing.stage
    header = stage.lanes.by_number[2].header
    click(header.reference)
    click(header.close_button)
    click(stage.bar.same_frame)
    stage.bar.add.chosen.emit("swin2-tiny-256")
    assert session.calls[-4:] == [
        ("set_reference", 2),
        ("remove_lane", 2),
        ("set_same_frame", False),
        ("add_lane", LaneWish("swin2-tiny-256")),
    ]
    frame = a_frame()
    aside = a_lane(2, frame, state="put aside", detail="left memory")
    session.compare(replace(a_comparison(2), lanes=(a_lane(1, frame, is_reference=True), aside)))
    until(lambda: stage.lanes.by_number[2].retry.isVisible())
    click(stage.lanes.by_number[2].retry)
    assert session.asked("use_lane") == [(2,)]


def test_one_click_on_a_lanes_name_chooses_model_size_and_precision(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    comparing = window.comparing
    click(comparing.stage.lanes.by_number[2].header.name)
    choice = comparing.choice
    assert choice.isVisible()
    assert choice.picker.current() == "swin2-tiny-256"
    assert choice.network.size_slider.auto.isChecked()
    choice.picker.chosen.emit("fathom-nano")
    choice.network.precision.setCurrentIndex(choice.network.precision.findData("bf16"))
    choice.network.precision.activated.emit(choice.network.precision.currentIndex())
    choice.network.size_slider.slider.setValue(4)
    until(lambda: len(session.asked("change_lane")) == 3)
    assert session.asked("change_lane") == [
        (2, {"model": "fathom-nano"}),
        (2, {"precision": "bf16"}),
        (2, {"size": "128"}),
    ]
    QTest.keyClick(choice, Qt.Key.Key_Escape)
    assert choice.isHidden()
    assert comparing.is_on


def test_the_choice_follows_its_lane_while_it_is_open(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    click(window.comparing.stage.lanes.by_number[2].header.name)
    view = a_comparison(3, index=1)
    changed = replace(view.lanes[1], wish=LaneWish("/models/mine.pt", "128", "fp32", "cpu", "keep"))
    session.compare(replace(view, lanes=(view.lanes[0], changed, view.lanes[2])))
    choice = window.comparing.choice
    until(lambda: choice.picker.choice() == "mine.pt")
    assert choice.network.size_slider.slider.value() == 4
    assert choice.network.aspect.value() == "keep"
    assert choice.network.device.currentData() == "cpu"


def test_a_weights_file_can_be_a_lane(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window, session = compare(open_window)
    monkeypatch.setattr(file_dialogs, "pick_weights", lambda parent, folder: "/models/mine.pt")
    window.comparing.stage.bar.add.file_asked.emit()
    click(window.comparing.stage.lanes.by_number[3].header.name)
    window.comparing.choice.picker.file_asked.emit()
    assert session.asked("add_lane") == [(LaneWish("/models/mine.pt"),)]
    assert session.asked("change_lane") == [(3, {"model": "/models/mine.pt"})]
    monkeypatch.setattr(file_dialogs, "pick_weights", lambda parent, folder: "")
    window.comparing.stage.bar.add.file_asked.emit()
    assert len(session.asked("add_lane")) == 1, "the dialog was left"


@pytest.mark.parametrize("ask", ["add", "choice"])
def test_a_model_that_is_not_here_opens_the_manager_and_is_not_fetched(open_window: OpenWindow, ask: str) -> None:
    window, session = compare(open_window)
    comparing = window.comparing
    if ask == "choice":
        click(comparing.stage.lanes.by_number[2].header.name)
    picker = comparing.stage.bar.add if ask == "add" else comparing.choice.picker
    picker.wanted.emit(BASE)
    assert window.models.manager.isVisible()
    assert comparing.choice.isHidden()
    assert session.asked("fetch_model") == []
    assert session.asked("add_lane") == []


def test_a_dropped_weights_file_becomes_a_lane_and_a_fifth_is_refused(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    data = QMimeData()
    data.setUrls([QUrl("file:///models/mine.safetensors")])
    actions, no = Qt.DropAction.CopyAction, (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(window, QDragEnterEvent(QPoint(9, 9), actions, data, *no))
    assert "compare mine.safetensors" in window.stage._drop_words.text()
    QCoreApplication.sendEvent(window, QDropEvent(QPointF(9, 9), actions, data, *no))
    assert session.calls[-1] == ("add_lane", LaneWish("/models/mine.safetensors"))
    session.compare(a_comparison(4))
    until(lambda: len(window.comparing.stage.lanes.by_number) == 4)
    QCoreApplication.sendEvent(window, QDragEnterEvent(QPoint(9, 9), actions, data, *no))
    QCoreApplication.sendEvent(window, QDropEvent(QPointF(9, 9), actions, data, *no))
    assert len(session.asked("add_lane")) == 1
    assert "4 lanes are the most" in window.stage.toast.text.text()


def test_an_order_that_is_refused_is_said(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window, session = compare(open_window)

    def refuse(number: int, **values: str) -> None:
        raise SettingError("size must be PX or HxW")

    monkeypatch.setattr(session, "change_lane", refuse)
    window.comparing.choice.changed.emit(2, {"size": "17"})
    assert window.stage.banner.line.text() == "Size must be PX or HxW"


def test_the_status_line_tells_of_the_reference_lane_and_its_probe(open_window: OpenWindow) -> None:
    window, session = compare(open_window, lanes=2)
    until(lambda: window.painted >= 1)
    assert window.newest is not None
    assert window.newest.model.name == "fathom-nano"
    viewport = window.comparing.stage.lanes.by_number[2].viewport
    QTest.mouseMove(viewport, viewport.rect().center())
    until(lambda: window.status_line.probe.text())
    assert "depth 14.9" in window.status_line.probe.text()
    session.compare(a_comparison(2, index=1, reference=2))
    until(lambda: window.newest.model.name == "swin2-tiny-256")


def test_the_ruler_measures_the_one_range_and_goes_where_there_is_none(open_window: OpenWindow) -> None:
    window, _ = compare(open_window, lanes=2)
    ruler = window.stage.ruler
    assert ruler.isVisible()
    assert (ruler._look.low, ruler._look.high) == (10.0, 20.0)
    window.change(compare_one_range=False)
    assert ruler.isHidden()
    window.change(compare_one_range=True, compare_layout="difference")
    assert ruler.isHidden()
    window.comparing.leave()
    assert ruler.isVisible()
    assert ruler._look == window.look.look


def test_what_the_source_does_is_told_over_the_lanes(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    session.say(source_state=SourceState.PAUSED)
    until(window.stage.corner.isVisible)
    assert window.stage.corner.text.text() == "Paused"
    lanes, corner = window.comparing.stage, window.stage.corner.geometry()
    first = lanes.lanes.by_number[1].header
    for kept in (lanes.bar, first):
        assert not corner.intersects(kept.rect().translated(kept.mapTo(window.stage, QPoint())))
    session.say(source_state=SourceState.RECONNECTING, source_detail="lost, next try in 2 s")
    until(window.stage.chip.isVisible)


def test_a_snapshot_keeps_the_lanes_as_they_are_shown(open_window: OpenWindow) -> None:
    window, session = compare(open_window, lanes=2)
    until(lambda: window.newest is not None)
    window.commands.snapshot()
    until(lambda: session.asked("snapshot"))
    result, png = session.asked("snapshot")[0]
    assert result is window.newest
    assert png is not None
    shown = window.comparing.picture()
    assert shown.width() >= window.comparing.stage.grid.width()


def test_a_comparison_that_ends_by_itself_gives_the_window_back(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    session.compared = None
    session.give(a_result(7))
    until(lambda: not window.comparing.is_on)
    assert window.stage.viewport.isVisible()
    session.give(a_result(8))
    until(lambda: window.newest is not None and window.newest.frame.index == 8)


def test_the_live_view_comes_back_with_what_is_new(open_window: OpenWindow) -> None:
    window, session = compare(open_window)
    window.comparing.leave()
    session.give(a_result(5, low=1.0, high=5.0))
    until(lambda: window.newest is not None and window.newest.frame.index == 5)
    assert window.stage.viewport.isVisible()
    assert not window.stage.viewport.picture().isNull()
    window.comparing.enter()
    assert window.comparing.stage.lanes.by_number == {}
    session.compare(a_comparison(2))
    until(lambda: len(window.comparing.stage.lanes.by_number) == 2)


def test_closing_the_window_while_lanes_run_closes_the_session(open_window: OpenWindow) -> None:
    window, session = compare(open_window, compare_layout="blink")
    window.close()
    assert session.asked("close") == [()]
