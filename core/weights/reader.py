"""From a file of any known layout to weights for the network: complete and finite, or an error."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from core.errors import WeightsError
from core.model.config import DPTConfig
from core.model.dpt import DPT
from core.weights import hf_config, own_format, own_metadata
from core.weights.checkpoint import Checkpoint, open_checkpoint
from core.weights.infer_config import Shape, Sizes, Training, config_from, sizes_of, training_from_masks
from core.weights.keymap import HUGGING_FACE, MIDAS, OWN, KeyMap, Layout, identify, map_keys
from core.weights.own_format import Weights
from core.weights.provenance import remembered
from core.weights.wording import listed

_CHECKED = 0.3  # share of the progress once the container's checksums are read


@dataclass(frozen=True, slots=True)
class Plan:
    """What to load, decided before a tensor is."""

    layout: Layout
    config: DPTConfig
    sources: dict[str, tuple[str, ...]]  # our key -> the file's, stacked in this order


def read_weights(path: Path, progress: Callable[[float], None] | None = None) -> Weights:
    """Read MiDaS, Hugging Face or Fathom weights, told apart by content. `progress` gets 0 to 1.

    Nothing in the file is run, and nothing is allocated before the whole file is known to make sense. The tensors
    keep the dtype they are stored in. Raises: WeightsError with one line. Used by: loader thread.
    """
    report = progress or (lambda share: None)
    try:
        with closing(open_checkpoint(path)) as checkpoint:
            plan = plan_of(path, checkpoint)
            report(0.0)
            checkpoint.check()
            report(_CHECKED)
            state = {}
            for count, (key, sources) in enumerate(plan.sources.items(), 1):
                state[key] = _load(checkpoint, sources)
                report(_CHECKED + (1.0 - _CHECKED) * count / len(plan.sources))
            if plan.layout is OWN:
                own_format.check_content(checkpoint.metadata, state)
            texts = _texts(path, checkpoint, plan.layout)
        return Weights(config=plan.config, state=state, layout=plan.layout.name, **texts)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    except (MemoryError, RuntimeError) as error:  # torch raises the latter when there is no memory
        raise WeightsError(f"{path} cannot be loaded: {str(error).partition(chr(10))[0][:200]}") from error
    except WeightsError as error:
        if path.name in str(error):
            raise
        raise WeightsError(f"{path.name}: {error}") from error


def plan_of(path: Path, checkpoint: Checkpoint) -> Plan:
    """Decide from names and shapes alone. Raises: WeightsError where they are not those of a complete network."""
    layout = identify(checkpoint.shapes)
    if layout is None:
        raise WeightsError(_foreign(list(checkpoint.shapes)))
    keys = map_keys(layout, checkpoint.shapes)
    sources = _sources(keys)
    shapes = {key: _stacked(checkpoint, names) for key, names in sources.items()}
    sizes = sizes_of(shapes)
    config = config_from(sizes, _training(path, checkpoint, layout, keys, sizes))
    _check_complete(config, shapes, sources, keys.unexpected)
    return Plan(layout, config, sources)


def _sources(keys: KeyMap) -> dict[str, tuple[str, ...]]:
    """Our key -> the file's tensors that make it. A stack of less than query, key and value counts as missing."""
    whole = {key: (source,) for key, source in keys.sources.items()}
    stacks = {
        key: tuple(parts[index] for index in range(3)) for key, parts in keys.parts.items() if len(parts) == 3
    }
    return whole | stacks


def _stacked(checkpoint: Checkpoint, names: tuple[str, ...]) -> Shape:
    """The shape of the tensors stacked along their first dimension; of the first alone where they do not fit."""
    first, *rest = (checkpoint.shapes[name] for name in names)
    if rest and first and all(shape == first for shape in rest):
        return (len(names) * first[0], *first[1:])
    return first


def _training(path: Path, checkpoint: Checkpoint, layout: Layout, keys: KeyMap, sizes: Sizes) -> Training | None:
    if layout is OWN:
        return own_metadata.training_of(checkpoint.metadata, sizes)
    if layout is HUGGING_FACE:
        return hf_config.read_training(path, sizes)
    masks = (key for key in keys.ignored if layout is MIDAS and key.endswith(".attn_mask"))
    return training_from_masks((int(key.split(".")[3]), checkpoint.shapes[key]) for key in masks)


def _check_complete(
    config: DPTConfig, shapes: dict[str, Shape], sources: dict[str, tuple[str, ...]], unexpected: list[str]
) -> None:
    """Every tensor of the network is there in its shape, and nothing else is. Raises: WeightsError."""
    with torch.device("meta"):
        wanted = {key: tuple(tensor.shape) for key, tensor in DPT(config).state_dict().items()}
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


def _load(checkpoint: Checkpoint, sources: tuple[str, ...]) -> Tensor:
    tensors = [checkpoint.load(source) for source in sources]
    for source, tensor in zip(sources, tensors, strict=True):
        low, high = torch.aminmax(tensor)
        if not (torch.isfinite(low) and torch.isfinite(high)):
            raise WeightsError(f"{source} holds values that are not finite: the file is damaged or badly trained")
    return tensors[0] if len(tensors) == 1 else torch.cat(tensors)


def _texts(path: Path, checkpoint: Checkpoint, layout: Layout) -> dict[str, str]:
    """Name, origin, licence, note and source hash: from our own metadata, or from what fetching remembered."""
    if layout is OWN:
        texts = own_metadata.texts_of(checkpoint.metadata)
        return {**texts, "name": texts["name"] or path.stem}
    try:
        note = remembered(path)
    except WeightsError:  # a damaged note spoils no good weights; `models verify` speaks of it
        note = None
    if note is not None:
        return {"name": note.name, "origin": note.url, "licence": note.licence, "source_sha256": note.sha256}
    return {"name": path.parent.name if path.name == "model.safetensors" else path.stem}


def _foreign(keys: list[str]) -> str:
    """Say what a file of tensors is that none of our layouts names."""
    if not keys:
        return "the file holds no tensors; wanted Swin V2 DPT weights"
    return f"these are not the weights of a Swin V2 DPT ({listed(keys, 60)}); wanted those of MiDaS v3.1"
