"""Foreign and hostile files: one line each, nothing run, no memory asked for."""

import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.checkpoints import (
    StorageClaim,
    TensorClaim,
    as_midas,
    pickled,
    safetensors_bytes,
    save_archive,
    toy_state,
)
from tests.support.refusals import refusal

TRILLION = 10**12


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><html>log in</html>", "web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not a model file"),
        (b"PK\x03\x04" + bytes(100), "damaged or cut-off"),
        (b"PK\x03\x04", "damaged or cut-off"),
        (b"\x00" * 7, "not a model file"),
        (pickle.dumps({"a": 1}, protocol=2), "bare pickle"),
    ],
)
def test_files_of_another_kind(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "weights.pt").write_bytes(content)
    assert expected in refusal(tmp_path / "weights.pt")


def test_no_file_a_folder_and_a_file_nobody_may_read(tmp_path: Path) -> None:
    assert "there is no file" in refusal(tmp_path / "missing.pt")
    assert "is a folder" in refusal(tmp_path)


def test_archives_of_another_kind(tmp_path: Path) -> None:
    np.savez(tmp_path / "arrays.npz", a=np.ones(3))
    assert "not one of torch" in refusal(tmp_path / "arrays.npz")
    with zipfile.ZipFile(tmp_path / "script.pt", "w") as archive:
        archive.writestr("script/data.pkl", pickled({}))
        archive.writestr("script/constants.pkl", pickled({}))
    assert "TorchScript" in refusal(tmp_path / "script.pt")
    torch.save(as_midas(toy_state()), tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    assert "bare pickle" in refusal(tmp_path / "old.pt")
    torch.save(as_midas(toy_state()), tmp_path / "new.pt", pickle_protocol=4)
    assert "protocol 2" in refusal(tmp_path / "new.pt")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([torch.ones(2)], "no table of weights"),
        ({}, "no table of weights"),
        ({"model": {}}, "no table of weights"),
        ({"a": torch.ones(2)}, "not the weights of a Swin V2 DPT"),
        ({"pretrained.model.norm.weight": torch.ones(2), "epoch": 3}, "entries that are no weights: epoch"),
        ({3: torch.ones(2)}, "entries that are no weights"),
        ({"a": torch.ones(2).to_sparse()}, "when it is opened"),
        ({"pretrained.model.norm.weight": torch.ones(2)}, "lack encoder.patch_embed.projection.weight"),
    ],
)
def test_tables_of_another_kind(tmp_path: Path, content: Any, expected: str) -> None:
    torch.save(content, tmp_path / "weights.pt")
    assert expected in refusal(tmp_path / "weights.pt")


class Runs:
    """Pickles as a call of any function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> Any:
        return self._call


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_pickle_that_runs_a_program_is_not_run(tmp_path: Path, wrapped: bool) -> None:
    trace = tmp_path / "trace"
    content: dict[str, Any] = {**as_midas(toy_state()), "extra": Runs(os.system, f"touch {trace}")}
    torch.save({"model": content} if wrapped else content, tmp_path / "weights.pt")
    line = refusal(tmp_path / "weights.pt")
    assert ".system" in line
    assert "nothing was run" in line
    assert not trace.exists()


@pytest.mark.parametrize(
    "hostile",
    [
        Runs(bytearray, TRILLION),
        Runs(torch.Tensor, 10**6, 10**6),
        Runs(eval, "print(1)"),
        Runs(getattr, "a", "upper"),
        Runs(torch.zeros, TRILLION),
    ],
)
def test_calls_that_torch_itself_might_allow_are_refused(tmp_path: Path, hostile: Runs) -> None:
    line = refusal(save_archive(tmp_path / "weights.pt", pickled({"a": hostile})))
    assert "wants to run" in line


@pytest.mark.parametrize(
    ("claim", "stored"),
    [
        (TensorClaim(StorageClaim("0", 1), (TRILLION,), (0,)), 4),  # one number repeated by a stride of 0
        (TensorClaim(StorageClaim("0", 1), (10**6, 10**6), (0, 0)), 4),
        (TensorClaim(StorageClaim("0", 1), (TRILLION,), (1,)), 4),  # beyond the storage
        (TensorClaim(StorageClaim("0", TRILLION), (TRILLION,), (1,)), 4),  # a storage beyond its record
        (TensorClaim(StorageClaim("0", TRILLION), (4,), (1,)), 4),
        (TensorClaim(StorageClaim("missing", 4), (4,), (1,)), 4),
        (TensorClaim(StorageClaim("0", -4), (4,), (1,)), 16),
        (TensorClaim(StorageClaim("0", 4), (-4,), (1,)), 16),
        (TensorClaim(StorageClaim("../../../etc/passwd", 4), (4,), (1,)), 16),
    ],
)
def test_shapes_no_one_could_mean_in_an_archive(tmp_path: Path, claim: TensorClaim, stored: int) -> None:
    path = save_archive(
        tmp_path / "weights.pt", pickled({"pretrained.model.norm.weight": claim}), {"0": bytes(stored)}
    )
    assert "lack" not in refusal(path)  # refused for what it claims, not for what else is missing


def test_many_tensors_over_the_same_bytes(tmp_path: Path) -> None:
    storage = StorageClaim("0", 1 << 20)
    table = {f"scratch.{number}": TensorClaim(storage, (1 << 20,), (1,)) for number in range(1000)}
    path = save_archive(tmp_path / "weights.pt", pickled(table), {"0": bytes(4 << 20)})
    assert "claims more data than the file holds" in refusal(path)


def test_zip_bombs(tmp_path: Path) -> None:
    bomb = {"0": bytes(64 << 20)}
    path = save_archive(tmp_path / "weights.pt", pickled({}), bomb, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1 << 20
    assert "compressed zip" in refusal(path)
    assert "larger than any model needs" in refusal(
        save_archive(tmp_path / "pickle.pt", b"\x80\x02" + bytes(9 << 20))
    )


def test_overlapping_and_repeated_parts_of_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "twice.pt", "w") as archive:
        archive.writestr("archive/data.pkl", pickled({}))
        archive.filelist.append(archive.filelist[0])
    assert "claims more data" in refusal(tmp_path / "twice.pt")


def test_a_directory_of_absurd_length_is_not_read(tmp_path: Path) -> None:
    path = save_archive(tmp_path / "weights.pt", pickled({}))
    content = bytearray(path.read_bytes())
    end = content.rfind(b"PK\x05\x06")
    content[end + 12 : end + 16] = (1 << 31).to_bytes(4, "little")
    path.write_bytes(content)
    assert "lists more parts" in refusal(path)


def one_tensor(shape: list[Any], offsets: list[Any], dtype: str = "F32") -> dict[str, Any]:
    return {"pretrained.model.norm.weight": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


@pytest.mark.parametrize(
    "content",
    [
        safetensors_bytes(one_tensor([TRILLION], [0, 4 * TRILLION]), bytes(64)),
        safetensors_bytes(one_tensor([TRILLION], [0, 64]), bytes(64)),
        safetensors_bytes(one_tensor([10**6, 10**6], [0, 64]), bytes(64)),
        safetensors_bytes(one_tensor([2**40, 2**40], [0, 0])),
        safetensors_bytes(one_tensor([10**400, 0], [0, 0])),
        safetensors_bytes(one_tensor([4], [-16, 0]), bytes(16)),
        safetensors_bytes(one_tensor([4], [0, 16]), bytes(15)),
        safetensors_bytes(one_tensor([4], [0, 16]), bytes(17)),
        safetensors_bytes(one_tensor([4], [8, 24]), bytes(24)),
        safetensors_bytes(one_tensor([4.0], [0, 16]), bytes(16)),
        safetensors_bytes(one_tensor([True], [0, 4]), bytes(4)),
        safetensors_bytes(one_tensor([4], [0, 16, 32]), bytes(16)),
        safetensors_bytes(one_tensor([4], [0, 16], dtype="F1000"), bytes(16)),
        safetensors_bytes(one_tensor([4], [0, 16], dtype=[]), bytes(16)),  # type: ignore[arg-type]
        safetensors_bytes(one_tensor([1] * 9, [0, 4]), bytes(4)),
        safetensors_bytes(
            {"a": one_tensor([4], [0, 16])["pretrained.model.norm.weight"]} | one_tensor([4], [0, 16])
        ),
        safetensors_bytes({"a": None}),
        safetensors_bytes({"__metadata__": {"format": 3}}),
        safetensors_bytes({"__metadata__": []}),
        safetensors_bytes(b'{"a": 1, "a": 2}'),
        safetensors_bytes(b"{" * 100_000),
        safetensors_bytes(b"{\xff}"),
        safetensors_bytes({}),
        (1 << 40).to_bytes(8, "little") + b"{}",
        (9 << 20).to_bytes(8, "little") + b"{" + bytes(9 << 20),
    ],
)
def test_hostile_safetensors(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.safetensors").write_bytes(content)
    assert "weights.safetensors" in refusal(tmp_path / "weights.safetensors")


def test_a_network_of_a_hundred_thousand_blocks_is_not_built(tmp_path: Path) -> None:
    header = {
        f"pretrained.model.layers.0.blocks.{block}.attn.q_bias": {
            "dtype": "F32",
            "shape": [0],
            "data_offsets": [0, 0],
        }
        for block in range(9000)
    } | {
        "pretrained.model.patch_embed.proj.weight": {
            "dtype": "F32",
            "shape": [1, 1, 1, 1],
            "data_offsets": [0, 4],
        },
    }
    (tmp_path / "weights.safetensors").write_bytes(safetensors_bytes(header, bytes(4)))
    assert "9000 blocks, beyond reason" in refusal(tmp_path / "weights.safetensors")
