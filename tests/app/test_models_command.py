"""`models` as a person types it: what it prints, what it writes, and its exit code."""

import argparse
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors import safe_open

from app.commands import models
from core.errors import FathomError, SettingError, WeightsError
from core.training.config import read_config
from core.training.trainer import ORIGIN
from core.weights import download
from core.weights.own_files import add_file
from core.weights.parts import Received, write_note
from core.weights.places import BUILT_IN_FOLDER, models_folder, part_path, published_path
from core.weights.provenance import Provenance, remember
from core.weights.published import PUBLISHED_MODELS
from core.weights.reader import read_weights
from tests.support.checkpoints import save_hugging_face, save_midas


def run(*words: str) -> None:
    """`models WORDS` through the parser. Raises what the command raises."""
    parser = argparse.ArgumentParser()
    models.add_parser(parser.add_subparsers())
    args = parser.parse_args(["models", *words])
    assert args.run(args) == 0


def test_list_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    models_folder().mkdir(parents=True)
    (models_folder() / "broken.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}x")
    run("list")
    out, err = capsys.readouterr()
    header, nano, small, *published = out.splitlines()
    where = header.index("WHERE")
    for line, name in ((nano, "fathom-nano"), (small, "fathom-small")):
        assert line.startswith(f"{name} ")
        assert line[where:].startswith("built in ")
        assert line.endswith("rough on real pictures")
    assert [line.split()[0] for line in published][:3] == ["swin2-tiny-256", "swin2-base-384", "swin2-large-384"]
    assert all(line[where:].startswith("can be fetched") for line in published)
    assert "broken.safetensors" in err


def test_info_tells_what_a_file_holds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run("info", "fathom-nano")
    out = capsys.readouterr().out
    nano = BUILT_IN_FOLDER / "fathom-nano.safetensors"
    for expected in (
        "32 features, depths 1-1-5-1, heads 1-2-4-8",
        "8 at 192 px",
        "2324464 (2.3 M)",
        "float16",
        "licence:        MIT",
        "Fathom, trained on rendered scenes",
        hashlib.sha256(nano.read_bytes()).hexdigest(),
    ):
        assert expected in out

    run("info", str(save_midas(tmp_path / "toy.pt")))
    out = capsys.readouterr().out
    assert "layout:         MiDaS v3.1" in out
    assert "licence:        not told by the file" in out


def test_convert_writes_our_own_format(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = save_hugging_face(tmp_path / "toy")
    target = tmp_path / "mine.safetensors"
    run("convert", str(source), str(target), "--dtype", "float16", "--name", "mine", "--licence", "MIT")
    assert str(target) in capsys.readouterr().out
    weights = read_weights(target)
    assert (weights.name, weights.licence, weights.dtype) == ("mine", "MIT", "float16")
    assert weights.source_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    with safe_open(target, "numpy") as file:  # the publishers' own reader
        assert len(file.keys()) == len(weights.state)
        assert file.metadata()["format"] == "fathom-depth-1"


def test_converting_again_keeps_what_is_known(tmp_path: Path) -> None:
    run("convert", "fathom-nano", str(tmp_path / "copy.safetensors"), "--dtype", "float16")
    built_in = BUILT_IN_FOLDER / "fathom-nano.safetensors"
    assert (tmp_path / "copy.safetensors").read_bytes() == built_in.read_bytes()


@pytest.mark.parametrize("path", sorted(BUILT_IN_FOLDER.glob("*.safetensors")), ids=lambda path: path.stem)
def test_a_built_in_model_has_a_card_and_is_the_network_of_the_last_config_there(path: Path) -> None:
    card = (BUILT_IN_FOLDER / "README.md").read_text(encoding="utf-8").split(f"\n## {path.stem}\n")[1]
    last = re.findall(r"^python main.py train .*?(\S+) --out DIR$", card, re.MULTILINE)[0]
    config, weights = read_config(BUILT_IN_FOLDER.parents[1] / last), read_weights(path)
    assert (weights.name, weights.config, weights.dtype) == (config.name, config.network, "float16")
    assert (weights.origin, weights.licence) == (ORIGIN, "MIT")
    for told in (f"{weights.parameters / 1e6:.1f} M parameters", f"{path.stem}.toml", "rough on real pictures"):
        assert told in card


def test_convert_replaces_nothing_unasked(tmp_path: Path) -> None:
    source, target = save_midas(tmp_path / "toy.pt"), tmp_path / "mine.safetensors"
    target.write_bytes(b"precious")
    with pytest.raises(WeightsError, match="exists already"):
        run("convert", str(source), str(target))
    assert target.read_bytes() == b"precious"
    run("convert", str(source), str(target), "--force")
    assert read_weights(target).dtype == "float32"


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("fathom-nano", "out.pt", "must end in .safetensors"),
        ("fathom-nano", "missing/out.safetensors", "cannot be written"),
        ("missing.pt", "out.safetensors", "there is no model file"),
        ("swin2-base-384", "out.safetensors", "models fetch swin2-base-384"),
    ],
)
def test_convert_that_cannot_be(tmp_path: Path, source: str, target: str, expected: str) -> None:
    with pytest.raises(FathomError, match=expected) as caught:
        run("convert", source, str(tmp_path / target))
    assert isinstance(caught.value, SettingError) == (target == "out.pt")
    assert list(tmp_path.iterdir()) == []


def remember_as_fetched(path: Path, sha256: str, *, published: bool) -> None:
    note = Provenance("toy", path.name, "http://localhost/toy.pt", sha256, path.stat().st_size, "MIT", published)
    remember(path.parent, note)


def test_verify_compares_with_what_is_known(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run("verify", "fathom-nano")
    assert "the tensors are those that were written" in capsys.readouterr().out

    path = save_midas(tmp_path / "toy.pt")
    run("verify", str(path))
    assert "nothing known to compare it with" in capsys.readouterr().out

    for published, whose in ((True, "the publisher's"), (False, "the one remembered when it was fetched")):
        remember_as_fetched(path, hashlib.sha256(path.read_bytes()).hexdigest(), published=published)
        run("verify", str(path))
        assert capsys.readouterr().out.endswith(f": {whose}\n")


def test_verify_finds_a_change(tmp_path: Path) -> None:
    path = save_midas(tmp_path / "toy.pt")
    remember_as_fetched(path, "0" * 64, published=False)
    with pytest.raises(WeightsError, match="has changed"):
        run("verify", str(path))

    own = tmp_path / "mine.safetensors"
    run("convert", "fathom-nano", str(own))
    content = bytearray(own.read_bytes())
    content[-1] ^= 1
    own.write_bytes(content)
    with pytest.raises(WeightsError, match="not those that were written"):
        run("verify", str(own))


def test_fetch_shows_progress_and_where_it_lies(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fetch(name: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool]) -> Path:
        for done, total in ((0, None), (500, 1000), (200, 1000), (1000, 1000)):  # as after a start over
            progress(done, total)
        return tmp_path / name

    monkeypatch.setattr(download, "fetch", fetch)
    run("fetch", "swin2-tiny-256")
    assert capsys.readouterr().out == f"swin2-tiny-256: {tmp_path / 'swin2-tiny-256'}\n"


def test_remove_says_what_it_did(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = published_path(PUBLISHED_MODELS["swin2-tiny-256"])
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(1000))
    with pytest.raises(WeightsError, match="yours"):
        run("remove", "swin2-tiny-256")
    remember_as_fetched(path, "0" * 64, published=False)
    run("remove", "swin2-tiny-256")
    assert capsys.readouterr().out.startswith("swin2-tiny-256 was removed")
    assert not path.exists()
    own = save_midas(tmp_path / "toy.pt")
    add_file(own)
    run("list")
    assert str(own) in capsys.readouterr().out
    run("remove", str(own))
    assert own.exists()


def test_list_tells_how_far_a_broken_download_came(capsys: pytest.CaptureFixture[str]) -> None:
    model = PUBLISHED_MODELS["swin2-tiny-256"]
    part = part_path(published_path(model))
    part.parent.mkdir(parents=True)
    with part.open("wb") as file:
        file.truncate(model.bytes // 4)  # a hole: it takes no room
    write_note(part, Received("http://localhost/x", '"v1"', model.bytes, None))
    run("list")
    assert "can be fetched, 25 % done" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [[], ["info"], ["convert", "a"], ["fetch"], ["remove"], ["unknown"], ["convert", "a", "b", "--dtype", "int8"]],
)
def test_wrong_use(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*words)
    assert caught.value.code == 2
