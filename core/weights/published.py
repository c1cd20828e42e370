"""The models that others publish and `models fetch` brings. Imports no torch.

Sizes are those of the publishers' files; they steer the progress bar and the room asked for, nothing else.
"""

import os
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from core.errors import WeightsError
from core.model_messages import ModelFigures
from core.weights.wording import shown

MIRROR_VARIABLE = "FATHOM_MODEL_MIRROR"


class Publisher(Enum):
    """Where files come from; the value is the address their `path` is put behind."""

    MIDAS = "https://github.com/isl-org/MiDaS/releases/download/v3_1/"
    HUGGING_FACE = "https://huggingface.co/"

    def address(self, path: str) -> str:
        """Where `path` lies: at the publisher's, or under the mirror that FATHOM_MODEL_MIRROR names.

        Raises: WeightsError where that is no web address.
        """
        mirror = os.environ.get(MIRROR_VARIABLE, "")
        if not mirror:
            return self.value + path
        if not mirror.startswith(("http://", "https://")):
            raise WeightsError(f"{MIRROR_VARIABLE} must begin with http:// or https://, got {shown(mirror)}")
        return f"{mirror.rstrip('/')}/{path}"


@dataclass(frozen=True, slots=True)
class PublishedModel:
    name: str
    network: str  # which of `core.model.config.PUBLISHED`
    parameters: int  # of the network; the files hold a classifier and buffers besides
    publisher: Publisher
    path: str  # of the weights
    bytes: int
    licence: str
    figures: ModelFigures | None = None
    config_path: str | None = None  # of the config.json that belongs beside the weights

    @property
    def file_name(self) -> str:
        """What the weights are called in their folder."""
        return self.path.rpartition("/")[2]


def _figures(
    fps: int, whdr: float, abs_rel: tuple[float, float], delta1: tuple[float, float, float]
) -> ModelFigures:
    """A row of MiDaS's own table: square pictures at the training size, errors, smaller is better.

    Source: github.com/isl-org/MiDaS, README, section Accuracy; the speed is that of an RTX 3090.
    """
    eth3d, sintel = abs_rel
    tum, kitti, nyu = delta1
    return ModelFigures(
        speed=f"{fps} fps",
        speed_on="RTX 3090",
        error=f"{eth3d:.3f}",
        error_on="AbsRel, ETH3D",
        whose="MiDaS’s own table",
        others=(
            f"DIW, WHDR: {whdr:.4f}",
            f"ETH3D, AbsRel: {eth3d:.4f}",
            f"Sintel, AbsRel: {sintel:.4f}",
            f"TUM, δ > 1.25: {tum:.2f} %",
            f"KITTI, δ > 1.25: {kitti:.2f} % (trained on it)",
            f"NYU v2, δ > 1.25: {nyu:.2f} % (trained on it)",
        ),
    )


_MEASURED = {
    "tiny-256": _figures(64, 0.1211, (0.1106, 0.2868), (13.43, 10.13, 5.55)),
    "base-384": _figures(39, 0.1095, (0.0790, 0.2404), (8.93, 5.97, 3.28)),
    "large-384": _figures(41, 0.1106, (0.0732, 0.2442), (8.87, 5.84, 2.92)),
}


def _midas(size: str, parameters: int, size_bytes: int) -> PublishedModel:
    return PublishedModel(
        name=f"swin2-{size}",
        network=f"swin2-{size}",
        parameters=parameters,
        publisher=Publisher.MIDAS,
        path=f"dpt_swin2_{size.replace('-', '_')}.pt",
        bytes=size_bytes,
        licence="MIT",
        figures=_MEASURED[size],
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
        figures=_MEASURED[size],
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
