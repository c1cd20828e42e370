"""From a seed to a scene: which kind of place it is."""

from collections.abc import Callable
from random import Random

from core.synthetic.close_ups import lay_out_close_up
from core.synthetic.layout import Scene
from core.synthetic.open_ground import lay_out_open_ground
from core.synthetic.rooms import lay_out_room
from core.synthetic.streets import lay_out_street
from core.synthetic.webcams import lay_out_webcam

PLACES: tuple[tuple[Callable[[Random], Scene], float], ...] = (
    (lay_out_room, 0.27),
    (lay_out_webcam, 0.2),
    (lay_out_close_up, 0.19),
    (lay_out_street, 0.2),
    (lay_out_open_ground, 0.14),
)


def lay_out(seed: int) -> Scene:
    """The same scene for the same seed, always."""
    rng = Random(seed)  # noqa: S311 (no secret)
    makers, weights = zip(*PLACES, strict=True)
    make: Callable[[Random], Scene] = rng.choices(makers, weights)[0]
    return make(rng)
