"""How the network runs: size, shape, number format and device."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.settings import Settings
from core.network_size import AUTO, KEEP, SQUARE, TRAINED
from ui import theme
from ui.controls import Segment, Segments, captioned, combo
from ui.number_field import SettingField
from ui.size_slider import HOLDS_RATE, SizeSlider

_PRECISIONS = {
    "auto": "Automatic",
    "fp32": "float32: exact",
    "bf16": "bfloat16: half the memory",
    "fp16": "float16: half the memory",
}


class NetworkSection(QWidget):
    """Part of the model's section; `changed` carries the settings that a person changed."""

    changed = pyqtSignal(dict)

    def __init__(self, *, auto_tip: str = HOLDS_RATE) -> None:
        """`auto_tip`: what size `auto` does where this network runs; only with HOLDS_RATE there is a rate."""
        super().__init__()
        self._devices: tuple[str, ...] = ()
        self._holds_rate = auto_tip == HOLDS_RATE
        self.size_slider = SizeSlider(auto_tip)
        self.size_slider.chosen.connect(lambda size: self.changed.emit({"size": size}))
        self.rate = SettingField("target_fps", suffix=" fps", accessible_name="Rate to hold", step=5)
        self.rate.valueChanged.connect(lambda rate: self.changed.emit({"target_fps": rate}))
        self._rate_line = captioned("Hold rate", self.rate)
        self.aspect = Segments(
            "Aspect",
            (
                Segment(TRAINED, "Trained", "Square or the picture's own, as the model was trained."),
                Segment(SQUARE, "Square", "The picture is pressed into a square, as MiDaS does."),
                Segment(KEEP, "Picture", "The network sees the picture in its own shape, at as many pixels."),
            ),
        )
        self.aspect.setToolTip("The shape in which the network sees the picture.")
        self.aspect.chosen.connect(self._aspect_chosen)
        self.precision = combo(
            "Precision", "Number format the network computes in. Half the bits can be twice as fast."
        )
        for value, text in _PRECISIONS.items():
            self.precision.addItem(text, value)
        self.precision.activated.connect(
            lambda index: self.changed.emit({"precision": self.precision.itemData(index)})
        )
        self.device = combo(
            "Device", "Where the network runs: the processor, or a graphics card where there is one."
        )
        self.device.activated.connect(lambda index: self.changed.emit({"device": self.device.itemData(index)}))

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID_PX)
        column.addWidget(self.size_slider)
        column.addWidget(self._rate_line)
        column.addWidget(captioned("Aspect", self.aspect))
        column.addWidget(captioned("Precision", self.precision))
        column.addWidget(captioned("Device", self.device))

    def set_settings(self, settings: Settings) -> None:
        self.size_slider.set_aspect(settings.aspect)
        self.size_slider.set_size(settings.size)
        self._rate_line.setVisible(settings.size == AUTO and self._holds_rate)
        self.rate.show_value(settings.target_fps)
        self.aspect.set_value(settings.aspect)
        self.precision.setCurrentIndex(self.precision.findData(settings.precision))
        self._choose_device(settings.device)

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """What can be picked; the chosen one stays even where the machine has it no more."""
        if devices == self._devices:
            return
        self._devices = devices
        chosen = self.device.currentData()
        self.device.clear()
        for name in devices:
            self.device.addItem(_device_text(name), name)
        if chosen is not None:
            self._choose_device(chosen)

    def _choose_device(self, name: str) -> None:
        if self.device.findData(name) < 0:
            self.device.addItem(_device_text(name), name)
        self.device.setCurrentIndex(self.device.findData(name))

    def _aspect_chosen(self, aspect: str) -> None:
        self.size_slider.set_aspect(aspect)
        self.changed.emit({"aspect": aspect})


def _device_text(name: str) -> str:
    if name.startswith("cuda"):
        return f"Graphics card ({name})"
    return {"auto": "Automatic", "cpu": "Processor (cpu)", "mps": "Apple graphics (mps)"}.get(name, name)
