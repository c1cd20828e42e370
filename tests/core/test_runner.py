"""How the network is run on the processor."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from core import runner as runner_module
from core.model.dpt import DPT
from core.network_size import Size
from core.program_cache import PROGRAMS_KEPT
from core.runner import DirectRunner
from core.team_size import Team
from core.traced_network import CAN_TRACE
from support.fakes import LONG_S
from tests.core.model import make_golden
from tests.core.model.networks import seeded_network


def test_on_the_processor_every_frame_is_computed_by_the_team_it_is_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    team = Team(threads=2, frames=1)

    class Teams:
        def __init__(self, processors: int) -> None:
            told.append(processors)
            self.team = team

        def begin(self, size: Size) -> Team:
            told.append(size)
            return self.team

        def note(self, by: Team, took_s: float, at_s: float) -> None:
            told.append((by, 0 < took_s < at_s))

    monkeypatch.setattr(runner_module, "TeamSize", Teams)
    monkeypatch.setattr(runner_module.threads, "ALL", 3)
    monkeypatch.setattr(runner_module.threads, "use", told.append)
    runner = DirectRunner(seeded_network(make_golden.CONFIG, 1).requires_grad_(False), torch.device("cpu"))
    picture = np.zeros((48, 64, 3), np.uint8)
    alone = runner.infer(picture, (64, 64))
    assert told == [], "before a thread has come to run it there is no team"
    assert runner.frames_at_once == 1
    runner.enter_thread()
    for size in ((64, 64), (64, 96)):
        readout = runner.infer(picture, size)
        team = runner._teams.team = Team(threads=1, frames=2)
    assert told == [3, (64, 64), 2, (Team(2, 1), True), (64, 96), 1, (team, True)]
    assert runner.frames_at_once == 2
    assert readout.finite
    assert alone.inverse_depth.shape == (64, 64)


def test_a_thread_of_the_pool_never_has_a_team(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a frame that was begun for two at once comes at a size for which a team of two is chosen."""
    used: list[int] = []
    noted: list[Team] = []
    runner, picture = direct_runner(), np.zeros((48, 64, 3), np.uint8)
    runner.enter_thread()
    monkeypatch.setattr(runner_module.threads, "use", used.append)
    monkeypatch.setattr(runner._teams, "begin", lambda size: Team(2, 1))
    monkeypatch.setattr(runner._teams, "note", lambda team, took_s, at_s: noted.append(team))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(runner.infer, picture, (64, 64)).result(LONG_S)
    runner.infer(picture, (64, 64))
    assert (used, noted) == ([1, 2], [Team(1, 1), Team(2, 1)])


def direct_runner() -> DirectRunner:
    return DirectRunner(seeded_network(make_golden.CONFIG, 1).requires_grad_(False), torch.device("cpu"))


def calls_of(network: DPT) -> list[int]:
    """Grows by one whenever the network is called from Python."""
    calls: list[int] = []
    network.register_forward_pre_hook(lambda *_: calls.append(1))
    return calls


@pytest.mark.skipif(not CAN_TRACE, reason="torch traces nothing under this Python")
def test_a_size_that_was_prepared_runs_without_python_and_no_differently() -> None:
    runner, picture = direct_runner(), np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    by_steps = [runner.infer(picture, size).inverse_depth for size in ((64, 64), (64, 96))]
    calls = calls_of(runner.network)
    runner.prepare((64, 64))
    assert len(calls) == 1, "it was traced"
    runner.prepare((64, 64))
    assert np.array_equal(runner.infer(picture, (64, 64)).inverse_depth, by_steps[0])
    assert len(calls) == 1
    assert np.array_equal(runner.infer(picture, (64, 96)).inverse_depth, by_steps[1])
    assert len(calls) == 2, "a size that was not runs from Python"


@pytest.mark.skipif(not CAN_TRACE, reason="torch traces nothing under this Python")
def test_only_the_sizes_used_last_are_kept_and_none_once_it_is_closed() -> None:
    runner = direct_runner()
    programs = runner._programs
    for width in range(64, 64 + 32 * (PROGRAMS_KEPT + 1), 32):
        runner.prepare((64, width))
    assert programs.sizes() == tuple((64, 96 + 32 * n) for n in range(PROGRAMS_KEPT))
    runner.close()
    assert programs.sizes() == ()


def test_where_torch_cannot_trace_it_runs_from_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "CAN_TRACE", False)
    runner = direct_runner()
    calls = calls_of(runner.network)
    runner.prepare((64, 64))
    assert calls == []
    runner.infer(np.zeros((48, 64, 3), np.uint8), (64, 64))
    assert calls == [1]


@pytest.mark.skipif(not CAN_TRACE, reason="torch traces nothing under this Python")
def test_a_network_that_cannot_be_traced_runs_from_python(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("unsupported\nand a long trace")

    monkeypatch.setattr(runner_module, "TracedNetwork", refuse)
    runner = direct_runner()
    runner.prepare((64, 64))
    assert [record.getMessage() for record in caplog.records] == ["tracing at 64x64: unsupported"]
    assert runner.infer(np.zeros((48, 64, 3), np.uint8), (64, 64)).finite
