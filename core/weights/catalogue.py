"""Which models there are: built in, on this computer, to be fetched; and where each one's weights lie.

Imports no torch and reads headers alone, so the window can list models before it can run one.
"""

import difflib
import math
import os
from collections.abc import Iterable
from pathlib import Path

import platformdirs

from core.errors import WeightsError
from core.messages import ModelEntry
from core.model.config import PUBLISHED
from core.weights.own_metadata import config_of, texts_of
from core.weights.published import PUBLISHED_MODELS, PublishedModel
from core.weights.safetensors_header import read_header

BUILT_IN_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "models"
_SUFFIXES = (".pt", ".pth", ".bin", ".safetensors", ".ckpt")


def models_folder() -> Path:
    """Where fetched models go and a person's own may lie; it need not exist.

    FATHOM_MODELS names it; else it is `models` under FATHOM_HOME; else in the user's cache folder.
    """
    if named := os.environ.get("FATHOM_MODELS"):
        return Path(named).expanduser().absolute()
    if home := os.environ.get("FATHOM_HOME"):
        return Path(home).expanduser().absolute() / "models"
    return platformdirs.user_cache_path("fathom", appauthor=False) / "models"


def published_path(model: PublishedModel) -> Path:
    """Where the weights of a published model lie once they are fetched."""
    return models_folder() / model.name / model.file_name


def entries() -> tuple[ModelEntry, ...]:
    """Every model a person can pick: built in, then their own, then the published ones. Never raises."""
    return _survey()[0]


def left_out() -> tuple[str, ...]:
    """One line for each file in the model folders that is not among the entries, saying why."""
    return _survey()[1]


def locate(name_or_path: str) -> Path:
    """The weights' file of a model by its name, or the file or folder itself.

    Raises: WeightsError saying how to get the model, or which names there are.
    """
    found = next((entry for entry in entries() if entry.name == name_or_path), None)
    if found is not None and found.path is not None:
        return Path(found.path)
    if found is not None:
        size = f"{(found.download_bytes or 0) / 1e6:.0f} MB"
        raise WeightsError(
            f"{found.name} is not on this computer: fetch it ({size}) with `models fetch {found.name}`, "
            "or pick it in the window"
        )
    path = Path(name_or_path).expanduser()
    in_folder = path / "model.safetensors"  # as a clone of a Hugging Face repository has it
    for file in (in_folder, path):
        if _is_file(file):
            return file
    if path.suffix.lower() in _SUFFIXES or path.name != name_or_path:
        raise WeightsError(f"there is no model file {path}; check the path, or see `models list`")
    raise WeightsError(f"there is no model called {name_or_path!r}{suggestion(name_or_path, names())}")


def names() -> list[str]:
    return [entry.name for entry in entries()]


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known."""
    choices = list(known)
    if close := difflib.get_close_matches(name, choices, n=1):
        return f"; did you mean {close[0]}?"
    return f"; there are {', '.join(choices)}"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder without permission: not a file this person can use
        return False


def _survey() -> tuple[tuple[ModelEntry, ...], tuple[str, ...]]:
    found: dict[str, ModelEntry] = {}
    problems: list[str] = []
    folders = [(BUILT_IN_FOLDER, "built in"), (models_folder(), "on this computer")]
    for folder, whereabouts in folders:
        for path in _safetensors_in(folder):
            try:
                entry = _own_entry(path, whereabouts)
            except WeightsError as error:
                problems.append(str(error))
                continue
            if entry.name in found or entry.name in PUBLISHED_MODELS:
                problems.append(f"{path} has the name of another model; give the file a name of its own")
                continue
            found[entry.name] = entry
    published = (_published_entry(model) for model in PUBLISHED_MODELS.values())
    return (*found.values(), *published), tuple(problems)


def _safetensors_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.safetensors") if path.is_file())
    except OSError:  # a folder that cannot be read holds no models for this person
        return []


def _own_entry(path: Path, whereabouts: str) -> ModelEntry:
    """Raises: WeightsError."""
    header = read_header(path)
    try:
        config = config_of(header.metadata)
    except WeightsError as error:
        raise WeightsError(f"{path}: {error}") from error
    parameters = sum(math.prod(tensor.shape) for tensor in header.tensors.values())
    return ModelEntry(
        name=path.stem,
        label=f"{whereabouts}, {_millions(parameters)}",
        path=str(path),
        training_px=config.training_px,
        parameters=parameters,
        note=texts_of(header.metadata)["note"],
    )


def _published_entry(model: PublishedModel) -> ModelEntry:
    path = published_path(model)
    here = _is_file(path)
    whereabouts = "on this computer" if here else f"to fetch, {model.bytes / 1e6:.0f} MB"
    return ModelEntry(
        name=model.name,
        label=f"{whereabouts}, {_millions(model.parameters)}",
        path=str(path) if here else None,
        training_px=PUBLISHED[model.network].training_px,
        parameters=model.parameters,
        download_bytes=None if here else model.bytes,
    )


def _millions(parameters: int) -> str:
    return f"{parameters / 1e6:.1f} M parameters"
