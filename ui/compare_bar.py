"""The bar over a comparison: how the lanes lie, what they share, and one lane more."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.settings import Settings
from core.comparing.view import MOST_LANES, ComparisonView
from core.messages import ModelEntry
from ui import theme
from ui.controls import Segment, Segments, check_box, icon_button
from ui.model_picker import ModelPicker
from ui.number_field import SettingField
from ui.shortcuts import hint

ONE_LINE_FROM_PX = 890

LAYOUTS = (
    ("grid", "Grid", "All lanes beside each other"),
    ("wipe", "Wipe", "The reference left of an edge you can drag, another lane right of it"),
    ("blink", "Blink", "The reference and another lane in turn, in the same place"),
    ("difference", "Difference", "Where each lane sees nearer or farther than the reference"),
)


class CompareBar(QWidget):
    """Used by: window thread."""

    changed = pyqtSignal(dict)  # settings that a person changed here
    same_frame_chosen = pyqtSignal(bool)
    added = pyqtSignal(str)  # a model, or a weights file, for one lane more
    file_asked = pyqtSignal()
    models_asked = pyqtSignal()  # the manager: the one wanted is not on this computer
    left = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compareBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Comparing")
        self.layouts = Segments(
            "Layout", (Segment(value, text, tip + hint(f"compare_{value}")) for value, text, tip in LAYOUTS)
        )
        self.layouts.setFixedWidth(296)
        self.layouts.chosen.connect(lambda value: self.changed.emit({"compare_layout": value}))
        self.blink_rate = SettingField("blink_fps", suffix=" / s", accessible_name="Changes a second")
        self.blink_rate.setToolTip("How often the picture changes in a second. Hold X to see the other one.")
        self.blink_rate.setFixedWidth(84)
        self.blink_rate.valueChanged.connect(lambda rate: self.changed.emit({"blink_fps": rate}))
        self.one_range = check_box(
            "One range",
            "The same colours for the same depth in all lanes, after each was fitted to the reference; "
            "else each lane in the range of its own." + hint("compare_range"),
        )
        self.one_range.clicked.connect(lambda on: self.changed.emit({"compare_one_range": on}))
        self.same_frame = check_box(
            "Same frame",
            "All lanes show one frame and change together, at the pace of the slowest; "
            "else each goes on by itself." + hint("same_frame"),
        )
        self.same_frame.clicked.connect(self.same_frame_chosen)
        self.picture = check_box("Picture", "The source’s picture beside the lanes." + hint("compare_picture"))
        self.picture.clicked.connect(lambda on: self.changed.emit({"compare_picture": on}))
        self.chart = check_box("Chart", "Speed and agreement over the last minute." + hint("compare_chart"))
        self.chart.clicked.connect(lambda on: self.changed.emit({"compare_chart": on}))
        self.add = ModelPicker()
        self.add.setFixedWidth(136)
        self.add.set_current("", "Add lane")
        self.add.setIcon(theme.icon("add"))
        self.add.chosen.connect(self.added)
        self.add.file_asked.connect(self.file_asked)
        self.add.wanted.connect(lambda _entry: self.models_asked.emit())
        self.add.manager_asked.connect(self.models_asked)
        self.close_button = icon_button("close", "End comparing", "End comparing" + hint("compare"))
        self.close_button.clicked.connect(self.left)
        self._lay_out()

    def set_settings(self, settings: Settings) -> None:
        self.layouts.set_value(settings.compare_layout)
        self.blink_rate.setVisible(settings.compare_layout == "blink")
        self.picture.setVisible(settings.compare_layout in ("grid", "difference"))
        self.one_range.setVisible(settings.compare_layout != "difference")
        self.one_range.setChecked(settings.compare_one_range)
        self.picture.setChecked(settings.compare_picture)
        self.chart.setChecked(settings.compare_chart)
        self.blink_rate.show_value(settings.blink_fps)

    def show_view(self, view: ComparisonView) -> None:
        self.same_frame.setChecked(view.same_frame)
        full = len(view.lanes) >= MOST_LANES
        self.add.setEnabled(not full)
        self.add.setToolTip(
            f"{MOST_LANES} lanes are the most: remove one first" if full else "One more network on the same frames"
        )

    def set_models(self, entries: tuple[ModelEntry, ...]) -> None:
        self.add.set_models(entries)

    def minimumSizeHint(self) -> QSize:
        """Narrower than one line: it then takes two."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self._lines.setDirection(ways.LeftToRight if self.width() >= ONE_LINE_FROM_PX else ways.TopToBottom)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(theme.GRID_PX)
        first.addWidget(self.layouts)
        first.addWidget(self.blink_rate)
        first.addStretch()
        second = QHBoxLayout()
        second.setSpacing(12)
        for box in (self.one_range, self.same_frame, self.picture, self.chart):
            second.addWidget(box)
        second.addStretch()
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lines.setSpacing(12)
        self._lines.addLayout(first)
        self._lines.addLayout(second, stretch=1)
        last = QHBoxLayout()
        last.setSpacing(theme.GRID_PX)
        last.addWidget(self.add)
        last.addWidget(self.close_button)
        beside = QVBoxLayout()
        beside.addLayout(last)
        beside.addStretch()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(theme.GRID_PX, 5, 4, 5)
        whole.addLayout(self._lines, stretch=1)
        whole.addLayout(beside)
