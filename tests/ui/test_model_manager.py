"""The manager of models: what each row shows and asks for, in every state a model can be in."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from core.messages import ModelEntry, ModelState
from core.model_messages import Download, DownloadState, ModelFigures, ModelKind, ModelTask, TaskKind, TaskState
from support.fake_session import BASE, CLIP, NANO, TINY, FakeSession
from support.waiting import until
from ui import file_dialogs, model_commands
from ui.main_window import MainWindow
from ui.model_row import ModelRow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]

FIGURES = ModelFigures("39 fps", "RTX 3090", "0.079", "AbsRel, ETH3D", "MiDaS’s own table", ("DIW, WHDR: 0.1095",))
OWN = ModelEntry(
    "/data/own.pt",
    "a file of your own",
    "/data/own.pt",
    256,
    39_800_000,
    kind=ModelKind.FILE,
    file_bytes=172_000_000,
)
GONE = replace(OWN, name="/data/gone.pt", path="/data/gone.pt", problem="/data/gone.pt is not there any more")


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def opened(open_window: OpenWindow, *entries: ModelEntry) -> tuple[MainWindow, FakeSession]:
    """A window whose manager is open over these models."""
    window, session = open_window()
    session.known_models = entries or (NANO, TINY, replace(BASE, figures=FIGURES))
    session.play_source(CLIP)
    window.actions_by_name["models"].trigger()
    assert window.models.manager.isVisible()
    assert session.asked("refresh_models") == [()]
    return window, session


def row(window: MainWindow, name: str) -> ModelRow:
    return window.models.manager.rows[name]


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
    click(base.away)
    assert session.asked("pause_fetch") == [("swin2-base-384",)]


def test_details_unfold_by_a_click_on_the_row(open_window: OpenWindow) -> None:
    window, _ = opened(open_window)
    base = row(window, "swin2-base-384")
    click(base._head)
    assert base.details.isVisible()
    words = [label.text() for label in base.details.findChildren(type(base.line))]
    assert "DIW, WHDR: 0.1095" in words
    assert "MiDaS’s own table; speed on RTX 3090" in words
    click(base.unfold)
    assert not base.details.isVisible()


def test_work_on_a_file(open_window: OpenWindow) -> None:
    window, session = opened(open_window)
    tiny = row(window, "swin2-tiny-256")
    tiny.unfold.click()
    click(tiny.details.verify)
    assert session.asked("verify_model") == [("swin2-tiny-256",)]
    task = ModelTask("swin2-tiny-256", TaskKind.VERIFY, TaskState.RUNNING, 0.4)
    session.say(model_tasks=(task,))
    until(lambda: tiny.bar.isVisible())
    assert (tiny.where.whole(), tiny.bar.value(), tiny.details.remove.isEnabled()) == ("Checking…", 400, False)
    session.say(model_tasks=(replace(task, state=TaskState.DONE, line="whole and all finite"),))
    until(lambda: tiny.line.isVisible())
    assert (tiny.line.text(), tiny.line.property("role")) == ("Whole and all finite", "muted")
    click(tiny.away)
    assert session.asked("stop_model_task") == [("swin2-tiny-256",)]


@pytest.mark.parametrize(
    ("chosen", "target"), [("/m/new", "/m/new.safetensors"), ("/m/a.b", "/m/a.b.safetensors")]
)
def test_converting_asks_for_format_and_place(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, chosen: str, target: str
) -> None:
    proposed = []
    monkeypatch.setattr(file_dialogs, "pick_converted", lambda _, path: proposed.append(Path(path).name) or chosen)
    window, session = opened(open_window)
    details = row(window, "swin2-tiny-256").details
    row(window, "swin2-tiny-256").unfold.click()
    click(details.convert)
    click(details.dtype.buttons["float32"])
    click(next(b for b in details._conversion.findChildren(QPushButton) if b.text() == "Save as…"))
    assert proposed == ["swin2-tiny-256-float32.safetensors"]
    assert session.asked("convert_model") == [("swin2-tiny-256", Path(target), "float32", False)]
    assert not details.asks


def test_a_file_is_replaced_only_where_the_dialog_asked(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = tmp_path / "mine.safetensors"
    target.write_bytes(b"old")
    window, session = opened(open_window, NANO, OWN)
    for chosen, over in ((str(target), True), (str(target.with_suffix("")), False)):
        monkeypatch.setattr(file_dialogs, "pick_converted", lambda *_, path=chosen: path)
        window.models.convert("/data/own.pt", "float16")
        assert session.asked("convert_model")[-1] == ("/data/own.pt", target, "float16", over)


def test_removing_asks_once_and_forgetting_does_not(open_window: OpenWindow) -> None:
    window, session = opened(open_window, NANO, TINY, OWN)
    tiny, own = row(window, "swin2-tiny-256"), row(window, "/data/own.pt")
    for each in (tiny, own):
        each.unfold.click()
    click(tiny.details.remove)
    assert tiny.details.question.text() == "Delete 172 MB from this computer?"
    assert session.asked("remove_model") == []
    click(tiny.details.confirm)
    assert session.asked("remove_model") == [("swin2-tiny-256",)]
    assert own.details.remove.text() == "Take off the list"
    click(own.details.remove)
    assert session.asked("remove_model")[-1] == ("/data/own.pt",)


def test_what_is_in_use_or_built_in_cannot_be_removed(open_window: OpenWindow) -> None:
    window, session = opened(open_window)
    for name in ("fathom-nano", "swin2-tiny-256"):
        row(window, name).unfold.click()
    assert row(window, "fathom-nano").details.remove.isHidden()
    session.change(model="swin2-tiny-256")
    session.say(model_state=ModelState.LOADING)
    remove = row(window, "swin2-tiny-256").details.remove
    until(lambda: not remove.isEnabled())
    assert row(window, "swin2-tiny-256").state.text() == "Loading…"


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


def test_folders_are_shown(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(model_commands, "_show", lambda folder: shown.append(str(folder)))
    window, _ = opened(open_window, NANO, OWN)
    row(window, "/data/own.pt").unfold.click()
    click(row(window, "/data/own.pt").details.folder)
    click(window.models.manager.open_folder)
    assert shown[0] == "/data"
    assert shown[1].endswith("models")


def test_escape_takes_back_a_question_first_and_then_closes(open_window: OpenWindow) -> None:
    window, _ = opened(open_window)
    tiny = row(window, "swin2-tiny-256")
    tiny.unfold.click()
    click(tiny.details.remove)
    leave = window.actions_by_name["leave"]
    leave.trigger()
    assert (tiny.details.asks, window.models.manager.isVisible()) == (False, True)
    leave.trigger()
    assert not window.models.manager.isVisible()


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
