"""Shows how the recording goes, wherever the window says something of it."""

from pathlib import Path

from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QDesktopServices

from core.messages import RecordingState, RecordingStatus, Status
from ui.recording_badge import LOW_DISK_BYTES
from ui.recording_section import RecordingSection
from ui.stage import Stage
from ui.transport import TransportBar
from ui.wording import from_home, size_text


class Recordings:
    """Follows the status; says once how a recording ended, and at its start that room is scarce.

    Used by: window thread.
    """

    def __init__(self, stage: Stage, transport: TransportBar, section: RecordingSection) -> None:
        self._stage = stage
        self._transport = transport
        self._section = section
        self._shown = RecordingStatus()
        self._warned = 0  # number of the recording that was said to have little room

    @property
    def is_running(self) -> bool:
        return self._shown.state in (RecordingState.RECORDING, RecordingState.FINISHING)

    def show_status(self, status: Status) -> None:
        self._section.show_status(status)
        recording, before = status.recording, self._shown
        if recording is before:
            return
        self._shown = recording
        self._stage.badge.show_status(recording)
        self._transport.show_recording(running=self.is_running)
        ended = recording.number, recording.state
        if recording.state is RecordingState.SAVED and ended != (before.number, before.state):
            self._say_saved(recording)
        self._warn_of_little_room(recording)

    def _say_saved(self, recording: RecordingStatus) -> None:
        toast = self._stage.toast
        if not recording.paths:
            toast.say("Nothing was recorded: no depth came meanwhile")
            return
        first = Path(recording.paths[0])
        parts = f" in {len(recording.paths)} parts" if len(recording.paths) > 1 else ""
        view = ", with the view beside it" if recording.view_paths else ""
        toast.say(
            f"Saved to {from_home(first)}{parts}{view}",
            "Show in folder",
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(first.parent))),
        )

    def _warn_of_little_room(self, recording: RecordingStatus) -> None:
        room_bytes = recording.disk_free_bytes
        is_scarce = room_bytes is not None and room_bytes < LOW_DISK_BYTES
        if self.is_running and is_scarce and self._warned != recording.number:
            self._warned = recording.number
            self._stage.toast.say(f"Only {size_text(room_bytes)} are free on the disk of the recording")
