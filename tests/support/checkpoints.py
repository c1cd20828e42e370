"""Small weights in every layout Fathom reads, and files made by hand that no honest program writes."""

import io
import json
import pickle
import re
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from core.model.config import DPTConfig
from core.model.dpt import DPT

TOY = DPTConfig(
    embed_dim=8,
    depths=(2, 2, 2, 2),
    heads=(1, 2, 4, 8),
    window=4,
    training_px=128,
    decoder_channels=12,
    head_channels=6,
    mlp_ratio=2,
    position_bias_hidden=10,
)
_MIDAS_MASKS = {0: (64, 16, 16), 1: (16, 16, 16), 2: (4, 16, 16)}  # of the shifted blocks at 128 px

_RENAMED_FOR_MIDAS = (
    (r"encoder\.patch_embed\.projection", "pretrained.model.patch_embed.proj"),
    (r"encoder\.patch_embed", "pretrained.model.patch_embed"),
    (r"encoder\.stages\.1\.merging", "pretrained.model.layers.0.downsample"),
    (r"encoder\.stages\.2\.merging", "pretrained.model.layers.1.downsample"),
    (r"encoder\.stages\.3\.merging", "pretrained.model.layers.2.downsample"),
    (r"encoder\.stages", "pretrained.model.layers"),
    (r"attention\.position_bias\.mlp", "attn.cpb_mlp"),
    (r"attention\.projection", "attn.proj"),
    (r"attention", "attn"),
    (r"reassemble\.projections\.0", "scratch.layer1_rn"),
    (r"reassemble\.projections\.1", "scratch.layer2_rn"),
    (r"reassemble\.projections\.2", "scratch.layer3_rn"),
    (r"reassemble\.projections\.3", "scratch.layer4_rn"),
    (r"fusion\.blocks\.0", "scratch.refinenet1"),
    (r"fusion\.blocks\.1", "scratch.refinenet2"),
    (r"fusion\.blocks\.2", "scratch.refinenet3"),
    (r"fusion\.blocks\.3", "scratch.refinenet4"),
    (r"(refinenet\d)\.projection", r"\1.out_conv"),
    (r"residual(\d)", r"resConfUnit\1"),
    (r"head\.conv1", "scratch.output_conv.0"),
    (r"head\.conv2", "scratch.output_conv.2"),
    (r"head\.conv3", "scratch.output_conv.4"),
)
_RENAMED_FOR_HUGGING_FACE = (
    (r"encoder\.patch_embed\.projection", "backbone.embeddings.patch_embeddings.projection"),
    (r"encoder\.patch_embed", "backbone.embeddings"),
    (r"encoder\.stages\.1\.merging", "backbone.encoder.layers.0.downsample"),
    (r"encoder\.stages\.2\.merging", "backbone.encoder.layers.1.downsample"),
    (r"encoder\.stages\.3\.merging", "backbone.encoder.layers.2.downsample"),
    (r"encoder\.stages", "backbone.encoder.layers"),
    (r"attention\.position_bias\.mlp", "attention.self.continuous_position_bias_mlp"),
    (r"attention\.logit_scale", "attention.self.logit_scale"),
    (r"attention\.q_bias", "attention.self.query.bias"),
    (r"attention\.v_bias", "attention.self.value.bias"),
    (r"attention\.projection", "attention.output.dense"),
    (r"norm1", "layernorm_before"),
    (r"norm2", "layernorm_after"),
    (r"mlp\.fc1", "intermediate.dense"),
    (r"mlp\.fc2", "output.dense"),
    (r"reassemble\.projections", "neck.convs"),
    (r"fusion\.blocks\.0", "neck.fusion_stage.layers.#3"),
    (r"fusion\.blocks\.1", "neck.fusion_stage.layers.#2"),
    (r"fusion\.blocks\.2", "neck.fusion_stage.layers.#1"),
    (r"fusion\.blocks\.3", "neck.fusion_stage.layers.#0"),
    (r"#", ""),
    (r"residual(\d)\.conv(\d)", r"residual_layer\1.convolution\2"),
    (r"head\.conv1", "head.head.0"),
    (r"head\.conv2", "head.head.2"),
    (r"head\.conv3", "head.head.4"),
)


def toy_state(config: DPTConfig = TOY, seed: int = 0) -> dict[str, Tensor]:
    """Weights for `DPT(config)`, every tensor different."""
    with torch.device("meta"):
        shapes = {key: tensor.shape for key, tensor in DPT(config).state_dict().items()}
    generator = torch.Generator().manual_seed(seed)
    return {key: torch.randn(shape, generator=generator) for key, shape in shapes.items()}


def assert_same(state: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    """The same names, shapes and values."""
    assert state.keys() == expected.keys()
    for key, tensor in expected.items():
        assert torch.equal(state[key], tensor), key


def as_midas(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`state` as MiDaS names it, with all that MiDaS stores besides."""
    table = {_renamed(key, _RENAMED_FOR_MIDAS): tensor for key, tensor in state.items()}
    for stage, shape in _MIDAS_MASKS.items():
        table[f"pretrained.model.layers.{stage}.blocks.1.attn_mask"] = torch.full(shape, torch.nan)
    table["pretrained.model.layers.0.blocks.0.attn.relative_position_index"] = torch.zeros(
        16, 16, dtype=torch.int64
    )
    table |= {f"pretrained.model.norm.{end}": torch.ones(64) for end in ("weight", "bias")}
    table |= {"pretrained.model.head.weight": torch.ones(10, 64), "pretrained.model.head.bias": torch.ones(10)}
    for conv in ("conv1", "conv2"):
        table[f"scratch.refinenet4.resConfUnit1.{conv}.weight"] = torch.ones(12, 12, 3, 3)
        table[f"scratch.refinenet4.resConfUnit1.{conv}.bias"] = torch.ones(12)
    return table


def as_hugging_face(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`state` as transformers names it: query, key and value apart, fusion from coarse to fine."""
    table = {}
    for key, tensor in state.items():
        if key.endswith("qkv.weight"):
            block = _renamed(key.removesuffix(".attention.qkv.weight"), _RENAMED_FOR_HUGGING_FACE)
            for name, part in zip(("query", "key", "value"), tensor.chunk(3), strict=True):
                table[f"{block}.attention.self.{name}.weight"] = part.contiguous()
        else:
            table[_renamed(key, _RENAMED_FOR_HUGGING_FACE)] = tensor
    for conv in ("convolution1", "convolution2"):
        table[f"neck.fusion_stage.layers.0.residual_layer1.{conv}.weight"] = torch.ones(12, 12, 3, 3)
        table[f"neck.fusion_stage.layers.0.residual_layer1.{conv}.bias"] = torch.ones(12)
    return table


def hugging_face_config(config: DPTConfig = TOY) -> dict[str, Any]:
    """What transformers writes beside the weights, as far as it matters here."""
    return {
        "architectures": ["DPTForDepthEstimation"],
        "model_type": "dpt",
        "fusion_hidden_size": config.decoder_channels,
        "backbone_config": {
            "model_type": "swinv2",
            "image_size": config.training_px,
            "embed_dim": config.embed_dim,
            "depths": list(config.depths),
            "num_heads": list(config.heads),
            "window_size": config.window,
            "pretrained_window_sizes": list(config.pretrained_windows),
            "mlp_ratio": float(config.mlp_ratio),
        },
    }


def save_midas(path: Path, state: Mapping[str, Tensor] | None = None) -> Path:
    torch.save(as_midas(state or toy_state()), path)
    return path


def save_hugging_face(folder: Path, state: Mapping[str, Tensor] | None = None, config: Any = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    save_file(as_hugging_face(state or toy_state()), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(hugging_face_config() if config is None else config))
    return folder / "model.safetensors"


def safetensors_bytes(header: Any, data: bytes = b"") -> bytes:
    """A file with any header, honest or not."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


class StorageClaim:
    """Stands in a pickle for a storage of `count` float32 kept in record `key`."""

    def __init__(self, key: str, count: int) -> None:
        self.reference = ("storage", torch.FloatStorage, key, "cpu", count)


class TensorClaim:
    """Pickles like a float32 tensor of any shape and stride over any storage."""

    def __init__(self, storage: StorageClaim, shape: tuple[int, ...], stride: tuple[int, ...]) -> None:
        self._parts = (storage, 0, shape, stride, False, OrderedDict())

    def __reduce__(self) -> tuple[Any, ...]:
        return torch._utils._rebuild_tensor_v2, self._parts


class _ClaimPickler(pickle.Pickler):
    def persistent_id(self, thing: Any) -> Any:
        return thing.reference if isinstance(thing, StorageClaim) else None


def pickled(content: Any) -> bytes:
    buffer = io.BytesIO()
    _ClaimPickler(buffer, protocol=2).dump(content)
    return buffer.getvalue()


def save_archive(
    path: Path, code: bytes, records: Mapping[str, bytes] | None = None, compression: int = zipfile.ZIP_STORED
) -> Path:
    """A zip as torch writes it, around any pickle."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", code)
        for key, data in (records or {}).items():
            archive.writestr(f"archive/data/{key}", data)
        archive.writestr("archive/version", b"3\n")
    return path


def _renamed(key: str, rules: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in rules:
        key = re.sub(rf"(?<![\w]){pattern}(?![\w])" if pattern != "#" else "#", replacement, key)
    return key
