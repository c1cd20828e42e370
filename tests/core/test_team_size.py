"""How many threads compute a frame, and how many frames at once, on simulated machines."""

import itertools
import random
from collections import deque
from collections.abc import Callable

import pytest

from core.team_size import LEAST_WATCHED, LONGEST_REST, OTHER_LOAD, REST, SETTLING, TRIED, WATCHED, Team, TeamSize

Times = Callable[[int, int], float]  # threads, frame -> seconds
HW = (256, 256)
ONE, TWO = Team(1, 1), Team(2, 1)  # of two processors
BESIDE = Team(1, 2)


class Machine:
    """Runs frames, a new one `every_s` at most, that take as long as `times` says, and remembers by which team.
    `slower`: how many times as long a frame takes beside another one.
    """

    def __init__(self, processors: int, times: Times, every_s: float = 0.0, slower: float = 1.0) -> None:
        self.used: list[Team] = []
        self.sizes = TeamSize(processors)
        self._times = times
        self._every_s = every_s
        self._slower = slower
        self._arrives_s = 0.0  # the next frame
        self._ends_s = [0.0, 0.0]
        self._in_flight: deque[tuple[Team, float, float]] = deque()

    def run(self, frames: int, hw: tuple[int, int] = HW) -> list[Team]:
        for _ in range(frames):
            team = self.sizes.begin(hw)
            self.used.append(team)
            took_s = self._times(team.threads, len(self.used))
            began_s = max(self._arrives_s, self._ends_s[-team.frames])
            if began_s < self._ends_s[-1]:
                took_s *= self._slower
            self._arrives_s = began_s + self._every_s
            self._ends_s.append(began_s + took_s)
            self._in_flight.append((team, took_s, began_s + took_s))
            while len(self._in_flight) >= self.sizes.team.frames:
                self.sizes.note(*self._in_flight.popleft())
        return self.used[-frames:]

    def rate(self, frames: int) -> float:
        """Frames a second of the last ones."""
        return frames / (self._ends_s[-1] - self._ends_s[-1 - frames])


def by_team(**times_s: float) -> Times:
    """`two=0.03` and so on."""
    names = {"one": 1, "two": 2, "three": 3, "four": 4, "seven": 7, "eight": 8}
    table = {names[name]: time_s for name, time_s in times_s.items()}
    return lambda threads, frame: table[threads]


@pytest.mark.parametrize(
    ("processors", "times", "best"),
    [
        (2, by_team(one=0.025, two=0.040), BESIDE),
        (2, by_team(one=0.025, two=0.018), BESIDE),  # slower each, but two at once
        (2, by_team(one=0.036, two=0.025), BESIDE),  # slower by half each
        (2, by_team(one=0.045, two=0.025), TWO),  # nearly twice the delay is not worth a tenth more of them
        (4, by_team(one=0.08, two=0.05, three=0.03, four=0.04), Team(3, 1)),
        (8, by_team(one=0.08, two=0.04, four=0.02, seven=0.05, eight=0.06), Team(4, 1)),
        (1, by_team(one=0.1), Team(1, 1)),
    ],
)
def test_the_best_team_is_found_and_kept(processors: int, times: Times, best: Team) -> None:
    machine = Machine(processors, times)
    assert set(machine.run(WATCHED)) == {Team(processors, 1)}, "all of them until the start is over"
    machine.run(SETTLING - WATCHED)
    assert set(machine.run(REST - SETTLING)) == {best}


def test_where_the_source_is_slower_than_the_network_a_frame_has_all_processors() -> None:
    times = by_team(one=0.022, two=0.018)
    keeps_up, does_not = Machine(2, times, every_s=1 / 30), Machine(2, times, every_s=1 / 90)
    for machine in keeps_up, does_not:
        machine.run(SETTLING)
    assert set(keeps_up.run(100)) == {TWO}
    assert set(does_not.run(100)) == {BESIDE}
    assert does_not.rate(50) == pytest.approx(90)


def test_a_team_that_loses_a_frame_in_twelve_gives_way_to_one_that_loses_none() -> None:
    """fathom-small at its own size beside a window that is drawn by the processor."""
    machine = Machine(2, by_team(one=0.045, two=0.036), every_s=1 / 30)
    machine.run(SETTLING)
    assert set(machine.run(100)) == {BESIDE}
    assert machine.rate(50) == pytest.approx(30)


def test_with_a_slow_source_the_team_that_is_clearly_sooner_is_taken() -> None:
    for every_s in 1 / 30, 0.5:  # the second as where lanes take turns
        machine = Machine(2, by_team(one=0.024, two=0.028), every_s)
        machine.run(SETTLING)
        assert {team.threads for team in machine.run(100)} == {1}


def test_what_the_program_does_between_two_frames_counts_up_to_a_fifth_of_one() -> None:
    """Publishing and fetching: of two frames beside each other one is computed meanwhile. More is waiting."""
    sizes = TeamSize(2)
    at_s = 0.0
    for _ in range(WATCHED):
        sizes.note(sizes.begin(HW), 0.025, at_s := at_s + 0.029)
    assert sizes.begin(HW) == BESIDE
    for _ in range(TRIED + 1):  # 41 + 8 * 23.6 ms count, less than 25 + 8 * 29
        sizes.note(sizes.begin(HW), 0.041, at_s := at_s + 0.0236)
    for _ in range(TRIED + 1):
        sizes.note(sizes.begin(HW), 0.08, at_s := at_s + 0.08)
    assert sizes.begin(HW) == BESIDE


def test_where_a_second_frame_takes_from_the_first_they_run_one_after_the_other() -> None:
    """Beside another program that keeps a processor busy."""
    machine = Machine(2, by_team(one=0.02, two=0.03), slower=1.8)
    machine.run(SETTLING)
    assert set(machine.run(100)) == {ONE}


def test_a_frame_that_another_team_began_says_nothing_of_this_one() -> None:
    sizes = TeamSize(2)
    for at in range(WATCHED + 1):
        sizes.note(sizes.begin(HW), 0.02, 0.02 * at)
    assert sizes.begin(HW) == BESIDE
    for at in range(3 * TRIED):
        sizes.note(TWO, 9.0, 100 + 9.0 * at)
    assert sizes.begin(HW) == BESIDE, "it has not been tried yet"


def test_what_the_first_frame_of_a_team_takes_counts_for_nothing() -> None:
    times = by_team(one=0.02, two=0.03)
    machine = Machine(2, lambda threads, frame: times(threads, frame) + (frame == WATCHED + 2) * 10.0)
    machine.run(SETTLING)
    assert set(machine.run(REST - SETTLING)) == {BESIDE}


def test_a_hopeless_team_is_not_tried_to_the_end() -> None:
    machine = Machine(2, by_team(one=2.5, two=1.0))
    machine.run(SETTLING)
    assert machine.used.count(ONE) <= 5, "one for its start, two to be sure, and what was begun meanwhile"


def test_noise_moves_nothing() -> None:
    chance = random.Random(1)
    machine = Machine(2, lambda threads, frame: 0.03 * chance.uniform(0.85, 1.15))
    machine.run(SETTLING)
    used = machine.run(10 * REST)
    changes = sum(before != after for before, after in itertools.pairwise(used))
    assert changes <= 2 * 10


def test_what_chance_chose_is_put_right_after_five_seconds_and_stays() -> None:
    """Another program was busy for just the moment in which the best team was tried."""
    tried = range(WATCHED + 1, WATCHED + TRIED + 4)
    times = by_team(one=0.02, two=0.03)
    machine = Machine(2, lambda threads, frame: times(threads, frame) * (3 if frame in tried else 1))
    machine.run(SETTLING)
    assert set(machine.run(20)) == {ONE}, "the others were tried beside nothing else"
    machine.run(5 * 30)
    assert set(machine.run(100)) == {BESIDE}


def test_another_load_is_answered_before_the_rest_is_over() -> None:
    from_frame = 3 * WATCHED
    alone, beside = by_team(one=0.038, two=0.02), by_team(one=0.038, two=0.09)
    machine = Machine(2, lambda threads, frame: (alone if frame < from_frame else beside)(threads, frame))
    assert set(machine.run(from_frame)[-10:]) == {TWO}
    machine.run(WATCHED + 2 * TRIED)
    assert set(machine.run(100)) == {BESIDE}


def test_a_load_that_begins_to_cost_frames_is_another_although_the_source_hides_it() -> None:
    from_frame = SETTLING + 20
    alone, beside = by_team(one=0.042, two=0.027), by_team(one=0.042, two=0.036)
    times: Times = lambda threads, frame: (alone if frame < from_frame else beside)(threads, frame)  # noqa: E731
    machine = Machine(2, times, every_s=1 / 30)
    assert set(machine.run(from_frame)[-10:]) == {TWO}
    machine.run(WATCHED + 3 * TRIED)
    assert set(machine.run(20)) == {BESIDE}


def test_a_small_change_of_load_waits_for_the_end_of_the_rest() -> None:
    times = by_team(one=0.038, two=0.02)
    machine = Machine(2, lambda threads, frame: times(threads, frame) * (1 if frame < 100 else OTHER_LOAD - 0.1))
    machine.run(SETTLING)
    assert set(machine.run(REST - SETTLING)) == {TWO}


def test_the_rest_grows_while_the_answer_stays_the_same() -> None:
    machine = Machine(2, by_team(one=0.035, two=0.02))
    used = machine.run(4 * LONGEST_REST)
    tries = [at for at, (before, after) in enumerate(itertools.pairwise(used)) if (before, after) == (TWO, BESIDE)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert gaps == sorted(gaps)
    assert gaps[0] < 2 * REST
    assert LONGEST_REST <= gaps[-1] < LONGEST_REST + SETTLING


def test_slow_frames_are_not_watched_for_half_a_minute() -> None:
    """As of a compared lane beside a program that keeps a processor busy."""
    machine = Machine(2, by_team(one=0.2, two=0.7), slower=2.0)
    assert set(machine.run(LEAST_WATCHED)) == {TWO}
    machine.run(2 * TRIED + 4)
    assert set(machine.run(WATCHED)) == {ONE}


def test_a_few_slow_frames_at_the_start_are_no_reason_to_try_another_team() -> None:
    machine = Machine(2, lambda threads, frame: 5.0 if frame < 3 else 0.02)
    assert set(machine.run(LEAST_WATCHED)) == {TWO}


def test_another_size_is_another_question() -> None:
    small, large = by_team(one=0.02, two=0.03), by_team(one=0.2, two=0.1)
    size = {"is_large": False}
    machine = Machine(2, lambda threads, frame: (large if size["is_large"] else small)(threads, frame))
    machine.run(SETTLING)
    assert set(machine.run(10)) == {BESIDE}
    size["is_large"] = True
    beginning = machine.run(LEAST_WATCHED, hw=(512, 512))
    assert set(beginning) == {BESIDE}, "what was best goes on until it is known better"
    machine.run(SETTLING, hw=(512, 512))
    assert set(machine.run(10, hw=(512, 512))) == {TWO}


def test_a_size_that_comes_while_teams_are_tried_begins_with_the_best_so_far() -> None:
    machine = Machine(2, by_team(one=0.027, two=0.02))
    machine.run(WATCHED + 4)
    assert machine.used[-1] == BESIDE
    assert set(machine.run(WATCHED, hw=(512, 512))) == {TWO}
