"""Whose turn it is, on a clock of the test's own."""

from dataclasses import dataclass, field

import pytest

from core.comparing.turns import choose, due_again_s, next_due_s


@dataclass(eq=False)
class Runner:
    name: str
    cost_s: float
    due_s: float = 0.0
    ran: list[int] = field(default_factory=list)  # frames
    spent_s: float = 0.0


def simulate(lanes: list[Runner], until_s: float, *, together: bool = False, fps: float = 1000.0) -> float:
    """Lanes on a source of `fps`; gives how long nothing ran."""
    now_s, idle_s = 1.0, 0.0
    while now_s < until_s:
        frame = int(now_s * fps)
        missing = [lane for lane in lanes if not lane.ran or lane.ran[-1] != frame]
        chosen = choose(lanes, missing, now_s, together=together, spacing_s=1 / fps)
        for lane in chosen:
            lane.due_s = due_again_s(lane.due_s, now_s, lane.cost_s, len(lanes))
            lane.ran.append(frame)
            lane.spent_s += lane.cost_s
            now_s += lane.cost_s
        if not chosen:
            due_s = next_due_s(missing)
            next_frame_s = (frame + 1) / fps
            step_s = max(min(next_frame_s, due_s or next_frame_s) - now_s, 1e-6)
            idle_s += step_s
            now_s += step_s
    return idle_s


def test_together_every_lane_runs_every_frame() -> None:
    slow, fast, middle = Runner("slow", 0.5), Runner("fast", 0.01), Runner("middle", 0.1)
    lanes = [slow, fast, middle]
    assert choose(lanes, lanes, 0.0, together=True, spacing_s=0.03) == lanes
    simulate(lanes, 20.0, together=True)
    assert fast.ran == middle.ran == slow.ran


@pytest.mark.parametrize("costs", [(0.05, 0.5), (0.01, 0.1, 1.0), (0.02, 0.03, 0.4, 0.5)])
def test_a_slow_lane_takes_its_fair_share_of_the_time_and_no_more(costs: tuple[float, ...]) -> None:
    lanes = [Runner(str(cost), cost) for cost in costs]
    idle_s = simulate(lanes, 101.0)
    for lane in lanes[1:]:
        assert lane.spent_s / 100 <= 1.05 / len(lanes)
    assert len(lanes[0].ran) > 5 * len(lanes[-1].ran)
    assert idle_s < 1.0, "the fastest lane fills the time"


def test_all_lanes_keep_getting_their_turn() -> None:
    lanes = [Runner("fast", 0.01), Runner("slow", 1.0), Runner("slower", 2.0)]
    simulate(lanes, 101.0)
    assert [len(lane.ran) > 10 for lane in lanes] == [True] * 3


def test_whatever_runs_all_faster_ones_run_that_frame_too_so_that_they_can_be_compared() -> None:
    lanes = [Runner("a", 0.01), Runner("b", 0.07), Runner("c", 0.5)]
    simulate(lanes, 30.0)
    for slower in range(1, 3):
        for faster in range(slower):
            assert set(lanes[slower].ran) <= set(lanes[faster].ran)


def test_lanes_that_all_fit_between_two_frames_run_every_one() -> None:
    lanes = [Runner("a", 0.005), Runner("b", 0.015)]
    simulate(lanes, 11.0, fps=30.0)
    assert len(lanes[0].ran) == len(lanes[1].ran) == pytest.approx(300, abs=2)


def test_a_lane_that_is_new_runs_at_once() -> None:
    old, new = Runner("old", 0.05, due_s=10.1), Runner("new", 0.0)
    assert choose([old, new], [new], 10.01, together=False, spacing_s=0.01) == [new]


def test_on_a_frame_that_stands_a_slow_lane_runs_when_it_is_due() -> None:
    fast, slow = Runner("fast", 0.05, due_s=10.1), Runner("slow", 0.5, due_s=10.7)
    assert choose([fast, slow], [slow], 10.1, together=False, spacing_s=0.0) == []
    assert next_due_s([slow]) == 10.7
    assert choose([fast, slow], [slow], 10.7, together=False, spacing_s=0.0) == [slow]
    assert next_due_s([]) is None
