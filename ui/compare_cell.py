"""One lane on the screen: head, picture and figures."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QLabel, QVBoxLayout

from core.comparing.view import FEWEST_LANES, ComparisonView, LaneState, LaneView
from core.look import Look
from core.messages import DepthResult
from ui import theme
from ui.chip import Chip
from ui.compare_header import HEIGHT_PX, LaneHeader
from ui.compare_strip import FigureStrip, lines_needed, strip_height
from ui.compare_viewport import LaneViewport
from ui.controls import push_button
from ui.wording import sentence

BESIDE_PX = HEIGHT_PX + strip_height(2)  # head and figures, at least
_LINES = ((360, 5), (200, 3), (0, 2))  # from which height of a cell there is room for so many lines of figures
_CARD_LINES = 3  # of a cell without its picture
_INSET_PX = 8


def figure_lines(cell: QSize, *, has_truth: bool) -> int:
    """How many lines of figures a cell of this size shows: as many as they need, where there is room."""
    room = next(lines for least_px, lines in _LINES if cell.height() >= least_px)
    return min(lines_needed(cell.width(), has_truth=has_truth), room)


class LaneCell(QFrame):
    """Shows the lane it is given. Used by: window thread."""

    retried = pyqtSignal()  # a lane that failed or was put aside shall run again

    def __init__(self, number: int, colour: str) -> None:
        super().__init__()
        self.setObjectName("laneCell")
        self.number = number
        self.colour = colour
        self._is_flat = False
        self._has_truth = False
        self._state: tuple[object, ...] = ()  # what is said of the lane now
        self.header = LaneHeader()
        self.header.set_colour(colour)
        self.viewport = LaneViewport()
        self.viewport.setMinimumSize(80, 60)
        self.figures = FigureStrip()
        self.note = Chip()
        self.note.setParent(self)
        self.note.text.setWordWrap(True)
        self.retry = push_button("Try again")
        self.retry.setParent(self)
        self.retry.clicked.connect(self.retried)
        self.retry.hide()
        self.frame_label = _pill(self)
        self.value_label = _pill(self)
        self.value_label.setFont(theme.tabular(self.value_label.font()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.viewport, stretch=1)
        column.addWidget(self.figures)
        for over in (self.frame_label, self.value_label, self.note, self.retry):
            over.raise_()

    def show_lane(self, lane: LaneView, view: ComparisonView, *, position: int) -> None:
        """Everything but picture and figures."""
        is_reference = lane.number == view.reference
        can_leave = len(view.lanes) > FEWEST_LANES
        self.header.show_lane(lane, position=position, is_reference=is_reference, can_leave=can_leave)
        self._show_state(lane)
        self._show_frame(lane, view)

    def show_figures(self, lane: LaneView, view: ComparisonView) -> None:
        if bool(view.truth) is not self._has_truth:
            self._has_truth = not self._has_truth
            self._suit()
        self.figures.show_lane(
            lane,
            is_reference=lane.number == view.reference,
            has_truth=bool(view.truth),
            yardstick=yardstick(view),
        )

    def show_result(self, result: DepthResult | None, look: Look) -> None:
        if result is None:
            self.viewport.set_look(look)
            if self.viewport.result is not None:
                self.viewport.clear()
        else:
            self.viewport.show_lane(result, look)

    def show_value(self, text: str) -> None:
        """What the shared cursor meets here; empty while it is in no picture."""
        self._say(self.value_label, text)

    def set_flat(self, *, flat: bool) -> None:
        """Without its picture: a card, which has room for all figures."""
        self._is_flat = flat
        self.viewport.setVisible(not flat)
        self._suit()

    def _suit(self) -> None:
        if self._is_flat:
            lines = min(lines_needed(self.width(), has_truth=self._has_truth), _CARD_LINES)
        else:
            lines = figure_lines(self.size(), has_truth=self._has_truth)
        self.figures.set_lines(lines)
        self._place()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._suit()

    def _show_state(self, lane: LaneView) -> None:
        state = lane.state, lane.detail, lane.progress, lane.result is None
        if state == self._state:
            return
        self._state = state
        stands = lane.state in (LaneState.FAILED, LaneState.PUT_ASIDE)
        text = lane.detail if lane.state is not LaneState.RUNNING or lane.result is None else ""
        if lane.state is LaneState.LOADING and not text:
            text = "loading"
        self.note.say(sentence(text), lane.progress if lane.state is LaneState.LOADING else None)
        self.retry.setText("Try again" if lane.state is LaneState.FAILED else "Run again")
        self.retry.setVisible(stands)
        self._place()

    def _show_frame(self, lane: LaneView, view: ComparisonView) -> None:
        """Which frame it is, where the lanes show different ones; and what a lane that runs has to say."""
        said = []
        if lane.result is not None and not view.is_together:
            said.append(f"frame {lane.result.frame.index}" + (f", {lane.behind} behind" if lane.behind else ""))
        if lane.result is not None and lane.state is LaneState.RUNNING and lane.detail:
            said.append(lane.detail)
        self._say(self.frame_label, "\n".join(said))

    def _say(self, label: QLabel, text: str) -> None:
        text = "" if self._is_flat else text  # no picture to stand on
        if text != label.text():
            label.setText(text)
            label.setVisible(bool(text))
            self._place()

    def _place(self) -> None:
        room = self.figures.geometry() if self._is_flat else self.viewport.geometry()
        self.frame_label.adjustSize()
        self.frame_label.move(room.left() + _INSET_PX, room.top() + _INSET_PX)
        self.value_label.adjustSize()
        self.value_label.move(room.left() + _INSET_PX, room.bottom() - self.value_label.height() - _INSET_PX + 1)
        width = min(max(room.width() - 4 * _INSET_PX, 60), 460)
        self.note.setFixedWidth(width)
        self.note.setFixedHeight(max(self.note.heightForWidth(width), 1))
        retry_px = self.retry.sizeHint().height() + _INSET_PX if not self.retry.isHidden() else 0
        top = room.top() + max((room.height() - self.note.height() - retry_px) // 2, 0)
        self.note.move(room.left() + (room.width() - width) // 2, top)
        self.retry.adjustSize()
        self.retry.move(room.center().x() - self.retry.width() // 2, top + self.note.height() + _INSET_PX)


def yardstick(view: ComparisonView) -> str:
    """What answers that look at nothing reach against the truth: any network has to beat them."""
    said = [
        f"{name} {score.abs_rel:.3f} (δ > 1.25: {100 * score.delta1_error:.1f} %)"
        for name, score in view.trivial.items()
        if score is not None
    ]
    return f"AbsRel of trivial answers, to be beaten: {', '.join(said)}" if said else ""


def _pill(parent: LaneCell) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    theme.set_role(label, "pill")
    label.hide()
    return label
