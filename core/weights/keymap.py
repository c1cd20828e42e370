"""The names a tensor has in each layout, and the name it has in Fathom's network.

Every key of a file is renamed, or on its layout's ignore list with the reason, or unexpected.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """Where one tensor of a file goes: the whole of `key`, or one of the three stacked parts of it."""

    key: str
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One publisher's way to name the tensors of a Swin V2 DPT."""

    name: str
    prefix: str  # a file is of this layout when a key starts so
    rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Target]], ...]
    ignored: tuple[tuple[re.Pattern[str], str], ...]  # what is left out, and why


@dataclass(frozen=True, slots=True)
class KeyMap:
    """What became of the keys of one file."""

    sources: dict[str, str] = field(default_factory=dict)  # our key -> the file's
    parts: dict[str, dict[int, str]] = field(default_factory=dict)  # our key -> part -> the file's
    ignored: dict[str, str] = field(default_factory=dict)  # the file's key -> reason
    unexpected: list[str] = field(default_factory=list)


def map_keys(layout: Layout, keys: Iterable[str]) -> KeyMap:
    """Sort the keys of a file of `layout`."""
    result = KeyMap()
    for key in keys:
        reason = next((why for pattern, why in layout.ignored if pattern.fullmatch(key)), None)
        if reason is not None:
            result.ignored[key] = reason
            continue
        matches = ((pattern.fullmatch(key), name_of) for pattern, name_of in layout.rules)
        target = next((name_of(match) for match, name_of in matches if match), None)
        if target is None:
            result.unexpected.append(key)
        elif target.part is None:
            result.sources[target.key] = key
        else:
            result.parts.setdefault(target.key, {})[target.part] = key
    return result


def identify(keys: Iterable[str]) -> Layout | None:
    """The layout that names its tensors like these, or None."""
    names = list(keys)
    return next((layout for layout in LAYOUTS if any(name.startswith(layout.prefix) for name in names)), None)


def _rule(pattern: str, name_of: Callable[[re.Match[str]], str]) -> tuple[re.Pattern[str], Callable[..., Target]]:
    return re.compile(pattern, re.ASCII), lambda match: Target(name_of(match))


def _ignore(pattern: str, reason: str) -> tuple[re.Pattern[str], str]:
    return re.compile(pattern, re.ASCII), reason


def _block(match: re.Match[str]) -> str:
    return f"encoder.stages.{match['s']}.blocks.{match['b']}"


_NUMBER = r"(?:0|[1-9]\d{0,3})"
_COMPUTED = "recomputed from the size of the picture, never trusted from a file"
_END = r"(?P<end>weight|bias)"
_MLP = r"(?P<mlp>0\.weight|0\.bias|2\.weight)"

_MIDAS_BLOCK = rf"pretrained\.model\.layers\.(?P<s>[0-3])\.blocks\.(?P<b>{_NUMBER})"
_MIDAS_HEAD = {"0": "conv1", "2": "conv2", "4": "conv3"}

MIDAS = Layout(
    name="MiDaS v3.1",
    prefix="pretrained.model.",
    rules=(
        _rule(
            rf"pretrained\.model\.patch_embed\.(?P<part>proj|norm)\.{_END}",
            lambda m: f"encoder.patch_embed.{'projection' if m['part'] == 'proj' else 'norm'}.{m['end']}",
        ),
        _rule(
            rf"{_MIDAS_BLOCK}\.attn\.(?P<rest>logit_scale|q_bias|v_bias|qkv\.weight)",
            lambda m: f"{_block(m)}.attention.{m['rest']}",
        ),
        _rule(rf"{_MIDAS_BLOCK}\.attn\.proj\.{_END}", lambda m: f"{_block(m)}.attention.projection.{m['end']}"),
        _rule(
            rf"{_MIDAS_BLOCK}\.attn\.cpb_mlp\.{_MLP}",
            lambda m: f"{_block(m)}.attention.position_bias.mlp.{m['mlp']}",
        ),
        _rule(
            rf"{_MIDAS_BLOCK}\.(?P<part>norm1|norm2|mlp\.fc1|mlp\.fc2)\.{_END}",
            lambda m: f"{_block(m)}.{m['part']}.{m['end']}",
        ),
        _rule(  # MiDaS counts a merging with the stage it follows, Fathom with the stage it leads to
            r"pretrained\.model\.layers\.(?P<s>[0-2])\.downsample\.(?P<rest>reduction\.weight|norm\.(weight|bias))",
            lambda m: f"encoder.stages.{int(m['s']) + 1}.merging.{m['rest']}",
        ),
        _rule(
            r"scratch\.layer(?P<n>[1-4])_rn\.weight", lambda m: f"reassemble.projections.{int(m['n']) - 1}.weight"
        ),
        _rule(
            rf"scratch\.refinenet(?P<n>[1-4])\.resConfUnit(?P<r>[12])\.conv(?P<c>[12])\.{_END}",
            lambda m: f"fusion.blocks.{int(m['n']) - 1}.residual{m['r']}.conv{m['c']}.{m['end']}",
        ),
        _rule(
            rf"scratch\.refinenet(?P<n>[1-4])\.out_conv\.{_END}",
            lambda m: f"fusion.blocks.{int(m['n']) - 1}.projection.{m['end']}",
        ),
        _rule(rf"scratch\.output_conv\.(?P<n>[024])\.{_END}", lambda m: f"head.{_MIDAS_HEAD[m['n']]}.{m['end']}"),
    ),
    ignored=(
        _ignore(rf"{_MIDAS_BLOCK}\.attn_mask", _COMPUTED),
        _ignore(rf"{_MIDAS_BLOCK}\.attn\.(relative_position_index|relative_coords_table)", _COMPUTED),
        _ignore(r"pretrained\.model\.norm\.(weight|bias)", "the classifier's norm; the taps lie before it"),
        _ignore(r"pretrained\.model\.head\.(fc\.)?(weight|bias)", "the ImageNet classifier"),
        _ignore(
            r"scratch\.refinenet4\.resConfUnit1\..+", "the coarsest fusion block has no second input to refine"
        ),
    ),
)

_HF_BLOCK = rf"backbone\.encoder\.layers\.(?P<s>[0-3])\.blocks\.(?P<b>{_NUMBER})"
_HF_NAMES = {
    "attention.output.dense": "attention.projection",
    "layernorm_before": "norm1",
    "layernorm_after": "norm2",
    "intermediate.dense": "mlp.fc1",
    "output.dense": "mlp.fc2",
}
_QKV = ("query", "key", "value")  # in the order MiDaS stacks them

HUGGING_FACE = Layout(
    name="Hugging Face DPT",
    prefix="backbone.embeddings.",
    rules=(
        _rule(
            rf"backbone\.embeddings\.patch_embeddings\.projection\.{_END}",
            lambda m: f"encoder.patch_embed.projection.{m['end']}",
        ),
        _rule(rf"backbone\.embeddings\.norm\.{_END}", lambda m: f"encoder.patch_embed.norm.{m['end']}"),
        _rule(rf"{_HF_BLOCK}\.attention\.self\.logit_scale", lambda m: f"{_block(m)}.attention.logit_scale"),
        (
            re.compile(rf"{_HF_BLOCK}\.attention\.self\.(?P<which>query|key|value)\.weight", re.ASCII),
            lambda m: Target(f"{_block(m)}.attention.qkv.weight", _QKV.index(m["which"])),
        ),
        _rule(
            rf"{_HF_BLOCK}\.attention\.self\.(?P<which>query|value)\.bias",
            lambda m: f"{_block(m)}.attention.{m['which'][0]}_bias",
        ),
        _rule(
            rf"{_HF_BLOCK}\.attention\.self\.continuous_position_bias_mlp\.{_MLP}",
            lambda m: f"{_block(m)}.attention.position_bias.mlp.{m['mlp']}",
        ),
        _rule(
            rf"{_HF_BLOCK}\.(?P<part>{'|'.join(map(re.escape, _HF_NAMES))})\.{_END}",
            lambda m: f"{_block(m)}.{_HF_NAMES[m['part']]}.{m['end']}",
        ),
        _rule(
            r"backbone\.encoder\.layers\.(?P<s>[0-2])\.downsample\.(?P<rest>reduction\.weight|norm\.(weight|bias))",
            lambda m: f"encoder.stages.{int(m['s']) + 1}.merging.{m['rest']}",
        ),
        _rule(r"neck\.convs\.(?P<n>[0-3])\.weight", lambda m: f"reassemble.projections.{m['n']}.weight"),
        _rule(  # Hugging Face counts the fusion blocks from coarse to fine
            rf"neck\.fusion_stage\.layers\.(?P<n>[0-3])\.residual_layer(?P<r>[12])\.convolution(?P<c>[12])\.{_END}",
            lambda m: f"fusion.blocks.{3 - int(m['n'])}.residual{m['r']}.conv{m['c']}.{m['end']}",
        ),
        _rule(
            rf"neck\.fusion_stage\.layers\.(?P<n>[0-3])\.projection\.{_END}",
            lambda m: f"fusion.blocks.{3 - int(m['n'])}.projection.{m['end']}",
        ),
        _rule(rf"head\.head\.(?P<n>[024])\.{_END}", lambda m: f"head.{_MIDAS_HEAD[m['n']]}.{m['end']}"),
    ),
    ignored=(
        _ignore(rf"{_HF_BLOCK}\.attention\.self\.(relative_position_index|relative_coords_table)", _COMPUTED),
        _ignore(
            r"neck\.fusion_stage\.layers\.0\.residual_layer1\..+",
            "the coarsest fusion block has no second input to refine",
        ),
    ),
)

OWN = Layout(
    name="Fathom",
    prefix="encoder.patch_embed.",
    rules=(_rule(r"(encoder|reassemble|fusion|head)\..+", lambda m: m[0]),),
    ignored=(),
)

LAYOUTS = (MIDAS, HUGGING_FACE, OWN)
