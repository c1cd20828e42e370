"""What is shown: view, opacity, colours, ruler."""

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from app.settings import Settings
from core.look import View
from ui import theme
from ui.colormap_combo import ColormapCombo
from ui.controls import Segment, Segments, captioned, check_box, section
from ui.shortcuts import hint

_VIEWS = (
    (View.COLOUR, "Colour", "The picture as it comes"),
    (View.DEPTH, "Depth", "Depth alone"),
    (View.SIDE, "Side", "Picture and depth side by side"),
    (View.OVERLAY, "Overlay", "Depth laid over the picture"),
    (View.WIPE, "Wipe", "Picture left of an edge you can drag, depth right of it"),
)


class ViewSection(QWidget):
    """`changed` carries the settings that a person changed."""

    changed = pyqtSignal(dict)

    def __init__(self) -> None:
        super().__init__()
        self.view = Segments(
            "View",
            (
                Segment(view.value, text, tip + hint(f"view_{view.value}"), f"view-{view.value}")
                for view, text, tip in _VIEWS
            ),
            tall=True,
        )
        self.view.chosen.connect(self.choose_view)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setPageStep(10)
        self.opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.opacity.setAccessibleName("Opacity of depth in percent")
        self.opacity.setToolTip("How much depth covers the picture in the overlay.")
        self.opacity.valueChanged.connect(self._opacity_moved)
        self.opacity_value = QLabel()
        self.opacity_value.setFont(theme.tabular(self.opacity_value.font()))
        self.opacity_value.setFixedWidth(44)
        self.opacity_value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._opacity_line = captioned("Opacity", self.opacity, self.opacity_value)
        self.colormap = ColormapCombo()
        self.colormap.chosen.connect(lambda name: self.changed.emit({"colormap": name}))
        self.invert = check_box("Invert", "Swap the colours of near and far." + hint("invert"))
        self.invert.clicked.connect(lambda on: self.changed.emit({"invert": on}))
        self.ruler = check_box("Ruler", "A scale of depth values beside the picture." + hint("ruler"))
        self.ruler.clicked.connect(lambda on: self.changed.emit({"ruler": on}))

        checks = QWidget()
        row = QHBoxLayout(checks)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID_PX)
        row.addWidget(self.invert)
        row.addWidget(self.ruler)
        row.addStretch()
        body, column = section("View")
        column.addWidget(self.view)
        column.addWidget(self._opacity_line)
        column.addWidget(captioned("Colours", self.colormap))
        column.addWidget(captioned("", checks))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)

    def set_settings(self, settings: Settings) -> None:
        self.view.set_value(settings.view)
        self._show_opacity()
        with QSignalBlocker(self.opacity):
            self.opacity.setValue(round(100 * settings.opacity))
        self.opacity_value.setText(f"{self.opacity.value()} %")
        self.colormap.set_value(settings.colormap)
        self.invert.setChecked(settings.invert)
        self.ruler.setChecked(settings.ruler)

    def show_comparing(self, *, on: bool) -> None:
        """While lanes are compared they lie as their own bar says; colours and ruler go for them, too."""
        self.view.setHidden(on)
        self._show_opacity()

    def choose_view(self, view: str) -> None:
        self.view.set_value(view)
        self._show_opacity()
        self.changed.emit({"view": view})

    def _show_opacity(self) -> None:
        self._opacity_line.setVisible(self.view.value() == View.OVERLAY.value and not self.view.isHidden())

    def _opacity_moved(self, percent: int) -> None:
        self.opacity_value.setText(f"{percent} %")
        self.changed.emit({"opacity": percent / 100})
