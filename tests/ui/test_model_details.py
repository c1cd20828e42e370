"""What is unfolded under a model: all that is known of it, and the work on its file."""

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QPushButton

from core.messages import ModelState
from core.model_messages import ModelTask, TaskKind, TaskState
from support.fake_session import NANO, TINY
from support.model_sheet import OWN, OpenWindow, click, opened, row
from support.waiting import until
from ui import file_dialogs, model_commands

pytestmark = pytest.mark.window


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


def test_a_folder_that_is_not_there_yet_shows_the_way_to_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(model_commands.QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    model_commands._show(tmp_path / "fathom" / "models")
    model_commands._show(tmp_path)
    assert shown == [str(tmp_path)] * 2


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
