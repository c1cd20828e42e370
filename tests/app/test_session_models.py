"""What the session makes of downloads, own files and removals: which model runs afterwards."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.settings import Settings
from core.comparing.lane_wish import LaneWish
from core.errors import WeightsError
from core.messages import Action
from core.model_messages import TaskState
from core.weights.places import published_path
from core.weights.provenance import Provenance, remember
from core.weights.published import PUBLISHED_MODELS
from support.session_rig import Rig
from tests.support.checkpoints import save_midas

TINY, BASE = "swin2-tiny-256", "swin2-base-384"


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(Settings(source="clip.mp4", model="fathom-nano"))
    made.session.start()
    made.until(made.result)
    yield made
    made.session.close()


class Fetch:
    """Each download ends when the test says so, as the test says."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.asked: list[str] = []
        self.failures: list[Exception] = []
        self.let_go = threading.Event()

    def __call__(self, name: str, progress: object, cancelled: Callable[[], bool], **_: object) -> Path:
        self.asked.append(name)
        self.rig.until(lambda: cancelled() or self.let_go.is_set())
        if self.failures:
            raise self.failures.pop(0)
        return Path(name)


@pytest.fixture
def fetch(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fetch]:
    made = Fetch(rig)
    monkeypatch.setattr("core.weights.download.fetch", made)
    yield made
    made.let_go.set()


def test_a_model_that_was_waited_for_runs_once_it_is_here(rig: Rig, fetch: Fetch) -> None:
    fetch.let_go.set()
    rig.session.fetch_model(BASE)
    rig.until(lambda: rig.loaded[-1][0] == BASE)
    assert rig.session.settings.model == BASE


def test_of_several_the_last_that_was_waited_for_runs(rig: Rig, fetch: Fetch) -> None:
    rig.session.fetch_model(BASE)
    rig.session.fetch_model(TINY)
    fetch.let_go.set()
    rig.until(lambda: rig.session.settings.model == TINY)
    assert fetch.asked == [BASE, TINY]
    assert BASE not in {model for model, *_ in rig.loaded}


def test_who_chooses_another_meanwhile_is_left_with_it(rig: Rig, fetch: Fetch) -> None:
    rig.session.fetch_model(BASE)
    rig.until(lambda: fetch.asked)
    rig.session.change(model="other")
    fetch.let_go.set()
    rig.until(lambda: rig.session.status().downloads == ())
    rig.session.close()
    assert rig.session.settings.model == "other"


def test_a_download_from_the_manager_changes_nothing_that_runs(rig: Rig, fetch: Fetch) -> None:
    fetch.let_go.set()
    fetch.failures.append(WeightsError("the server answered 404"))
    rig.session.fetch_model(BASE, run=False)
    fault = rig.fault()
    assert (fault.line, fault.action) == ("the server answered 404", Action.FETCH_MODEL)
    rig.session.do(fault)
    rig.until(lambda: rig.session.status().downloads == ())
    rig.session.close()
    assert fetch.asked == [BASE, BASE]
    assert rig.session.settings.model == "fathom-nano"


def test_a_download_that_failed_runs_after_another_attempt_if_it_was_waited_for(rig: Rig, fetch: Fetch) -> None:
    fetch.let_go.set()
    fetch.failures.append(WeightsError("the server answered 404"))
    rig.session.fetch_model(BASE)
    rig.session.do(rig.fault())
    rig.until(lambda: rig.session.settings.model == BASE)


def test_a_file_is_run_once_it_is_known_to_be_a_model(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "broken.pt").write_bytes(b"nothing")
    rig.session.open_model_file(str(tmp_path / "broken.pt"))
    assert "not a model file" in rig.fault().line
    assert rig.session.settings.model == "fathom-nano"
    path = str(save_midas(tmp_path / "toy.pt"))
    rig.session.open_model_file(path)
    rig.until(lambda: rig.loaded[-1][0] == path)
    assert path in {entry.name for entry in rig.session.models()}


def test_a_file_can_be_listed_without_being_run(rig: Rig, tmp_path: Path) -> None:
    path = str(save_midas(tmp_path / "toy.pt"))
    rig.session.open_model_file(path, run=False)
    rig.until(lambda: path in {entry.name for entry in rig.session.models()})
    rig.session.close()
    assert rig.session.settings.model == "fathom-nano"


def line_of(rig: Rig, name: str, state: TaskState) -> str:
    def found() -> list[str]:
        return [task.line for task in rig.session.status().model_tasks if (task.name, task.state) == (name, state)]

    rig.until(found)
    return found()[0]


def test_what_runs_or_is_to_run_is_not_removed(rig: Rig) -> None:
    model = PUBLISHED_MODELS[TINY]
    path = published_path(model)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    remember(path.parent, Provenance(TINY, path.name, "http://localhost/x", "0" * 64, 7, "MIT", False))
    rig.session.refresh_models()
    rig.session.change(model=TINY)
    rig.until(lambda: (model := rig.session.status().model) and model.name == TINY)
    rig.session.remove_model(TINY)
    assert "in use" in line_of(rig, TINY, TaskState.FAILED)
    assert path.exists()
    rig.session.change(model="fathom-nano")
    rig.until(lambda: (model := rig.session.status().model) and model.name == "fathom-nano")
    rig.session.remove_model(TINY)
    line_of(rig, TINY, TaskState.DONE)
    assert not path.exists()


def test_what_a_lane_runs_is_not_removed(rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = str(save_midas(tmp_path / "toy.pt"))
    rig.session.open_model_file(path, run=False)
    rig.until(lambda: path in {entry.name for entry in rig.session.models()})
    lane = SimpleNamespace(wish=LaneWish(path))
    monkeypatch.setattr(rig.session, "comparison", lambda: SimpleNamespace(lanes=(lane,)))
    rig.session.remove_model(path)
    assert "in use" in line_of(rig, path, TaskState.FAILED)


def test_a_new_download_puts_away_what_was_said_before(rig: Rig, fetch: Fetch) -> None:
    rig.session.remove_model(BASE)
    line_of(rig, BASE, TaskState.FAILED)
    rig.session.fetch_model(BASE)
    assert rig.session.status().model_tasks == ()
