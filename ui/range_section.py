"""Which depths get the ends of the colour map: following the scene, or locked between two values."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.controls import Segment, Segments, captioned, push_button, section
from ui.number_field import NumberField
from ui.shortcuts import hint
from ui.wording import decimals

_LIMIT = 1e7


class _ValueField(NumberField):
    """A depth value: as many decimals as its size calls for, steps of a hundredth of the range."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__(name, tip)
        self.setRange(-_LIMIT, _LIMIT)
        self.setDecimals(4)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def textFromValue(self, value: float) -> str:
        return f"{value:.{decimals(value)}f}"


class RangeSection(QWidget):
    """Shows and asks; the range itself is kept by ui/look_keeper.py."""

    lock_chosen = pyqtSignal(bool)
    range_typed = pyqtSignal(float, float)  # low < high
    fit_asked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.lock = Segments(
            "Range",
            (
                Segment("auto", "Automatic", "The colours follow the scene." + hint("lock_range")),
                Segment("locked", "Locked", "The colours keep their values, whatever comes." + hint("lock_range")),
            ),
        )
        self.lock.setToolTip("Which depths get the first and the last colour.")
        self.lock.chosen.connect(lambda value: self.lock_chosen.emit(value == "locked"))
        self.low = _ValueField("Far end of the range", "Depth value of the first colour: this and less is far.")
        self.high = _ValueField("Near end of the range", "Depth value of the last colour: this and more is near.")
        self.low.valueChanged.connect(self._typed)
        self.high.valueChanged.connect(self._typed)
        self.fit = push_button("Fit now", "Take the range of what is seen now.")
        self.fit.clicked.connect(self.fit_asked)

        fields = QWidget()
        fields.setToolTip("Depth is relative: the values have no unit, and larger is nearer.")
        row = QHBoxLayout(fields)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID_PX)
        row.addWidget(self.low, stretch=1)
        row.addWidget(QLabel("to"))
        row.addWidget(self.high, stretch=1)
        self._locked_lines = QWidget()
        lines = QVBoxLayout(self._locked_lines)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.GRID_PX)
        lines.addWidget(captioned("Values", fields))
        lines.addWidget(self.fit, alignment=Qt.AlignmentFlag.AlignRight)
        body, column = section("Range")
        column.addWidget(self.lock)
        column.addWidget(self._locked_lines)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)

    def set_range(self, low: float, high: float, *, locked: bool) -> None:
        self.lock.set_value("locked" if locked else "auto")
        self._locked_lines.setVisible(locked)
        if locked and not (self.low.hasFocus() or self.high.hasFocus()):
            for field, value in ((self.low, low), (self.high, high)):
                field.setSingleStep(max(abs(high - low) / 100, 1e-4))
                field.show_value(value)
            self._mark(wrong=False)

    def _typed(self) -> None:
        low, high = self.low.value(), self.high.value()
        self._mark(wrong=not low < high)
        if low < high:
            self.range_typed.emit(low, high)

    def _mark(self, *, wrong: bool) -> None:
        for field in (self.low, self.high):
            theme.set_role(field, "wrong" if wrong else "")
