"""How well built-in models know rendered pictures of other shapes, squeezed into a square or in their own shape.

    .venv/bin/python benchmarks/shapes.py fathom-nano fathom-small

The pictures are the evaluation's, seen through wider cameras; none of them is trained on. Files work too.
"""

import argparse
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.model.dpt import DPT  # noqa: E402 - after the path is set
from core.network_size import KEEP, SQUARE, TRAINED  # noqa: E402
from core.synthetic.rendering import render  # noqa: E402
from core.training.evaluation import evaluate, predict, rendered_set  # noqa: E402
from core.weights.catalogue import locate  # noqa: E402
from core.weights.reader import read_weights  # noqa: E402

SHAPES = {"1:1": (192, 192), "4:3": (192, 256), "16:9": (144, 256)}  # what they are rendered at


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--pictures", type=int, default=96)
    parser.add_argument("--size", default=TRAINED, help="as the program's setting of that name (trained)")
    args = parser.parse_args()
    sets = {shape: rendered_set(render, args.pictures, hw) for shape, hw in SHAPES.items()}
    for model in args.models:
        weights = read_weights(locate(model))
        network = DPT(weights.config)
        network.load_state_dict({name: tensor.float() for name, tensor in weights.state.items()})
        for aspect in (SQUARE, KEEP):
            of_shapes = []
            for shape, pictures in sets.items():
                found = evaluate(pictures, predict(network, pictures, "cpu", args.size, aspect))
                assert found is not None
                assert found.network.pearson is not None
                figures = found.network.pearson, found.network.abs_rel, 100 * found.network.delta1_error
                _tell(model, f"{shape} {aspect}", figures)
                of_shapes.append(figures)
            _tell(model, f"mean {aspect}", tuple(map(statistics.fmean, zip(*of_shapes, strict=True))))


def _tell(model: str, case: str, figures: tuple[float, ...]) -> None:
    pearson, abs_rel, delta1 = figures
    values = f"Pearson {pearson:.3f}, AbsRel {abs_rel:.3f}, delta-1 error {delta1:.1f} %"
    print(f"{Path(model).stem:<16} {case:<18} {values}")


if __name__ == "__main__":
    main()
