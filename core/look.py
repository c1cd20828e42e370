"""How depth is shown: one frozen value that the window's shader and the headless renderer both obey."""

from dataclasses import dataclass
from enum import Enum


class View(Enum):
    COLOUR = "colour"
    DEPTH = "depth"
    SIDE = "side"  # colour left, depth right
    OVERLAY = "overlay"  # depth over colour with an opacity
    WIPE = "wipe"  # colour left of a draggable edge, depth right of it


@dataclass(frozen=True, slots=True)
class Look:
    view: View = View.SIDE
    colormap: str = "inferno"
    invert: bool = False
    opacity: float = 0.6  # of depth in OVERLAY, 0 to 1
    wipe: float = 0.5  # place of the edge in WIPE, as a share of the picture's width
    low: float = 0.0  # inverse depth shown with the colour map's first colour
    high: float = 1.0  # and with its last
