"""The head of a lane's cell: its number and colour, what it runs, whether it is the reference, and its end."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from core.comparing.view import LaneView
from core.network_size import AUTO, TRAINED
from ui import theme
from ui.controls import PickerButton, icon_button

HEIGHT_PX = 32
_WORDS_FROM_PX = 330  # narrower than that, the buttons show their icons alone


def lane_title(lane: LaneView) -> str:
    """Model and size in words: what runs, where that is known, else what was asked for."""
    name = lane.wish.title
    if lane.info is not None and lane.result is not None:
        height, width = lane.result.network_hw
        return f"{name} {width}" if height == width else f"{name} {width} × {height}"
    size = lane.wish.size
    if size in (AUTO, TRAINED):
        return name
    height, _, width = size.partition("x")
    return f"{name} {width} × {height}" if width else f"{name} {size}"


class LaneHeader(QWidget):
    """Used by: window thread."""

    choice_asked = pyqtSignal()
    reference_asked = pyqtSignal()
    shown_asked = pyqtSignal()  # in layouts of two: this lane beside the reference
    removed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("laneHeader")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT_PX)
        self._title = ""
        self.badge = QLabel()
        self.badge.setFixedSize(20, 20)
        self.badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.name = PickerButton("Lane", spared_px=36)
        theme.set_role(self.name, "lane")
        self.name.clicked.connect(self.choice_asked)
        self.shown = _switch("Show", "view-side", "Show this lane beside the reference")
        self.shown.clicked.connect(self._ask_shown)
        self.reference = _switch("Reference", "reference", "Compare the others with this lane")
        self.reference.clicked.connect(self._ask_reference)
        self.close_button = icon_button("close", "Remove lane", "Remove this lane")
        self.close_button.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID_PX, 2, 4, 2)
        row.setSpacing(2)
        row.addWidget(self.badge)
        row.addWidget(self.name, stretch=1)
        row.addWidget(self.shown)
        row.addWidget(self.reference)
        row.addWidget(self.close_button)

    def set_colour(self, colour: str) -> None:
        self.badge.setStyleSheet(
            f"background: {colour}; color: {theme.COLOURS['on_accent']}; border-radius: 10px; font-weight: 600;"
        )

    def show_lane(self, lane: LaneView, *, position: int, is_reference: bool, can_leave: bool) -> None:
        """`position`: from 1, as the keys count."""
        self.badge.setText(str(position))
        title = lane_title(lane)
        if title != self._title:
            self._title = title
            self.name.set_choice(title)
        if (tip := f"{lane.label}: click to choose model, size and precision") != self.name.toolTip():
            self.name.setToolTip(tip)
        self.reference.setChecked(is_reference)
        tip = "The others are compared with this lane" if is_reference else "Compare the others with this lane"
        self.reference.setToolTip(f"{tip} ({position})")
        self.close_button.setVisible(can_leave)

    def show_pair(self, *, in_pair: bool, offered: bool) -> None:
        """Whether this lane is one of the two on the screen, and whether it can be asked to be."""
        self.shown.setVisible(offered)
        self.shown.setChecked(in_pair)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        style = styles.ToolButtonTextOnly if self.width() >= _WORDS_FROM_PX else styles.ToolButtonIconOnly
        for button in (self.shown, self.reference):
            button.setToolButtonStyle(style)

    def _ask_shown(self) -> None:
        self.shown.setChecked(True)  # it is left by showing another one
        self.shown_asked.emit()

    def _ask_reference(self) -> None:
        self.reference.setChecked(True)  # likewise: some lane always is
        self.reference_asked.emit()


def _switch(text: str, icon: str, tip: str) -> QToolButton:
    button = icon_button(icon, text, tip, checkable=True)
    button.setText(text)
    button.setIconSize(QSize(16, 16))
    theme.set_role(button, "laneSwitch")
    return button
