"""What each fault offers is carried out, and helps."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Settings
from core.errors import NoSuchDevice
from core.messages import Action, DepthResult
from support.fakes import FakeEngine
from support.session_rig import Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(Settings(source="clip.mp4"))
    yield made
    made.session.close()


def test_a_size_that_fails_can_be_left_for_the_one_that_works(rig: Rig) -> None:
    rig.make_engine = lambda model, precision: FakeEngine(model, fails_at={(1536, 1536)})
    rig.session.start()
    rig.until(rig.result)
    rig.session.change(size="1536")
    fault = rig.fault()
    assert (fault.action, fault.button) == (Action.KEEP_SIZE, "Stay at 256")
    rig.session.do(fault)
    assert rig.session.settings.size == "256"
    assert rig.session.status().faults == ()


def test_a_size_of_the_picture_s_shape_is_kept_as_one_number(rig: Rig) -> None:
    rig.make_engine = lambda model, precision: FakeEngine(model, fails_at={(64, 1024)})
    rig.session.change(aspect="keep", size="512")
    rig.session.start()
    rig.until(rig.result)  # the pictures are 64x48
    rig.session.change(size="64x1024")
    fault = rig.fault()
    assert fault.line.endswith("going on at 448x576")
    assert fault.value == "512"


def test_a_precision_that_was_left_can_stay_left(rig: Rig) -> None:
    def make(model: str, precision: str) -> FakeEngine:
        daring = precision == "auto"
        return FakeEngine(
            model, precision="fp16" if daring else precision, non_finite_at=range(9, 256) if daring else range(0)
        )

    rig.make_engine = make
    rig.session.start()
    fault = rig.fault()
    assert (fault.action, fault.button) == (Action.KEEP_PRECISION, "Keep bf16")
    rig.until(lambda: (result := rig.result()) is not None and result.model.precision == "bf16")
    rig.session.do(fault)
    assert rig.session.settings.precision == "bf16"
    rig.until(lambda: len(rig.loaded) == 3)
    assert [precision for _, precision, _ in rig.loaded] == ["auto", "bf16", "bf16"]


def test_a_device_that_was_left_can_be_tried_again(rig: Rig) -> None:
    broken = threading.Event()
    broken.set()

    def make(model: str, precision: str) -> FakeEngine:
        if rig.loaded[-1][2] == "cpu":
            return FakeEngine(model)
        failure = RuntimeError("CUDA error: device lost")
        return FakeEngine(model, device="cuda:0", failure=lambda hw: failure if broken.is_set() else None)

    rig.make_engine = make
    rig.session.start()
    fault = rig.fault()
    assert fault.button == "Try cuda:0 again"
    rig.until(lambda: (result := rig.result()) is not None and result.model.device == "cpu")
    broken.clear()
    rig.session.do(fault)
    rig.until(lambda: (result := rig.result()) is not None and result.model.device == "cuda:0")
    assert [device for _, _, device in rig.loaded] == ["auto", "cpu", "auto"]
    assert rig.session.status().faults == ()


def test_a_device_that_is_not_there_is_left_without_losing_anything_else(rig: Rig) -> None:
    def make(model: str, precision: str) -> FakeEngine:
        if rig.loaded[-1][2] != "auto":
            raise NoSuchDevice("device must be one of auto, cpu on this machine, got 'cuda:0'")
        return FakeEngine(model, precision=precision)

    rig.make_engine = make
    rig.session.change(model="mine.pt", precision="fp32", size="384", device="cuda:0")
    rig.session.start()
    fault = rig.fault()
    assert fault.button == "Use what there is"
    rig.session.do(fault)
    rig.until(lambda: (result := rig.result()) is not None and result.model.precision == "fp32")
    settings = rig.session.settings
    assert (settings.model, settings.size, settings.device) == ("mine.pt", "384", "auto")


def a_result(rig: Rig) -> DepthResult:
    found: list[DepthResult] = []
    rig.until(lambda: (result := rig.result()) is not None and (found.append(result) or True))
    return found[0]


def fail_at_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, Path]:
    """A pictures' folder that is a file, and a home that is a folder."""
    pictures, home = tmp_path / "pictures", tmp_path / "home"
    pictures.touch()
    home.mkdir()
    monkeypatch.setattr("app.paths.pictures_dir", lambda: pictures)
    monkeypatch.setattr("pathlib.Path.home", lambda: home)
    return pictures, home


def no_word(folder: Path) -> None:
    raise AssertionError(f"nothing was written in {folder}")


def test_a_snapshot_that_cannot_be_written_is_saved_elsewhere(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pictures, home = fail_at_first(monkeypatch, tmp_path)
    rig.session.start()
    written: list[Path] = []
    rig.session.snapshot(a_result(rig), b"view", written.append)
    fault = rig.fault()
    assert str(pictures) in fault.line
    assert fault.button == "Save in the home folder"
    assert written == []
    rig.session.do(fault)
    rig.session.close()
    (folder,) = written
    assert folder.parent == home
    assert (folder / "view.png").read_bytes() == b"view"
    assert (folder / "snapshot.json").is_file()
    assert rig.session.status().faults == ()


def test_a_snapshot_that_was_put_away_is_not_kept(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, home = fail_at_first(monkeypatch, tmp_path)
    rig.session.start()
    rig.session.snapshot(a_result(rig), b"view", no_word)
    fault = rig.fault()
    rig.session.dismiss(fault)
    rig.session.do(fault)
    rig.session.close()
    assert list(home.iterdir()) == []


def test_whatever_goes_wrong_in_a_snapshot_is_said(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("core.snapshot.write_snapshot", out_of_memory)
    rig.session.start()
    rig.session.snapshot(a_result(rig), None, no_word)
    assert rig.fault().line == "MemoryError"


def test_a_download_that_fails_in_an_unforeseen_way_is_said_and_tried_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fetch(name: str, *_: object, **__: object) -> Path:
        asked.append(name)
        if len(asked) == 1:
            raise MemoryError
        return Path(name)

    monkeypatch.setattr("core.weights.download.fetch", fetch)
    rig.session.start()
    rig.session.fetch_model("swin2-tiny-256")
    fault = rig.fault()
    assert (fault.line, fault.button, fault.value) == ("MemoryError", "Download again", "swin2-tiny-256")
    rig.session.do(fault)
    rig.until(lambda: rig.session.settings.model == "swin2-tiny-256")
    assert asked == ["swin2-tiny-256"] * 2
