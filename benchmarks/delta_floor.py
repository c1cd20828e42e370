"""How exact inverse depth must be for a delta-1 error on the rendered set: the truth with noise is judged.

    .venv/bin/python benchmarks/delta_floor.py --pictures 48

Noise is a share of each picture's standard deviation of inverse depth, blurred over some pixels.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.synthetic.rendering import render  # noqa: E402 - after the path is set
from core.training.evaluation import evaluate, rendered_set  # noqa: E402

SHARES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
BLURS_PX = (1, 6)
SIDE_PX = 192


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=48)
    args = parser.parse_args()
    judged = rendered_set(render, args.pictures, (SIDE_PX, SIDE_PX))
    chance = np.random.default_rng(0)
    for blur_px in BLURS_PX:
        noise = [cv2.GaussianBlur(chance.standard_normal(each.truth.shape), (0, 0), blur_px) for each in judged]
        for share in SHARES:
            predictions = [
                (each.truth + share * each.truth.std() * grain / grain.std()).astype(np.float32)
                for each, grain in zip(judged, noise, strict=True)
            ]
            found = evaluate(judged, predictions)
            assert found is not None
            score = found.network
            print(
                f"noise of {share:.0%}, blurred over {blur_px} px: Pearson {score.pearson:.4f}, "
                f"AbsRel {score.abs_rel:.3f}, delta-1 error {score.delta1_error:.1%}"
            )


if __name__ == "__main__":
    main()
