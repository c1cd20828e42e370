"""The models that others publish and `models fetch` brings. Imports no torch.

Sizes are those of the publishers' files; they steer the progress bar and the room asked for, nothing else.
"""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Publisher(Enum):
    """Where files come from; the value is the address their `path` is put behind."""

    MIDAS = "https://github.com/isl-org/MiDaS/releases/download/v3_1/"
    HUGGING_FACE = "https://huggingface.co/"


@dataclass(frozen=True, slots=True)
class PublishedModel:
    name: str
    network: str  # which of `core.model.config.PUBLISHED`
    parameters: int  # of the network; the files hold a classifier and buffers besides
    publisher: Publisher
    path: str  # of the weights
    bytes: int
    licence: str
    config_path: str | None = None  # of the config.json that belongs beside the weights

    @property
    def file_name(self) -> str:
        """What the weights are called in their folder."""
        return self.path.rpartition("/")[2]


def _midas(size: str, parameters: int, size_bytes: int) -> PublishedModel:
    return PublishedModel(
        name=f"swin2-{size}",
        network=f"swin2-{size}",
        parameters=parameters,
        publisher=Publisher.MIDAS,
        path=f"dpt_swin2_{size.replace('-', '_')}.pt",
        bytes=size_bytes,
        licence="MIT",
    )


def _hugging_face(size: str, parameters: int, size_bytes: int) -> PublishedModel:
    folder = f"Intel/dpt-swinv2-{size}/resolve/main"
    return PublishedModel(
        name=f"hf-swinv2-{size}",
        network=f"swin2-{size}",
        parameters=parameters,
        publisher=Publisher.HUGGING_FACE,
        path=f"{folder}/model.safetensors",
        bytes=size_bytes,
        licence="MIT",
        config_path=f"{folder}/config.json",
    )


_ALL = (
    _midas("tiny-256", 39_750_635, 172_100_000),
    _midas("base-384", 100_171_705, 436_200_000),
    _midas("large-384", 210_691_637, 880_300_000),
    _hugging_face("tiny-256", 39_750_635, 163_750_000),
    _hugging_face("base-384", 100_171_705, 405_500_000),
    _hugging_face("large-384", 210_691_637, 847_600_000),
)
PUBLISHED_MODELS = MappingProxyType({model.name: model for model in _ALL})
