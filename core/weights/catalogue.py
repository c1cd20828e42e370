"""Which models there are: built in, on this computer, to be fetched; and where each one's weights lie.

Imports no torch and reads headers alone, so the window can list models before it can run one.
"""

import difflib
import functools
import json
from collections.abc import Iterable
from pathlib import Path

from core.errors import ModelNotFetched, WeightsError
from core.messages import ModelEntry
from core.model.config import PUBLISHED, DPTConfig
from core.model_messages import ModelFigures, ModelKind
from core.weights.inspection import Inspection, inspect
from core.weights.own_files import listed_files
from core.weights.parts import resumable_bytes, size_of
from core.weights.places import BUILT_IN_FOLDER, is_file, models_folder, part_path, published_path
from core.weights.provenance import remembered
from core.weights.published import PUBLISHED_MODELS, PublishedModel

_SUFFIXES = (".pt", ".pth", ".bin", ".safetensors", ".ckpt")
_FIGURES = BUILT_IN_FOLDER / "figures.json"


def entries(*, own_files: bool = True) -> tuple[ModelEntry, ...]:
    """Every model a person can pick: built in, then their own, then the published ones. Never raises.

    Without `own_files` those that lie elsewhere are left out: their disks may be slow, or asleep.
    """
    found, _ = _in_folders()
    files = _own_files() if own_files else ()
    published = (_published_entry(model) for model in PUBLISHED_MODELS.values())
    return (*found, *(entry for entry in files if not entry.problem), *published)


def unusable() -> tuple[ModelEntry, ...]:
    """Files in the model folders, and a person's own elsewhere, that cannot be used; each with its `problem`."""
    return (*_in_folders()[1], *(entry for entry in _own_files() if entry.problem))


def left_out() -> tuple[str, ...]:
    """One line for each file that is not among the entries, saying why."""
    return tuple(entry.problem for entry in unusable())


def locate(name_or_path: str) -> Path:
    """The weights' file of a model by its name, or the file or folder itself.

    Raises: ModelNotFetched; WeightsError saying which names there are.
    """
    found = next((entry for entry in entries(own_files=False) if entry.name == name_or_path), None)
    if found is not None and found.path is not None:
        return Path(found.path)
    if found is not None:
        raise ModelNotFetched(found.name, found.download_bytes or 0)
    path = Path(name_or_path).expanduser()
    in_folder = path / "model.safetensors"  # as a clone of a Hugging Face repository has it
    for file in (in_folder, path):
        if is_file(file):
            return file
    if path.suffix.lower() in _SUFFIXES or path.name != name_or_path:
        raise WeightsError(f"there is no model file {path}; check the path, or see `models list`")
    raise WeightsError(f"there is no model called {name_or_path!r}{suggestion(name_or_path, names())}")


def names() -> list[str]:
    return [entry.name for entry in entries(own_files=False)]


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known."""
    choices = list(known)
    if close := difflib.get_close_matches(name, choices, n=1):
        return f"; did you mean {close[0]}?"
    return f"; there are {', '.join(choices)}"


def _in_folders() -> tuple[list[ModelEntry], list[ModelEntry]]:
    """The models of the built-in and the person's folder, and what lies there and is none."""
    found: dict[str, ModelEntry] = {}
    problems: list[ModelEntry] = []
    for folder, kind in ((BUILT_IN_FOLDER, ModelKind.BUILT_IN), (models_folder(), ModelKind.FOLDER)):
        for path in _safetensors_in(folder):
            entry = _file_entry(path, path.stem, kind)
            taken = entry.name in found or entry.name in PUBLISHED_MODELS
            if taken and not entry.problem:
                line = f"{path} has the name of another model; give the file a name of its own"
                entry = _unusable(path, kind, line)
            if entry.problem:
                problems.append(entry)
            else:
                found[entry.name] = entry
    return list(found.values()), problems


def _own_files() -> list[ModelEntry]:
    return [_file_entry(path, str(path), ModelKind.FILE) for path in listed_files()]


def _safetensors_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.safetensors") if path.is_file())
    except OSError:  # a folder that cannot be read holds no models for this person
        return []


def _file_entry(path: Path, name: str, kind: ModelKind) -> ModelEntry:
    try:
        seen = _inspected(path)
        if kind is not ModelKind.FILE and seen.layout != "Fathom":
            raise WeightsError(
                f"{path}: the weights are not in Fathom's own format: open the file itself, or convert it"
            )
    except WeightsError as error:
        return _unusable(path, kind, str(error))
    return ModelEntry(
        name=name,
        label=f"{_WHEREABOUTS[kind]}, {_millions(seen.parameters)}",
        path=str(path),
        training_px=seen.config.training_px,
        parameters=seen.parameters,
        note=seen.note,
        kind=kind,
        file_bytes=seen.bytes,
        layout=seen.layout,
        network=_in_words(seen.config),
        dtype=seen.dtype,
        licence=seen.licence,
        origin=seen.origin,
        figures=_built_in_figures().get(name) if kind is ModelKind.BUILT_IN else None,
    )


_WHEREABOUTS = {
    ModelKind.BUILT_IN: "built in",
    ModelKind.FOLDER: "on this computer",
    ModelKind.FILE: "a file of your own",
}


def _unusable(path: Path, kind: ModelKind, problem: str) -> ModelEntry:
    """By its path, as a model may have the name that it would have."""
    return ModelEntry(str(path), "cannot be used", str(path), 0, 0, kind=kind, problem=problem)


def _inspected(path: Path) -> Inspection:
    """As `inspect`, remembered for as long as the file stays as it is. Raises: WeightsError."""
    try:
        found = path.stat()
    except OSError as error:
        reason = "is not there any more" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise WeightsError(f"{path} {reason}") from error
    return _inspected_as_it_is(path, found.st_size, found.st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _inspected_as_it_is(path: Path, size: int, changed_at_ns: int) -> Inspection:
    return inspect(path)


def _published_entry(model: PublishedModel) -> ModelEntry:
    path = published_path(model)
    here = is_file(path)
    whereabouts = "on this computer" if here else f"to fetch, {model.bytes / 1e6:.0f} MB"
    note = None
    if here:
        try:
            note = remembered(path)
        except WeightsError:  # `models verify` speaks of a damaged note
            note = None
    return ModelEntry(
        name=model.name,
        label=f"{whereabouts}, {_millions(model.parameters)}",
        path=str(path) if here else None,
        training_px=PUBLISHED[model.network].training_px,
        parameters=model.parameters,
        download_bytes=None if here else model.bytes,
        kind=ModelKind.PUBLISHED,
        file_bytes=size_of(path) if here else 0,
        part_bytes=0 if here else resumable_bytes(part_path(path)),
        layout="Hugging Face DPT" if model.config_path else "MiDaS v3.1",
        network=_in_words(PUBLISHED[model.network]),
        dtype="float32",
        licence=model.licence,
        origin=note.url if note is not None else model.publisher.value + model.path,
        sha256=note.sha256 if note is not None else "",
        published_sha256=note is not None and note.published_sha256,
        figures=model.figures,
    )


@functools.cache
def _built_in_figures() -> dict[str, ModelFigures]:
    """What was measured of the built-in models, from the file that comes with them."""
    table = json.loads(_FIGURES.read_text(encoding="utf-8"))
    return {name: ModelFigures(**{**row, "others": tuple(row["others"])}) for name, row in table.items()}


def _in_words(config: DPTConfig) -> str:
    depths, heads = ("-".join(map(str, numbers)) for numbers in (config.depths, config.heads))
    return f"{config.embed_dim} features, depths {depths}, heads {heads}, window {config.window}"


def _millions(parameters: int) -> str:
    return f"{parameters / 1e6:.1f} M parameters"
