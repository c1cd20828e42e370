"""The source's own picture beside the lanes."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.look import Look, View
from core.messages import Frame
from ui import theme
from ui.compare_cell import figure_lines
from ui.compare_header import HEIGHT_PX
from ui.compare_strip import LINE_PX, TOP_PX, strip_height
from ui.compare_viewport import LaneViewport
from ui.controls import ElidedLabel
from ui.wording import time_text


class PictureCell(QFrame):
    """As high as a lane's cell in all its parts, so that the pictures stand in line. Used by: window thread."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("laneCell")
        self._has_truth = False
        self.viewport = LaneViewport()
        self.viewport.setAccessibleName("Picture")
        self.viewport.set_look(Look(View.COLOUR))
        self.viewport.setMinimumSize(80, 60)
        head = QWidget()
        head.setObjectName("laneHeader")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setFixedHeight(HEIGHT_PX)
        title = QLabel("Picture")
        theme.set_role(title, "heading")
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(title)
        self.facts = ElidedLabel("muted")
        self.facts.setFont(theme.tabular(self.facts.font()))
        self.facts.setFixedHeight(LINE_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.viewport, stretch=1)
        self._foot = QWidget()
        under = QVBoxLayout(self._foot)
        under.setContentsMargins(12, TOP_PX, 12, 0)  # the line stands beside the first of a lane's
        under.addWidget(self.facts)
        under.addStretch()
        column.addWidget(self._foot)

    def show_frame(self, frame: Frame, truth: str) -> None:
        """`truth`: how the depth of this source is known; empty where it is not."""
        self.viewport.show_frame(frame)
        if bool(truth) is not self._has_truth:
            self._has_truth = not self._has_truth
            self._suit()
        height, width = frame.rgb.shape[:2]
        parts = [f"frame {frame.index}", f"{width} × {height}"]
        if frame.media_time_s is not None:
            parts.insert(1, time_text(frame.media_time_s, tenths=True))
        if truth:
            parts.append(f"{truth} truth")
        self.facts.set_whole(" · ".join(parts))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._suit()

    def _suit(self) -> None:
        self._foot.setFixedHeight(strip_height(figure_lines(self.size(), has_truth=self._has_truth)))
