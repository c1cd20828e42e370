"""What the manager of models asks for, carried to the session."""

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QDesktopServices

from app import paths
from ui import file_dialogs
from ui.model_manager import ModelManager

if TYPE_CHECKING:
    from ui.main_window import MainWindow

SUFFIX = ".safetensors"


class ModelCommands:
    """Acts on the window it is given and on its session. Used by: window thread."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.manager = ModelManager()
        self.manager.asked.connect(self.ask)
        self.manager.convert_asked.connect(self.convert)
        self.manager.file_asked.connect(self.add_file)
        self.manager.folder_asked.connect(lambda: _show(paths.models_dir()))

    def toggle(self) -> None:
        if self.manager.isHidden():
            self._window.session.refresh_models()  # somebody may have moved files
            self._fill()
            self.manager.show()
            self._window.place(self.manager)
            self.manager.open_file.setFocus()
        else:
            self.manager.leave()

    def show_status(self) -> None:
        """Only while it is seen: there is much to lay out."""
        if self.manager.isVisible():
            self._fill()

    def _fill(self) -> None:
        session = self._window.session
        self.manager.set_models((*session.models(), *session.unusable_models()))
        self.manager.show_status(session.status(), session.settings.model)

    def ask(self, what: str, name: str) -> None:
        session = self._window.session
        match what:
            case "use":
                self._window.change(model=name)
            case "fetch":
                session.fetch_model(name, run=False)
            case "pause":
                session.pause_fetch(name)
            case "verify":
                session.verify_model(name)
            case "remove":
                session.remove_model(name)
            case "stop":
                session.pause_fetch(name)
                session.stop_model_task(name)
            case "folder":
                entry = self._entry_path(name)
                if entry is not None:
                    _show(entry.parent)

    def convert(self, name: str, dtype: str) -> None:
        """Ask where to; the dialog asks again before it lets a file be replaced."""
        stem = Path(name).stem if Path(name).name != name else name
        proposed = paths.models_dir() / f"{stem}-{dtype}{SUFFIX}"
        chosen = file_dialogs.pick_converted(self._window, str(proposed))
        if chosen:
            target = Path(chosen)
            complete = target.suffix == SUFFIX
            target = target if complete else target.with_name(target.name + SUFFIX)
            self._window.session.convert_model(name, target, dtype, over=complete and target.exists())

    def add_file(self) -> None:
        self._pick_file(run=False)

    def run_file(self) -> None:
        self._pick_file(run=True)

    def _pick_file(self, *, run: bool) -> None:
        if path := file_dialogs.pick_weights(self._window, self._window.commands.folder()):
            self._window.session.open_model_file(path, run=run)

    def _entry_path(self, name: str) -> Path | None:
        session = self._window.session
        known = (*session.models(), *session.unusable_models())
        return next((Path(entry.path) for entry in known if entry.name == name and entry.path), None)


def _show(folder: Path) -> None:
    """In the system's own program; what is there of the way to it, where it is not there yet."""
    there = next((place for place in (folder, *folder.parents) if place.is_dir()), folder)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(there)))
