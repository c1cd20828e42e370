import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from core.errors import EngineError
from core.model.config import PUBLISHED, DPTConfig, check_size

TINY = PUBLISHED["swin2-tiny-256"]


@pytest.mark.parametrize(
    ("name", "trained_windows", "position_windows", "channels"),
    [
        ("swin2-tiny-256", (16, 16, 16, 8), (16, 16, 16, 8), (96, 192, 384, 768)),
        ("swin2-base-384", (24, 24, 24, 12), (12, 12, 12, 6), (128, 256, 512, 1024)),
        ("swin2-large-384", (24, 24, 24, 12), (12, 12, 12, 6), (192, 384, 768, 1536)),
    ],
)
def test_published_sizes(name: str, trained_windows: Any, position_windows: Any, channels: Any) -> None:
    config = PUBLISHED[name]
    assert config.trained_windows == trained_windows
    assert config.position_windows == position_windows
    assert config.channels == channels


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"embed_dim": 0}, "embed_dim"),
        ({"embed_dim": 96.0}, "embed_dim"),
        ({"embed_dim": True}, "embed_dim"),
        ({"depths": (2, 2, 6)}, "depths"),
        ({"depths": (2, 2, 0, 2)}, "depths"),
        ({"depths": [2, 2, 6, 2]}, "depths"),
        ({"heads": (5, 6, 12, 24)}, "stage 0 has 96 channels for 5 heads"),
        ({"window": 1}, "window"),
        ({"pretrained_windows": (0, 1, 0, 0)}, "pretrained window"),
        ({"pretrained_windows": (-1, 0, 0, 0)}, "pretrained_windows"),
        ({"training_px": 250}, "training_px"),
        ({"training_px": 32}, "training_px"),
        ({"training_aspect": "trained"}, "training_aspect must be square or keep"),
        ({"antialias": 1}, "antialias must be true or false"),
        ({"decoder_channels": 255}, "decoder_channels"),
        ({"mlp_ratio": 0}, "mlp_ratio"),
    ],
)
def test_a_config_that_fits_nothing_is_refused(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(EngineError, match=named) as raised:
        replace(TINY, **changes)
    assert "\n" not in str(raised.value)


def test_a_small_grid_narrows_the_window() -> None:
    config = DPTConfig(embed_dim=8, depths=(1, 1, 1, 1), heads=(1, 1, 1, 1), window=8, training_px=64)
    assert config.trained_windows == (8, 8, 4, 2)


@pytest.mark.parametrize("image_hw", [(32, 64), (64, 65), (250, 256), (0, 0), (-64, 64)])
def test_a_size_that_does_not_fit_is_refused(image_hw: tuple[int, int]) -> None:
    with pytest.raises(EngineError, match=f"got {image_hw[0]}x{image_hw[1]}: resize"):
        check_size(image_hw)


def test_sizes_need_no_torch() -> None:
    lists_sizes = "import sys, core.model.config; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", lists_sizes], check=True)
