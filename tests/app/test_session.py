"""The session over a pipeline with stand-in sources and engines."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.camera_watch import CameraWatch
from app.recent_sources import MOST
from app.settings import DEFAULTS, Settings
from app.settings_store import SettingsStore
from core.errors import ModelNotFetched, SettingError, WeightsError
from core.messages import Action, CameraInfo, SourceKind, SourceState
from core.sources.source import Picture
from support.fakes import FakeEngine, FakeLive, Waker, picture
from support.session_rig import Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(Settings(source="clip.mp4"))
    made.session.start()
    yield made
    made.session.close()


def test_the_settings_decide_what_starts(rig: Rig) -> None:
    rig.until(rig.result)
    assert rig.opened == [("clip.mp4", DEFAULTS.camera_mode)]
    assert rig.loaded == [(DEFAULTS.model, "auto", "auto")]


def test_only_what_changed_is_touched(rig: Rig) -> None:
    rig.until(rig.result)
    rig.session.change(view="wipe", colormap="turbo", model=DEFAULTS.model)
    rig.session.change(precision="fp32")
    rig.until(lambda: len(rig.loaded) == 2)
    assert rig.loaded[1] == (DEFAULTS.model, "fp32", "auto")
    assert len(rig.opened) == 1
    rig.session.change(size="384")
    rig.until(lambda: (result := rig.session.newest_result()) and result.network_hw == (384, 384))
    assert (len(rig.opened), len(rig.loaded)) == (1, 2)


def test_a_wrong_value_changes_nothing(rig: Rig) -> None:
    with pytest.raises(SettingError):
        rig.session.change(size="100", view="depth")
    assert rig.session.settings.view == DEFAULTS.view


def test_recent_sources_are_kept_once_newest_first_without_what_is_always_listed(rig: Rig) -> None:
    for number in range(MOST + 2):
        rig.session.open_source(f"{number}.mp4")
    rig.session.open_source("5.mp4")
    rig.session.open_source("demo")
    rig.session.open_source("camera:0")
    recent = rig.session.settings.recent_sources
    assert recent[:2] == ("5.mp4", f"{MOST + 1}.mp4")
    assert len(recent) == len(set(recent)) == MOST


def test_opening_what_plays_opens_it_afresh(rig: Rig) -> None:
    rig.until(rig.result)
    rig.session.open_source("clip.mp4")
    rig.until(lambda: len(rig.opened) == 2)


def test_a_fault_s_action_is_carried_out_and_the_fault_goes(rig: Rig) -> None:
    rig.until(rig.result)
    rig.refused.add("gone.mp4")
    rig.session.open_source("gone.mp4")
    rig.until(lambda: rig.session.status().faults)
    (fault,) = rig.session.status().faults
    assert fault.line == "gone.mp4 is refused"
    rig.refused.clear()
    for action, address in ((Action.REOPEN_SOURCE, "gone.mp4"), (Action.OPEN_DEMO, "demo")):
        count = len(rig.opened)
        rig.session.do(replace(fault, action=action))
        rig.until(lambda count=count: len(rig.opened) > count)
        assert rig.opened[-1][0] == address
    assert rig.session.status().faults == ()
    rig.session.change(model="other")
    rig.session.do(type(fault)(9, "", Action.USE_BUILT_IN_MODEL))
    rig.until(lambda: rig.loaded[-1][0] == DEFAULTS.model and len(rig.loaded) > 1)
    assert rig.session.settings.model == DEFAULTS.model


def test_playback_orders_reach_the_source(rig: Rig) -> None:
    rig.until(rig.result)
    rig.session.toggle_pause()
    rig.until(lambda: rig.session.status().source_state is SourceState.PAUSED)
    rig.session.seek(5.0)
    rig.until(lambda: rig.session.position_s() == pytest.approx(5.0))
    rig.session.step(-2)
    rig.until(lambda: rig.session.position_s() == pytest.approx(4.998))
    rig.session.toggle_pause()
    rig.until(lambda: (rig.session.position_s() or 0) > 5.0)


def test_before_there_is_a_source_nothing_happens() -> None:
    rig = Rig(DEFAULTS)
    rig.session.toggle_pause()
    rig.session.step(1)
    rig.session.seek(1.0)
    assert rig.session.position_s() is None
    assert rig.session.newest_result() is None
    rig.session.close()
    rig.session.close()


def test_every_choice_is_remembered(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "settings.json")
    rig = Rig(Settings(source="a.mp4"), store)
    rig.session.start()
    rig.session.change(size="448", colormap="viridis")
    rig.session.open_source("b.mp4")
    rig.session.close()
    remembered, problem = SettingsStore(tmp_path / "settings.json").load()
    assert problem is None
    assert remembered == rig.session.settings
    assert (remembered.source, remembered.size, remembered.colormap) == ("b.mp4", "448", "viridis")


def test_a_snapshot_is_written_in_the_background_and_finished_on_close(rig: Rig) -> None:
    found = []
    rig.until(lambda: (result := rig.session.newest_result()) and (found.append(result) or True))
    written: list[Path] = []
    rig.session.snapshot(found[0], b"view", written.append)
    rig.session.close()
    (folder,) = written
    assert sorted(path.name for path in folder.iterdir()) == [
        "colour.png",
        "depth.png",
        "snapshot.json",
        "view.png",
    ]


def test_a_model_that_is_not_here_is_one_click_away(monkeypatch: pytest.MonkeyPatch, rig: Rig) -> None:
    asked: list[str] = []

    def fetch(name: str, *_: object, **__: object) -> Path:
        asked.append(name)
        return Path(name)

    def load(model: str, *_: object) -> FakeEngine:
        raise ModelNotFetched(model, 436_200_000)

    monkeypatch.setattr("core.weights.download.fetch", fetch)
    rig.until(rig.result)
    rig.make_engine = load
    rig.session.change(model="swin2-base-384")
    fault = rig.fault()
    assert (fault.line, fault.button) == ("swin2-base-384 is not on this computer", "Download 436 MB")
    rig.make_engine = lambda model, precision: FakeEngine(model)
    rig.session.do(fault)
    rig.until(lambda: (result := rig.result()) is not None and result.model.name == "swin2-base-384")
    assert asked == ["swin2-base-384"]


def test_a_model_that_failed_is_tried_again_when_it_is_picked_again(rig: Rig) -> None:
    def load(model: str, *_: object) -> FakeEngine:
        raise WeightsError("it is damaged")

    rig.until(rig.result)
    rig.make_engine = load
    rig.session.change(model="mine.pt")
    rig.fault()
    rig.make_engine = lambda model, precision: FakeEngine(model)
    rig.session.change(model="mine.pt")
    rig.until(lambda: (result := rig.result()) is not None and result.model.name == "mine.pt")
    loads = len(rig.loaded)
    rig.session.change(model="mine.pt")
    rig.session.change(precision="fp32")
    rig.until(lambda: rig.loaded[-1][1] == "fp32")
    assert len(rig.loaded) == loads + 1, "what runs is not loaded again"


def test_another_mode_is_for_the_camera_that_plays_although_another_source_failed(rig: Rig) -> None:
    class Webcam(FakeLive):
        def read(self) -> Picture | None:
            return picture(1)

    rig.make_source = lambda address: Webcam(address)
    rig.session.open_source("camera:0")
    rig.until(lambda: (source := rig.session.status().source) and source.kind is SourceKind.CAMERA)
    rig.refused.add("rtsp://typo/")
    rig.session.open_source("rtsp://typo/")
    rig.fault()
    rig.session.change(camera_mode="1920x1080@30")
    rig.until(lambda: rig.opened[-1][1] == "1920x1080@30")
    assert rig.opened[-1] == ("camera:0", "1920x1080@30")


def test_what_failed_is_tried_again_not_what_was_opened_since(rig: Rig) -> None:
    rig.refused.add("x.mp4")
    rig.session.open_source("x.mp4")
    fault = rig.fault()
    rig.session.open_source("y.mp4")
    rig.refused.clear()
    rig.until(lambda: rig.opened[-1][0] == "y.mp4")
    rig.session.do(fault)
    rig.until(lambda: rig.opened[-1][0] == "x.mp4")
    assert rig.session.settings.source == "x.mp4"


def test_cameras_come_and_go() -> None:
    woken = Waker()
    there: list[CameraInfo] = []  # what a look finds: changed once the watch has told of what was there before
    watch = CameraWatch(woken, lambda: tuple(there), period_s=0.001)
    watch.start()
    there.append(CameraInfo("camera:0", "One"))
    woken.until(lambda: watch.cameras)
    there.clear()
    woken.until(lambda: not watch.cameras)
    watch.close()
