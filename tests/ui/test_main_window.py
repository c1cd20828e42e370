from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QDesktopServices, QImage
from PyQt6.QtTest import QTest

from core.errors import SettingError
from core.messages import Action, Fault, ModelState, SourceState
from support.fake_session import CLIP, LIVE, RUNNING, FakeSession, a_result
from support.waiting import until
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]


def show_depth(window: MainWindow, session: FakeSession) -> None:
    session.play_source(CLIP)
    session.give(a_result())
    until(lambda: window.painted)


def test_the_session_starts_once_the_window_is_shown(open_window: OpenWindow) -> None:
    window, session = open_window(show=False)
    QTest.qWait(20)
    assert session.calls == []
    window.show()
    until(lambda: session.asked("start"))
    window.hide()
    window.show()
    QTest.qWait(20)
    assert session.asked("start") == [()]


def test_the_interpreter_is_free_while_qt_paints_the_window() -> None:
    """See ui/window_events.py."""
    assert not {"event", "paintEvent", "eventFilter"} & set(vars(MainWindow))


def test_a_result_is_painted_with_the_range_of_its_depth(open_window: OpenWindow) -> None:
    window, session = open_window(view="depth", colormap="grey", ruler=False, panel=False)
    window.resize(800, 500)
    session.play_source(CLIP)
    session.give(a_result(low=10.0, high=20.0))
    until(lambda: window.painted == 1)
    assert (window.look.look.low, window.look.look.high) == (pytest.approx(10.0), pytest.approx(20.0))
    grab = window.grab().toImage()
    middle = window.stage.viewport.height() // 2
    greys = [grab.pixelColor(x, middle).red() for x in (40, 400, 760)]
    assert greys[0] < 40
    assert 100 < greys[1] < 160
    assert greys[2] > 215


def test_colour_is_shown_before_there_is_depth(open_window: OpenWindow) -> None:
    window, session = open_window(view="depth")
    session.frame = a_result().frame
    session.play_source(LIVE, model_detail="loading fathom-nano")
    session.say(model_state=ModelState.LOADING, model=None, model_progress=0.4)
    until(lambda: window.stage.chip.text.text() == "Loading fathom-nano…")
    assert window.stage.chip.bar.value() == 400
    assert not window.stage.viewport.picture().isNull()
    assert window.painted == 0


def test_a_late_result_of_the_source_before_is_not_shown(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.play_source(CLIP)
    session.frame = a_result(source_id=2).frame
    session.give(a_result(source_id=1))
    until(lambda: session.result is None)
    assert window.newest is None
    session.give(a_result(source_id=2))
    until(lambda: window.newest is not None)


def test_the_range_starts_afresh_with_another_source(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.give(a_result(low=1.0, high=2.0, source_id=1))
    until(lambda: window.look.look.high == pytest.approx(2.0))
    session.give(a_result(low=1.0, high=2.5, source_id=2))  # eased, would be anywhere between
    until(lambda: session.result is None)
    assert window.look.look.high == 2.5


def test_the_wipes_edge_is_remembered(open_window: OpenWindow) -> None:
    window, session = open_window(view="wipe")
    window.stage.viewport.wipe_dragged.emit(0.25)
    assert session.settings.wipe == 0.25
    assert window.look.look.wipe == 0.25


def test_each_fault_comes_once_with_its_action(open_window: OpenWindow) -> None:
    window, session = open_window()
    banner = window.stage.banner
    first, second = Fault(1, "the camera is gone", Action.REOPEN_SOURCE), Fault(2, "the disk is full")
    session.say(faults=(first, second))
    until(banner.isVisible)
    assert banner.line.text() == "The disk is full"
    assert not banner.action.isVisible()
    assert banner.more.text() == "1 more"
    QTest.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert session.asked("dismiss") == [(second,)]
    assert banner.line.text() == "The camera is gone"
    assert not banner.more.isVisible()
    QTest.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    assert session.asked("do") == [(first,)]
    assert banner.isHidden()
    session.say(source_detail="")  # another status that still has both
    until(lambda: window.status is session.held)
    assert banner.isHidden()
    session.say(faults=(first, second, Fault(3, "the disk is full")))
    until(banner.isVisible)


def test_the_newest_problem_is_shown_first_whoever_has_it(open_window: OpenWindow) -> None:
    window, session = open_window()
    banner = window.stage.banner
    window.complain("the settings could not be read")
    window.complain("the folder is gone")
    gone = Fault(1, "the camera is gone", Action.REOPEN_SOURCE)
    session.say(faults=(gone,))
    until(lambda: banner.line.text() == "The camera is gone")
    assert banner.action.isVisible()
    assert banner.more.text() == "2 more"
    window.complain("the settings could not be read")  # waits already
    session.say(faults=())
    until(lambda: banner.line.text() == "The folder is gone")
    QTest.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    window.complain("the folder is gone")
    assert banner.line.text() == "The folder is gone"
    assert banner.more.text() == "1 more"


def test_a_setting_that_is_refused_is_said_in_the_banner(open_window: OpenWindow) -> None:
    window, session = open_window()

    def refuse(**values: object) -> None:
        raise SettingError("size must be something else")

    session.change = refuse  # type: ignore[method-assign]
    window.change(size="64")
    assert window.stage.banner.line.text() == "Size must be something else"
    assert window.panel.model.network.size_slider.slider.value() == 6


def test_a_lost_source_dims_the_last_picture(open_window: OpenWindow) -> None:
    window, session = open_window()
    show_depth(window, session)
    assert window.stage.chip.isHidden()
    session.say(source_state=SourceState.RECONNECTING, source_detail="camera lost; trying again in 2 s")
    until(window.stage.dim.isVisible)
    assert window.stage.chip.text.text() == "Camera lost; trying again in 2 s"
    session.say(source_state=SourceState.PLAYING, source_detail="")
    until(lambda: not window.stage.dim.isVisible())
    assert window.stage.chip.isHidden()


def test_a_pause_is_seen_on_the_picture(open_window: OpenWindow) -> None:
    window, session = open_window()
    show_depth(window, session)
    session.say(source_state=SourceState.PAUSED)
    until(window.stage.corner.isVisible)
    assert window.stage.corner.text.text() == "Paused"
    assert window.transport.play.accessibleName() == "Play"


def test_a_snapshot_is_encoded_aside_and_its_folder_offered(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    window, session = open_window(view="depth")
    show_depth(window, session)
    QTest.mouseClick(window.transport.snapshot, Qt.MouseButton.LeftButton)
    until(lambda: session.asked("snapshot"))
    result, png = session.asked("snapshot")[0]
    image = QImage.fromData(png, "PNG")
    assert result is window.newest
    assert (image.width(), image.height()) == (640, 360)
    toast = window.stage.toast
    until(toast.isVisible)
    assert toast.text.text() == "Saved to /pictures/fathom-1"
    QTest.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert opened == ["/pictures/fathom-1"]
    assert toast.isHidden()


def test_a_snapshot_before_there_is_depth_says_so(open_window: OpenWindow) -> None:
    window, session = open_window()
    window.commands.snapshot()
    assert window.stage.toast.isVisible()
    assert session.asked("snapshot") == []


def test_a_snapshot_that_is_not_written_is_not_called_saved(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.can_write = False
    show_depth(window, session)
    window.commands.snapshot()
    until(lambda: session.asked("snapshot"))
    QTest.qWait(1)
    assert window.stage.toast.isHidden()


def test_a_snapshot_is_of_the_source_that_is_shown(open_window: OpenWindow) -> None:
    window, session = open_window()
    show_depth(window, session)
    session.frame = a_result(source_id=2).frame
    session.wake()
    until(lambda: session.frame is None)
    window.commands.snapshot()
    assert window.stage.toast.text.text() == "There is no depth to save yet"
    session.give(a_result(source_id=2))
    until(lambda: session.result is None)
    window.commands.snapshot()
    until(lambda: session.asked("snapshot"))
    assert session.asked("snapshot")[0][0].frame.source_id == 2


def test_a_snapshot_taken_just_before_the_end_is_not_lost(open_window: OpenWindow) -> None:
    window, session = open_window()
    show_depth(window, session)
    window.commands.snapshot()
    window.close()
    assert [call[0] for call in session.calls if call[0] in ("snapshot", "close")] == ["snapshot", "close"]


def test_hidden_panel_stays_hidden_at_the_next_start(open_window: OpenWindow) -> None:
    window, _ = open_window(panel=False)
    assert window.panel.isHidden()
    assert not window.transport.panel.isChecked()
    QTest.mouseClick(window.transport.panel, Qt.MouseButton.LeftButton)
    assert window.panel.isVisible()
    assert window.transport.panel.isChecked()


def test_the_end_closes_the_session_and_no_wake_reaches_the_window(open_window: OpenWindow) -> None:
    window, session = open_window()
    window.close()
    window.close()
    assert session.asked("close") == [()]
    reads = session.statuses_read
    session.say(source_detail="late")
    QTest.qWait(20)
    assert session.statuses_read == reads


def test_the_window_fits_small_screens(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.play_source(CLIP)
    until(lambda: window.status.source is CLIP)
    window.resize(720, 480)
    until(lambda: window.width() == 720)
    assert window.panel.widget().width() <= window.panel.viewport().width()
    assert window.transport.width() <= window.width() - window.panel.width()


def test_figures_come_twice_a_second_with_what_runs(open_window: OpenWindow) -> None:
    window, session = open_window()
    window.resize(1600, 700)
    session.play_source(LIVE)
    session.give(a_result(index=7))
    until(lambda: "12.4 fps" in [figure.text() for figure in window.status_line.figures])
    texts = [figure.text() for figure in window.status_line.figures]
    assert texts[0] == "30.0 fps"
    assert "256 × 256" in texts
    assert RUNNING.device_name.partition(",")[0] in texts
    assert "7" in texts


def test_the_title_names_the_source(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.play_source(replace(CLIP, name="dance.mp4"))
    until(lambda: window.windowTitle() == "dance.mp4 – Fathom")


def test_a_saved_folder_under_home_is_shortened(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.folder = Path.home() / "Pictures" / "Fathom" / "fathom-1"
    show_depth(window, session)
    window.commands.snapshot()
    until(lambda: window.stage.toast.text.text() == f"Saved to {Path('~/Pictures/Fathom/fathom-1')}")
