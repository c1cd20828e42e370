"""A device in simulated time: how long frames take there, and when a size that is wanted is ready."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from core.auto_size import AutoSize
from core.network_size import Size

SQUARES = tuple((px, px) for px in range(64, 1537, 32))


@dataclass
class Device:
    """A frame takes `overhead_s + per_pixel_s * pixels ** power`, times `load(t)`, times noise.

    `first` is how much longer the first frame of a size takes, `prepare_s` how long a size is prepared,
    `source_fps` how often a frame comes: None is whenever the network is free.
    """

    overhead_s: float
    per_pixel_s: float
    power: float = 1.0
    noise: float = 0.0
    first: float = 2.0
    prepare_s: float = 0.2
    source_fps: float | None = None
    load: Callable[[float], float] = lambda at_s: 1.0
    seed: int = 1

    now_s: float = 0.0
    size: Size | None = None
    changes: list[tuple[float, Size]] = field(default_factory=list)  # when a size was wanted
    frames: list[tuple[float, float, Size]] = field(default_factory=list)  # done at, took, size

    def busy_s(self, size: Size, at_s: float) -> float:
        """Without noise."""
        return (self.overhead_s + self.per_pixel_s * (size[0] * size[1]) ** self.power) * self.load(at_s)

    def run(
        self, auto: AutoSize, until_s: float, sizes: tuple[Size, ...] = SQUARES, first: Size = (256, 256)
    ) -> None:
        chance = random.Random(self.seed)
        wanted = auto.choose_from(sizes, first)
        is_new = self.size is None
        self.size = self.size or wanted
        ready_at_s = 0.0
        pending: Size | None = None
        while self.now_s < until_s:
            if pending is not None and self.now_s >= ready_at_s:
                self.size, pending, is_new = pending, None, True
            factor = math.exp(chance.gauss(0.0, self.noise)) * (self.first if is_new else 1.0)
            is_new = False
            took_s = self.busy_s(self.size, self.now_s) * factor
            self.now_s += took_s
            self.frames.append((self.now_s, took_s, self.size))
            auto.note(self.size, took_s, self.now_s)
            asked = auto.choose_from(sizes, first)
            if asked != wanted:
                wanted, pending, ready_at_s = asked, asked, self.now_s + self.prepare_s
                self.changes.append((self.now_s, asked))
            if self.source_fps is not None:
                self.now_s = math.ceil(self.now_s * self.source_fps + 1e-9) / self.source_fps

    def rate(self, from_s: float, to_s: float) -> float:
        """Results a second the network alone allows: what a source that never waits would see."""
        took = [took_s for at_s, took_s, _ in self.frames if from_s <= at_s < to_s]
        return len(took) / sum(took)

    def changes_between(self, from_s: float, to_s: float) -> list[float]:
        return [at_s for at_s, _ in self.changes if from_s <= at_s < to_s]
