"""The choice of a network: what is on this computer, what can be fetched, a weights file."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QMenu

from core.messages import ModelEntry
from core.model_messages import AUTO_MODEL
from ui.controls import PickerButton, add_action, add_heading
from ui.model_words import fetch_text
from ui.shortcuts import BY_NAME, shown

AUTO_TIP = "The largest built-in model that holds 30 frames a second here"


class ModelPicker(PickerButton):
    chosen = pyqtSignal(str)  # a model whose weights are here
    wanted = pyqtSignal(object)  # a ModelEntry whose weights are not here
    file_asked = pyqtSignal()
    manager_asked = pyqtSignal()

    def __init__(self, *, automatic: bool = False) -> None:
        """`automatic`: Fathom's own choice can be picked, too."""
        super().__init__("Model")
        self._automatic = automatic
        self.setToolTip("The network that sees depth. Larger ones see better and take longer.")
        self._entries: tuple[ModelEntry, ...] = ()
        self._current = ""
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(lambda: self._menu.setMinimumWidth(self.width()))
        self.setMenu(self._menu)

    def set_models(self, entries: tuple[ModelEntry, ...]) -> None:
        if entries != self._entries:
            self._entries = entries
            self._rebuild()

    def set_current(self, name: str, shown: str) -> None:
        self.set_choice(shown, "model")
        if name != self._current:
            self._current = name
            self._rebuild()

    def current(self) -> str:
        return self._current

    def entry(self, name: str) -> ModelEntry | None:
        return next((entry for entry in self._entries if entry.name == name), None)

    def after(self, name: str) -> str | None:
        """The next model on this computer, round and round; None where there is no other."""
        here = [entry.name for entry in self._entries if entry.path is not None]
        if not here or here == [name]:
            return None
        return here[(here.index(name) + 1) % len(here)] if name in here else here[0]

    def _rebuild(self) -> None:
        self._menu.clear()
        here = [entry for entry in self._entries if entry.path is not None]
        elsewhere = [entry for entry in self._entries if entry.path is None]
        if here:
            add_heading(self._menu, "On this computer")
        if self._automatic:
            own_choice = add_action(self._menu, "model", "Automatic\tsuits this machine", AUTO_TIP)
            own_choice.triggered.connect(lambda: self.chosen.emit(AUTO_MODEL))
        for entry in here:
            self._add(entry, entry.label)
        if elsewhere:
            self._menu.addSeparator()
            add_heading(self._menu, "Not on this computer")
        for entry in elsewhere:
            words = fetch_text(entry)
            self._add(entry, words[:1].lower() + words[1:])
        self._menu.addSeparator()
        from_file = add_action(self._menu, "folder", "Open weights file…")
        from_file.triggered.connect(lambda: self.file_asked.emit())
        manage = add_action(
            self._menu,
            "model",
            f"Manage models…\t{shown(BY_NAME['models'].keys[0])}",
            "Size, licence, speed and error of each",
        )
        manage.triggered.connect(lambda: self.manager_asked.emit())

    def _add(self, entry: ModelEntry, aside: str) -> None:
        icon = "download" if entry.path is None else "current" if entry.name == self._current else "model"
        text = f"{entry.title}\t{aside}".replace("&", "&&")
        action = add_action(self._menu, icon, text, entry.note or entry.label)
        if entry.path is None:
            action.triggered.connect(lambda: self.wanted.emit(entry))
        else:
            action.triggered.connect(lambda: self.chosen.emit(entry.name))
