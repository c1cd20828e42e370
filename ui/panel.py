"""The panel at the right: source, model, comparing, view, range and recording, one under the other."""

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.settings import Settings
from ui import theme
from ui.compare_section import CompareSection
from ui.controls import rule
from ui.model_section import ModelSection
from ui.range_section import RangeSection
from ui.recording_section import RecordingSection
from ui.source_section import SourceSection
from ui.view_section import ViewSection

WIDTH_PX = 312


class Panel(QScrollArea):
    """`changed` carries the settings that a person changed in any section."""

    changed = pyqtSignal(dict)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName("Panel")
        self.setFixedWidth(WIDTH_PX)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.source = SourceSection()
        self.model = ModelSection()
        self.view = ViewSection()
        self.range = RangeSection()
        self.recording = RecordingSection()
        self.compare = CompareSection()
        content = QWidget()
        column = QVBoxLayout(content)
        edge = 2 * theme.GRID_PX
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(edge)
        self._lines: dict[QWidget, QFrame] = {}  # above each section but the first
        for part in (self.source, self.model, self.compare, self.view, self.range, self.recording):
            if column.count():
                self._lines[part] = rule()
                column.addWidget(self._lines[part])
            column.addWidget(part)
        column.addStretch()
        self.setWidget(content)
        for section in (self.source, self.model, self.view, self.recording):
            section.changed.connect(self.changed)
        self._wheel = _WheelScrolls(content)

    def show_comparing(self, *, on: bool) -> None:
        """While lanes are compared, each has its own model and range; the one network does not run."""
        for part in (self.model, self.range):
            part.setHidden(on)
            self._lines[part].setHidden(on)
        self.compare.show_comparing(on=on)
        self.view.show_comparing(on=on)

    def set_settings(self, settings: Settings) -> None:
        self.source.set_settings(settings)
        self.model.set_settings(settings)
        self.view.set_settings(settings)
        self.recording.set_settings(settings)


class _WheelScrolls(QObject):
    """Has the wheel scroll the panel: over a control it turns only the one that the keyboard was given to."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        for control in content.findChildren(QWidget):
            if isinstance(control, QComboBox | QAbstractSlider | QAbstractSpinBox):
                control.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is None or event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        if watched.hasFocus():
            return False
        event.ignore()  # so that Qt asks what lies behind it
        return True
