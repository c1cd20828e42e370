"""The stage of lanes: its cells, and the colours that are on the screen."""

from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QWidget

from support import viewports
from ui.compare_cell import LaneCell
from ui.compare_stage import CompareStage


def cells(stage: CompareStage) -> list[LaneCell]:
    assert stage.view is not None
    return [stage.lanes.by_number[lane.number] for lane in stage.view.lanes]


def colour_at(widget: QWidget, share_x: float, share_y: float = 0.5) -> QColor:
    image = widget.grab().toImage()
    return image.pixelColor(int(share_x * image.width()), int(share_y * image.height()))


def apart(first: QColor, second: QColor) -> int:
    return max(abs(a - b) for a, b in zip(first.getRgb(), second.getRgb(), strict=True))


def turn_wheel(viewport: QWidget, x: float, y: float, notches: int) -> None:
    """At these shares of its width and height."""
    viewports.turn_wheel(viewport, x * viewport.width(), y * viewport.height(), notches)
