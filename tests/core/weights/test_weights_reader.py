"""Every layout gives the same weights in Fathom's names, complete and finite, or one line says what is wrong."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.model.config import PUBLISHED
from core.model.dpt import DPT
from core.weights.plan import plan_of
from core.weights.reader import read_weights
from tests.support.checkpoints import (
    TOY,
    as_hugging_face,
    as_midas,
    assert_same,
    hugging_face_config,
    save_hugging_face,
    save_midas,
    toy_state,
)
from tests.support.refusals import refusal

LAYOUTS = {
    f"{publisher}_{size}": f"swin2-{size.replace('_', '-')}"
    for publisher in ("midas_swin2", "hf_swinv2")
    for size in ("tiny_256", "base_384", "large_384")
}


def test_midas_weights_are_renamed_and_nothing_else(tmp_path: Path) -> None:
    weights = read_weights(save_midas(tmp_path / "toy.pt"))
    assert_same(weights.state, toy_state())
    assert (weights.config, weights.name, weights.layout) == (TOY, "toy", "MiDaS v3.1")


@pytest.mark.parametrize("wrapper", ["model", "state_dict"])
def test_weights_beside_an_optimizer(tmp_path: Path, wrapper: str) -> None:
    optimizer = {
        "state": {0: {"step": 3, "exp_avg": torch.ones(5)}},
        "param_groups": [{"lr": 1e-4, "params": [0]}],
    }
    torch.save({wrapper: as_midas(toy_state()), "optimizer": optimizer, "epoch": 7}, tmp_path / "train.pt")
    assert_same(read_weights(tmp_path / "train.pt").state, toy_state())


def test_hugging_face_weights_with_their_config(tmp_path: Path) -> None:
    pretrained = replace(TOY, pretrained_windows=(3, 3, 3, 2))
    weights = read_weights(save_hugging_face(tmp_path / "toy", config=hugging_face_config(pretrained)))
    assert_same(weights.state, toy_state())
    assert (weights.config, weights.name) == (pretrained, "toy")


def test_containers_and_names_are_told_apart_by_content(tmp_path: Path) -> None:
    save_file(as_midas(toy_state()), tmp_path / "midas.bin")
    torch.save(as_hugging_face(toy_state()), tmp_path / "pytorch_model.safetensors.part")
    (tmp_path / "config.json").write_text(json.dumps(hugging_face_config()))
    assert_same(read_weights(tmp_path / "midas.bin").state, toy_state())
    assert_same(read_weights(tmp_path / "pytorch_model.safetensors.part").state, toy_state())
    assert "rename it to end in .pt" in refusal(save_midas(tmp_path / "toy.safetensors"))


def test_a_network_takes_what_was_read(tmp_path: Path) -> None:
    weights = read_weights(save_midas(tmp_path / "toy.pt"))
    DPT(weights.config).load_state_dict(weights.state, strict=True)


class LayoutOnly:
    """A checkpoint of which only names and shapes are known."""

    metadata: Mapping[str, str]

    def __init__(self, layout: Path) -> None:
        self.metadata = {}
        self.shapes = {key: tuple(shape) for key, shape, _ in json.loads(layout.read_text())}

    def load(self, key: str) -> torch.Tensor:
        raise AssertionError("only names and shapes decide")

    def check(self) -> None: ...

    def close(self) -> None: ...


@pytest.mark.shared
@pytest.mark.parametrize("layout", LAYOUTS)
def test_published_layouts_fill_the_published_networks(shared: Path, tmp_path: Path, layout: str) -> None:
    config = PUBLISHED[LAYOUTS[layout]]
    checkpoint = LayoutOnly(shared / "reference" / f"{layout}.layout.json")
    plan = plan_of(tmp_path / "weights", checkpoint.shapes, {})
    assert plan.config == config
    with torch.device("meta"):
        wanted = DPT(config).state_dict()
    assert plan.sources.keys() == wanted.keys()
    for key, sources in plan.sources.items():
        rows = sum(checkpoint.shapes[source][0] for source in sources)
        assert (rows, *checkpoint.shapes[sources[0]][1:]) == tuple(wanted[key].shape), key


@pytest.mark.shared
def test_nano_file_is_recognised(shared: Path) -> None:
    weights = read_weights(shared / "models" / "fathom-nano-interim.pt")
    assert weights.parameters == 3_250_789
    assert (weights.config.window, weights.config.training_px, weights.config.decoder_channels) == (8, 256, 48)


def test_progress_grows_from_nothing_to_one(tmp_path: Path) -> None:
    shares: list[float] = []
    read_weights(save_midas(tmp_path / "toy.pt"), shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, pytest.approx(1.0))


def test_every_problem_is_named_with_the_number_of_the_rest(tmp_path: Path) -> None:
    table = as_midas(toy_state())
    for name in ("q_bias", "v_bias", "logit_scale", "proj.bias"):
        del table[f"pretrained.model.layers.1.blocks.1.attn.{name}"]
    table["scratch.unknown.weight"] = torch.ones(1)
    table["scratch.layer2_rn.weight"] = torch.ones(12, 17, 3, 3)
    torch.save(table, tmp_path / "toy.pt")
    line = refusal(tmp_path / "toy.pt")
    assert re.search(r"lacks encoder\.stages\.1\.blocks\.1\.attention\.\w+.* and 1 more", line)
    assert "has scratch.unknown.weight that the network does not know" in line
    assert "scratch.layer2_rn.weight (12, 17, 3, 3) instead of (12, 16, 3, 3)" in line


def test_a_block_number_too_many_is_no_larger_network(tmp_path: Path) -> None:
    table = as_midas(toy_state())
    for key in [key for key in table if ".layers.2.blocks.1." in key and "attn_mask" not in key]:
        table[key.replace("blocks.1.", "blocks.9.")] = table.pop(key)
    torch.save(table, tmp_path / "toy.pt")
    line = refusal(tmp_path / "toy.pt")
    assert "lacks encoder.stages.2.blocks.1." in line
    assert "blocks.9." in line


def test_half_a_stack_of_query_key_and_value_is_missing(tmp_path: Path) -> None:
    path = save_hugging_face(tmp_path / "toy")
    table = as_hugging_face(toy_state())
    del table["backbone.encoder.layers.3.blocks.0.attention.self.key.weight"]
    save_file(table, path)
    assert "lacks encoder.stages.3.blocks.0.attention.qkv.weight" in refusal(path)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_a_value_that_is_not_finite_is_found(tmp_path: Path, bad: float) -> None:
    state = toy_state()
    state["fusion.blocks.2.residual1.conv2.weight"][3, 1, 2, 0] = bad
    assert "refinenet3.resConfUnit1.conv2.weight holds values that are not finite" in refusal(
        save_midas(tmp_path / "toy.pt", state)
    )


def test_values_of_ignored_buffers_do_not_matter(tmp_path: Path) -> None:
    """`as_midas` fills every mask with NaN."""
    read_weights(save_midas(tmp_path / "toy.pt"))


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_weights_that_are_whole_numbers_are_refused(tmp_path: Path, suffix: str) -> None:
    table = as_midas(toy_state())
    table["scratch.output_conv.4.bias"] = torch.ones(1, dtype=torch.int8)
    path = tmp_path / f"toy{suffix}"
    (torch.save if suffix == ".pt" else save_file)(table, path)
    assert "weights are floating-point numbers" in refusal(path)


def test_masks_that_disagree_are_refused(tmp_path: Path) -> None:
    table = as_midas(toy_state())
    table["pretrained.model.layers.1.blocks.1.attn_mask"] = torch.zeros(4, 16, 16)
    torch.save(table, tmp_path / "toy.pt")
    assert "disagree" in refusal(tmp_path / "toy.pt")


@pytest.mark.parametrize("shape", [(64, 16, 15), (63, 16, 16), (64, 15, 15), (16,), (0, 16, 16)])
def test_a_mask_of_no_square_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    table = as_midas(toy_state())
    for stage in range(3):
        table[f"pretrained.model.layers.{stage}.blocks.1.attn_mask"] = torch.zeros(shape)
    torch.save(table, tmp_path / "toy.pt")
    assert "attention mask of shape" in refusal(tmp_path / "toy.pt")


def test_sizes_nobody_published_need_a_mask_or_a_config(tmp_path: Path) -> None:
    (save_hugging_face(tmp_path).with_name("config.json")).unlink()
    assert "does not tell its attention window" in refusal(tmp_path / "model.safetensors")


def test_published_sizes_are_recognised_without_a_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = replace(TOY, pretrained_windows=(2, 2, 2, 2))
    monkeypatch.setitem(PUBLISHED, "toy", published)
    path = save_hugging_face(tmp_path)
    path.with_name("config.json").unlink()
    assert read_weights(path).config == published
    assert read_weights(save_midas(tmp_path / "toy.pt")).config == published


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"model_type": "zoedepth"}, "another kind of network"),
        ({"backbone_config": None}, "another kind of network"),
        ({"backbone_config": ["swinv2"]}, "another kind of network"),
        ({"fusion_hidden_size": 10**12}, "fusion_hidden_size"),
        ({"window_size": 10**12}, "beyond reason"),
        ({"window_size": "16"}, "window_size"),
        ({"window_size": True}, "window_size"),
        ({"window_size": -4}, "window_size"),
        ({"image_size": [256, 256]}, "image_size"),
        ({"image_size": 10**30}, "beyond reason"),
        ({"image_size": 100}, "training_px"),
        ({"image_size": float("nan")}, "image_size"),
        ({"pretrained_window_sizes": [0, 0, 0]}, "pretrained_window_sizes"),
        ({"pretrained_window_sizes": [0, 0, 0, 10**9]}, "beyond reason"),
        ({"pretrained_window_sizes": {"a": 1}}, "pretrained_window_sizes"),
        ({"embed_dim": 96}, "embed_dim"),
        ({"depths": [2, 2, 6, 2]}, "depths"),
        ({"num_heads": None}, "num_heads"),
        ({"mlp_ratio": 4.0}, "mlp_ratio"),
        ({"hidden_act": "relu"}, "hidden_act"),
        ({"layer_norm_eps": 1e-12}, "layer_norm_eps"),
        ({"patch_size": 2}, "patch_size"),
        ({"embed_dim": "\x1b[2J" * 1000}, "embed_dim"),
    ],
)
def test_a_config_at_odds_with_the_weights_is_refused(
    tmp_path: Path, change: dict[str, object], expected: str
) -> None:
    config = hugging_face_config()
    for key, value in change.items():
        (config if key in config else config["backbone_config"])[key] = value
    line = refusal(save_hugging_face(tmp_path / "toy", config=config))
    assert expected in line
    assert line.isprintable()
    assert len(line) < 400


@pytest.mark.parametrize("text", [b"", b"[", b"\xff\xfe", b"[]", b"[" * 200_000, b'"' + b"x" * (2 << 20) + b'"'])
def test_a_config_that_is_no_json_table_is_refused(tmp_path: Path, text: bytes) -> None:
    path = save_hugging_face(tmp_path)
    path.with_name("config.json").write_bytes(text)
    assert "config.json" in refusal(path)


def test_defaults_that_transformers_leaves_out(tmp_path: Path) -> None:
    """Window 7 at 224 px without pretraining is what an absent key means."""
    config = hugging_face_config()
    for key in ("window_size", "image_size", "pretrained_window_sizes"):
        del config["backbone_config"][key]
    read = read_weights(save_hugging_face(tmp_path, config=config)).config
    assert (read.window, read.training_px, read.pretrained_windows) == (7, 224, (0, 0, 0, 0))
