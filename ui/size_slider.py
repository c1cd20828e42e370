"""How much the network sees: the side of a square in steps of 32, handed on once the hand rests, or what follows
the model or the rate."""

from PyQt6.QtCore import QSignalBlocker, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from core.messages import DepthResult
from core.network_size import (
    AUTO,
    KEEP,
    MAX_PX,
    MIN_PX,
    SQUARE,
    STEP_PX,
    TRAINED,
    Size,
    network_hw,
    parse_size,
    side_px,
    size_setting,
)
from ui import theme
from ui.controls import caption
from ui.shortcuts import hint

HOLDS_RATE = "As large as holds the rate below." + hint("auto_size")
_FOLLOWED = {AUTO: "auto", TRAINED: "as trained"}  # settings that are no size of their own
_UNTIL_KNOWN_PX = 192  # where the handle stands until a model has said what it follows
SETTLE_MS = 150  # a drag over ten steps must not ask the engine for ten sizes


class _Slider(QSlider):
    """One whose handle goes back to where it began on a double-click."""

    double_clicked = pyqtSignal()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()


class SizeSlider(QWidget):
    """Slider, its value, the button for `auto`, and the height and width that come of it.

    With `auto` and `trained` the slider follows the size in use; whoever moves it takes over from there, and a
    double-click gives it back to `trained`.
    """

    chosen = pyqtSignal(str)  # the setting `size`, snapped and settled

    def __init__(self, auto_tip: str = HOLDS_RATE) -> None:
        super().__init__()
        self._size = TRAINED
        self._aspect = TRAINED
        self._aspect_in_use = SQUARE
        self._picture_hw: Size | None = None
        self._in_use: Size | None = None
        tip = (
            "How large the network sees the picture. Larger is finer and slower. Double-click: as the model was "
            "trained." + hint("smaller") + hint("larger")
        )
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.double_clicked.connect(lambda: self._take(TRAINED))
        self.slider.setRange(MIN_PX // STEP_PX, MAX_PX // STEP_PX)
        self.slider.setValue(_UNTIL_KNOWN_PX // STEP_PX)
        self.slider.setPageStep(2)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName("Network size in pixels")
        self.slider.setToolTip(tip)
        self.slider.valueChanged.connect(self._moved)
        self.value_label = QLabel()
        self.value_label.setFont(theme.tabular(self.value_label.font()))
        self.value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value_label.setFixedWidth(44)
        self.auto = QToolButton()
        self.auto.setText("Auto")
        theme.set_role(self.auto, "switch")
        self.auto.setCheckable(True)
        self.auto.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.auto.setAccessibleName("Automatic network size")
        self.auto.setToolTip(auto_tip)
        self.auto.clicked.connect(self._auto_clicked)
        self.detail = QLabel()
        theme.set_role(self.detail, "muted")
        self.detail.setToolTip("Height × width of what the network gets: always multiples of 32.")

        row = QHBoxLayout()
        row.setSpacing(theme.GRID_PX)
        row.addWidget(caption("Size", tip))
        row.addWidget(self.slider, stretch=1)
        row.addWidget(self.value_label)
        row.addWidget(self.auto)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.detail, alignment=Qt.AlignmentFlag.AlignRight)

        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)

    def set_size(self, size: str) -> None:
        """Show the setting `size`: PX, HxW, of which the slider shows the square as large, `auto` or `trained`."""
        if self._settle.isActive():
            return  # a person is at it, and newer
        self._size = size
        self._describe()

    def set_aspect(self, aspect: str) -> None:
        self._aspect = aspect
        self._describe()

    def set_picture(self, picture_hw: Size | None) -> None:
        if picture_hw != self._picture_hw:
            self._picture_hw = picture_hw
            self._describe()

    def set_in_use(self, newest: DepthResult | None) -> None:
        """What the network runs at now, by its newest result."""
        network_hw, aspect = (newest.network_hw, newest.aspect) if newest is not None else (None, SQUARE)
        if (network_hw, aspect) != (self._in_use, self._aspect_in_use):
            self._in_use, self._aspect_in_use = network_hw, aspect
            self._describe()

    def nudge(self, steps: int) -> None:
        """Some steps larger or smaller, as `[` and `]` ask for."""
        self.slider.setValue(self.slider.value() + steps)

    def _moved(self, steps: int) -> None:
        self._size = str(steps * STEP_PX)
        self._describe()
        self._settle.start()

    def _settled(self) -> None:
        self.chosen.emit(self._size)

    def _auto_clicked(self, checked: bool) -> None:
        self._take(AUTO if checked else str(self.slider.value() * STEP_PX))

    def _take(self, size: str) -> None:
        """At once."""
        self._settle.stop()
        self._size = size
        self._describe()
        self._settled()

    def _describe(self) -> None:
        self.auto.setChecked(self._size == AUTO)
        if self._size in _FOLLOWED:
            self._describe_followed(_FOLLOWED[self._size])
            return
        wanted = parse_size(self._size)
        self._show(wanted if isinstance(wanted, int) else side_px(wanted))
        aspect = self._aspect_in_use if self._aspect == TRAINED else self._aspect
        if aspect == KEEP and self._picture_hw is None and isinstance(wanted, int):
            self.detail.setText("in the shape of the picture")
            return
        height, width = network_hw(self._size, aspect, self._picture_hw or (1, 1))
        self.detail.setText(f"network sees {width} × {height}")

    def _describe_followed(self, what: str) -> None:
        if self._in_use is None:
            self.detail.setText(what)
            return
        height, width = self._in_use
        called = parse_size(size_setting(self._in_use, self._aspect_in_use, self._picture_hw or (1, 1)))
        self._show(called if isinstance(called, int) else side_px(self._in_use))
        self.detail.setText(f"{what}, network sees {width} × {height}")

    def _show(self, px: int) -> None:
        self.value_label.setText(str(px))
        with QSignalBlocker(self.slider):
            self.slider.setValue(px // STEP_PX)
