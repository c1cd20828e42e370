"""The manager of models: what each row shows and asks for, in every state a model can be in."""

from dataclasses import replace

import pytest
from PyQt6.QtTest import QTest

from core.messages import ModelState
from core.model_messages import Download, DownloadState, ModelTask, TaskKind, TaskState
from support.fake_session import BASE, NANO, RUNNING, TINY
from support.model_sheet import GONE, OWN, OpenWindow, click, opened, row
from support.waiting import until
from ui import file_dialogs

pytestmark = pytest.mark.window


def test_every_model_is_listed_with_what_it_costs_and_gives(open_window: OpenWindow) -> None:
    window, _ = opened(open_window)
    nano, tiny, base = (row(window, entry.name) for entry in (NANO, TINY, BASE))
    assert (nano.size.value.text(), nano.size.aside.text()) == ("6 MB", "on disk")
    assert (base.size.value.text(), base.size.aside.text()) == ("410 MB", "to download")
    assert base.parameters.value.text() == "100 M"
    assert (base.speed.value.text(), base.speed.aside.text()) == ("39 fps", "RTX 3090")
    assert (base.error.value.text(), base.error.aside.text()) == ("0.079", "AbsRel, ETH3D")
    assert base.error.toolTip() == "MiDaS’s own table"
    assert tiny.speed.value.text() == "–"
    assert "MIT licence" in base.where.whole()
    assert "1 downloaded, 172 MB" in window.models.manager.summary.text()


def test_the_button_of_a_row_is_the_one_thing_to_do(open_window: OpenWindow) -> None:
    window, session = opened(open_window)
    assert (row(window, "fathom-nano").state.text(), row(window, "fathom-nano").action.isHidden()) == (
        "In use",
        True,
    )
    click(row(window, "swin2-tiny-256").action)
    assert session.asked("change")[-1] == ({"model": "swin2-tiny-256"},)
    base = row(window, "swin2-base-384").action
    assert base.text() == "Download 410 MB"
    click(base)
    assert session.asked("fetch_model") == [("swin2-base-384", False)], "it is not run unasked"


def test_a_file_on_no_list_is_not_taken_for_the_model_of_its_network_s_name(open_window: OpenWindow) -> None:
    path = "/run7/fathom-nano.safetensors"
    window, session = opened(open_window)
    window.change(model=path)
    session.say(model=replace(RUNNING, loaded_as=path))
    until(lambda: window.panel.model.picker.choice() == "fathom-nano.safetensors")
    until(lambda: row(window, "fathom-nano").state.isHidden())
    assert row(window, "fathom-nano").action.text() == "Use"


def test_of_a_model_that_failed_while_another_runs_that_one_is_in_use(open_window: OpenWindow) -> None:
    window, session = opened(open_window)
    window.change(model="swin2-tiny-256")
    nano, tiny = row(window, "fathom-nano"), row(window, "swin2-tiny-256")
    session.say(model_state=ModelState.LOADING)
    until(lambda: tiny.state.text() == "Loading…")
    session.say(model_state=ModelState.READY)  # what ran goes on
    until(lambda: nano.state.isVisible())
    assert (nano.state.text(), nano.action.isHidden()) == ("In use", True)
    assert (tiny.state.isHidden(), tiny.action.text()) == (True, "Use")
    session.say(model=None, model_state=ModelState.FAILED)
    until(lambda: tiny.state.isVisible())
    assert (tiny.state.text(), tiny.action.text()) == ("Chosen", "Use"), "so that it can be tried again"


def test_a_download_from_waiting_to_here(open_window: OpenWindow) -> None:
    window, session = opened(open_window)
    base = row(window, "swin2-base-384")
    session.say(downloads=(Download("swin2-base-384", DownloadState.WAITING),))
    until(lambda: base.action.text() == "Do not download")
    under_way = Download("swin2-base-384", DownloadState.RUNNING, 41_000_000, 410_000_000, 10e6)
    session.say(downloads=(under_way,))
    until(lambda: base.where.whole() == "41 of 410 MB, 10.0 MB/s, 37 s left")
    assert (base.bar.isVisible(), base.bar.value()) == (True, 100)
    assert base.action.text() == "Pause"
    click(base.action)
    assert session.asked("pause_fetch") == [("swin2-base-384",)]
    session.say(downloads=(replace(under_way, state=DownloadState.CHECKING, checked=0.5),))
    until(lambda: base.bar.value() == 500)
    session.known_models = (NANO, TINY, replace(BASE, path="/m/base.pt", file_bytes=410_000_000))
    session.say(downloads=())
    until(lambda: base.action.text() == "Use")
    assert not base.bar.isVisible()


def test_rows_stay_where_they_are_when_a_download_begins(open_window: OpenWindow) -> None:
    window, session = opened(open_window)
    before = [(name, row.geometry()) for name, row in window.models.manager.rows.items()]
    session.say(downloads=(Download("swin2-base-384", DownloadState.RUNNING, 1, 2),))
    until(lambda: row(window, "swin2-base-384").bar.isVisible())
    QTest.qWait(0)
    assert [(name, row.geometry()) for name, row in window.models.manager.rows.items()] == before


def test_one_that_was_paused_says_so_and_goes_on(open_window: OpenWindow) -> None:
    window, session = opened(open_window, NANO, replace(BASE, part_bytes=82_000_000))
    base = row(window, "swin2-base-384")
    assert base.where.whole() == "Paused at 20 %: 82 MB are kept"
    assert base.bar.value() == 200
    assert base.action.text() == "Resume, 328 MB left"
    click(base.action)
    assert session.asked("fetch_model") == [("swin2-base-384", False)]


def test_a_failure_is_told_in_its_row_until_it_is_put_away(open_window: OpenWindow) -> None:
    window, session = opened(open_window)
    base = row(window, "swin2-base-384")
    session.say(downloads=(Download("swin2-base-384", DownloadState.FAILED, line="no room on the disk"),))
    until(lambda: base.line.isVisible())
    assert (base.line.text(), base.line.property("role")) == ("No room on the disk", "error")
    assert base.action.text() == "Download 410 MB"
    session.say(model_tasks=(ModelTask("swin2-base-384", TaskKind.REMOVE, TaskState.DONE, line="was removed"),))
    until(lambda: base.line.text() == "No room on the disk")  # the newer of the two
    click(base.away)
    assert session.asked("pause_fetch") == [("swin2-base-384",)]


def test_a_file_that_cannot_be_used_says_why(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.known_unusable = (GONE,)
    window.actions_by_name["models"].trigger()
    gone = row(window, "/data/gone.pt")
    assert (gone.title.whole(), gone.line.text()) == ("gone.pt", "/data/gone.pt is not there any more")
    click(gone.action)
    assert session.asked("remove_model") == [("/data/gone.pt",)]


def test_a_file_of_ones_own_is_added_without_being_run(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, session = opened(open_window)
    answers = ["", "/data/own.pt"]
    monkeypatch.setattr(file_dialogs, "pick_weights", lambda *_: answers.pop(0))
    click(window.models.manager.open_file)
    assert session.asked("open_model_file") == []
    click(window.models.manager.open_file)
    assert session.asked("open_model_file") == [("/data/own.pt", False)]


def test_rows_survive_a_change_of_the_list(open_window: OpenWindow) -> None:
    window, session = opened(open_window)
    tiny = row(window, "swin2-tiny-256")
    tiny.unfold.click()
    click(tiny.details.convert)
    session.known_models = (NANO, OWN, TINY)
    session.wake()
    session.say(kept_s=1.0)
    until(lambda: "/data/own.pt" in window.models.manager.rows)
    assert row(window, "swin2-tiny-256") is tiny
    assert tiny.details.asks
    assert "swin2-base-384" not in window.models.manager.rows


def test_a_narrow_window_leaves_out_what_is_told_elsewhere(open_window: OpenWindow) -> None:
    window, _ = opened(open_window)
    window.resize(1280, 800)
    until(lambda: row(window, "swin2-tiny-256").size.isVisible())
    window.resize(720, 480)
    until(lambda: not row(window, "swin2-tiny-256").size.isVisible())
    assert row(window, "swin2-tiny-256").error.isVisible()
    until(lambda: row(window, "swin2-tiny-256").title.width() > 150)


def test_the_picker_leads_to_the_manager(open_window: OpenWindow) -> None:
    window, _ = open_window()
    menu = window.panel.model.picker.menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Manage models…\tCtrl M").trigger()
    assert window.models.manager.isVisible()


def test_what_is_unfolded_is_scrolled_to(open_window: OpenWindow) -> None:
    window, _ = opened(open_window, NANO, *(replace(TINY, name=f"model-{number}") for number in range(12)))
    last = row(window, "model-11")
    assert last.visibleRegion().isEmpty()
    last.unfold.click()
    until(lambda: not last.details.verify.visibleRegion().isEmpty())
