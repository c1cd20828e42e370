"""The window: makes its parts, carries choices to the session and what is new from it to the parts."""

import logging
import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QTimer
from PyQt6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QWidget

from core.errors import FathomError
from core.look import Look
from core.messages import DepthResult, Status
from ui import theme, window_place
from ui.bridge import Bridge
from ui.commands import Commands
from ui.comparing import Comparing
from ui.dropped import DropTarget
from ui.figures import FigureFeed
from ui.help_sheet import HelpSheet
from ui.look_keeper import LookKeeper
from ui.model_commands import ModelCommands
from ui.notes import corner_of, note_of
from ui.panel import Panel
from ui.recordings import Recordings
from ui.shortcuts import enable_for, make_actions
from ui.snapshots import Snapshots
from ui.stage import Stage
from ui.status_line import StatusLine
from ui.transport import TransportBar
from ui.window_events import FirstPaint, KeptKeys
from ui.window_layout import lay_out
from ui.wiring import connect

if TYPE_CHECKING:
    from app.session import Session

_log = logging.getLogger(__name__)

LEAST_WH = (720, 480)
LATEST_START_MS = 500  # for a window that is never painted: it starts minimised, or behind others
FIGURES_EVERY_MS = 500  # text that changes faster cannot be read


class MainWindow(QWidget):
    """Owns every widget and, from `show` to `close`, the session's running. Used by: window thread."""

    def __init__(self, session: "Session", bridge: Bridge) -> None:
        super().__init__()
        self.session = session
        self.bridge = bridge
        self.setObjectName("window")
        self.setWindowTitle("Fathom")
        self.setWindowIcon(theme.icon("fathom"))
        self.setMinimumSize(*LEAST_WH)
        self.stage = Stage()
        self.transport = TransportBar()
        self.status_line = StatusLine()
        self.panel = Panel()
        self.help_sheet = HelpSheet()
        self.look = LookKeeper(session.settings, self)
        self.figures = FigureFeed()
        self.snapshots = Snapshots(session.snapshot, self.stage.toast, self)
        self.recordings = Recordings(self.stage, self.transport, self.panel.recording)
        self.comparing = Comparing(self)
        self.models = ModelCommands(self)
        self.newest: DepthResult | None = None
        self._settings = session.settings
        self._status = Status()
        self._source_id = -1  # newest source that a picture was shown of
        self._started = False
        self._closed = False
        lay_out(self)
        self.commands = Commands(self)
        self.actions_by_name = make_actions(self, self.commands.handlers())
        enable_for(self.actions_by_name, comparing=False)
        self.bridge.woken.connect(self.refresh)
        self.look.changed.connect(self._show_look)
        connect(self)
        self._drop_target = DropTarget(self)
        self._kept_keys = KeptKeys(self)
        self._first_paint = FirstPaint(self)
        self._first_paint.done.connect(self._start)  # now the slow things may begin
        self._ticker = QTimer(self)
        self._ticker.setInterval(FIGURES_EVERY_MS)
        self._ticker.timeout.connect(self._tick)
        self._follow_settings()
        self._show_look(self.look.look)
        self._tick()
        window_place.restore(self, self._settings.window_geometry)

    # Choices

    def change(self, **values: object) -> None:
        """Carry settings that a person changed to the session; one that is refused is said in the banner."""
        try:
            self.session.change(**values)
        except FathomError as error:
            self.complain(str(error))
        self._follow_settings()

    def open_source(self, address: str) -> None:
        try:
            self.session.open_source(address)
        except FathomError as error:
            self.complain(str(error))
        self._follow_settings()

    def complain(self, line: str) -> None:
        """Say in the banner what went wrong in the window itself."""
        self.stage.banner.add(line)

    @property
    def status(self) -> Status:
        return self._status

    @property
    def painted(self) -> int:
        """How many depth results were on the screen so far."""
        return self.figures.painted

    # What is new

    def refresh(self) -> None:
        """Fetch whatever is new and show it. Called after every wake."""
        if self._closed:
            return
        status = self.session.status()
        frame = self.session.newest_frame()
        if frame is not None and frame.source_id >= self._source_id:
            self._source_id = frame.source_id
            self.stage.viewport.show_frame(frame)
        comparing = self.comparing.is_on
        result = self.comparing.refresh(frame) if comparing else self.session.newest_result()
        if result is not None and result.frame.source_id >= self._source_id:
            self._source_id = result.frame.source_id
            first, self.newest = self.newest is None, result
            if first:
                self.show_ruler()
            self.figures.take(result)
            if comparing:
                self._colour_ruler()
            else:
                self.look.follow(result)
                self.stage.viewport.show_result(result)
        if self.session.settings is not self._settings:  # the session changed them by itself
            self._follow_settings()
        if status is not self._status:
            self._status = status
            self._show_status(status)
        self._show_note(status)
        self.transport.set_position(self.session.position_s())

    def _show_status(self, status: Status) -> None:
        settings = self._settings
        self.stage.banner.show_faults(status.faults)
        self.stage.corner.say(corner_of(status.source_state))
        self.panel.source.show_status(status, settings.source)
        self.panel.model.show_status(status, settings.model)
        self.models.show_status()
        source = status.source
        self.panel.model.network.size_slider.set_picture((source.height_px, source.width_px) if source else None)
        self.transport.show_status(status)
        self.recordings.show_status(status)
        title = f"{source.name} – Fathom" if source else "Fathom"
        self.setWindowTitle(f"● {title}" if self.recordings.is_running else title)

    def _show_note(self, status: Status) -> None:
        has_picture = self._source_id >= 0
        has_depth = self.depth_of_source is not None
        has_depth = has_depth or self.comparing.is_on  # where each lane tells what it waits for
        note = note_of(status, has_picture=has_picture, has_depth=has_depth)
        self.stage.show_note(note, has_picture=has_picture)

    def _tick(self) -> None:
        """Twice a second: figures, and the lists that change by themselves."""
        result = self.depth_of_source
        error = self.session.live_error(result) if result is not None and not self.comparing.is_on else None
        self.status_line.show_figures(self.figures.figures(time.monotonic(), self._status.source_state, error))
        self.panel.source.set_cameras(self.session.cameras())
        self.panel.model.set_models(self.session.models())
        self.panel.model.network.set_devices(self.session.devices())
        self.panel.model.network.size_slider.set_in_use(self.newest)
        if self.comparing.is_on:
            self.comparing.tick()
        self._show_status(self._status)  # the names of cameras and models may be known only now
        if self._started:
            self.refresh()

    def _show_look(self, look: Look) -> None:
        self.stage.viewport.set_look(look)
        self._colour_ruler()
        self.show_range()

    def show_ruler(self) -> None:
        """Beside the picture, or for the one range of all lanes."""
        wanted = self._settings.ruler and (not self.comparing.is_on or self.comparing.stage.shares_range)
        self.stage.show_ruler(wanted=wanted, has_depth=self.newest is not None)
        self._colour_ruler()

    def _colour_ruler(self) -> None:
        look = self.comparing.stage.shared_look if self.comparing.is_on else self.look.look
        if look is not None:
            self.stage.ruler.set_look(look)

    @property
    def depth_of_source(self) -> DepthResult | None:
        """The newest depth; None until there is one of the source that is shown."""
        newest = self.newest
        return newest if newest is not None and newest.frame.source_id == self._source_id else None

    def focus_picture(self) -> None:
        """Give the keys to what they belong to while no control has them."""
        picture: QWidget = self.comparing.stage if self.comparing.is_on else self.stage.viewport
        picture.setFocus()

    def show_range(self) -> None:
        look = self.look.look
        self.panel.range.set_range(look.low, look.high, locked=self.look.locked)

    def _follow_settings(self) -> None:
        self._settings = self.session.settings
        self.look.take(self._settings)
        self.panel.set_settings(self._settings)
        self.comparing.follow_settings(self._settings)
        self.show_ruler()
        self.transport.loop.setChecked(self._settings.loop)
        self.arrange()

    def arrange(self) -> None:
        """Show the bars and the panel that belong to the state of the window."""
        self.panel.setVisible(self.commands.shows_panel)
        self.transport.panel.setChecked(self.commands.shows_panel)
        self.transport.setHidden(self.isFullScreen())
        self.status_line.setHidden(self.isFullScreen())

    def place(self, sheet: QWidget) -> None:
        """In the middle of the window, as large as it wants to be and fits."""
        sheet.resize(sheet.sizeHint().boundedTo(self.size()))
        sheet.move((self.width() - sheet.width()) // 2, (self.height() - sheet.height()) // 2)
        sheet.raise_()

    # What Qt says

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.stage.viewport.setFocus()
        self._ticker.start()
        QTimer.singleShot(LATEST_START_MS, self._start)

    def _start(self) -> None:
        if not self._started and not self._closed:
            self._started = True
            self.session.start()
            self.refresh()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        for sheet in (self.help_sheet, self.models.manager):
            self.place(sheet)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        if event is not None:
            self.comparing.key_released(event)
        super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self.arrange()  # the window manager has its own key for full screen
        elif event is not None and event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.comparing.let_go()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Hide at once; the pipeline's threads may take a moment to end."""
        if not self._closed:
            self._closed = True
            geometry = window_place.remembered(self)
            self.hide()
            self._ticker.stop()
            self.bridge.close()
            try:
                self.snapshots.finish()
                self.session.change(window_geometry=geometry)
            except FathomError as error:
                _log.warning("at the end: %s", error)
            finally:
                self.session.close()
        super().closeEvent(event)
