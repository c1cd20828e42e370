"""The network a second time, as plainly as it can be said: numpy, float64, one picture, a loop wherever one helps.

It follows the published order (roll the shifted grid, mask with -100, double, then project), shares no line with
`core.model`, and serves as its judge. Weights come in the keys of docs/architecture.md, "Network".
"""

import math
import zlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.model.config import DPTConfig

Array = NDArray[np.float64]
Weights = Mapping[str, NDArray[np.float32]]

_erf = np.vectorize(math.erf, otypes=[np.float64])


class PlainOutput(NamedTuple):
    maps: list[Array]  # after each stage, (C, h, w)
    inverse_depth: Array  # (H, W)


def shapes(config: DPTConfig) -> dict[str, tuple[int, ...]]:
    """Every weight of the network with its shape."""
    found: dict[str, tuple[int, ...]] = {
        "encoder.patch_embed.projection.weight": (config.embed_dim, 3, 4, 4),
        "encoder.patch_embed.projection.bias": (config.embed_dim,),
        "encoder.patch_embed.norm.weight": (config.embed_dim,),
        "encoder.patch_embed.norm.bias": (config.embed_dim,),
    }
    for s, (depth, heads) in enumerate(zip(config.depths, config.heads, strict=True)):
        c = config.embed_dim * 2**s
        if s:
            merging = f"encoder.stages.{s}.merging."
            found |= {
                merging + "reduction.weight": (c, 2 * c),
                merging + "norm.weight": (c,),
                merging + "norm.bias": (c,),
            }
        for b in range(depth):
            block = f"encoder.stages.{s}.blocks.{b}."
            found |= {
                block + "attention.qkv.weight": (3 * c, c),
                block + "attention.q_bias": (c,),
                block + "attention.v_bias": (c,),
                block + "attention.logit_scale": (heads, 1, 1),
                block + "attention.projection.weight": (c, c),
                block + "attention.projection.bias": (c,),
                block + "attention.position_bias.mlp.0.weight": (config.position_bias_hidden, 2),
                block + "attention.position_bias.mlp.0.bias": (config.position_bias_hidden,),
                block + "attention.position_bias.mlp.2.weight": (heads, config.position_bias_hidden),
                block + "mlp.fc1.weight": (config.mlp_ratio * c, c),
                block + "mlp.fc1.bias": (config.mlp_ratio * c,),
                block + "mlp.fc2.weight": (c, config.mlp_ratio * c),
                block + "mlp.fc2.bias": (c,),
            }
            found |= {f"{block}{norm}.{part}": (c,) for norm in ("norm1", "norm2") for part in ("weight", "bias")}
        found[f"reassemble.projections.{s}.weight"] = (config.decoder_channels, c, 3, 3)
    c, h = config.decoder_channels, config.head_channels
    for s in range(4):
        for unit in ("residual1", "residual2") if s < 3 else ("residual2",):
            for conv in ("conv1", "conv2"):
                found[f"fusion.blocks.{s}.{unit}.{conv}.weight"] = (c, c, 3, 3)
                found[f"fusion.blocks.{s}.{unit}.{conv}.bias"] = (c,)
        found[f"fusion.blocks.{s}.projection.weight"] = (c, c, 1, 1)
        found[f"fusion.blocks.{s}.projection.bias"] = (c,)
    for conv, (out, into, side) in {"conv1": (c // 2, c, 3), "conv2": (h, c // 2, 3), "conv3": (1, h, 1)}.items():
        found[f"head.{conv}.weight"] = (out, into, side, side)
        found[f"head.{conv}.bias"] = (out,)
    return found


def seeded_weights(config: DPTConfig, seed: int) -> dict[str, NDArray[np.float32]]:
    """Numbers that depend on the seed and each weight's own name, so that adding one changes no other."""
    return {name: _seeded(name, shape, seed) for name, shape in shapes(config).items()}


def _seeded(name: str, shape: tuple[int, ...], seed: int) -> NDArray[np.float32]:
    draw = np.random.Generator(np.random.Philox(key=[seed, zlib.crc32(name.encode())]))
    if name.endswith("logit_scale"):
        return draw.uniform(1.0, 5.0, shape).astype(np.float32)  # some beyond the clamp at ln 100 = 4.6
    normal = draw.standard_normal(shape)
    if len(shape) > 1:
        return (normal / math.sqrt(math.prod(shape[1:]))).astype(np.float32)
    if "norm" in name and name.endswith("weight"):
        return (1 + 0.2 * normal).astype(np.float32)
    return (2.0 * (name == "head.conv3.bias") + 0.1 * normal).astype(np.float32)


def seeded_picture(height: int, width: int, seed: int) -> NDArray[np.float32]:
    """(3, H, W), -1 to 1."""
    draw = np.random.Generator(np.random.Philox(key=[seed, height * 10_000 + width]))
    return draw.uniform(-1, 1, (3, height, width)).astype(np.float32)


def run(config: DPTConfig, weights: Weights, picture_chw: NDArray[np.float32]) -> PlainOutput:
    """One picture through the whole network."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    _, height, width = picture_chw.shape
    patches = picture_chw.astype(np.float64).reshape(3, height // 4, 4, width // 4, 4).transpose(1, 3, 0, 2, 4)
    kernel = w["encoder.patch_embed.projection.weight"].reshape(config.embed_dim, -1)
    x = patches.reshape(height // 4, width // 4, -1) @ kernel.T + w["encoder.patch_embed.projection.bias"]
    x = _norm(x, w, "encoder.patch_embed.norm")
    maps = []
    for s in range(4):
        if s:
            x = np.concatenate([x[0::2, 0::2], x[1::2, 0::2], x[0::2, 1::2], x[1::2, 1::2]], axis=-1)
            x = _norm(
                x @ w[f"encoder.stages.{s}.merging.reduction.weight"].T, w, f"encoder.stages.{s}.merging.norm"
            )
        trained = min(config.window, config.training_px // 4 // 2**s)
        window = _nearest_divisor(x.shape[0], trained), _nearest_divisor(x.shape[1], trained)
        for b in range(config.depths[s]):
            block = f"encoder.stages.{s}.blocks.{b}"
            shift = [
                side // 2 if b % 2 and side < grid else 0 for side, grid in zip(window, x.shape[:2], strict=True)
            ]
            reference = config.pretrained_windows[s] or trained
            x = x + _norm(
                _attention(x, w, block + ".attention", config.heads[s], window, shift, reference),
                w,
                block + ".norm1",
            )
            hidden = x @ w[block + ".mlp.fc1.weight"].T + w[block + ".mlp.fc1.bias"]
            hidden = hidden * 0.5 * (1 + _erf(hidden / math.sqrt(2)))
            x = x + _norm(
                hidden @ w[block + ".mlp.fc2.weight"].T + w[block + ".mlp.fc2.bias"], w, block + ".norm2"
            )
        maps.append(x.transpose(2, 0, 1))
    path = None
    for s in (3, 2, 1, 0):
        block = f"fusion.blocks.{s}"
        joined = _conv(maps[s], w, f"reassemble.projections.{s}")
        if path is not None:
            joined = path + _residual(joined, w, block + ".residual1")
        path = _conv(_double(_residual(joined, w, block + ".residual2")), w, block + ".projection")
    hidden = _conv(_double(_conv(path, w, "head.conv1")), w, "head.conv2").clip(min=0)
    return PlainOutput(maps, _conv(hidden, w, "head.conv3").clip(min=0)[0])


def _nearest_divisor(grid: int, trained: int) -> int:
    best = 1
    for candidate in range(1, grid + 1):
        if grid % candidate == 0 and abs(candidate - trained) < abs(best - trained):
            best = candidate
    return best


def _attention(
    x: Array, w: Weights, name: str, heads: int, window: tuple[int, int], shift: list[int], reference: int
) -> Array:
    """x is (H, W, C); the grid is rolled by `shift`, and pairs that only rolling brought together get -100."""
    height, width, channels = x.shape
    h, wide = window
    per_head = channels // heads
    bias = _position_bias(w, name + ".position_bias.mlp", window, reference)
    scale = np.exp(np.minimum(w[name + ".logit_scale"], math.log(100)))
    origin = np.zeros((height, width), int)  # tokens with the same number were neighbours before rolling
    if shift[0]:
        origin[height - shift[0] :] += 1
    if shift[1]:
        origin[:, width - shift[1] :] += 2
    rolled = np.roll(x, (-shift[0], -shift[1]), (0, 1))
    out = np.empty_like(rolled)
    for top in range(0, height, h):
        for left in range(0, width, wide):
            place = np.s_[top : top + h, left : left + wide]
            tokens = rolled[place].reshape(-1, channels)
            q, k, v = np.split(tokens @ w[name + ".qkv.weight"].T, 3, axis=-1)
            q, v = q + w[name + ".q_bias"], v + w[name + ".v_bias"]
            q, k, v = (part.reshape(-1, heads, per_head).transpose(1, 0, 2) for part in (q, k, v))
            q, k = (part / np.linalg.norm(part, axis=-1, keepdims=True) for part in (q, k))
            apart = origin[place].reshape(-1, 1) != origin[place].reshape(1, -1)
            logits = q @ k.transpose(0, 2, 1) * scale + bias - 100.0 * apart
            share = np.exp(logits - logits.max(axis=-1, keepdims=True))
            share /= share.sum(axis=-1, keepdims=True)
            out[place] = (share @ v).transpose(1, 0, 2).reshape(h, wide, channels)
    out = np.roll(out, (shift[0], shift[1]), (0, 1))
    return out @ w[name + ".projection.weight"].T + w[name + ".projection.bias"]


def _position_bias(w: Weights, name: str, window: tuple[int, int], reference: int) -> Array:
    places = [(row, column) for row in range(window[0]) for column in range(window[1])]
    offsets = np.array([[(a[0] - b[0], a[1] - b[1]) for b in places] for a in places], float)
    offsets *= 8 / (reference - 1)
    offsets = np.sign(offsets) * np.log2(1 + np.abs(offsets)) / 3
    hidden = (offsets @ w[name + ".0.weight"].T + w[name + ".0.bias"]).clip(min=0)
    return (16 / (1 + np.exp(-(hidden @ w[name + ".2.weight"].T)))).transpose(2, 0, 1)


def _norm(x: Array, w: Weights, name: str) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return centred / spread * w[name + ".weight"] + w[name + ".bias"]


def _conv(x: Array, w: Weights, name: str) -> Array:
    kernel = w[name + ".weight"]
    reach = kernel.shape[-1] // 2
    _, height, width = x.shape
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach)))
    out = np.zeros((kernel.shape[0], height, width))
    for row in range(kernel.shape[2]):
        for column in range(kernel.shape[3]):
            out += np.tensordot(
                kernel[:, :, row, column], padded[:, row : row + height, column : column + width], 1
            )
    return out + w[name + ".bias"][:, None, None] if name + ".bias" in w else out


def _residual(x: Array, w: Weights, name: str) -> Array:
    return x + _conv(_conv(x.clip(min=0), w, name + ".conv1").clip(min=0), w, name + ".conv2")


def _double(x: Array) -> Array:
    """Bilinear with aligned corners: output i of 2n looks at place i * (n - 1) / (2n - 1)."""
    rows, columns = (_doubling(side) for side in x.shape[1:])
    return rows @ x @ columns.T


def _doubling(side: int) -> Array:
    places = np.arange(2 * side) * (side - 1) / (2 * side - 1)
    return (1 - np.abs(places[:, None] - np.arange(side)[None, :])).clip(min=0)
