"""The section of the model: what can be picked, downloads, and what runs."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.messages import ModelState
from core.model_messages import Download, DownloadState
from support.fake_session import BASE, CLIP, NANO, RUNNING, TINY, FakeSession
from support.menus import click, last_change, lines, pick
from support.waiting import until
from ui.main_window import MainWindow

pytestmark = pytest.mark.window
OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]
FOOT = ("Open weights file…", "Manage models…")  # of the menu of models


def test_models_here_are_chosen_at_once(open_window: OpenWindow) -> None:
    window, session = open_window()
    model = window.panel.model
    assert lines(model.picker.menu()) == ["Automatic", "fathom-nano", "swin2-tiny-256", "swin2-base-384", *FOOT]
    pick(model.picker.menu(), "swin2-tiny-256")
    assert last_change(session) == {"model": "swin2-tiny-256"}
    assert session.asked("fetch_model") == []


def test_the_menu_says_how_much_is_to_come(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.known_models = (NANO, BASE, replace(BASE, name="paused", part_bytes=82_000_000))
    menu = window.panel.model.picker.menu()
    until(lambda: "paused" in lines(menu))
    asides = {action.text().partition("\t")[0]: action.text().partition("\t")[2] for action in menu.actions()}
    assert asides["swin2-base-384"] == "download 410 MB"
    assert asides["paused"] == "resume, 328 MB left"


def test_the_built_in_model_says_that_it_is_rough(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.play_source(CLIP)
    until(lambda: "Rough on real pictures" in window.panel.model.note.text())
    assert window.panel.model.note.isVisible()


def test_a_model_that_is_not_here_is_asked_about_once(open_window: OpenWindow) -> None:
    window, session = open_window()
    fetch = window.panel.model.fetch
    pick(window.panel.model.picker.menu(), "swin2-base-384")
    assert fetch.question.isVisible()
    assert "swin2-base-384 is not on this computer" in fetch.question.text()
    assert fetch.download.text() == "Download 410 MB"
    click(fetch.decline)
    assert not fetch.question.isVisible()
    assert session.asked("fetch_model") == []
    pick(window.panel.model.picker.menu(), "swin2-base-384")
    click(fetch.download)
    assert session.asked("fetch_model") == [("swin2-base-384", True)]
    assert not fetch.question.isVisible()
    assert session.asked("change") == []


def test_a_download_shows_its_progress_and_can_be_paused(open_window: OpenWindow) -> None:
    window, session = open_window()
    fetch = window.panel.model.fetch
    under_way = Download("swin2-base-384", DownloadState.RUNNING, 41_000_000, 410_000_000)
    session.say(downloads=(under_way, Download("swin2-tiny-256", DownloadState.WAITING)))
    until(lambda: fetch.bar.isVisible())
    assert fetch.bar.value() == 100
    assert fetch.doing.whole() == "Downloading swin2-base-384: 41 of 410 MB, 1 more to come"
    click(fetch.pause)
    assert session.asked("pause_fetch") == [("swin2-base-384",)]
    session.say(downloads=(), model_state=ModelState.LOADING, model_detail="loading swin2-base-384")
    until(lambda: not fetch.pause.isVisible())
    assert fetch.bar.maximum() == 0  # nobody knows how long
    session.say(model_state=ModelState.READY, model=RUNNING)
    until(lambda: not fetch.bar.isVisible())


def test_the_picker_shows_what_loads_and_then_what_runs(open_window: OpenWindow) -> None:
    window, session = open_window(model="/models/own.pt")
    picker = window.panel.model.picker
    session.say(model_state=ModelState.LOADING, model=RUNNING)
    until(lambda: picker.choice() == "own.pt")
    session.say(model_state=ModelState.READY)  # it failed, the old one goes on
    until(lambda: picker.choice() == NANO.name)


def test_another_setting_changes_nothing_of_what_the_picker_shows(open_window: OpenWindow) -> None:
    window, session = open_window(model="auto")
    picker = window.panel.model.picker
    session.play_source(CLIP)
    until(lambda: picker.choice() == NANO.name)
    window.change(colormap="grey")
    assert picker.choice() == NANO.name
    window.panel.model.next_model()
    assert last_change(session) == {"model": TINY.name}, "the one after what runs"


def test_a_downloaded_model_moves_to_those_on_this_computer(open_window: OpenWindow) -> None:
    window, session = open_window()
    session.known_models = (NANO, replace(BASE, path="/models/base.safetensors"))
    picker = window.panel.model.picker
    until(lambda: lines(picker.menu()) == ["Automatic", "fathom-nano", "swin2-base-384", *FOOT])
    pick(picker.menu(), "swin2-base-384")
    assert last_change(session) == {"model": "swin2-base-384"}
