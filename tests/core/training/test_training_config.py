"""A training's config: what a file may say, and what it is told where it says something else."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import TrainingError
from core.training.config import Phase, read_config
from support.simple_scenes import tiny_config

MODELS = Path(__file__).parents[3] / "assets" / "models"


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_configs_beside_the_models_are_good(path: Path) -> None:
    config = read_config(path)
    assert path.stem.startswith(config.name)
    assert config.batch(config.phases[0].sizes[0]) >= 8


def test_a_phase_holds_until_its_share() -> None:
    config = tiny_config(phases=(Phase(0.5, ((64, 64),)), Phase(1.0, ((96, 64),))))
    assert [config.sizes_at(progress) for progress in (0.0, 0.49, 0.5, 1.0)] == [((64, 64),)] * 2 + [
        ((96, 64),)
    ] * 2


def test_the_batch_is_as_large_as_the_pixels_allow() -> None:
    assert tiny_config(pixels=10 * 64 * 96 - 1).batch((64, 96)) == 9


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"uses": 0.0}, "uses must be above 0"),
        ({"averaging": 1.0}, "averaging must be from 0 to below 1"),
        ({"tether_weight": -1.0}, "tether_weight must be 0 or more"),
        ({"phases": (Phase(0.5, ((64, 64),)),)}, "until = 1.0"),
        ({"phases": (Phase(1.0, ()),)}, "at least one size"),
        ({"phases": (Phase(1.0, 64),)}, "at least one size, .* got 64"),
        ({"phases": (Phase(1.0, ((64.0, 64.0),)),)}, r"whole pixels, got \(64.0, 64.0\)"),
        ({"phases": (Phase(1.0, ((64, 64, 64),)),)}, r"\[height, width\]"),
        ({"rendered_hw": 192}, "whole pixels, got 192"),
        ({"network": replace(tiny_config().network, training_px=2048)}, "training_px must be at most 1536"),
        ({"name": ""}, "name must be that of a file"),
        ({"name": "my/nano"}, "got 'my/nano'"),
        ({"name": "../outside"}, "without its folder"),
        ({"rendered_hw": (65, 64)}, "multiples of 32"),
        ({"pixels": 64}, "pixels must hold a picture"),
        ({"renewed": ("3.0",)}, r"renewed must be branches .* got '3.0'"),
        ({"renewed": (3,)}, "got 3"),
        ({"renewed": ("2.1.mlp",)}, r"renewed names 2\.1\.mlp, but stage 2 has 1"),
    ],
)
def test_values_that_do_not_fit_are_named(changes: dict[str, object], told: str) -> None:
    with pytest.raises(TrainingError, match=told):
        tiny_config(**changes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("seed = 1", "sead = 1"), "there is no sead"),
        (("seed = 1", 'seed = "1"'), "seed must be of type int"),
        (("seed = 1\n", ""), "seed is missing"),
        (("embed_dim = 32\n", ""), "network.embed_dim is missing"),
        (("heads = [1, ", "heads = [5, "), "not a multiple"),
        (("[network]", "[netwerk]"), r"lacks \[network\]"),
        (("seed = 1", "seed = = 1"), "no TOML file"),
    ],
)
def test_files_that_are_wrong_are_told_in_one_line(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text((MODELS / "fathom-nano.toml").read_text().replace(*change))
    with pytest.raises(TrainingError, match=told) as caught:
        read_config(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be read"):
        read_config(tmp_path / "none.toml")
