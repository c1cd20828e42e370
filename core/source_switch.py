"""Which source plays: opens the one asked for while the old one goes on, and hands the inference its frames."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.capture import Capture, OpenSource, SourceWish
from core.handoff import Closed, LatestSlot
from core.messages import Action, Frame, SourceInfo, SourceState
from core.sources.address import is_camera, without_credentials
from core.status_board import StatusBoard

if TYPE_CHECKING:
    from core.sources.source import Source

MOST_CAPTURES = 4  # one plays, one opens, two more may still be letting go of something slow


def open_source(address: str, camera_mode: str, cancelled: Callable[[], bool]) -> "Source":
    """`core.sources.opener.open_source`, imported here and now: OpenCV and PyAV are not to hold the window up.

    No address means what a first start shows: a camera where there is one, else the demo scene.
    """
    from core.sources import cameras, opener

    first = address or ("camera" if cameras.list_cameras() else "demo")
    return opener.open_source(first, camera_mode, cancelled)


class SourceSwitch:
    """Owns the captures: the one that plays, the one that opens, and those that are letting go.

    The newest wish wins. A source that plays goes on until the new one is open, except that of two cameras the
    old one is released first, for most can be opened once only. `ended` is called when a source that was to end
    has ended and all its frames are taken, or could not be opened at all; `changed` when another plays, or is to
    play, or failed to.
    """

    def __init__(
        self,
        board: StatusBoard,
        wake: Callable[[], None],
        ended: Callable[[], None],
        opener: OpenSource = open_source,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.frames: LatestSlot[Frame] = LatestSlot()
        self._board = board
        self._wake = wake
        self._ended = ended
        self._opener = opener
        self._told = changed
        self._changed = threading.Condition(threading.RLock())
        self._wish: SourceWish | None = None  # waits for room
        self._playing: Capture | None = None
        self._opening: Capture | None = None
        self._alive: list[Capture] = []
        self._count = 0
        self._recorded = False
        self._stopping = False

    # Orders, from the window or a command

    def open(self, wish: SourceWish) -> None:
        with self._changed:
            self._wish = wish
            if self._opening is not None:
                self._opening.stop()
                self._opening = None
            self._board.change(source_detail=f"opening {without_credentials(wish.address) or 'a camera'}")
            if self._playing is None:
                self._board.change(source_state=SourceState.OPENING)
            self._start_if_room()
        self._told()

    @property
    def playing(self) -> Capture | None:
        return self._playing

    @property
    def brings_depth(self) -> bool:
        """Whether what plays is a recording, so that there is depth to show without a model."""
        return (playing := self._playing) is not None and playing.brings_depth

    def needs_model(self) -> bool:
        """Whether what is to play, or plays, takes a model. May look into a file. Used by: the loader thread."""
        with self._changed:
            coming = self._wish or (self._opening.wish if self._opening is not None else None)
            playing = self._playing
        if coming is not None:
            return not (coming.recorded_depth and _names_recording(coming.address))
        return playing is None or not playing.brings_depth or playing.runs_model

    def run_model(self, *, on: bool) -> None:
        """On the recording that plays, instead of showing the depth it holds; its picture that stands changes."""
        with self._changed:
            playing = self._playing
            if playing is None or not playing.brings_depth or playing.runs_model is on:
                return
            playing.runs_model = on
            self._board.change(runs_model=on)
        self._told()
        playing.transport.resend()

    def set_recorded(self, *, recorded: bool) -> None:
        """While recorded, files give every frame, whichever plays."""
        with self._changed:
            self._recorded = recorded
            for capture in self._alive:
                capture.set_recorded(recorded=recorded)

    def resend(self) -> None:
        """Have the picture that stands shown again: the network or its size changed."""
        if (playing := self._playing) is not None:
            playing.transport.resend()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._wish = None
            for capture in self._alive:
                capture.stop()
            self._changed.notify_all()
        self.frames.close()

    def join(self) -> None:
        while True:
            with self._changed:
                if not self._alive:
                    return
                capture = self._alive[0]
            capture.join()

    # For the inference thread

    def next_frame(
        self, timeout_s: float, *, or_when: Callable[[], bool], before_end: Callable[[], None]
    ) -> tuple[Capture, Frame] | None:
        """The next frame of whatever plays, and where it comes from; None when the time has passed or `or_when()`,
        which `look_again` has looked at anew. `before_end` is called before `ended` is.

        Raises: Closed when all is to stop.
        """
        finished: Capture | None = None
        until_s = time.monotonic() + timeout_s
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._stopping or self._playing not in (None, finished) or or_when(),  # noqa: B023
                    max(until_s - time.monotonic(), 0.0),
                )
                capture = self._playing
                if self._stopping:
                    raise Closed
                if capture in (None, finished):
                    return None
            handoff = capture.handoff
            try:
                frame = handoff.take(max(until_s - time.monotonic(), 0.0), or_when)
            except Closed:
                if handoff is capture.handoff:
                    finished = capture
                    if capture.wish.ends and not capture.transport.stopping:
                        before_end()
                        self._ended()
                continue
            return (capture, frame) if frame is not None else None

    def wait(self, timeout_s: float) -> None:
        """Without taking a frame. Raises: Closed when all is to stop."""
        with self._changed:
            if self._changed.wait_for(lambda: self._stopping, timeout_s):
                raise Closed

    def look_again(self) -> None:
        """What `next_frame` was given may hold now. From any thread."""
        with self._changed:
            playing = self._playing
            self._changed.notify_all()
        if playing is not None:
            playing.handoff.look_again()

    # Reports, from the capture threads

    def capture_ready(self, capture: Capture, info: SourceInfo) -> None:
        with self._changed:
            if capture is self._opening:
                old, self._playing, self._opening = self._playing, capture, None
                if old is not None:
                    old.stop()
                self._changed.notify_all()
            if capture is self._playing:
                self._board.change(
                    source_state=SourceState.PLAYING,
                    source=info,
                    source_id=capture.source_id,
                    source_detail="",
                    runs_model=capture.runs_model,
                )
        self._told()

    def capture_frame(self, capture: Capture, frame: Frame) -> None:
        if capture is self._playing:
            try:
                self.frames.put(frame)
            except Closed:
                return
            self._wake()

    def capture_state(self, capture: Capture, state: SourceState, detail: str) -> None:
        if capture is self._playing:
            self._board.change(source_state=state, source_detail=detail)

    def capture_failed(self, capture: Capture, error: Exception) -> None:
        line = str(error) or type(error).__name__
        with self._changed:
            if capture is self._playing:
                self._board.change(source_state=SourceState.FAILED, source_detail="")
                self._board.fault(line, Action.REOPEN_SOURCE, capture.wish.address)
            elif capture is self._opening:
                self._board.change(source_detail="")
                if self._playing is None:
                    self._board.change(source_state=SourceState.FAILED)
                action = Action.REOPEN_SOURCE if self._playing else Action.OPEN_DEMO
                self._board.fault(line, action, capture.wish.address)

    def capture_done(self, capture: Capture) -> None:
        with self._changed:
            self._alive.remove(capture)
            never_played = capture is self._opening
            if never_played:
                self._opening = None
            if capture is self._playing and capture.transport.stopping:
                self._playing = None
            self._start_if_room()
            nothing_left = self._playing is None and self._opening is None and self._wish is None
            self._changed.notify_all()
        self._told()
        if never_played and nothing_left:
            self._ended()

    def _start_if_room(self) -> None:
        """Open what is wished for, unless something must be let go first; whoever lets go calls this again."""
        wish = self._wish
        if wish is None or self._stopping or len(self._alive) >= MOST_CAPTURES:
            return
        if _is_camera(wish.address):
            cameras = [c for c in self._alive if _is_camera(c.wish.address)]
            for camera in cameras:
                camera.stop()
            if cameras:
                return
        self._wish = None
        self._count += 1
        capture = Capture(wish, self._count, self._opener, self)
        capture.set_recorded(recorded=self._recorded)
        self._opening = capture
        self._alive.append(capture)
        capture.start()


def _names_recording(address: str) -> bool:
    from core.sources import opener

    return opener.names_recording(address)


def _is_camera(address: str) -> bool:
    """True also for no address, which opens a camera where there is one."""
    return not address or is_camera(address)
