"""The settings file: what is kept, what is repaired, what is never lost."""

import errno
import json
import os
import stat
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import settings_store
from app.settings import DEFAULTS, Settings, changed
from app.settings_store import VERSION, SettingsStore

NOT_ROOT = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere, Windows has other rights"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "settings.json"


def written(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def keep(store: SettingsStore, settings: Settings) -> None:
    store.schedule(**asdict(settings))
    store.close()


def test_a_first_run_has_the_defaults_and_writes_nothing(path: Path) -> None:
    assert SettingsStore(path).load() == (DEFAULTS, None)
    assert not path.parent.exists()


def test_what_is_saved_is_loaded(path: Path) -> None:
    settings = changed(
        DEFAULTS, source="rtsp://me:secret@cam/1", size="288x512", opacity=0.25, recent_sources=("é", "b")
    )
    keep(SettingsStore(path), settings)
    assert SettingsStore(path).load() == (settings, None)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["version"] == VERSION
    assert content["settings"]["size"] == "288x512"
    assert "é" in path.read_text(encoding="utf-8")
    assert [item.name for item in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_this_user_can_read_it(path: Path) -> None:
    written(path, "{}").chmod(0o644)
    keep(SettingsStore(path), DEFAULTS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_to_a_file_kept_elsewhere_stays_a_link(path: Path, tmp_path: Path) -> None:
    kept = written(tmp_path / "dotfiles" / "fathom.json", {"version": 1, "settings": {}})
    path.parent.mkdir()
    path.symlink_to(kept)
    keep(SettingsStore(path), Settings(loop=False))
    assert path.is_symlink()
    assert SettingsStore(kept).load()[0].loop is False


@given(st.text(max_size=20).map(lambda text: text + "\udcff"))
def test_names_of_files_that_are_no_unicode_survive(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    store = SettingsStore(tmp_path_factory.mktemp("store") / "settings.json")
    settings = Settings(source=name)
    keep(store, settings)
    assert store.load() == (settings, None)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        '{"settings": {}}',
        '{"version": true, "settings": {}}',
        '{"version": "1", "settings": {}}',
        '{"version": 1, "settings": []}',
        "[" * 100_000,
        '{"version": 1, "settings": {"size": ' + "9" * 5000 + "}}",
        " " * (1 << 20) + "{}",
    ],
    ids=range(11),
)
def test_a_damaged_file_is_kept_beside_and_named(path: Path, content: str) -> None:
    store = SettingsStore(written(path, content))
    settings, line = store.load()
    assert settings == DEFAULTS
    assert line is not None
    assert line.startswith(f"the settings in {path} could not be read (")
    assert line.endswith("using defaults; the file is kept as settings.json.bad")
    assert "\n" not in line
    assert path.with_name("settings.json.bad").read_text() == content
    assert store.load() == (DEFAULTS, None)


def test_bytes_that_are_no_text_are_damage(path: Path) -> None:
    written(path, "").write_bytes(b"\xff\xfe\x00")
    line = SettingsStore(path).load()[1]
    assert line is not None
    assert "kept as settings.json.bad" in line


def test_a_folder_in_its_place_is_moved_aside(path: Path) -> None:
    path.mkdir(parents=True)
    store = SettingsStore(path)
    line = store.load()[1]
    assert line is not None
    assert "it is not a file" in line
    keep(store, DEFAULTS)
    assert path.is_file()


def test_a_mark_in_front_that_windows_editors_write_is_fine(path: Path) -> None:
    written(path, '\ufeff{"version": 1, "settings": {"loop": false}}')
    assert SettingsStore(path).load() == (Settings(loop=False), None)


def test_single_bad_values_fall_back_and_are_named(path: Path) -> None:
    values = {"size": "banana", "opacity": 7, "loop": False, "range_low": 1, "of_the_future": [1]}
    settings, line = SettingsStore(written(path, {"version": 1, "settings": values})).load()
    assert settings == Settings(loop=False, range_low=1.0)
    assert line is not None
    assert "size must be PX or HxW" in line
    assert "opacity must lie from 0 to 1, got 7.0: using the default" in line
    assert "of_the_future" not in line
    assert path.exists()


def test_numbers_that_json_does_not_know_fall_back(path: Path) -> None:
    settings, line = SettingsStore(
        written(path, '{"version": 1, "settings": {"opacity": NaN, "loop": false}}')
    ).load()
    assert settings == Settings(loop=False)
    assert line == "opacity must be a finite number, got nan: using the default"


def test_a_newer_versions_file_survives(path: Path) -> None:
    content = {"version": VERSION + 1, "settings": {"loop": False, "of_the_future": 1}}
    store = SettingsStore(written(path, content))
    settings, line = store.load()
    assert settings == Settings(loop=False)
    assert line is not None
    assert "written by a newer Fathom" in line
    keep(store, settings)
    assert json.loads(path.with_name(f"settings.json.v{VERSION + 1}").read_text()) == content


def test_a_failed_write_leaves_the_old_file_and_nothing_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    store = SettingsStore(path, said.append)
    keep(store, Settings(loop=False))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    keep(store, DEFAULTS)
    assert len(said) == 1
    assert store.load() == (Settings(loop=False), None)
    assert [item.name for item in path.parent.iterdir()] == ["settings.json"]


@NOT_ROOT
def test_a_folder_without_rights_is_one_line(path: Path) -> None:
    path.parent.mkdir(mode=0o500)
    said: list[str] = []
    store = SettingsStore(path, said.append)
    store.schedule(loop=False)
    store.close()
    assert said == [f"the settings could not be written to {path}: Permission denied"]


class Disk:
    """Stands in front of the real write: counts, fails on demand, and can be held."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wrote: list[Settings] = []
        self.fails = False
        self.writers = self.most_at_once = 0
        self.entered = threading.Event()
        self.free = threading.Event()
        self.free.set()
        self._write = settings_store._write
        monkeypatch.setattr(settings_store, "_write", self)

    def __call__(self, path: Path, settings: Settings) -> None:
        self.writers += 1
        self.most_at_once = max(self.most_at_once, self.writers)
        self.entered.set()
        assert self.free.wait(60)
        self.writers -= 1
        if self.fails:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._write(path, settings)
        self.wrote.append(settings)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def test_many_changes_are_one_write_of_the_newest(path: Path, disk: Disk) -> None:
    store = SettingsStore(path, delay_s=3600)
    for step in range(100):
        store.schedule(opacity=step / 100)
    assert disk.wrote == []
    store.close()
    assert disk.wrote == [Settings(opacity=0.99)]
    store.close()
    assert len(disk.wrote) == 1


def test_the_thread_writes_by_itself_and_ends_when_idle(path: Path, disk: Disk) -> None:
    before = threading.active_count()
    store = SettingsStore(path, delay_s=0.0)
    store.schedule(loop=False)
    writer = next(thread for thread in threading.enumerate() if thread.name == "settings")
    writer.join(60)
    assert disk.wrote == [Settings(loop=False)]
    assert threading.active_count() == before
    store.schedule(panel=False)
    store.close()
    assert disk.wrote[-1] == Settings(loop=False, panel=False)


def test_what_comes_while_a_write_is_under_way_is_written_after_it(path: Path, disk: Disk) -> None:
    store = SettingsStore(path, delay_s=0.0)
    disk.free.clear()
    store.schedule(opacity=0.1)
    assert disk.entered.wait(60)
    store.schedule(opacity=0.2)
    disk.free.set()
    store.close()
    assert disk.wrote == [Settings(opacity=0.1), Settings(opacity=0.2)]
    assert disk.most_at_once == 1
    assert store.load()[0].opacity == 0.2


def test_after_close_a_change_is_still_written_and_leaves_no_thread(path: Path, disk: Disk) -> None:
    store = SettingsStore(path, delay_s=3600)
    store.close()
    store.schedule(loop=False)
    store.close()
    assert disk.wrote == [Settings(loop=False)]


def test_a_full_disk_is_said_once_until_it_works_again(path: Path, disk: Disk) -> None:
    said: list[str] = []
    store = SettingsStore(path, said.append)
    for fails, lines in ((True, 1), (True, 1), (False, 1), (True, 2)):
        disk.fails = fails
        store.schedule(loop=False)
        store.close()
        assert len(said) == lines
    assert said[0] == f"the settings could not be written to {path}: No space left on device"


def test_two_windows_keep_each_other_s_choices(path: Path) -> None:
    first, second = SettingsStore(path), SettingsStore(path)
    for store, values in ((first, {"model": "a"}), (second, {"model": "b"}), (first, {"loop": False})):
        store.schedule(**values)
        store.close()
    assert SettingsStore(path).load() == (Settings(model="b", loop=False), None)


def test_what_a_failed_write_would_have_kept_comes_with_the_next(path: Path, disk: Disk) -> None:
    store = SettingsStore(path, lambda line: None)
    for fails, values in ((True, {"loop": False}), (False, {"panel": False})):
        disk.fails = fails
        store.schedule(**values)
        store.close()
    assert disk.wrote == [Settings(loop=False, panel=False)]


def test_every_setting_is_in_the_file(path: Path) -> None:
    keep(SettingsStore(path), DEFAULTS)
    assert set(json.loads(path.read_text())["settings"]) == set(asdict(DEFAULTS))
