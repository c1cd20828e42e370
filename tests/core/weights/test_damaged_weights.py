"""Files cut, flipped and filled at random: refused in one line, or what was written."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import WeightsError
from core.weights.own_format import Weights, write_weights
from core.weights.reader import read_weights
from tests.support.checkpoints import TOY, assert_same, safetensors_bytes, save_midas, toy_state
from tests.support.refusals import little_memory, refusal


@pytest.fixture(scope="module")
def good_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The toy as an archive and in our own format: the containers that carry checksums."""
    folder = tmp_path_factory.mktemp("good")
    own = folder / "toy.safetensors"
    write_weights(own, Weights(config=TOY, state=toy_state(), name="toy"), "float16")
    return {"toy.pt": save_midas(folder / "toy.pt").read_bytes(), "toy.safetensors": own.read_bytes()}


def assert_refused_or_right(path: Path, name: str) -> None:
    """What loads although it was tampered with is what was written: the change hit padding or a comment."""
    with little_memory(), contextlib.suppress(WeightsError):
        weights = read_weights(path)
        _assert_right(weights, name)


def _assert_right(weights: Weights, name: str) -> None:
    assert weights.config == TOY
    expected = toy_state() if name == "toy.pt" else {key: tensor.half() for key, tensor in toy_state().items()}
    assert_same(weights.state, expected)


@pytest.mark.parametrize("name", ["toy.pt", "toy.safetensors"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_file_cut_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, good_files: dict[str, bytes], name: str, data: st.DataObject
) -> None:
    content = good_files[name]
    length = data.draw(st.integers(0, len(content) - 1) | st.integers(len(content) - 2000, len(content) - 1))
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content[:length])
    refusal(path)


@pytest.mark.parametrize("name", ["toy.pt", "toy.safetensors"])
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_flipped_bytes_are_noticed_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, good_files: dict[str, bytes], name: str, data: st.DataObject
) -> None:
    content = bytearray(good_files[name])
    anywhere = st.integers(0, len(content) - 1)
    directory = st.integers(0, min(30_000, len(content) - 1)).map(lambda back: -1 - back)
    table = st.integers(0, 20_000)  # the pickle or the header
    for place in data.draw(st.lists(anywhere | directory | table, min_size=1, max_size=4)):
        content[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    assert_refused_or_right(path, name)


@settings(max_examples=60, deadline=None)
@given(
    header=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    ),
    data=st.binary(max_size=64),
)
def test_any_json_as_a_header(tmp_path_factory: pytest.TempPathFactory, header: Any, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.safetensors"
    path.write_bytes(safetensors_bytes(json.dumps(header).encode(), data))
    refusal(path)
