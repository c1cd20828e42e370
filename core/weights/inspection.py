"""What a model file is, from its header alone: quick, without torch, and without believing a word of it."""

import math
from dataclasses import dataclass
from pathlib import Path

from core.errors import WeightsError
from core.model.config import DPTConfig
from core.model.shapes import shapes_of
from core.weights.container import read_table
from core.weights.plan import plan_of, texts_of_file


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file that holds a complete network, as far as names and shapes tell; its numbers were not read."""

    name: str  # what the network is called once it runs
    layout: str  # "MiDaS v3.1", "Hugging Face DPT", "Fathom"
    config: DPTConfig
    parameters: int
    dtype: str  # "float16", or several where the file mixes them
    bytes: int
    origin: str = ""
    licence: str = ""
    note: str = ""


def inspect(path: Path) -> Inspection:
    """Raises: WeightsError with one line."""
    try:
        table = read_table(path)
        plan = plan_of(path, table.shapes, table.metadata)
        texts = texts_of_file(path, table.metadata, plan.layout)
        size = path.stat().st_size
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    except WeightsError as error:
        if path.name in str(error):
            raise
        raise WeightsError(f"{path.name}: {error}") from error
    return Inspection(
        name=texts["name"],
        layout=plan.layout.name,
        config=plan.config,
        parameters=sum(math.prod(shape) for shape in shapes_of(plan.config).values()),
        dtype=", ".join(sorted(table.dtypes)),
        bytes=size,
        origin=texts.get("origin", ""),
        licence=texts.get("licence", ""),
        note=texts.get("note", ""),
    )
