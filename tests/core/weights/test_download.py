"""A published model gets its name on disk only when it is proved whole; the server here is on this machine."""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from core.errors import WeightsError
from core.weights.catalogue import entries, locate
from core.weights.http_file import FetchCancelled
from core.weights.places import models_folder
from core.weights.provenance import remembered
from core.weights.reader import read_weights
from tests.support.checkpoints import save_midas, toy_state
from tests.support.file_server import (
    FileServer,
    Handler,
    body,
    cut_off,
    honest,
    redirect,
    status,
    whole_whatever_was_asked,
    with_length,
)
from tests.support.published_toys import fetch, locate_fails, refused

LONG_S = 20.0


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".lock"}


def linked(content: bytes, **changes: str) -> dict[str, str]:
    """What Hugging Face's redirect says of a large file."""
    told = {"X_Linked_ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X_Linked_Size": str(len(content))}
    return told | changes


def test_midas_weights_are_loaded_remembered_and_listed(server: FileServer, files: Mapping[str, bytes]) -> None:
    assert locate_fails("toy-128")
    seen: list[tuple[int, int | None]] = []
    path = fetch("toy-128", lambda done, total: seen.append((done, total)))
    content = files["/dpt_toy.pt"]
    assert path == models_folder() / "toy-128" / "dpt_toy.pt" == locate("toy-128")
    assert seen[-1] == (len(content), len(content))
    assert names_in(path.parent) == {"dpt_toy.pt", "fetched.json"}
    note = remembered(path)
    assert note is not None
    assert (note.sha256, note.bytes, note.published_sha256) == (
        hashlib.sha256(content).hexdigest(),
        len(content),
        False,
    )
    weights = read_weights(path)
    assert (weights.name, weights.licence, weights.origin) == ("toy-128", "MIT", f"{server.url}/dpt_toy.pt")
    entry = next(entry for entry in entries() if entry.name == "toy-128")
    assert (entry.path, entry.download_bytes) == (str(path), None)


def test_a_model_that_is_here_is_not_asked_for(server: FileServer) -> None:
    path = fetch("toy-128")
    server.requests.clear()
    assert fetch("toy-128") == path
    assert server.requests == []


def test_hugging_face_weights_are_held_to_the_publishers_hash(
    server: FileServer, files: Mapping[str, bytes]
) -> None:
    content = files["/Intel/toy/resolve/main/model.safetensors"]
    server.files["/cdn/blob"] = content
    server.answers = [honest, redirect("/cdn/blob", **linked(content))]
    path = fetch("hf-toy-128")
    assert names_in(path.parent) == {"model.safetensors", "config.json", "fetched.json"}
    note = remembered(path)
    assert note is not None
    assert note.published_sha256
    assert read_weights(path).name == "hf-toy-128"


def test_wrong_bytes_of_the_right_length_are_deleted(server: FileServer, files: Mapping[str, bytes]) -> None:
    content = files["/Intel/toy/resolve/main/model.safetensors"]
    tampered = content[:-4] + bytes(4)
    server.files["/cdn/blob"] = tampered
    server.answers = [honest, redirect("/cdn/blob", **linked(content))]
    assert "SHA-256" in refused("hf-toy-128")
    assert names_in(models_folder() / "hf-toy-128") == {"config.json"}
    server.files["/cdn/blob"] = content
    server.answers = [honest, redirect("/cdn/blob", **linked(content))]
    fetch("hf-toy-128")


def test_a_publishers_length_that_the_server_does_not_keep(server: FileServer, files: Mapping[str, bytes]) -> None:
    content = files["/Intel/toy/resolve/main/model.safetensors"]
    server.files["/cdn/blob"] = content[:-1]
    server.answers = [honest, redirect("/cdn/blob", **linked(content))]
    assert "refused" in refused("hf-toy-128")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:5000] + bytes(100) + content[5100:],
        lambda content: content[:400_000] + bytes([content[400_000] ^ 1]) + content[400_001:],
        lambda content: b"",
        lambda content: b"not weights at all" * 1000,
    ],
)
def test_wrong_bytes_without_a_publishers_hash_are_deleted(
    server: FileServer, files: Mapping[str, bytes], wrong: Callable[[bytes], bytes]
) -> None:
    server.files["/dpt_toy.pt"] = wrong(files["/dpt_toy.pt"])
    assert "is not toy-128" in refused("toy-128")
    assert names_in(models_folder() / "toy-128") == set()


def test_weights_of_another_network_are_not_taken(server: FileServer, tmp_path: Path) -> None:
    other = dict(toy_state())
    masks = {f"pretrained.model.layers.{stage}.blocks.1.attn_mask" for stage in range(3)}
    torch.save(
        {
            key: torch.zeros(16, 16, 16)
            if key.startswith("pretrained.model.layers.0") and key in masks
            else tensor
            for key, tensor in torch.load(save_midas(tmp_path / "toy.pt", other), weights_only=True).items()
            if key not in masks or key.startswith("pretrained.model.layers.0")
        },
        tmp_path / "other.pt",
    )
    server.files["/dpt_toy.pt"] = (tmp_path / "other.pt").read_bytes()
    assert "network of another size" in refused("toy-128")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (status(404), "404"),
        (status(500), "500"),
        (cut_off(0), "stopped after 0"),
        (with_length(1000), "is not toy-128"),
        (with_length(900_000), "stopped after"),
        (with_length(10**14), "larger than"),
        (body(b"<html></html>", Content_Type="text/html"), "web page"),
    ],
)
def test_a_server_that_fails(server: FileServer, answer: Callable[[Handler, bytes], None], expected: str) -> None:
    server.answers = [answer] * 20
    assert expected in refused("toy-128")
    server.answers = []
    fetch("toy-128")


@pytest.mark.parametrize("config", [b"", b"[]", b"<html>", b'{"model_type": "vit"}', bytes(2 << 20)])
def test_a_config_that_is_none(server: FileServer, config: bytes) -> None:
    server.files["/Intel/toy/resolve/main/config.json"] = config
    refused("hf-toy-128")
    assert not (models_folder() / "hf-toy-128" / "model.safetensors").exists()


def test_a_cancelled_fetch_is_gone_on_with(server: FileServer) -> None:
    server.answers = [cut_off(100_000)]
    stop = threading.Event()

    def pause(seconds: float, cancelled: Callable[[], bool]) -> None:
        stop.set()

    with pytest.raises(FetchCancelled):
        fetch("toy-128", cancelled=stop.is_set, pause=pause)
    assert locate_fails("toy-128")
    fetch("toy-128")
    assert server.ranges() == [None, "bytes=100000-"]


def test_two_fetches_at_once_bring_it_once(server: FileServer) -> None:
    """Locks of two open files meet like those of two processes."""
    second_waits, first_may_go_on = threading.Event(), threading.Event()

    def held(handler: Handler, content: bytes) -> None:
        first_may_go_on.wait(LONG_S)
        whole_whatever_was_asked(handler, content)

    def pause(seconds: float, cancelled: Callable[[], bool]) -> None:
        second_waits.set()
        first_may_go_on.wait(LONG_S)

    server.answers = [held]
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(fetch, "toy-128", pause=pause) for _ in range(2)]
        assert second_waits.wait(LONG_S)
        first_may_go_on.set()
        assert both[0].result(LONG_S) == both[1].result(LONG_S) == locate("toy-128")
    assert len(server.requests) == 1


def test_a_name_nobody_published(server: FileServer) -> None:
    with pytest.raises(WeightsError, match=r"no model called 'toy-129' to fetch; did you mean toy-128\?"):
        fetch("toy-129")


def test_a_models_folder_that_cannot_be(
    server: FileServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("FATHOM_MODELS", str(tmp_path / "file"))
    with pytest.raises(WeightsError, match="cannot be written to"):
        fetch("toy-128")


def test_a_damaged_note_spoils_no_weights(server: FileServer) -> None:
    path = fetch("toy-128")
    for text in ("", "{}", "[]", json.dumps({"name": 3}), "[" * 100_000):
        path.with_name("fetched.json").write_text(text)
        assert read_weights(path).name == "dpt_toy"
        with pytest.raises(WeightsError, match="is damaged"):
            remembered(path)
