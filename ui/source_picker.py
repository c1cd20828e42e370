"""The choice of a source: cameras by name, the demo scene, files, addresses, and what was opened lately."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu

from core.messages import CameraInfo
from ui.addresses import icon_name, is_camera, is_file, short_name
from ui.controls import PickerButton, add_action, add_heading
from ui.shortcuts import BY_NAME

RECENT_SHOWN = 8


class SourcePicker(PickerButton):
    """A button that shows the open source and offers the others."""

    chosen = pyqtSignal(str)  # an address
    file_asked = pyqtSignal()
    folder_asked = pyqtSignal()
    address_asked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__("Source")
        self.setToolTip("Where the picture comes from: a camera, a file, a stream, or the demo scene.")
        self._cameras: tuple[CameraInfo, ...] = ()
        self._recent: tuple[str, ...] = ()
        self._current = ""
        self._recent_actions: dict[str, QAction] = {}
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._look_for_files)
        self.setMenu(self._menu)
        self._rebuild()

    def set_cameras(self, cameras: tuple[CameraInfo, ...]) -> None:
        if cameras != self._cameras:
            self._cameras = cameras
            self._rebuild()

    def set_recent(self, addresses: tuple[str, ...]) -> None:
        recent = tuple(address for address in addresses if not is_camera(address) and address != "demo")
        if recent[:RECENT_SHOWN] != self._recent:
            self._recent = recent[:RECENT_SHOWN]
            self._rebuild()

    def set_current(self, address: str, name: str) -> None:
        """Show the source that is open or being opened."""
        self.set_choice(name, icon_name(address))
        if address != self._current:
            self._current = address
            self._rebuild()

    def camera(self, address: str) -> CameraInfo | None:
        """The known camera with this address."""
        return next((camera for camera in self._cameras if camera.address == address), None)

    def _rebuild(self) -> None:
        """Fill the menu anew; it may be open, as when a camera is plugged in while a person looks."""
        menu = self._menu
        menu.clear()
        self._recent_actions = {}
        add_heading(menu, "Cameras")
        for camera in self._cameras:
            self._add_source(camera.address, camera.name)
        if not self._cameras:
            add_action(menu, "source-camera", "No camera found; plug one in").setEnabled(False)
        menu.addSeparator()
        self._add_source("demo", "Demo scene", "open_demo")
        self._add_command("source-video", _menu_text("Open file…", "open_file"), self.file_asked.emit)
        self._add_command("folder", "Open folder of pictures…", self.folder_asked.emit)
        self._add_command("link", _menu_text("Open address…", "open_address"), self.address_asked.emit)
        if self._recent:
            menu.addSeparator()
            add_heading(menu, "Recent")
        for address in self._recent:
            self._recent_actions[address] = self._add_source(address, short_name(address))

    def _add_source(self, address: str, name: str, shortcut: str = "") -> QAction:
        icon = "current" if address == self._current else icon_name(address)
        tip = short_name(address) if is_camera(address) else _without_password(address)
        action = add_action(self._menu, icon, _menu_text(name, shortcut), tip)
        action.triggered.connect(lambda: self.chosen.emit(address))
        return action

    def _add_command(self, icon: str, text: str, ask: Callable[[], None]) -> None:
        add_action(self._menu, icon, text).triggered.connect(lambda: ask())

    def _look_for_files(self) -> None:
        """Grey out recent files that are gone. Looking may take long on a network drive: not on this thread."""
        self._menu.setMinimumWidth(self.width())
        files = tuple(address for address in self._recent if is_file(address))
        if files:
            search = _Search(files)
            search.signals.missing.connect(self._grey_out)
            pool = QThreadPool.globalInstance()
            if pool is not None:
                pool.start(search)

    def _grey_out(self, missing: frozenset[str]) -> None:
        for address, action in self._recent_actions.items():
            action.setEnabled(address not in missing)
            if address in missing:
                action.setToolTip(f"Not there any more: {address}")


class _Signals(QObject):
    missing = pyqtSignal(object)  # frozenset[str]


class _Search(QRunnable):
    """Used by: a pool thread."""

    def __init__(self, files: tuple[str, ...]) -> None:
        super().__init__()
        self._files = files
        self.signals = _Signals()

    def run(self) -> None:
        self.signals.missing.emit(frozenset(name for name in self._files if not _exists(name)))


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # an unreachable share, a name with a null byte
        return False


def _menu_text(text: str, shortcut: str) -> str:
    escaped = text.replace("&", "&&")
    return f"{escaped}\t{BY_NAME[shortcut].keys[0]}" if shortcut else escaped


def _without_password(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}" if separator else address
