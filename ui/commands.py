"""What each key and button does: one method for each line of the table in ui/shortcuts.py."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication

from app.recordings import folder_of
from core.look import View
from core.messages import SourceState
from ui import file_dialogs
from ui.addresses import existing_folder
from ui.number_field import NumberField

if TYPE_CHECKING:
    from ui.main_window import MainWindow

JUMP_S = 5.0


class Commands:
    """Acts on the window it is given and on its session. Used by: window thread."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.panel_for_now = False  # in full screen and while comparing it comes for the moment

    def handlers(self) -> dict[str, Callable[[], object]]:
        window = self._window
        panel = window.panel
        return {
            "toggle_pause": window.session.toggle_pause,
            "step_back": partial(self.step, -1),
            "step_forward": partial(self.step, 1),
            "jump_back": partial(self.jump, -JUMP_S),
            "jump_forward": partial(self.jump, JUMP_S),
            "go_to_start": self.go_to_start,
            "snapshot": self.snapshot,
            "record": window.session.toggle_recording,
            "save_last": self.save_last,
            **window.comparing.handlers(),
            **{f"view_{view.value}": partial(panel.view.choose_view, view.value) for view in View},
            "next_colormap": partial(panel.view.colormap.step, 1),
            "previous_colormap": partial(panel.view.colormap.step, -1),
            "invert": panel.view.invert.click,
            "lock_range": self.toggle_lock,
            "ruler": panel.view.ruler.click,
            "smaller": partial(panel.model.network.size_slider.nudge, -1),
            "larger": partial(panel.model.network.size_slider.nudge, 1),
            "auto_size": panel.model.network.size_slider.auto.click,
            "next_model": panel.model.next_model,
            "run_model": self.toggle_run_model,
            "models": window.models.toggle,
            "open_file": self.open_file,
            "open_address": self.open_address,
            "open_demo": partial(window.open_source, "demo"),
            "panel": self.toggle_panel,
            "full_screen": self.toggle_full_screen,
            "leave": self.leave,
            "help": self.toggle_help,
            "quit": window.close,
        }

    # Playing

    def step(self, frames: int) -> None:
        if self._window.status.source_state is SourceState.PLAYING:
            self._window.session.pause()
        self._window.session.step(frames)

    def jump(self, by_s: float) -> None:
        """Seek from where the bar stands, so that presses add up before the player has followed."""
        bar = self._window.transport.seek_bar
        if not bar.isHidden():
            bar.go_to(bar.position_s() + by_s)

    def go_to_start(self) -> None:
        source = self._window.status.source
        if source is not None and source.seekable:
            self._window.session.seek(0.0)

    def snapshot(self) -> None:
        window = self._window
        result = window.depth_of_source
        if result is None:
            window.stage.toast.say("There is no depth to save yet")
        else:
            comparing = window.comparing
            shown = comparing.picture() if comparing.is_on else window.stage.viewport.picture()
            window.snapshots.take(result, shown)

    def save_last(self) -> None:
        window = self._window
        if window.status.kept_s > 0:
            window.session.save_last()
        elif window.session.settings.keep_last:
            window.stage.toast.say("Nothing is kept yet")
        else:
            window.stage.toast.say("The last seconds are not kept: choose that in the panel (P)")

    def toggle_run_model(self) -> None:
        window = self._window
        source = window.status.source
        if source is None or source.recorded_with is None:
            window.stage.toast.say("A model runs already: only a recording has depth of its own")
        else:
            window.session.run_model(on=not window.status.runs_model)

    # Range

    def toggle_lock(self) -> None:
        self.lock(not self._window.look.locked)

    def lock(self, on: bool) -> None:
        window = self._window
        if on:
            low, high = window.look.lock()
            window.change(range_locked=True, range_low=low, range_high=high)
        else:
            window.look.unlock()
            window.change(range_locked=False)
        window.show_range()

    def set_range(self, low: float, high: float) -> None:
        self._window.look.lock_at(low, high)
        self._window.change(range_locked=True, range_low=low, range_high=high)

    def fit_range(self) -> None:
        measured = self._window.look.measured()
        if measured is not None and measured[0] < measured[1]:
            self.set_range(*measured)
            self._window.show_range()

    # Opening

    def open_file(self) -> None:
        self._open(file_dialogs.pick_media(self._window, self.folder()))

    def open_folder(self) -> None:
        self._open(file_dialogs.pick_folder(self._window, self.folder()))

    def choose_record_folder(self) -> None:
        chosen = file_dialogs.pick_record_folder(self._window, str(folder_of(self._window.session.settings)))
        if chosen:
            self._window.change(record_folder=chosen)

    def open_address(self) -> None:
        self.show_panel()
        self._window.panel.source.address.ask()

    def _open(self, path: str) -> None:
        if path:
            self._window.open_source(path)

    def folder(self) -> str:
        """Where a dialog starts."""
        return existing_folder(self._window.session.settings.recent_sources)

    # The window

    @property
    def shows_panel(self) -> bool:
        window = self._window
        return self.panel_for_now if self._is_panel_for_now else window.session.settings.panel

    @property
    def _is_panel_for_now(self) -> bool:
        """Where the pictures need all the room, the panel comes and goes for the moment, otherwise for good."""
        return self._window.isFullScreen() or self._window.comparing.is_on

    def toggle_panel(self) -> None:
        window = self._window
        if self._is_panel_for_now:
            self.panel_for_now = not self.panel_for_now
            window.arrange()
        else:
            window.change(panel=not window.session.settings.panel)

    def show_panel(self) -> None:
        if self._window.panel.isHidden():
            self.toggle_panel()

    def toggle_full_screen(self) -> None:
        window = self._window
        self.panel_for_now = False
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)
        if window.isFullScreen():
            window.stage.toast.say("Esc leaves full screen, P shows the panel")
        window.arrange()

    def toggle_help(self) -> None:
        sheet = self._window.help_sheet
        if sheet.isHidden():
            sheet.show()
            self._window.place(sheet)
        else:
            sheet.leave()

    def leave(self) -> None:
        """Close the innermost thing that is open."""
        window = self._window
        typed_into = QApplication.focusWidget()
        address, fetch = window.panel.source.address, window.panel.model.fetch
        if not window.help_sheet.isHidden():
            window.help_sheet.leave()
        elif not window.models.manager.isHidden():
            window.models.manager.leave()
        elif not address.isHidden():
            address.leave()
        elif fetch.asks:
            fetch.withdraw()
        elif isinstance(typed_into, NumberField):
            typed_into.drop()
        elif window.isFullScreen():
            self.toggle_full_screen()
        elif window.comparing.is_on:
            window.comparing.leave()
        window.focus_picture()
