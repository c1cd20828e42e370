"""Everything about the network: which one, what to know of it, how it runs."""

from pathlib import PurePath

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.settings import Settings
from core.messages import ModelEntry, ModelState, Status
from ui.controls import section
from ui.fetch_line import FetchLine
from ui.model_picker import ModelPicker
from ui.network_section import NetworkSection
from ui.theme import set_role
from ui.wording import sentence


class ModelSection(QWidget):
    """`changed` carries the settings that a person changed."""

    changed = pyqtSignal(dict)

    def __init__(self) -> None:
        super().__init__()
        self.picker = ModelPicker()
        self.picker.chosen.connect(self._choose)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.note, "muted")
        self.fetch = FetchLine()
        self.picker.wanted.connect(self.fetch.ask)
        self.network = NetworkSection()
        self.network.changed.connect(self.changed)
        body, column = section("Model")
        column.addWidget(self.picker)
        column.addWidget(self.note)
        column.addWidget(self.fetch)
        column.addWidget(self.network)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)

    def set_settings(self, settings: Settings) -> None:
        self._show_choice(settings.model)
        self.network.set_settings(settings)

    def set_models(self, entries: tuple[ModelEntry, ...]) -> None:
        self.picker.set_models(entries)

    def show_status(self, status: Status, wanted: str) -> None:
        """`wanted`: the setting `model`, shown until it runs; after that, and when it failed, what runs is."""
        running = status.model
        shown = wanted if running is None or status.model_state is ModelState.LOADING else running.name
        self._show_choice(shown)
        entry = self.picker.entry(shown)
        parts = [entry.label, entry.note] if entry else []
        if not entry and running is not None and shown == running.name:
            parts = [f"{running.parameters / 1e6:.3g} M parameters", running.note]
        self.note.setText("\n".join(sentence(part) for part in parts if part))
        self.note.setVisible(bool(self.note.text()))
        self.fetch.show_status(status)

    def next_model(self) -> None:
        following = self.picker.after(self.picker.current())
        if following is not None:
            self._choose(following)

    def _choose(self, name: str) -> None:
        self.fetch.withdraw()
        self._show_choice(name)
        self.changed.emit({"model": name})

    def _show_choice(self, model: str) -> None:
        self.picker.set_current(model, model if self.picker.entry(model) else PurePath(model).name)
