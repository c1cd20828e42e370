"""The list of models, and the way from a name to a file."""

import json
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
import torch

from core.errors import WeightsError
from core.model.config import PUBLISHED
from core.model.dpt import DPT
from core.weights.catalogue import entries, left_out, locate, unusable
from core.weights.own_format import Weights, write_weights
from core.weights.places import BUILT_IN_FOLDER, models_folder, published_path
from core.weights.published import PUBLISHED_MODELS
from core.weights.reader import read_weights
from core.weights.removal import remove
from tests.support.checkpoints import TOY, save_hugging_face, save_midas, toy_state

ROOT = Path(__file__).resolve().parents[3]


def save_own(name: str, note: str = "") -> Path:
    models_folder().mkdir(parents=True, exist_ok=True)
    path = models_folder() / f"{name}.safetensors"
    write_weights(path, Weights(config=TOY, state=toy_state(), name="other", note=note), "float16")
    return path


def test_listing_needs_no_torch() -> None:
    program = "import sys; from core.weights.catalogue import entries; entries(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    ("place", "name", "parameters"), [(0, "fathom-nano", 2_324_464), (1, "fathom-small", 11_043_573)]
)
def test_the_built_in_models_come_first_and_say_that_they_are_rough(
    place: int, name: str, parameters: int
) -> None:
    entry = entries()[place]
    assert (entry.name, entry.training_px, entry.parameters) == (name, 192, parameters)
    assert "rough on real pictures" in entry.note
    assert left_out() == ()
    weights = read_weights(locate(name))
    assert (weights.name, weights.licence, weights.dtype) == (name, "MIT", "float16")
    assert weights.note == entry.note
    assert weights.parameters == entry.parameters
    assert (weights.config.training_aspect, weights.config.antialias) == ("keep", True)


def test_the_built_in_models_take_32_mb_at_most() -> None:
    assert sum(path.stat().st_size for path in BUILT_IN_FOLDER.glob("*.safetensors")) <= 32_000_000


def test_published_models_are_listed_with_what_they_cost() -> None:
    listed = {entry.name: entry for entry in entries()}
    for model in PUBLISHED_MODELS.values():
        entry = listed[model.name]
        assert (entry.path, entry.download_bytes) == (None, model.bytes)
        with torch.device("meta"):
            network = DPT(PUBLISHED[model.network])
        assert entry.parameters == sum(tensor.numel() for tensor in network.state_dict().values())
        assert entry.training_px == PUBLISHED[model.network].training_px
        with pytest.raises(WeightsError, match=rf"fetch it \(\d+ MB\) with `models fetch {model.name}`"):
            locate(model.name)


@pytest.mark.shared
@pytest.mark.parametrize("name", PUBLISHED_MODELS)
def test_published_sizes_fit_the_published_layouts(shared: Path, name: str) -> None:
    """What a progress bar and the room asked for count on, to one part in a hundred."""
    model = PUBLISHED_MODELS[name]
    publisher = "midas_swin2" if name.startswith("swin2") else "hf_swinv2"
    layout = f"{publisher}_{model.network.removeprefix('swin2-').replace('-', '_')}.layout.json"
    tensors = json.loads((shared / "reference" / layout).read_text())
    stored = 4 * sum(torch.Size(shape).numel() for _, shape, _ in tensors)
    assert stored <= model.bytes <= 1.01 * stored


def test_a_persons_own_models_are_listed_by_file_name() -> None:
    path = save_own("mine", "of a test")
    entry = next(entry for entry in entries() if entry.name == "mine")
    assert (entry.path, entry.training_px, entry.parameters) == (str(path), 128, 134_281)
    assert (entry.note, entry.label) == ("of a test", "on this computer, 0.1 M parameters")
    assert locate("mine") == path


def test_a_fetched_model_is_found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    path = published_path(PUBLISHED_MODELS["swin2-tiny-256"])
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    assert locate("swin2-tiny-256") == path


def test_files_that_are_no_model_are_left_out_and_named() -> None:
    save_own("mine")
    save_own("fathom-nano")
    save_own("swin2-tiny-256")
    (models_folder() / "cut.safetensors").write_bytes((models_folder() / "mine.safetensors").read_bytes()[:5000])
    save_hugging_face(models_folder())
    names = [entry.name for entry in entries()]
    assert len(names) == len(set(names)) == 9
    lines = "\n".join(left_out())
    for expected in (
        "cut.safetensors is cut off",
        "model.safetensors: the weights are",
        "fathom-nano.safetensors has",
    ):
        assert expected in lines
    assert len(left_out()) == 4


def test_a_damaged_file_is_told_from_the_model_whose_name_it_has() -> None:
    models_folder().mkdir(parents=True)
    damaged = models_folder() / "fathom-nano.safetensors"
    damaged.write_bytes(b"no weights")
    (entry,) = unusable()
    assert entry.name not in {usable.name for usable in entries()}
    assert (entry.title, locate(entry.name)) == ("fathom-nano.safetensors", damaged)
    with pytest.raises(WeightsError, match="so it is yours"):
        remove(entry.name)


def test_a_path_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = save_midas(tmp_path / "toy.pt")
    assert locate(str(weights)) == weights
    assert locate(str(save_hugging_face(tmp_path / "clone").parent)) == tmp_path / "clone" / "model.safetensors"
    monkeypatch.chdir(tmp_path)
    assert locate("toy.pt") == Path("toy.pt")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("swin2-tiny", "did you mean swin2-tiny-256?"),
        ("depth-anything", "there are fathom-nano, fathom-small, swin2-tiny-256"),
        ("missing.pt", "there is no model file missing.pt"),
        ("folder/missing", "there is no model file folder/missing"),
        ("", "no model called ''"),
        ("x" * 5000, "no model called"),
        ("a\0b", "no model called"),
    ],
)
def test_what_is_not_there(asked: str, expected: str) -> None:
    with pytest.raises(WeightsError) as caught:
        locate(asked)
    assert expected in str(caught.value)


def test_the_folder_of_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FATHOM_MODELS", str(tmp_path / "a"))
    assert models_folder() == tmp_path / "a"
    monkeypatch.delenv("FATHOM_MODELS")
    monkeypatch.setenv("FATHOM_HOME", str(tmp_path / "b"))
    assert models_folder() == tmp_path / "b" / "models"
    monkeypatch.delenv("FATHOM_HOME")
    assert models_folder() == platformdirs.user_cache_path("fathom", appauthor=False) / "models"
