"""Removing a model deletes what was fetched, and nothing else ever."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import WeightsError
from core.weights.catalogue import entries, unusable
from core.weights.folder_lock import alone_in
from core.weights.own_files import FILE_NAME, KEPT, add_file, forget_file, listed_files
from core.weights.parts import Received, write_note
from core.weights.places import models_folder, part_path, published_path
from core.weights.provenance import Provenance, remember, replacing
from core.weights.published import PUBLISHED_MODELS
from core.weights.removal import remove
from tests.support.checkpoints import save_midas

TINY = PUBLISHED_MODELS["swin2-tiny-256"]


def fetched(content: bytes = b"weights") -> Path:
    """A model as `fetch` leaves it."""
    path = published_path(TINY)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    remember(path.parent, Provenance(TINY.name, path.name, "http://localhost/x", "0" * 64, 7, "MIT", False))
    (path.parent / ".lock").touch()
    return path


def entry_of(name: str) -> object:
    return next(entry for entry in entries() if entry.name == name)


def test_a_fetched_model_leaves_nothing_behind() -> None:
    path = fetched()
    assert entry_of("swin2-tiny-256").path == str(path)
    assert remove("swin2-tiny-256").startswith("swin2-tiny-256 was removed")
    assert not path.parent.exists()
    assert entry_of("swin2-tiny-256").path is None


def test_what_is_left_of_a_download_is_removed_too() -> None:
    part = part_path(published_path(TINY))
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    write_note(part, Received("http://localhost/x", '"v1"', 8, None))
    assert entry_of("swin2-tiny-256").part_bytes == 4
    remove("swin2-tiny-256")
    assert not part.parent.exists()


def test_a_file_of_somebody_else_stays_with_its_folder() -> None:
    path = fetched()
    notes = path.with_name("my notes.txt")
    notes.write_bytes(b"precious")
    remove("swin2-tiny-256")
    assert [kept.name for kept in path.parent.iterdir()] == ["my notes.txt"]


def by_hand() -> str:
    path = published_path(TINY)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    return "swin2-tiny-256"


def in_the_folder() -> str:
    models_folder().mkdir(parents=True)
    (models_folder() / "mine.safetensors").write_bytes(b"mine")
    return str(models_folder() / "mine.safetensors")


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (by_hand, "is yours: delete the file yourself"),
        (in_the_folder, "is yours: delete the file yourself"),
        (lambda: "fathom-nano", "part of Fathom"),
        (lambda: "swin2-base-384", "nothing to remove"),
        (lambda: "fathom-nan", "did you mean fathom-nano?"),
    ],
)
def test_what_is_not_fathoms_to_delete(prepare: Callable[[], str], expected: str) -> None:
    name = prepare()
    before = sorted(models_folder().rglob("*")) if models_folder().exists() else []
    with pytest.raises(WeightsError) as caught:
        remove(name)
    assert expected in str(caught.value)
    after = sorted(models_folder().rglob("*")) if models_folder().exists() else []
    assert [path for path in after if path.name != ".lock"] == before


def test_what_another_fathom_downloads_is_not_taken_from_under_it() -> None:
    part = part_path(published_path(TINY))
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    with alone_in(part.parent), pytest.raises(WeightsError, match="by another Fathom"):
        remove("swin2-tiny-256")
    assert part.read_bytes() == b"half"


def test_who_waited_for_a_folder_that_was_removed_gets_a_new_lock(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    with alone_in(folder):
        (folder / ".lock").unlink()
        with alone_in(folder):  # another file by now: the old one locks nothing any more
            assert (folder / ".lock").exists()


def test_own_files_are_remembered_newest_first_and_forgotten(tmp_path: Path) -> None:
    first, second = save_midas(tmp_path / "first.pt"), save_midas(tmp_path / "second.pt")
    add_file(first)
    add_file(second)
    add_file(first)
    assert listed_files() == (first, second)
    listed = [entry for entry in entries() if entry.name.startswith(str(tmp_path))]
    assert [(entry.title, entry.parameters) for entry in listed] == [
        ("first.pt", 134_281),
        ("second.pt", 134_281),
    ]
    assert remove(str(first)).endswith("the file stays where it is")
    assert first.exists()
    assert listed_files() == (second,)


def test_an_own_file_that_vanished_or_broke_is_told_and_can_be_forgotten(tmp_path: Path) -> None:
    gone, broken = tmp_path / "gone.pt", tmp_path / "broken.pt"
    broken.write_bytes(b"no weights")
    add_file(gone)
    add_file(broken)
    assert [entry.problem.partition(str(tmp_path))[2] or entry.problem for entry in unusable()] == [
        "broken.pt is not a model file Fathom knows; wanted MiDaS .pt weights or a .safetensors file",
        "/gone.pt is not there any more",
    ]
    remove(str(gone))
    forget_file(broken)
    assert unusable() == ()


@pytest.mark.parametrize("text", [b"", b"{", b"{}", b"[3]", b'["a\\u0000b"]', b"[" * 100_000, bytes(2 << 20)])
def test_a_damaged_list_counts_as_empty(text: bytes, tmp_path: Path) -> None:
    models_folder().mkdir(parents=True)
    (models_folder() / FILE_NAME).write_bytes(text)
    assert listed_files() == ()
    add_file(tmp_path / "a.pt")
    assert listed_files() == (tmp_path / "a.pt",)


def test_the_list_does_not_grow_for_ever(tmp_path: Path) -> None:
    for number in range(KEPT + 5):
        add_file(tmp_path / f"{number}.pt")
    assert len(listed_files()) == KEPT
    assert listed_files()[0] == tmp_path / f"{KEPT + 4}.pt"


def test_a_new_file_never_takes_the_place_of_one_that_came_meanwhile(tmp_path: Path) -> None:
    target = tmp_path / "model.safetensors"

    def write() -> None:
        with replacing(target, over=False) as file:
            file.write(b"new")
            target.write_bytes(b"precious")

    with pytest.raises(FileExistsError):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]
    assert target.read_bytes() == b"precious"
    with replacing(tmp_path / "other", over=False) as file:
        file.write(b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.safetensors", "other"]
