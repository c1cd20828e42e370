"""What a model file is, from its header alone."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import WeightsError
from core.model.config import PUBLISHED, DPTConfig
from core.model.dpt import DPT
from core.model.shapes import shapes_of
from core.weights.container import check_bytes
from core.weights.inspection import inspect
from core.weights.own_format import Weights, write_weights
from core.weights.reader import read_weights
from tests.support.checkpoints import (
    TOY,
    StorageClaim,
    TensorClaim,
    as_midas,
    pickled,
    save_archive,
    save_hugging_face,
    save_midas,
    toy_state,
)

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("config", [TOY, *PUBLISHED.values()], ids=["toy", *PUBLISHED])
def test_the_table_of_shapes_is_that_of_the_network(config: DPTConfig) -> None:
    with torch.device("meta"):
        wanted = {key: tuple(tensor.shape) for key, tensor in DPT(config).state_dict().items()}
    assert shapes_of(config) == wanted


def test_every_layout_is_told_as_the_reader_tells_it(tmp_path: Path) -> None:
    own = tmp_path / "own.safetensors"
    write_weights(own, Weights(TOY, toy_state(), "mine", "here", "MIT", "of a test"), "float16")
    torch.save({"model": as_midas(toy_state()), "epoch": 3}, tmp_path / "train.pt")
    for path in (save_midas(tmp_path / "toy.pt"), save_hugging_face(tmp_path / "hf"), own, tmp_path / "train.pt"):
        seen, read = inspect(path), read_weights(path)
        assert (seen.name, seen.layout, seen.config) == (read.name, read.layout, read.config)
        assert (seen.parameters, seen.bytes) == (read.parameters, path.stat().st_size)
        assert (seen.origin, seen.licence, seen.note) == (read.origin, read.licence, read.note)
        assert seen.dtype == read.dtype or "int64" in seen.dtype  # MiDaS stores an index besides


def test_no_torch_is_needed(tmp_path: Path) -> None:
    paths = [save_midas(tmp_path / "toy.pt"), save_hugging_face(tmp_path / "hf")]
    program = (
        "import sys; from pathlib import Path; from core.weights.inspection import inspect\n"
        "for path in sys.argv[1:]: assert inspect(Path(path)).parameters == 134281\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, *map(str, paths)], cwd=ROOT, check=False).returncode == 0


class Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("run",)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (pickled({"a": Runs()}), "wants to run __builtin__.print"),
        (pickled({"a": TensorClaim(StorageClaim("0", 10**9), (10**9,), (0,))}), "without the data for it"),
        (pickled({"a": TensorClaim(StorageClaim("0", 4), (-4,), (1,))}), "damaged or holds more than weights"),
        (
            pickled({"a": TensorClaim(StorageClaim("0", 4), (1 << 70,), (1,))}),
            "damaged or holds more than weights",
        ),
        (pickled({"a": TensorClaim(StorageClaim("0", 4), [4], (1,))}), "damaged or holds more than weights"),
        (pickled({"a": 3}), "no table of weights"),
        (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00aK\x01sb.", "damaged"),
        (b"\x80\x02ctorch\nFloatStorage\n).", "no table of weights"),
        (b"\x80\x02)R.", "damaged"),
        (b"\x80\x02}r\x00\x00\x10\x00.", "damaged or cut-off"),  # the millionth thing of one
        (b"\x80\x02}p1048576\n.", "damaged or cut-off"),
    ],
)
def test_a_pickle_that_lies(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, code: bytes, expected: str
) -> None:
    path = save_archive(tmp_path / "weights.pt", code, {"0": bytes(16)})
    with pytest.raises(WeightsError) as caught:
        inspect(path)
    assert expected in str(caught.value)
    assert str(caught.value).isprintable()
    assert capsys.readouterr().out == "", "nothing of it was run"


@pytest.mark.parametrize("missing", ["head.conv3.bias", "encoder.stages.3.blocks.1.norm2.weight"])
def test_a_network_that_is_not_complete(tmp_path: Path, missing: str) -> None:
    state = toy_state()
    save_midas(tmp_path / "toy.pt", {key: tensor for key, tensor in state.items() if key != missing})
    with pytest.raises(WeightsError, match=rf"toy.pt: the file lacks {missing}"):
        inspect(tmp_path / "toy.pt")


def test_a_damaged_byte_is_found_by_the_archives_checksums(tmp_path: Path) -> None:
    path = save_midas(tmp_path / "toy.pt")
    shares: list[float] = []
    check_bytes(path, shares.append)
    assert shares == sorted(shares)
    assert shares[0] > 0.0
    assert shares[-1] <= 1.0
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="is damaged"):
        check_bytes(path, shares.append)


def test_a_part_that_is_encrypted_is_one_line(tmp_path: Path) -> None:
    path = save_archive(tmp_path / "toy.pt", pickled({}), {"0": bytes(16)})
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # a flag of the last part
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"is damaged .* encrypted"):
        check_bytes(path, lambda share: None)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_midas(tmp_path_factory.mktemp("whole") / "toy.pt")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_damage_gets_past_as_anything_but_one_line(whole: Path, data: st.DataObject) -> None:
    """Where the names and shapes lie: in the pickle at the start, and in the zip's directory at the end."""
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.one_of(st.integers(0, 30_000), st.integers(len(content) - 30_000, len(content) - 1)))
        content[place] = data.draw(st.integers(0, 255))
    damaged = whole.with_name("damaged.pt")
    damaged.write_bytes(content)
    said = ""
    try:
        assert inspect(damaged).parameters == 134_281
    except WeightsError as error:
        said = str(error)
    assert said.isprintable()
    assert len(said) < 600
