"""A publisher on this machine, for what downloads."""

from collections.abc import Iterator, Mapping

import pytest

from core.model.config import PUBLISHED
from core.weights import catalogue, download
from tests.support.checkpoints import TOY, save_hugging_face, save_midas
from tests.support.file_server import FileServer, serving
from tests.support.published_toys import MODELS


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    folder = tmp_path_factory.mktemp("published")
    weights = save_hugging_face(folder)
    return {
        "/dpt_toy.pt": save_midas(folder / "toy.pt").read_bytes(),
        "/Intel/toy/resolve/main/model.safetensors": weights.read_bytes(),
        "/Intel/toy/resolve/main/config.json": weights.with_name("config.json").read_bytes(),
    }


@pytest.fixture
def server(files: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setitem(PUBLISHED, "toy", TOY)
    monkeypatch.setattr(download, "PUBLISHED_MODELS", MODELS)
    monkeypatch.setattr(catalogue, "PUBLISHED_MODELS", MODELS)
    with serving(dict(files)) as state:
        monkeypatch.setenv("FATHOM_MODEL_MIRROR", state.url)
        yield state
