"""What a file of Fathom's own weights says of itself. Imports no torch, so lists of models are quick.

All metadata are texts: `format`, `config` (JSON), `name`, `origin`, `licence`, `note`, `source_sha256` of the file
it was converted from, `content_sha256` over its tensors, and `metadata_sha256` over all else here.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from core.errors import EngineError, WeightsError
from core.model.config import DPTConfig
from core.weights.infer_config import Sizes, Training
from core.weights.wording import shown

OWN_FORMAT = "fathom-depth-1"
ADDED_LATER = {"training_aspect", "antialias"}  # to the config; files from before are as its default says
TEXTS = ("name", "origin", "licence", "note", "source_sha256")


def config_of(metadata: Mapping[str, str]) -> DPTConfig:
    """The config our metadata carry. Raises: WeightsError."""
    written = metadata.get("format", "none")
    if written != OWN_FORMAT:
        raise WeightsError(
            f"the weights are in Fathom's names but their format is {shown(written)!r}, wanted {OWN_FORMAT!r}: "
            "convert them again with this version"
        )
    try:
        table = json.loads(metadata["config"])
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
        }
        if {*values, *ADDED_LATER} != {item.name for item in fields(DPTConfig)}:
            raise ValueError
        return DPTConfig(**values)
    except (KeyError, ValueError, AttributeError, RecursionError, EngineError) as error:
        raise WeightsError("the config in the file's metadata is damaged; fetch or convert it again") from error


def training_of(metadata: Mapping[str, str], sizes: Sizes) -> Training:
    """How the network was trained, checked against the sizes of the weights. Raises: WeightsError."""
    config = config_of(metadata)
    for key, in_weights in asdict(sizes).items():
        if getattr(config, key) != in_weights:
            raise WeightsError(f"the metadata say {key} = {getattr(config, key)}, the weights have {in_weights}")
    return Training(**{item.name: getattr(config, item.name) for item in fields(Training)})


def texts_of(metadata: Mapping[str, str]) -> dict[str, str]:
    """Name, origin, licence, note and source hash as the metadata tell them, each one line."""
    return {key: shown(" ".join(metadata.get(key, "").split()), 500) for key in TEXTS}
