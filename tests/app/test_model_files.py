"""Work on model files in the background: what it does to the disk, to the list, and what it says."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.model_files import ModelFiles
from core.model_messages import ModelKind, TaskKind, TaskState
from core.status_board import StatusBoard
from core.weights import verification
from core.weights.own_files import add_file, listed_files
from core.weights.places import models_folder, part_path, published_path
from core.weights.provenance import Provenance, remember
from core.weights.published import PUBLISHED_MODELS
from core.weights.reader import read_weights
from support.fakes import Waker
from tests.support.checkpoints import save_midas

FREE = threading.Event()
FREE.set()


class Rig:
    def __init__(self) -> None:
        self.woken = Waker()
        self.board = StatusBoard(self.woken)
        self.in_use: set[str] = set()
        self.files = ModelFiles(self.board, lambda: self.in_use)

    def until(self, name: str, state: TaskState) -> str:
        """Wait for the newest work on model `name` to get there, and give its line."""
        self.woken.until(lambda: any(t.name == name and t.state is state for t in self.board.read().model_tasks))
        return next(task.line for task in self.board.read().model_tasks if task.name == name)


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.files.close()


def test_a_file_that_is_opened_is_told_listed_and_handed_on(rig: Rig, tmp_path: Path) -> None:
    path = save_midas(tmp_path / "toy.pt")
    opened = threading.Event()
    rig.files.open(path, opened.set)
    assert opened.wait(20)
    rig.woken.until(lambda: rig.board.read().model_tasks == ())
    entry = rig.files.entry(str(path))
    assert entry is not None
    assert (entry.kind, entry.title) == (ModelKind.FILE, "toy.pt")
    assert rig.board.read().faults == ()


def test_a_broken_file_gives_one_line_and_is_not_listed(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "broken.pt").write_bytes(b"no weights at all")
    opened = threading.Event()
    rig.files.open(tmp_path / "broken.pt", opened.set)
    line = "broken.pt is not a model file Fathom knows; wanted MiDaS .pt weights or a .safetensors file"
    rig.woken.until(lambda: [fault.line for fault in rig.board.read().faults] == [line])
    rig.woken.until(lambda: rig.board.read().model_tasks == ())
    assert not opened.is_set()
    assert listed_files() == ()


def test_files_elsewhere_are_looked_at_in_the_background_alone(tmp_path: Path) -> None:
    add_file(save_midas(tmp_path / "toy.pt"))
    made = Rig()
    assert all(entry.kind is not ModelKind.FILE for entry in made.files.entries)
    made.files.refresh()
    made.woken.until(lambda: any(entry.kind is ModelKind.FILE for entry in made.files.entries))
    made.files.close()


def test_a_converted_model_joins_the_list(rig: Rig, tmp_path: Path) -> None:
    source = str(save_midas(tmp_path / "toy.pt"))
    target = models_folder() / "mine.safetensors"
    rig.files.convert(source, target, "float16", over=False)
    assert str(target) in rig.until(source, TaskState.DONE)
    assert read_weights(target).dtype == "float16"
    assert rig.files.entry("mine") is not None
    elsewhere = tmp_path / "elsewhere.safetensors"
    rig.files.convert("mine", elsewhere, "float32", over=False)
    rig.until("mine", TaskState.DONE)
    assert listed_files() == (elsewhere,)


def test_converting_replaces_nothing_unasked(rig: Rig, tmp_path: Path) -> None:
    source = str(save_midas(tmp_path / "toy.pt"))
    target = tmp_path / "mine.safetensors"
    target.write_bytes(b"precious")
    rig.files.convert(source, target, "float16", over=False)
    assert "exists already" in rig.until(source, TaskState.FAILED)
    assert target.read_bytes() == b"precious"
    rig.files.stop(source)
    rig.files.convert(source, target, "float16", over=True)
    rig.until(source, TaskState.DONE)
    assert read_weights(target).name == "toy"


def test_a_check_tells_what_it_found(rig: Rig, tmp_path: Path) -> None:
    path = save_midas(tmp_path / "toy.pt")
    rig.files.verify(str(path))
    assert "whole and all finite" in rig.until(str(path), TaskState.DONE)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    rig.files.verify(str(path))
    assert "damaged" in rig.until(str(path), TaskState.FAILED)


class HeldVerify:
    """A check that waits in the middle until the test lets it go on."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.ended = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, path: Path, progress: Callable[[float], None]) -> verification.Verified:
        self.begun.set()
        assert self.go_on.wait(20)
        try:
            progress(0.5)
        except BaseException:
            self.ended.set()
            raise
        return verification.Verified(1, 1, "0" * 64, "nothing")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldVerify]:
    made = HeldVerify()
    monkeypatch.setattr(verification, "verify", made)
    yield made
    made.go_on.set()


def test_work_can_be_given_up_and_is_then_no_failure(rig: Rig, held: HeldVerify) -> None:
    rig.files.verify("fathom-nano")
    assert held.begun.wait(20)
    rig.files.stop("fathom-nano")
    held.go_on.set()
    assert held.ended.wait(20)
    rig.files.close()
    assert rig.board.read().model_tasks == ()


def test_one_thing_at_a_time_is_done_with_a_model_and_the_next_waits(
    rig: Rig, held: HeldVerify, tmp_path: Path
) -> None:
    path = save_midas(tmp_path / "toy.pt")
    rig.files.verify("fathom-nano")
    assert held.begun.wait(20)
    rig.files.verify("fathom-nano")
    opened = threading.Event()
    rig.files.open(path, opened.set)
    assert [(task.kind, task.state) for task in rig.board.read().model_tasks] == [
        (TaskKind.VERIFY, TaskState.RUNNING),
        (TaskKind.OPEN, TaskState.WAITING),
    ]
    held.go_on.set()
    assert opened.wait(20)


def test_closing_gives_up_what_runs_and_what_waits(rig: Rig, held: HeldVerify, tmp_path: Path) -> None:
    path = save_midas(tmp_path / "toy.pt")
    rig.files.verify("fathom-nano")
    rig.files.open(path, lambda: None)
    assert held.begun.wait(20)
    closing = threading.Thread(target=rig.files.close)
    closing.start()
    rig.woken.until(lambda: rig.files._closing)
    held.go_on.set()
    closing.join(20)
    assert held.ended.is_set()
    assert listed_files() == ()


def fetched() -> Path:
    model = PUBLISHED_MODELS["swin2-tiny-256"]
    path = published_path(model)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    remember(path.parent, Provenance(model.name, path.name, "http://localhost/x", "0" * 64, 7, "MIT", False))
    return path


def test_what_is_in_use_is_not_removed(rig: Rig) -> None:
    path = fetched()
    rig.in_use = {"swin2-tiny-256"}
    rig.files.remove("swin2-tiny-256", FREE)
    assert "in use: choose another model first" in rig.until("swin2-tiny-256", TaskState.FAILED)
    assert path.exists()
    rig.in_use = set()
    rig.files.remove("swin2-tiny-256", FREE)
    assert "was removed" in rig.until("swin2-tiny-256", TaskState.DONE)
    assert not path.parent.exists()
    entry = rig.files.entry("swin2-tiny-256")
    assert entry is not None
    assert entry.path is None


def test_removing_waits_until_a_download_has_let_go(rig: Rig) -> None:
    part = part_path(published_path(PUBLISHED_MODELS["swin2-tiny-256"]))
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    ended = threading.Event()
    rig.files.remove("swin2-tiny-256", ended)
    rig.woken.until(lambda: rig.board.read().model_tasks[-1].state is TaskState.RUNNING)
    assert part.exists()
    ended.set()
    rig.until("swin2-tiny-256", TaskState.DONE)
    assert not part.exists()


def test_what_nobody_foresaw_is_said_too(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(path: Path, progress: object) -> None:
        raise MemoryError

    monkeypatch.setattr(verification, "verify", out_of_memory)
    rig.files.verify("fathom-nano")
    assert rig.until("fathom-nano", TaskState.FAILED) == "MemoryError"
    rig.files.stop("fathom-nano")
    assert rig.board.read().model_tasks == ()
