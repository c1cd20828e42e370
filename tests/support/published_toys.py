"""Models published by a test: toys that lie on a server of this machine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import WeightsError
from core.weights import download
from core.weights.catalogue import locate
from core.weights.published import PublishedModel, Publisher

MIDAS = PublishedModel("toy-128", "toy", 134_281, Publisher.MIDAS, "dpt_toy.pt", 800_000, "MIT")
HUGGING_FACE = PublishedModel(
    "hf-toy-128",
    "toy",
    134_281,
    Publisher.HUGGING_FACE,
    "Intel/toy/resolve/main/model.safetensors",
    800_000,
    "MIT",
    config_path="Intel/toy/resolve/main/config.json",
)
MODELS = {model.name: model for model in (MIDAS, HUGGING_FACE)}


def fetch(
    name: str,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    checking: Callable[[float], None] = lambda share: None,
    pause: Callable[[float, Callable[[], bool]], None] = lambda seconds, cancelled: None,
) -> Path:
    return download.fetch(name, progress, cancelled, checking=checking, pause=pause)


def refused(name: str) -> str:
    """The line of a fetch that fails, after which the model is as far away as before."""
    with pytest.raises(WeightsError) as caught:
        fetch(name)
    assert locate_fails(name)
    assert str(caught.value).isprintable()
    return str(caught.value)


def locate_fails(name: str) -> bool:
    with pytest.raises(WeightsError, match="is not on this computer"):
        locate(name)
    return True
