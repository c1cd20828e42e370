"""What a canvas paints: one frozen value, made anew for each paint, that both canvases obey."""

from dataclasses import dataclass
from enum import Enum

from PyQt6.QtGui import QColor

from core.look import Look
from core.messages import DepthArray, RgbArray
from ui.fit import Pane, Rect

BACKGROUND = QColor("#0e1013")


class Mark(Enum):
    """Small things over the picture that are no part of it."""

    EDGE = "edge"  # of the wipe
    HANDLE = "handle"  # on that edge
    CROSS = "cross"  # the probed place, in the pane where the cursor is not


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """`panes` and `marks` are in logical pixels. Without depth only panes of colour can be painted.

    `beside` is another network's depth of the same picture, painted in panes of its own; its marks are not looked
    at, and it has none beside it.
    """

    rgb: RgbArray
    depth: DepthArray | None
    look: Look
    panes: tuple[Pane, ...]
    marks: tuple[tuple[Mark, Rect], ...] = ()
    beside: "Scene | None" = None

    @property
    def parts(self) -> "tuple[Scene, ...]":
        """This scene and the one beside it, in the order they are painted."""
        return (self,) if self.beside is None else (self, self.beside)


def on_pixels(rect: Rect, density: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of `rect` on whole device pixels: neighbours neither overlap nor gape."""
    return (
        round(rect.x * density),
        round(rect.y * density),
        round(rect.right * density),
        round(rect.bottom * density),
    )
