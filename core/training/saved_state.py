"""Everything a training needs to go on after it was ended at any moment."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from core.errors import TrainingError
from core.training.config import TrainConfig
from core.weights.provenance import replacing

FILE_NAME = "state.pt"


@dataclass(frozen=True, slots=True, eq=False)
class SavedState:
    """After `step` steps. Tensors lie on the host."""

    step: int
    seen: int
    elapsed_s: float  # of training, over all its runs
    in_bf16: bool
    network: dict[str, Any]
    average: dict[str, Any]
    optimiser: list[dict[str, Any]]
    generator: torch.Tensor  # state of the one generator all chance comes from


def save(folder: Path, config: TrainConfig, state: SavedState) -> None:
    """Whole or not at all: what was saved before stays until this is. Raises: TrainingError."""
    path = folder / FILE_NAME
    content = {name: getattr(state, name) for name in SavedState.__slots__}
    try:
        with replacing(path) as file:
            torch.save({"config": repr(asdict(config)), **content}, file)
    except (OSError, RuntimeError) as error:
        raise TrainingError(f"{path} cannot be written: {error}; make room, and start again to go on") from error


def load(folder: Path, config: TrainConfig) -> SavedState | None:
    """What was saved in `folder`, None where nothing was.

    Raises: TrainingError where it cannot be read or is that of another training.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        written = content.pop("config")
        state = SavedState(**{name: content[name] for name in SavedState.__slots__})
    except Exception as error:  # torch.load raises whatever the damage leads to
        raise TrainingError(f"{path} is damaged; delete it to begin anew ({type(error).__name__})") from error
    if written != repr(asdict(config)):
        raise TrainingError(f"{folder} holds a training with another config: give another --out, or delete it")
    return state
