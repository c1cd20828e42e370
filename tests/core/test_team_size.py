"""How many threads compute a frame, on simulated machines."""

import itertools
import random
from collections.abc import Callable

import pytest

from core.team_size import LONGEST_REST, OTHER_LOAD, REST, TRIED, WATCHED, TeamSize

Times = Callable[[int, int], float]  # threads, frame -> seconds
HW = (256, 256)
SETTLED = WATCHED + 4 * (TRIED + 1)  # frames after which every team was tried


class Machine:
    """Runs frames that take as long as `times` says, and remembers with how many threads."""

    def __init__(self, processors: int, times: Times) -> None:
        self.set_to = 0
        self.used: list[int] = []
        self._times = times
        self.team = TeamSize(processors, self._use)

    def _use(self, threads: int) -> None:
        self.set_to = threads

    def run(self, frames: int, hw: tuple[int, int] = HW) -> list[int]:
        for _ in range(frames):
            self.team.begin(hw)
            self.used.append(self.set_to)
            self.team.note(self._times(self.set_to, len(self.used)))
        return self.used[-frames:]


def by_team(**times_s: float) -> Times:
    """`two=0.03` and so on."""
    names = {"one": 1, "two": 2, "three": 3, "four": 4, "seven": 7, "eight": 8}
    table = {names[name]: time_s for name, time_s in times_s.items()}
    return lambda threads, frame: table[threads]


@pytest.mark.parametrize(
    ("processors", "times", "best"),
    [
        (2, by_team(one=0.025, two=0.040), 1),
        (2, by_team(one=0.040, two=0.025), 2),
        (2, by_team(one=0.0245, two=0.025), 2),  # not worth it
        (4, by_team(one=0.08, two=0.05, three=0.03, four=0.04), 3),
        (8, by_team(two=0.04, four=0.02, seven=0.05, eight=0.06), 4),
        (1, by_team(one=0.1), 1),
    ],
)
def test_the_fastest_team_is_found_and_kept(processors: int, times: Times, best: int) -> None:
    machine = Machine(processors, times)
    assert set(machine.run(WATCHED)) == {processors}, "all of them until the start is over"
    machine.run(SETTLED - WATCHED)
    assert set(machine.run(REST - SETTLED)) == {best}


def test_what_the_first_frame_of_a_team_takes_counts_for_nothing() -> None:
    times = by_team(one=0.02, two=0.03)
    machine = Machine(2, lambda threads, frame: times(threads, frame) + (frame == WATCHED + 2) * 10.0)
    machine.run(SETTLED)
    assert set(machine.run(REST - SETTLED)) == {1}


def test_a_hopeless_team_is_not_tried_to_the_end() -> None:
    machine = Machine(2, by_team(one=1.9, two=1.0))
    machine.run(SETTLED)
    assert machine.used.count(1) == 3, "one for its start and two to be sure"


def test_noise_moves_nothing() -> None:
    chance = random.Random(1)
    machine = Machine(2, lambda threads, frame: 0.03 * chance.uniform(0.85, 1.15))
    machine.run(SETTLED)
    used = machine.run(10 * REST)
    changes = sum(before != after for before, after in itertools.pairwise(used))
    assert changes <= 2 * 10


def test_another_load_is_answered_before_the_rest_is_over() -> None:
    from_frame = 3 * WATCHED
    alone, beside = by_team(one=0.03, two=0.02), by_team(one=0.03, two=0.09)
    machine = Machine(2, lambda threads, frame: (alone if frame < from_frame else beside)(threads, frame))
    assert set(machine.run(from_frame)[-10:]) == {2}
    machine.run(WATCHED + 2 * TRIED)
    assert set(machine.run(100)) == {1}


def test_a_small_change_of_load_waits_for_the_end_of_the_rest() -> None:
    times = by_team(one=0.03, two=0.02)
    machine = Machine(2, lambda threads, frame: times(threads, frame) * (1 if frame < 100 else OTHER_LOAD - 0.1))
    machine.run(SETTLED)
    assert set(machine.run(REST - SETTLED)) == {2}


def test_the_rest_grows_while_the_answer_stays_the_same() -> None:
    machine = Machine(2, by_team(one=0.021, two=0.02))
    used = machine.run(4 * LONGEST_REST)
    tries = [at for at, (before, after) in enumerate(itertools.pairwise(used)) if (before, after) == (2, 1)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert gaps == sorted(gaps)
    assert gaps[0] < 2 * REST
    assert LONGEST_REST <= gaps[-1] < LONGEST_REST + SETTLED


def test_another_size_is_another_question() -> None:
    small, large = by_team(one=0.02, two=0.03), by_team(one=0.2, two=0.1)
    size = {"is_large": False}
    machine = Machine(2, lambda threads, frame: (large if size["is_large"] else small)(threads, frame))
    machine.run(SETTLED)
    assert set(machine.run(10)) == {1}
    size["is_large"] = True
    assert set(machine.run(WATCHED, hw=(512, 512))) == {1}, "what was best goes on until it is known better"
    machine.run(SETTLED, hw=(512, 512))
    assert set(machine.run(10, hw=(512, 512))) == {2}


def test_a_size_that_comes_while_teams_are_tried_begins_with_the_best_so_far() -> None:
    machine = Machine(2, by_team(one=0.027, two=0.02))
    machine.run(WATCHED + 4)
    assert machine.used[-1] == 1
    assert set(machine.run(WATCHED, hw=(512, 512))) == {2}
