"""Everything about the source: which one, what it delivers, a webcam's mode, an address to type."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.settings import Settings
from core.messages import CameraInfo, SourceInfo, SourceKind, SourceState, Status
from ui.address_line import AddressLine
from ui.addresses import is_camera, short_name
from ui.controls import ElidedLabel, captioned, combo, section
from ui.source_picker import SourcePicker
from ui.wording import sentence

_USUAL_MODES = ("640x480@30", "1280x720@30", "1280x720@60", "1920x1080@30", "1920x1080@60")

_STEADY = (SourceState.PLAYING, SourceState.PAUSED, SourceState.ENDED, SourceState.OPENING)


class SourceSection(QWidget):
    """`changed` carries the settings that a person changed; the picker says the rest."""

    changed = pyqtSignal(dict)

    def __init__(self) -> None:
        super().__init__()
        self.picker = SourcePicker()
        self.detail = ElidedLabel("muted", Qt.TextElideMode.ElideRight)
        self.mode = combo("Resolution and rate", "Resolution and rate asked of the webcam. It may give another.")
        self.mode.activated.connect(lambda index: self.changed.emit({"camera_mode": self.mode.itemData(index)}))
        self._mode_line = captioned("Mode", self.mode)
        self._mode_line.hide()
        self._modes: tuple[str, ...] = ()
        self.address = AddressLine()
        self.picker.address_asked.connect(self.address.ask)
        body, column = section("Source")
        column.addWidget(self.picker)
        column.addWidget(self.address)
        column.addWidget(self.detail)
        column.addWidget(self._mode_line)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)

    def set_settings(self, settings: Settings) -> None:
        self.picker.set_recent(settings.recent_sources)
        self._choose_mode(settings.camera_mode)

    def set_cameras(self, cameras: tuple[CameraInfo, ...]) -> None:
        self.picker.set_cameras(cameras)

    def show_status(self, status: Status, wanted: str) -> None:
        """`wanted`: the setting `source`, shown until one is open."""
        if status.source is None:
            address, name = wanted, self._name_of(wanted)
        else:
            address, name = status.source.address, status.source.name
        self.picker.set_current(address, name)
        self.detail.set_whole(detail_text(status))
        self.detail.setVisible(bool(self.detail.whole()))
        self._mode_line.setVisible(is_camera(address))
        camera = self.picker.camera(address)
        self._set_modes(tuple(modes_text(camera)) or _USUAL_MODES)

    def _name_of(self, address: str) -> str:
        camera = self.picker.camera(address)
        if camera is not None:
            return camera.name
        return short_name(address) if address else "Camera, or demo scene"

    def _set_modes(self, modes: tuple[str, ...]) -> None:
        if modes != self._modes:
            self._modes = modes
            chosen = self.mode.currentData()
            self.mode.clear()
            for mode in modes:
                self.mode.addItem(mode_label(mode), mode)
            if chosen is not None:
                self._choose_mode(chosen)

    def _choose_mode(self, mode: str) -> None:
        if self.mode.findData(mode) < 0:
            self.mode.addItem(mode_label(mode), mode)
        self.mode.setCurrentIndex(self.mode.findData(mode))


def modes_text(camera: CameraInfo | None) -> list[str]:
    """The modes of a camera as the setting `camera_mode` writes them, each once, largest first."""
    if camera is None:
        return []
    modes = {(mode.width_px, mode.height_px, round(mode.fps)) for mode in camera.modes}
    ordered = sorted(modes, key=lambda mode: (mode[0] * mode[1], mode[2]), reverse=True)
    return [f"{width}x{height}@{fps}" for width, height, fps in ordered]


def mode_label(mode: str) -> str:
    size, _, fps = mode.partition("@")
    return f"{size.replace('x', ' × ')}, {fps} fps"


def detail_text(status: Status) -> str:
    """What is being opened, else what the open source delivers. A lost source is told over the picture."""
    if status.source is None or (status.source_detail and status.source_state in _STEADY):
        return sentence(status.source_detail)
    return source_text(status.source)


def source_text(source: SourceInfo) -> str:
    """`1280 × 720 · 30 fps · 360 frames · h264`: what is known of it."""
    parts = [f"{source.width_px} × {source.height_px}"]
    if source.fps and source.kind is not SourceKind.PICTURES:
        parts.append(f"{source.fps:.4g} fps")
    if source.frame_count and source.kind in (SourceKind.VIDEO, SourceKind.RECORDING):
        parts.append(f"{source.frame_count} frames")
    if source.detail:
        parts.append(source.detail)
    return " · ".join(parts)
