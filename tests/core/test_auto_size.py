"""Size `auto` on simulated devices, in simulated time."""

from itertools import pairwise
from typing import Any

import pytest

from core.auto_size import REST_S, AutoSize
from support.simulated_device import SQUARES, Device

# Seconds for a frame of no size, and for each pixel; what was measured, or near it.
MACHINES: dict[str, dict[str, Any]] = {
    "nano on two cores": {"overhead_s": 9e-3, "per_pixel_s": 6e-7},
    "tiny on a laptop's graphics": {"overhead_s": 3e-3, "per_pixel_s": 8e-8},
    "tiny on a large graphics processor": {"overhead_s": 1.3e-3, "per_pixel_s": 6e-9},
    "a network whose cost grows faster than its pixels": {"overhead_s": 4e-3, "per_pixel_s": 6e-9, "power": 1.25},
}
PHASES = (
    (0.0, 1.0),
    (30.0, 2.5),
    (60.0, 1.0),
    (100.0, 0.5),
    (130.0, 1.3),
    (160.0, 1.0),
)  # from when on, what load
END_S = 190.0


def load(at_s: float) -> float:
    return next(factor for from_s, factor in reversed(PHASES) if from_s <= at_s)


def largest_in_time(device: Device, target_fps: float, at_s: float) -> int:
    return max((size[0] for size in SQUARES if device.busy_s(size, at_s) <= 1 / target_fps), default=SQUARES[0][0])


@pytest.mark.parametrize(("source_fps", "prepare_s"), [(None, 0.3), (15.0, 0.1)])
@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("name", MACHINES)
def test_every_load_is_met_within_two_seconds_and_then_it_is_quiet(
    name: str, noise: float, source_fps: float | None, prepare_s: float
) -> None:
    target_fps = 30.0
    device = Device(**MACHINES[name], noise=noise, source_fps=source_fps, prepare_s=prepare_s, load=load)
    device.run(AutoSize(target_fps), END_S)
    starts = [from_s for from_s, _ in PHASES]
    for from_s, to_s in zip(starts, [*starts[1:], END_S], strict=True):
        assert device.rate(from_s + 2.0, from_s + 5.0) >= 0.95 * target_fps
        quiet = device.changes_between(from_s + 2.0, to_s)
        assert all(later - earlier >= REST_S for earlier, later in pairwise(quiet)), quiet
        settled = [size[0] for at_s, _, size in device.frames if from_s + 25.0 <= at_s < to_s]
        assert min(settled) >= 0.6 * largest_in_time(device, target_fps, from_s)


def test_what_cannot_be_held_runs_at_the_smallest_size() -> None:
    device = Device(overhead_s=0.05, per_pixel_s=6e-6)
    device.run(AutoSize(30.0), 20.0, first=(384, 384))
    assert device.frames[0][1] > 0.9
    assert device.size == SQUARES[0]
    assert len(device.changes) <= 3


def test_the_first_two_frames_of_a_network_that_is_far_too_slow_are_enough() -> None:
    device = Device(overhead_s=0.05, per_pixel_s=6e-6, first=1.0)
    device.run(AutoSize(30.0), 2.5, first=(384, 384))
    assert len(device.changes_between(0.0, 2.0)) == 1


@pytest.mark.parametrize("source_fps", [15.0, 5.0])
def test_a_slow_source_is_no_reason_to_be_small(source_fps: float) -> None:
    device = Device(overhead_s=2e-3, per_pixel_s=4e-7, source_fps=source_fps)  # 28 ms at 256x256
    device.run(AutoSize(30.0), 60.0)
    assert device.changes == []


def test_an_idle_device_grows_as_far_as_it_may() -> None:
    device = Device(overhead_s=1.3e-3, per_pixel_s=6e-9, source_fps=30.0)
    device.run(AutoSize(30.0), 30.0, sizes=SQUARES[:15])
    assert device.size == SQUARES[14] == (512, 512)


def test_a_lower_rate_allows_a_larger_size() -> None:
    sizes = []
    for target_fps in (60.0, 30.0, 10.0):
        device = Device(**MACHINES["nano on two cores"])
        device.run(AutoSize(target_fps), 30.0)
        assert device.rate(5.0, 30.0) >= target_fps
        assert device.size is not None
        sizes.append(device.size[0])
    assert sizes == sorted(set(sizes))


def test_another_target_is_met_within_two_seconds() -> None:
    auto = AutoSize(10.0)
    device = Device(**MACHINES["nano on two cores"])
    device.run(auto, 30.0)
    auto.set_target(30.0)
    device.run(auto, 40.0)
    assert device.rate(32.0, 40.0) >= 30.0


def run_steady(noise: float, until_s: float = 300.0, **values: Any) -> Device:
    device = Device(**{**MACHINES["nano on two cores"], **values}, noise=noise)
    device.run(AutoSize(30.0), until_s)
    return device


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_does_not_make_it_hunt(seed: int) -> None:
    device = run_steady(0.2, seed=seed)
    assert len(device.changes_between(2.0, 300.0)) <= 3
    assert device.rate(2.0, 300.0) >= 30.0


def test_one_long_pause_changes_nothing() -> None:
    def hiccup(at_s: float) -> float:
        return 100.0 if 20.0 <= at_s < 20.02 else 1.0

    device = run_steady(0.0, 60.0, load=hiccup)
    assert max(took_s for _, took_s, _ in device.frames) > 2.0
    assert device.changes_between(5.0, 60.0) == []


def test_a_load_that_comes_and_goes_is_met_at_its_worst() -> None:
    def restless(at_s: float) -> float:
        return 3.0 if at_s % 4.0 < 2.0 else 1.0

    device = Device(overhead_s=1e-3, per_pixel_s=3e-7, load=restless)
    device.run(AutoSize(30.0), 300.0)
    assert len(device.changes_between(100.0, 300.0)) <= 12  # growing is tried once a minute
    slow = [took_s for at_s, took_s, _ in device.frames if at_s > 60.0]
    assert sum(took_s > 1 / 30 for took_s in slow) < 0.1 * len(slow)


def test_nothing_moves_while_no_frames_come_or_another_size_is_prepared() -> None:
    auto = AutoSize(30.0)
    sizes = SQUARES[:15]
    assert auto.choose_from(sizes, (256, 256)) == (256, 256)
    for number in range(100):
        auto.note((128, 128), 0.2, number * 0.2)  # frames at a size that was in use before
    assert auto.choose_from(sizes, (256, 256)) == (256, 256)
    auto.note((256, 256), 0.2, 100.0)
    auto.note((256, 256), 0.2, 10_000.0)  # a day later
    assert auto.choose_from(sizes, (256, 256)) == (256, 256)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (SQUARES[:5], (192, 192)),
        (((64, 96), (96, 160), (192, 320), (512, 512)), (192, 320)),
        (((512, 512),), (512, 512)),
    ],
)
def test_what_may_be_chosen_can_change(sizes: tuple[tuple[int, int], ...], expected: tuple[int, int]) -> None:
    auto = AutoSize(30.0)
    assert auto.choose_from(SQUARES, (256, 256)) == (256, 256)
    assert auto.choose_from(sizes, (64, 64)) == expected


def test_another_network_begins_where_it_is_told() -> None:
    auto = AutoSize(30.0)
    device = Device(**MACHINES["tiny on a large graphics processor"])
    device.run(auto, 20.0)
    auto.restart()
    assert auto.choose_from(SQUARES, (192, 192)) == (192, 192)
