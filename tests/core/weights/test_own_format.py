"""Fathom's own format: all it was given is kept and checked, and the same weights are the same bytes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.errors import WeightsError
from core.weights.own_format import Weights, content_sha256, write_weights
from core.weights.reader import read_weights
from tests.support.checkpoints import TOY, assert_same, toy_state
from tests.support.refusals import refusal


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_own_format_keeps_all_it_was_given(tmp_path: Path, dtype: str) -> None:
    texts = {"name": "toy", "origin": "a test", "licence": "MIT", "note": "ä × note", "source_sha256": "ab" * 32}
    config = replace(TOY, pretrained_windows=(3, 3, 3, 2))
    write_weights(tmp_path / "other.safetensors", Weights(config=config, state=toy_state(), **texts), dtype)
    weights = read_weights(tmp_path / "other.safetensors")
    assert {key: getattr(weights, key) for key in texts} == texts
    assert (weights.config, weights.dtype, weights.layout) == (config, dtype, "Fathom")
    assert_same(weights.state, {key: tensor.to(getattr(torch, dtype)) for key, tensor in toy_state().items()})


def own_file(path: Path, state: Mapping[str, torch.Tensor] | None = None, **metadata: str) -> Path:
    state = dict(state or toy_state())
    known = {
        "format": "fathom-depth-1",
        "config": json.dumps(asdict(TOY)),
        "content_sha256": content_sha256(state),
    }
    save_file(state, path, {**known, **metadata})
    return path


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"format": "fathom-depth-9"}, "convert them again"),
        ({"config": "{}"}, "config in the file's metadata is damaged"),
        ({"config": "[" * 100_000}, "config in the file's metadata is damaged"),
        (
            {"config": json.dumps(asdict(TOY) | {"heads": [1, 2, 4, 7]})},
            "config in the file's metadata is damaged",
        ),
        ({"config": json.dumps(asdict(TOY) | {"heads": [2, 2, 4, 8]})}, "the metadata say heads"),
        ({"config": json.dumps(asdict(TOY) | {"window": 10**12})}, "beyond reason"),
        ({"config": json.dumps(asdict(TOY) | {"training_aspect": "trained"})}, "metadata is damaged"),
        ({"config": json.dumps(asdict(TOY) | {"training_speed": 1})}, "metadata is damaged"),
        ({"config": json.dumps(asdict(TOY) | {"antialias": "no"})}, "metadata is damaged"),
        ({"content_sha256": "0" * 64}, "not those that were written"),
    ],
)
def test_own_metadata_are_checked(tmp_path: Path, metadata: dict[str, str], expected: str) -> None:
    read_weights(own_file(tmp_path / "good.safetensors"))
    assert expected in refusal(own_file(tmp_path / "bad.safetensors", **metadata))


@pytest.mark.parametrize(
    ("written", "changed"), [(b'window\\": 4', b'window\\": 5'), (b'"name":"toy"', b'"name":"joy"')]
)
def test_metadata_that_changed_are_noticed(tmp_path: Path, written: bytes, changed: bytes) -> None:
    path = tmp_path / "toy.safetensors"
    write_weights(path, Weights(config=TOY, state=toy_state(), name="toy"), "float16")
    content = path.read_bytes()
    assert content.count(written) == 1
    path.write_bytes(content.replace(written, changed))
    assert "the metadata are not those that were written" in refusal(path)


@pytest.mark.parametrize(("aspect", "antialias"), [("square", False), ("keep", True)])
def test_what_pictures_the_training_saw_is_in_the_file(tmp_path: Path, aspect: str, antialias: bool) -> None:
    path, config = tmp_path / "toy.safetensors", replace(TOY, training_aspect=aspect, antialias=antialias)
    write_weights(path, Weights(config=config, state=toy_state(), name="toy"), "float16")
    assert read_weights(path).config == config


def test_a_file_from_before_that_was_told_is_given_pictures_as_midas_has_them(tmp_path: Path) -> None:
    later = {"training_aspect", "antialias"}
    config = {key: value for key, value in asdict(TOY).items() if key not in later}
    read = read_weights(own_file(tmp_path / "old.safetensors", config=json.dumps(config)))
    assert read.config == replace(TOY, training_aspect="square", antialias=False)


def test_texts_of_a_stranger_cannot_steer_a_terminal(tmp_path: Path) -> None:
    weights = read_weights(own_file(tmp_path / "toy.safetensors", note="\x1b[2J red\nline", name="n" * 10_000))
    assert weights.note == "?[2J red line"
    assert len(weights.name) <= 500


def test_a_weight_too_large_for_half_precision_is_not_written(tmp_path: Path) -> None:
    state = toy_state()
    state["head.conv1.bias"][0] = 1e6
    with pytest.raises(WeightsError, match=r"head\.conv1\.bias has values too large for float16"):
        write_weights(tmp_path / "toy.safetensors", Weights(config=TOY, state=state, name="toy"), "float16")
    assert list(tmp_path.iterdir()) == []


def test_same_weights_give_the_same_bytes(tmp_path: Path) -> None:
    backwards = dict(reversed(toy_state().items()))
    for name, state in (("a", toy_state()), ("b", backwards)):
        write_weights(tmp_path / name, Weights(config=TOY, state=state, name="toy"), "float16")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
