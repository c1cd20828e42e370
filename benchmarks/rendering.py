"""How many pictures a second the procedural renderer makes, and what its steps take.

    .venv/bin/python benchmarks/rendering.py --pictures 96 --batch 16 --size 192x192
    .venv/bin/python benchmarks/rendering.py --pictures 192 --batch 16 --processes 2

The whole is timed undisturbed; then the same pictures again with a look at the clock after each step, the device
waited for. Medians of the batches. Processor time is that of all threads. `--processes` renders in so many at
once, one thread each, the pictures shared out among them, and tells the rate of all together.
"""

import argparse
import multiprocessing
import statistics
import sys
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import allocator, openmp

openmp.wait_briefly()
allocator.keep_memory()

import torch  # noqa: E402

from core.synthetic.cameras import pinholes  # noqa: E402
from core.synthetic.casting import cast, plan_of  # noqa: E402
from core.synthetic.hits import LookUp, surfaces_of  # noqa: E402
from core.synthetic.rendering import render  # noqa: E402
from core.synthetic.scenes import lay_out  # noqa: E402
from core.synthetic.shadows import Caster, Sight, lit_share, shades_of  # noqa: E402
from core.synthetic.solids import solids_of  # noqa: E402

FIRST_SEED = 10_000
SUN = Caster((0.5, 0.6, -0.62), is_sun=True, softness=0.02)


class Clock:
    """Milliseconds a picture: passed and busy, by step."""

    def __init__(self, batch: int, device: torch.device) -> None:
        self.steps: dict[str, list[tuple[float, float]]] = {}
        self._batch, self._device = batch, device
        self.start()

    def start(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        self._from = time.perf_counter(), time.process_time()

    def stop(self, step: str) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        passed, busy = time.perf_counter() - self._from[0], time.process_time() - self._from[1]
        self.steps.setdefault(step, []).append((1e3 * passed / self._batch, 1e3 * busy / self._batch))
        self.start()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=96)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--size", default="192x192", metavar="WIDTHxHEIGHT")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--processes", type=int, metavar="N")
    wish = parser.parse_args()
    width, height = (int(side) for side in wish.size.split("x"))
    if wish.processes:
        _in_processes(wish.processes, wish.pictures, wish.batch, (height, width))
        return
    clock = Clock(wish.batch, torch.device(wish.device))
    render(range(wish.batch), (height, width), wish.device)  # makes the atlas, warms up
    for first in range(FIRST_SEED, FIRST_SEED + wish.pictures, wish.batch):
        clock.start()
        render(range(first, first + wish.batch), (height, width), wish.device)
        clock.stop("whole")
        _by_steps(range(first, first + wish.batch), (height, width), clock, torch.device(wish.device))
    for step, costs in clock.steps.items():
        passed, busy = (statistics.median(column) for column in zip(*costs, strict=True))
        rate = f"   {1e3 / passed:.0f} pictures/s" if step == "whole" else ""
        print(f"{step:<32} {passed:7.2f} ms {busy:7.2f} ms busy{rate}")


def _in_processes(count: int, pictures: int, batch: int, size_hw: tuple[int, int]) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(count + 1)
    firsts = range(FIRST_SEED, FIRST_SEED + pictures, batch)
    workers = [
        context.Process(target=_render_all, args=(firsts[number::count], batch, size_hw, barrier))
        for number in range(count)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    began_s = time.perf_counter()
    for worker in workers:
        worker.join()
    passed_s = time.perf_counter() - began_s
    print(f"{count} processes: {len(firsts) * batch / passed_s:.1f} pictures/s")


def _render_all(firsts: range, batch: int, size_hw: tuple[int, int], barrier: Barrier) -> None:
    torch.set_num_threads(1)
    render(range(batch), size_hw, "cpu")
    barrier.wait()
    for first in firsts:
        render(range(first, first + batch), size_hw, "cpu")


@torch.no_grad()
def _by_steps(seeds: range, size_hw: tuple[int, int], clock: Clock, device: torch.device) -> None:
    clock.start()
    scenes = [lay_out(seed) for seed in seeds]
    clock.stop("laying out")
    solids = solids_of([scene.parts for scene in scenes])
    rays = pinholes([scene.pose for scene in scenes], size_hw)
    known = LookUp.of(solids)
    clock.stop("tables")
    plan = plan_of(rays, solids.picture, solids)
    clock.stop("pairs of tiles and solids")
    seen = cast(plan, device)
    clock.stop("casting")
    surfaces = surfaces_of(seen, rays, known)
    clock.stop("surfaces")
    ahead = rays.rotation[:, 2].tolist()
    sights = [
        Sight(scene.pose.position, (x, y, z), scene.reach_m)
        for scene, (x, y, z) in zip(scenes, ahead, strict=True)
    ]
    shades = shades_of(solids, [SUN] * len(scenes), sights)
    clock.stop("pairs of a sun")
    lit_share(surfaces, shades)
    clock.stop("shadows of a sun")
    places = [scene.lamps[0] if scene.lamps else (0.0, 4.0, 0.0) for scene in scenes]
    shades = shades_of(solids, [Caster(place, is_sun=False, softness=0.1) for place in places], sights)
    clock.stop("pairs of a lamp")
    lit_share(surfaces, shades)
    clock.stop("shadows of a lamp")


if __name__ == "__main__":
    main()
