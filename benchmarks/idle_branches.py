"""What each branch of a model's encoder is worth: which say the same of every token, and what goes without them.

    .venv/bin/python benchmarks/idle_branches.py fathom-small

A row is a branch, its block's attention or MLP: the share of what its norm gives that is the same for every
token (of the mean square, on eight of the evaluation's pictures), the mean weight of that norm, and the share of
pixels with a delta of more than 1.25 where the branch is left out.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.model.dpt import DPT  # noqa: E402 - after the path is set
from core.model.norm import Norm  # noqa: E402
from core.synthetic.rendering import render  # noqa: E402
from core.training.evaluation import Judged, evaluate, predict, rendered_set  # noqa: E402
from core.weights.catalogue import locate  # noqa: E402
from core.weights.reader import read_weights  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("--pictures", type=int, default=96)
    args = parser.parse_args()
    weights = read_weights(locate(args.model))
    network = DPT(weights.config).eval()
    network.load_state_dict({name: tensor.float() for name, tensor in weights.state.items()})
    px = weights.config.training_px
    pictures = rendered_set(render, args.pictures, (px, px))
    print(f"whole network: {_delta1_error(network, pictures):.1f} %")
    for name, norm in _branches(network):
        same = _same_for_every_token(network, norm, pictures[:8])
        weight = float(norm.weight.detach().abs().mean())
        error = _without(network, norm, pictures)
        print(f"{name}  same {100 * same:5.1f} %  norm {weight:.3f}  without it {error:.1f} %", flush=True)


def _branches(network: DPT) -> Iterator[tuple[str, Norm]]:
    for stage, blocks in enumerate(part.blocks for part in network.encoder.stages):
        for at, block in enumerate(blocks):  # type: ignore[arg-type]
            yield f"{stage}.{at}.attention", block.norm1
            yield f"{stage}.{at}.mlp      ", block.norm2


def _delta1_error(network: DPT, pictures: list[Judged]) -> float:
    found = evaluate(pictures, predict(network, pictures, "cpu"))
    assert found is not None
    return 100 * found.network.delta1_error


def _same_for_every_token(network: DPT, norm: Norm, pictures: list[Judged]) -> float:
    shares = []

    def look(_: nn.Module, given: tuple[Tensor], __: Tensor) -> None:
        tokens = nn.functional.layer_norm(given[0].float(), norm.normalized_shape).flatten(0, -2)
        shares.append(float(tokens.mean(0).square().mean() / tokens.square().mean()))

    handle = norm.register_forward_hook(look)
    predict(network, pictures, "cpu")
    handle.remove()
    return sum(shares) / len(shares)


def _without(network: DPT, norm: Norm, pictures: list[Judged]) -> float:
    kept = norm.weight.detach().clone(), norm.bias.detach().clone()
    with torch.no_grad():
        norm.weight.zero_()
        norm.bias.zero_()
        error = _delta1_error(network, pictures)
        norm.weight.copy_(kept[0])
        norm.bias.copy_(kept[1])
    return error


if __name__ == "__main__":
    main()
