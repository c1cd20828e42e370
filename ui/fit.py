"""Where the picture lies in the viewport: pure geometry, for painting and for mapping the mouse back.

All lengths are in the unit of the viewport's size that was given (logical pixels for the mouse, device pixels for
painting), y down. A place in the picture is a share from 0 to 1 of its width and of its height.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from core.look import View

GAP = 6.0  # between the two panes of SIDE
MAX_ZOOM = 32.0
_STACK_FROM = 1.25  # side by side is what was asked for; stack only where that shows the panes this much larger


class Rect(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x < self.right and self.y <= y < self.bottom

    def shared_with(self, other: "Rect") -> "Rect":
        """The part both have; without width or height where they do not meet."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Rect(x, y, max(right - x, 0.0), max(bottom - y, 0.0))


class Content(Enum):
    COLOUR = "colour"
    DEPTH = "depth"
    OVERLAY = "overlay"


@dataclass(frozen=True, slots=True)
class Zoom:
    """How much the fitted picture is magnified, and the place in it that lies in the middle of its cell."""

    scale: float = 1.0
    x: float = 0.5
    y: float = 0.5


@dataclass(frozen=True, slots=True)
class Pane:
    """One part of the viewport: what it shows, where, and where the whole picture would lie under it."""

    content: Content
    cell: Rect  # nothing is painted outside it
    picture: Rect  # of the whole picture; reaches beyond the cell when zoomed in

    @property
    def visible(self) -> Rect:
        return self.cell.shared_with(self.picture)

    def place_at(self, x: float, y: float) -> tuple[float, float] | None:
        """The place in the picture under a point of the viewport; None where this pane shows none of it."""
        if not self.visible.contains(x, y):
            return None
        return (x - self.picture.x) / self.picture.width, (y - self.picture.y) / self.picture.height


def fit(
    view: View,
    picture_hw: tuple[int, int],
    viewport_wh: tuple[float, float],
    zoom: Zoom = Zoom(),
    wipe: float = 0.5,
) -> tuple[Pane, ...]:
    """The panes of `view`, each showing the picture as large as fits, in its own aspect.

    SIDE gives colour and depth, beside each other, or stacked where that is clearly larger. WIPE gives two panes
    over one picture that meet at the edge. The others give one.
    """
    width, height = viewport_wh
    if view is not View.SIDE:
        cell = Rect(0.0, 0.0, width, height)
        picture = _placed(picture_hw, cell, zoom)
        if view is not View.WIPE:
            return (Pane(Content(view.value), cell, picture),)
        edge = min(max(wipe_edge(picture, wipe), 0.0), width)
        return (
            Pane(Content.COLOUR, Rect(0.0, 0.0, edge, height), picture),
            Pane(Content.DEPTH, Rect(edge, 0.0, width - edge, height), picture),
        )
    beside = max((width - GAP) / 2, 0.0)
    stacked = max((height - GAP) / 2, 0.0)
    if _STACK_FROM * _fitted_scale(picture_hw, beside, height) >= _fitted_scale(picture_hw, width, stacked):
        cells = Rect(0.0, 0.0, beside, height), Rect(width - beside, 0.0, beside, height)
        aligned = (1.0, 0.5), (0.0, 0.5)
    else:
        cells = Rect(0.0, 0.0, width, stacked), Rect(0.0, height - stacked, width, stacked)
        aligned = (0.5, 1.0), (0.5, 0.0)
    return tuple(
        Pane(content, cell, _placed(picture_hw, cell, zoom, align))
        for content, cell, align in zip((Content.COLOUR, Content.DEPTH), cells, aligned, strict=True)
    )


def sheet(view: View, picture_hw: tuple[int, int], wipe: float) -> tuple[tuple[int, int], tuple[Pane, ...]]:
    """Width, height and panes of a picture of `view` at the source's resolution; SIDE has colour on the left."""
    height, width = picture_hw
    if view is not View.SIDE:
        return (width, height), fit(view, picture_hw, (width, height), wipe=wipe)
    left, right = Rect(0.0, 0.0, width, height), Rect(width, 0.0, width, height)
    return (2 * width, height), (Pane(Content.COLOUR, left, left), Pane(Content.DEPTH, right, right))


def wipe_edge(picture: Rect, wipe: float) -> float:
    """x of the wipe's edge in the viewport."""
    return picture.x + wipe * picture.width


def pane_at(panes: tuple[Pane, ...], x: float, y: float) -> Pane | None:
    return next((pane for pane in panes if pane.place_at(x, y) is not None), None)


def zoomed(zoom: Zoom, factor: float, pane: Pane, x: float, y: float) -> Zoom:
    """Magnify by `factor` so that what lies under (x, y) stays there."""
    scale = min(max(zoom.scale * factor, 1.0), MAX_ZOOM)
    grown = scale / zoom.scale
    left, top = x - (x - pane.picture.x) * grown, y - (y - pane.picture.y) * grown
    return _centred_on(scale, pane.cell, Rect(left, top, pane.picture.width * grown, pane.picture.height * grown))


def panned(zoom: Zoom, dx: float, dy: float, pane: Pane) -> Zoom:
    """Move the picture by (dx, dy), no farther than its border."""
    moved = pane.picture._replace(x=pane.picture.x + dx, y=pane.picture.y + dy)
    return _centred_on(zoom.scale, pane.cell, moved)


def whole(pane: Pane, panes: tuple[Pane, ...]) -> Pane:
    """`pane` with the cell that all panes over the same picture share: in WIPE both halves count as one."""
    over = [other.cell for other in panes if other.picture == pane.picture]
    x, y = min(cell.x for cell in over), min(cell.y for cell in over)
    right, bottom = max(cell.right for cell in over), max(cell.bottom for cell in over)
    return replace(pane, cell=Rect(x, y, right - x, bottom - y))


def _fitted_scale(picture_hw: tuple[int, int], width: float, height: float) -> float:
    return min(width / picture_hw[1], height / picture_hw[0])


def _placed(picture_hw: tuple[int, int], cell: Rect, zoom: Zoom, align: tuple[float, float] = (0.5, 0.5)) -> Rect:
    scale = _fitted_scale(picture_hw, cell.width, cell.height) * zoom.scale
    width, height = picture_hw[1] * scale, picture_hw[0] * scale
    x = cell.x + _offset(width, cell.width, zoom.x, align[0])
    y = cell.y + _offset(height, cell.height, zoom.y, align[1])
    return Rect(x, y, width, height)


def _offset(length: float, room: float, centre: float, align: float) -> float:
    """Where a picture of `length` starts in a cell of `room`: aligned where it fits, else with no bare border."""
    if length <= room:
        return (room - length) * align
    return min(max(room / 2 - centre * length, room - length), 0.0)


def _centred_on(scale: float, cell: Rect, picture: Rect) -> Zoom:
    """The zoom that shows `picture` in `cell`, with its centre kept where no bare border comes into sight."""
    return Zoom(
        scale,
        _centre(cell.x + cell.width / 2 - picture.x, picture.width, cell.width),
        _centre(cell.y + cell.height / 2 - picture.y, picture.height, cell.height),
    )


def _centre(middle: float, length: float, room: float) -> float:
    if length <= room:
        return 0.5
    return min(max(middle, room / 2), length - room / 2) / length
