"""How the network is run on the processor."""

import numpy as np
import pytest
import torch

from core import runner as runner_module
from core.network_size import Size
from core.runner import EagerRunner
from tests.core.model import make_golden
from tests.core.model.networks import seeded_network


def test_on_the_processor_every_frame_is_computed_by_the_team_it_is_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    class Team:
        def __init__(self, processors: int, use: object) -> None:
            told.append(processors)

        def begin(self, size: Size) -> None:
            told.append(size)

        def note(self, took_s: float) -> None:
            told.append(took_s > 0)

    monkeypatch.setattr(runner_module, "TeamSize", Team)
    monkeypatch.setattr(runner_module.threads, "ALL", 3)
    runner = EagerRunner(seeded_network(make_golden.CONFIG, 1).requires_grad_(False), torch.device("cpu"))
    picture = np.zeros((48, 64, 3), np.uint8)
    alone = runner.infer(picture, (64, 64))
    assert told == [], "before a thread has come to run it there is no team"
    runner.enter_thread()
    for size in ((64, 64), (64, 96)):
        readout = runner.infer(picture, size)
    assert told == [3, (64, 64), True, (64, 96), True]
    assert readout.finite
    assert alone.inverse_depth.shape == (64, 64)
