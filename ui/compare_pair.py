"""Two lanes in one place: either side of an edge, or one after the other."""

from typing import NamedTuple

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.look import Look, View
from core.messages import DepthResult
from ui import theme
from ui.compare_viewport import LaneViewport

_INSET_PX = 10


class Side(NamedTuple):
    """One of the two, as it is to be shown."""

    result: DepthResult | None  # None: it has no depth yet
    look: Look
    title: str
    colour: str


class PairView(QWidget):
    """The reference left, or first; the other right, or second. Used by: window thread."""

    def __init__(self) -> None:
        super().__init__()
        self.viewport = LaneViewport()
        self.tags = _tag(self), _tag(self)
        self._sides: tuple[Side, Side] | None = None
        self._values = ("", "")
        self._blinks = False
        self._held = False
        self._turn = 0  # which side the blink shows
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._change_turn)
        self._wipe = 0.5
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.viewport)
        for tag in self.tags:
            tag.raise_()

    @property
    def turn(self) -> int:
        """Which side is on the screen while they blink: 0 the reference, 1 the other."""
        return 1 - self._turn if self._held else self._turn

    @property
    def is_blinking(self) -> bool:
        return self._timer.isActive()

    def blink(self, fps: float | None) -> None:
        """Change `fps` times a second; None: the edge instead."""
        self._blinks = fps is not None
        if fps is None:
            self._timer.stop()
        else:
            interval_ms = round(1e3 / fps)
            if interval_ms != self._timer.interval():  # a timer that is told again begins again
                self._timer.setInterval(interval_ms)
            if not self._held and not self.is_blinking:
                self._timer.start()
        self._show()

    def rest(self) -> None:
        """Nobody looks: no timer runs and nothing is held."""
        self._timer.stop()
        self._held = False
        self._sides = None
        self.viewport.clear()

    def hold(self, *, on: bool) -> None:
        """Show the other side and stay there as long as a key is held. In a wipe: the other lane alone."""
        if on is self._held:
            return
        self._held = on
        if self._blinks:
            self._timer.stop() if on else self._timer.start()
        self._show()

    def show_pair(self, reference: Side, other: Side, wipe: float) -> None:
        self._sides = reference, other
        self._wipe = wipe
        self._show()

    def show_values(self, reference: str, other: str) -> None:
        """What the shared cursor meets in each."""
        if (reference, other) != self._values:
            self._values = reference, other
            self._show_tags()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place()

    def _change_turn(self) -> None:
        self._turn = 1 - self._turn
        self._show()

    def _show(self) -> None:
        if self._sides is None:
            return
        reference, other = self._sides
        if self._blinks:
            self._show_one(self._sides[self.turn])
        elif self._held or reference.result is None or other.result is None:
            self._show_one(reference if other.result is None and not self._held else other)
        else:
            look = other.look
            self.viewport.show_left(reference.result, reference.look)
            self.viewport.show_lane(other.result, _with_view(look, View.WIPE, self._wipe))
        self._show_tags()

    def _show_one(self, side: Side) -> None:
        self.viewport.show_left(None, side.look)
        if side.result is not None:
            self.viewport.show_lane(side.result, _with_view(side.look, View.DEPTH, self._wipe))

    def _show_tags(self) -> None:
        if self._sides is None:
            return
        alone = self._sides[self.turn] if self._blinks else self._sides[1] if self._held else None
        for tag, side, value in zip(self.tags, self._sides, self._values, strict=True):
            waits = "" if side.result is not None else "  no depth yet"
            text = f'<span style="color:{side.colour}">●</span>&nbsp; {_escaped(side.title)}{waits}'
            if value:
                text += f"&nbsp;&nbsp; <b>{_escaped(value)}</b>"
            if text != tag.text():
                tag.setText(text)
            tag.setVisible(alone is None or alone is side)
        self._place()

    def _place(self) -> None:
        left, right = self.tags
        for tag in self.tags:
            tag.adjustSize()
        left.move(_INSET_PX, _INSET_PX)
        right.move(max(self.width() - right.width() - _INSET_PX, _INSET_PX), _INSET_PX)


def _with_view(look: Look, view: View, wipe: float) -> Look:
    return Look(view, look.colormap, look.invert, look.opacity, wipe, look.low, look.high)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _tag(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setFont(theme.tabular(label.font()))
    theme.set_role(label, "pill")
    label.hide()
    return label
