"""What a file's tensors are to the network, decided from their names and shapes alone. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import WeightsError
from core.model.config import DPTConfig
from core.model.shapes import Shape, shapes_of
from core.weights import hf_config, own_metadata
from core.weights.infer_config import Sizes, Training, config_from, sizes_of, training_from_masks
from core.weights.keymap import HUGGING_FACE, MIDAS, OWN, KeyMap, Layout, identify, map_keys
from core.weights.provenance import remembered
from core.weights.wording import listed


@dataclass(frozen=True, slots=True)
class Plan:
    """What to load, decided before a tensor is."""

    layout: Layout
    config: DPTConfig
    sources: dict[str, tuple[str, ...]]  # our key -> the file's, stacked in this order


def plan_of(path: Path, shapes: Mapping[str, Shape], metadata: Mapping[str, str]) -> Plan:
    """Plan for the file at `path`, which holds tensors of these shapes.

    Raises: WeightsError where they are not those of a complete network.
    """
    layout = identify(shapes)
    if layout is None:
        raise WeightsError(_foreign(list(shapes)))
    keys = map_keys(layout, shapes)
    sources = _sources(keys)
    ours = {key: _stacked(shapes, names) for key, names in sources.items()}
    sizes = sizes_of(ours)
    config = config_from(sizes, _training(path, shapes, metadata, layout, keys, sizes))
    _check_complete(config, ours, sources, keys.unexpected)
    return Plan(layout, config, sources)


def texts_of_file(path: Path, metadata: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """Name, origin, licence, note and source hash: from our own metadata, or from what fetching remembered."""
    if layout is OWN:
        texts = own_metadata.texts_of(metadata)
        return {**texts, "name": texts["name"] or path.stem}
    try:
        note = remembered(path)
    except WeightsError:  # a damaged note spoils no good weights; `models verify` speaks of it
        note = None
    if note is not None:
        return {"name": note.name, "origin": note.url, "licence": note.licence, "source_sha256": note.sha256}
    return {"name": path.parent.name if path.name == "model.safetensors" else path.stem}


def _sources(keys: KeyMap) -> dict[str, tuple[str, ...]]:
    """Our key -> the file's tensors that make it. A stack of less than query, key and value counts as missing."""
    whole = {key: (source,) for key, source in keys.sources.items()}
    stacks = {
        key: tuple(parts[index] for index in range(3)) for key, parts in keys.parts.items() if len(parts) == 3
    }
    return whole | stacks


def _stacked(shapes: Mapping[str, Shape], names: tuple[str, ...]) -> Shape:
    """The shape of the tensors stacked along their first dimension; of the first alone where they do not fit."""
    first, *rest = (shapes[name] for name in names)
    if rest and first and all(shape == first for shape in rest):
        return (len(names) * first[0], *first[1:])
    return first


def _training(
    path: Path,
    shapes: Mapping[str, Shape],
    metadata: Mapping[str, str],
    layout: Layout,
    keys: KeyMap,
    sizes: Sizes,
) -> Training | None:
    if layout is OWN:
        return own_metadata.training_of(metadata, sizes)
    if layout is HUGGING_FACE:
        return hf_config.read_training(path, sizes)
    masks = (key for key in keys.ignored if layout is MIDAS and key.endswith(".attn_mask"))
    return training_from_masks((int(key.split(".")[3]), shapes[key]) for key in masks)


def _check_complete(
    config: DPTConfig, shapes: dict[str, Shape], sources: dict[str, tuple[str, ...]], unexpected: list[str]
) -> None:
    """Every tensor of the network is there in its shape, and nothing else is. Raises: WeightsError."""
    wanted = shapes_of(config)
    problems = []
    if missing := [key for key in wanted if key not in shapes]:
        problems.append(f"lacks {listed(missing)}")
    if surplus := [*unexpected, *(source for key in shapes.keys() - wanted.keys() for source in sources[key])]:
        problems.append(f"has {listed(sorted(surplus))} that the network does not know")
    wrong = [
        f"{sources[key][0]} {shapes[key]} instead of {shape}"
        for key, shape in wanted.items()
        if key in shapes and shapes[key] != shape
    ]
    if wrong:
        problems.append(f"has the wrong shape in {listed(wrong)}")
    if problems:
        raise WeightsError(f"the file {'; it '.join(problems)}. Nothing was loaded")


def _foreign(keys: list[str]) -> str:
    """Say what a file of tensors is that none of our layouts names."""
    if not keys:
        return "the file holds no tensors; wanted Swin V2 DPT weights"
    return f"these are not the weights of a Swin V2 DPT ({listed(keys, 60)}); wanted those of MiDaS v3.1"
