"""Writes golden.npz: what the plain network makes of one seeded picture, with the maps after all four stages.

python -m tests.core.model.make_golden
"""

from pathlib import Path

import numpy as np

from core.model.config import DPTConfig
from tests.core.model import plain_dpt

GOLDEN = Path(__file__).with_name("golden.npz")
SEED = 11
HEIGHT, WIDTH = 64, 96
CONFIG = DPTConfig(
    embed_dim=8,
    depths=(2, 2, 4, 2),
    heads=(1, 2, 2, 4),
    window=4,
    training_px=64,
    decoder_channels=12,
    head_channels=4,
    mlp_ratio=2,
    position_bias_hidden=16,
)


def main() -> None:
    picture = plain_dpt.seeded_picture(HEIGHT, WIDTH, SEED)
    out = plain_dpt.run(CONFIG, plain_dpt.seeded_weights(CONFIG, SEED), picture)
    arrays = {f"stage{s}": a_map.astype(np.float32) for s, a_map in enumerate(out.maps)}
    np.savez_compressed(GOLDEN, inverse_depth=out.inverse_depth.astype(np.float32), **arrays)


if __name__ == "__main__":
    main()
