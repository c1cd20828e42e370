"""Everything about the network: which one, what to know of it, how it runs."""

from pathlib import PurePath

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.settings import Settings
from core.messages import ModelEntry, ModelState, Status
from core.model_messages import AUTO_MODEL
from ui.controls import section
from ui.fetch_line import FetchLine
from ui.model_picker import ModelPicker
from ui.network_section import NetworkSection
from ui.recorded_line import RecordedLine
from ui.theme import set_role
from ui.wording import sentence


class ModelSection(QWidget):
    """`changed` carries the settings that a person changed."""

    changed = pyqtSignal(dict)

    def __init__(self) -> None:
        super().__init__()
        self._shows_recorded = False  # the depth of a recording, and no model runs
        self._wanted = ""  # the setting, as it was last
        self.picker = ModelPicker(automatic=True)
        self.picker.chosen.connect(self._choose)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.note, "muted")
        self.fetch = FetchLine()
        self.picker.wanted.connect(self.fetch.ask)
        self.recorded = RecordedLine()
        self.network = NetworkSection()
        self.network.changed.connect(self.changed)
        body, column = section("Model")
        column.addWidget(self.picker)
        column.addWidget(self.note)
        column.addWidget(self.fetch)
        column.addWidget(self.recorded)
        column.addWidget(self.network)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)

    def set_settings(self, settings: Settings) -> None:
        if settings.model != self._wanted and not self._shows_recorded:
            self._show_choice(settings.model)  # another setting changes nothing of what runs
        self._wanted = settings.model
        self.network.set_settings(settings)

    def set_models(self, entries: tuple[ModelEntry, ...]) -> None:
        self.picker.set_models(entries)

    def show_status(self, status: Status, wanted: str) -> None:
        """`wanted`: the setting `model`, shown until it runs; after that, and when it failed, what runs is."""
        self.fetch.show_status(status)
        recorded = status.source.recorded_with if status.source is not None else None
        run_on_it = "a model" if wanted == AUTO_MODEL else self._text_of(wanted)
        self.recorded.show_recorded(recorded, run_on_it, runs_model=status.runs_model)
        self._shows_recorded = recorded is not None and not status.runs_model
        self.network.setHidden(self._shows_recorded)  # none of it would change anything
        if recorded is not None and self._shows_recorded:
            self.picker.set_current("", f"{recorded.name or 'Unknown model'} (recorded)")
            self.note.hide()
            return
        running = status.model
        shown = wanted if running is None or status.model_state is ModelState.LOADING else running.loaded_as
        self._show_choice(shown)
        entry = self.picker.entry(shown)
        parts = [entry.label, entry.note] if entry else []
        if not entry and running is not None and shown == running.loaded_as:
            parts = [f"{running.parameters / 1e6:.3g} M parameters", running.note]
        self.note.setText("\n".join(sentence(part) for part in parts if part))
        self.note.setVisible(bool(self.note.text()))

    def next_model(self) -> None:
        following = self.picker.after(self.picker.current())
        if following is not None:
            self._choose(following)

    def _choose(self, name: str) -> None:
        self.fetch.withdraw()
        self._show_choice(name)
        self.changed.emit({"model": name})

    def _show_choice(self, model: str) -> None:
        self.picker.set_current(model, self._text_of(model))

    def _text_of(self, model: str) -> str:
        """A model of the list by its name, a weights file by that of the file."""
        if model == AUTO_MODEL:
            return "Automatic"
        return PurePath(model).name
