"""The `config.json` that lies beside Hugging Face weights. Imports no torch.

It is a stranger's text: little of it is read, all of that is checked, and no default is assumed but those of the
library that writes it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import WeightsError
from core.weights.infer_config import Sizes, Training
from core.weights.wording import shown

FILE_NAME = "config.json"
MAX_BYTES = 1 << 20

# What `transformers` leaves out of the file where it has these values (Swinv2Config).
_SWIN_DEFAULTS: Mapping[str, Any] = {
    "image_size": 224,
    "patch_size": 4,
    "embed_dim": 96,
    "depths": [2, 2, 6, 2],
    "num_heads": [3, 6, 12, 24],
    "window_size": 7,
    "pretrained_window_sizes": [0, 0, 0, 0],
    "mlp_ratio": 4.0,
    "qkv_bias": True,
    "hidden_act": "gelu",
    "use_absolute_embeddings": False,
    "layer_norm_eps": 1e-5,
}
_FIXED = ("patch_size", "qkv_bias", "hidden_act", "use_absolute_embeddings", "layer_norm_eps")


def read_training(weights_path: Path, sizes: Sizes) -> Training | None:
    """Window and training size from the config beside `weights_path`; None where there is no such file.

    Raises: WeightsError where it is damaged, of another kind of network, or at odds with the weights' sizes.
    """
    path = weights_path.with_name(FILE_NAME)
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    return training_from(parse(text), sizes)


def parse(text: bytes) -> Mapping[str, Any]:
    """The JSON table. Raises: WeightsError."""
    if len(text) > MAX_BYTES:
        raise WeightsError(f"{FILE_NAME} is larger than {MAX_BYTES} bytes: not the config of a model")
    try:
        config = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise WeightsError(f"{FILE_NAME} is not readable JSON; fetch it again") from error
    if not isinstance(config, dict):
        raise WeightsError(f"{FILE_NAME} is not a table of settings; fetch it again")
    return config


def training_from(config: Mapping[str, Any], sizes: Sizes) -> Training:
    """Check a parsed config against the weights' sizes. Raises: WeightsError."""
    backbone = config.get("backbone_config")
    kinds = (config.get("model_type"), backbone.get("model_type") if isinstance(backbone, dict) else None)
    if not isinstance(backbone, dict) or kinds != ("dpt", "swinv2"):
        raise WeightsError(f"{FILE_NAME} describes another kind of network; wanted a DPT with a swinv2 backbone")
    swin = {**_SWIN_DEFAULTS, **backbone}
    for key in _FIXED:
        if swin[key] != _SWIN_DEFAULTS[key] or type(swin[key]) is not type(_SWIN_DEFAULTS[key]):
            _refuse(key, swin[key], f"the network has {_SWIN_DEFAULTS[key]!r}")
    told = {
        "embed_dim": sizes.embed_dim,
        "depths": list(sizes.depths),
        "num_heads": list(sizes.heads),
        "mlp_ratio": sizes.mlp_ratio,
    }
    for key, in_weights in told.items():
        if swin[key] != in_weights:
            _refuse(key, swin[key], f"the weights have {in_weights!r}")
    fusion = config.get("fusion_hidden_size", 256)
    if fusion != sizes.decoder_channels:
        _refuse("fusion_hidden_size", fusion, f"the weights have {sizes.decoder_channels}")
    pretrained = swin["pretrained_window_sizes"]
    if not isinstance(pretrained, list) or len(pretrained) != 4:
        _refuse("pretrained_window_sizes", pretrained, "wanted four whole numbers")
    p0, p1, p2, p3 = (_whole("pretrained_window_sizes", value, 0) for value in pretrained)
    return Training(
        window=_whole("window_size", swin["window_size"], 2),
        training_px=_whole("image_size", swin["image_size"], 64),
        pretrained_windows=(p0, p1, p2, p3),
    )


def _whole(key: str, value: object, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        _refuse(key, value, f"wanted a whole number of at least {least}")
    return int(value)  # type: ignore[call-overload, no-any-return]


def _refuse(key: str, value: object, wanted: str) -> None:
    raise WeightsError(f"{FILE_NAME} has {key} = {shown(repr(value))}, but {wanted}; fetch it again")
