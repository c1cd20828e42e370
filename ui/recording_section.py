"""What a recording is to be: its folder, how exact its depth is, the view beside it, the seconds before."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.recordings import folder_of
from app.settings import Settings
from core.messages import Status
from ui import theme
from ui.controls import ElidedLabel, Segment, Segments, captioned, check_box, icon_button, push_button, section
from ui.number_field import SettingField
from ui.shortcuts import hint
from ui.wording import from_home


class RecordingSection(QWidget):
    """`changed` carries the settings that a person changed."""

    changed = pyqtSignal(dict)
    folder_asked = pyqtSignal()
    save_asked = pyqtSignal()  # of the last seconds

    def __init__(self) -> None:
        super().__init__()
        self.folder = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.choose_folder = icon_button("folder", "Choose the folder", "Choose the folder of recordings")
        self.choose_folder.clicked.connect(self.folder_asked)
        self.depth = Segments(
            "Depth in recordings",
            (
                Segment("gray16", "16 bits", "Within 1/20,000 of its range, in files that players show."),
                Segment("float32", "Exact", "The network's own numbers, in files many times as large."),
            ),
        )
        self.depth.setToolTip("How depth is recorded.")
        self.depth.chosen.connect(lambda value: self.changed.emit({"record_depth": value}))
        self.view = check_box(
            "View as MP4, too", "Also record what you see, colours and all, for any player or browser."
        )
        self.view.clicked.connect(lambda on: self.changed.emit({"record_view": on}))
        self.keep = check_box(
            "Keep the last",
            "Keep the last seconds in memory, so that you can save what you have just seen.\n"
            "They are encoded all the time: depth comes a little slower.",
        )
        self.keep.clicked.connect(lambda on: self.changed.emit({"keep_last": on}))
        self.seconds = SettingField("keep_last_s", suffix=" s", accessible_name="Seconds that are kept")
        self.seconds.setFixedWidth(64)
        self.seconds.valueChanged.connect(lambda value: self.changed.emit({"keep_last_s": value}))
        self.save = push_button("Save", "Save the last seconds as a recording" + hint("save_last"))
        self.save.clicked.connect(self.save_asked)
        last = QWidget()
        row = QHBoxLayout(last)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID_PX)
        for widget in (self.keep, self.seconds, self.save):
            row.addWidget(widget)
        row.addStretch()
        body, column = section("Recording")
        column.addWidget(captioned("Folder", self.folder, self.choose_folder))
        column.addWidget(captioned("Depth", self.depth))
        column.addWidget(captioned("", self.view))
        column.addWidget(last)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)
        self.show_status(Status())

    def set_settings(self, settings: Settings) -> None:
        self.folder.set_whole(from_home(folder_of(settings)))
        self.depth.set_value(settings.record_depth)
        self.view.setChecked(settings.record_view)
        self.keep.setChecked(settings.keep_last)
        self.seconds.show_value(settings.keep_last_s)

    def show_status(self, status: Status) -> None:
        self.save.setEnabled(status.kept_s > 0)
