"""How good a network is: on rendered pictures that no training sees, or on photos with measured depth."""

from dataclasses import dataclass

import numpy as np
import torch

from core.comparing.measures import Score
from core.comparing.truth import ROW, overall, score, trivial_scores
from core.messages import DepthArray, RgbArray
from core.model.dpt import DPT
from core.network_size import TRAINED, size_for
from core.preprocess import to_network_input
from core.training.picture_store import FIRST_EVALUATED, Hw, Render

_RENDERED_AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A picture with its true inverse depth, NaN where nothing was measured."""

    name: str
    rgb: RgbArray
    truth: DepthArray


@dataclass(frozen=True, slots=True)
class Evaluation:
    """On one set, the means of its pictures by MiDaS's protocol; `row` is the answer any network must beat."""

    network: Score
    row: Score
    beats_row: float  # share of the pictures with a lower AbsRel than the row answer's


def rendered_set(render: Render, count: int, hw: Hw) -> list[Judged]:
    """The same pictures each time, from seeds of their own; rendered on the CPU, so the same on every device."""
    judged = []
    for first in range(0, count, _RENDERED_AT_ONCE):
        seeds = [FIRST_EVALUATED + number for number in range(first, min(first + _RENDERED_AT_ONCE, count))]
        rendered = render(seeds, hw, "cpu")
        pairs = zip(rendered.rgb.numpy(), rendered.inverse_depth.numpy(), strict=True)
        judged += [Judged(f"{seed}", rgb, truth) for seed, (rgb, truth) in zip(seeds, pairs, strict=True)]
    return judged


@torch.no_grad()
def predict(
    network: DPT, pictures: list[Judged], device: str, size: str = TRAINED, aspect: str = TRAINED
) -> list[DepthArray]:
    """The network's inverse depth of each picture, as the program shows it with these settings. Raises:
    SettingError."""
    network.eval()
    found = []
    for picture in pictures:
        height, width, _ = picture.rgb.shape
        hw = size_for(size, aspect, network.config, (height, width))
        image = to_network_input(picture.rgb, hw, torch.device(device), antialias=network.config.antialias)
        found.append(network(image)[0].float().cpu().numpy())
    return found


def evaluate(pictures: list[Judged], predictions: list[DepthArray]) -> Evaluation | None:
    """None without a picture that has anything to compare."""
    scores, rows, wins = [], [], []
    for picture, prediction in zip(pictures, predictions, strict=True):
        own, row = score(prediction, picture.truth), trivial_scores(picture.truth)[ROW]
        if own is not None and row is not None:
            scores.append(own)
            rows.append(row)
            wins.append(own.abs_rel < row.abs_rel)
    network, row_answer = overall(scores), overall(rows)
    if network is None or row_answer is None:
        return None
    return Evaluation(network, row_answer, float(np.mean(wins)))
