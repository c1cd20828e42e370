"""Which depths get the ends of the colour map: following the scene, or locked between two values."""

from PyQt6.QtCore import QLocale, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.controls import Segment, Segments, captioned, section
from ui.shortcuts import hint
from ui.wording import decimals

_LIMIT = 1e7


class _ValueField(QDoubleSpinBox):
    """A depth value: as many decimals as its size calls for, steps of a hundredth of the range."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self.setRange(-_LIMIT, _LIMIT)
        self.setDecimals(4)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        line = self.lineEdit()
        if line is not None:
            line.returnPressed.connect(self.clearFocus)  # done: the keys belong to the window again

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
        self.fit = QPushButton("Fit now")
        self.fit.setToolTip("Take the range of what is seen now.")
        self.fit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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

    @property
    def is_typing(self) -> bool:
        return self.low.hasFocus() or self.high.hasFocus()

    def leave(self) -> None:
        self.low.clearFocus()
        self.high.clearFocus()

    def set_range(self, low: float, high: float, *, locked: bool) -> None:
        self.lock.set_value("locked" if locked else "auto")
        self._locked_lines.setVisible(locked)
        if locked and not self.is_typing:
            for field, value in ((self.low, low), (self.high, high)):
                with QSignalBlocker(field):
                    field.setSingleStep(max(abs(high - low) / 100, 1e-4))
                    field.setValue(value)

    def _typed(self) -> None:
        low, high = self.low.value(), self.high.value()
        wrong = not low < high
        for field in (self.low, self.high):
            theme.set_role(field, "wrong" if wrong else "")
        if not wrong:
            self.range_typed.emit(low, high)
