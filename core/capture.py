"""The capture thread: opens one source, paces it, seals its pictures and hands them over until told to stop."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from core.errors import SourceError
from core.handoff import Closed, FrameQueue, LatestSlot
from core.media_clock import MediaClock
from core.messages import Frame, SourceInfo, SourceState
from core.rates import RateMeter
from core.sources.source import Picture, Source
from core.transport import Seek, Step, Transport, Turn

FIRST_BACKOFF_S = 0.5
LAST_BACKOFF_S = 8.0
QUEUE_FRAMES = 4
A_MOMENT_S = 1e-4  # the frame before time t is the one shown a moment before t

HandOff = LatestSlot[Frame] | FrameQueue[Frame]
OpenSource = Callable[[str, str, Callable[[], bool]], Source]


@dataclass(frozen=True, slots=True)
class SourceWish:
    """What to open and how to play it."""

    address: str
    camera_mode: str = "1280x720@30"
    every_frame: bool = False  # the network sees all frames, in order; nothing is dropped
    paced: bool = True  # a file keeps its own timestamps; False: as fast as it is taken
    loop: bool = True
    ends: bool = False  # the end of a file ends the capture, for headless runs
    recorded_depth: bool = True  # a recording brings its depth along; False: it is a video like any other


class CaptureOwner(Protocol):
    """Who a capture reports to. Called from the capture thread."""

    def capture_ready(self, capture: "Capture", info: SourceInfo) -> None: ...
    def capture_frame(self, capture: "Capture", frame: Frame) -> None: ...
    def capture_state(self, capture: "Capture", state: SourceState, detail: str) -> None: ...
    def capture_failed(self, capture: "Capture", error: Exception) -> None: ...
    def capture_done(self, capture: "Capture") -> None: ...


class Capture:
    """Owns one opening of a source, on a thread of its own that opens, reads and releases it.

    Everything public leaves an order for that thread and returns at once.
    """

    def __init__(self, wish: SourceWish, source_id: int, open_source: OpenSource, owner: CaptureOwner) -> None:
        self.wish = wish
        self.source_id = source_id
        self.transport = Transport(loop=wish.loop)
        self.handoff: HandOff = LatestSlot()
        self.rate = RateMeter()
        self.position_s: float | None = None
        self.brings_depth = False  # known once it is open
        self.runs_model = False  # on a recording, instead of showing the depth it holds
        self._dropped_before = 0  # in hand-offs that were changed for another
        self._changing = threading.Lock()  # guards the choice of the hand-off
        self._every_frame = wish.every_frame
        self._recorded = False
        self._live = False
        self._open_source = open_source
        self._owner = owner
        self._last: Frame | None = None
        self._jumps = 0
        self._state = SourceState.OPENING
        self._thread = threading.Thread(target=self._run, name=f"fathom-capture-{source_id}", daemon=True)
        self._choose_handoff()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to release its source and end; `join` waits for it."""
        self.transport.stop()
        self.handoff.close()

    def join(self, timeout_s: float | None = None) -> None:
        self._thread.join(timeout_s)

    @property
    def place_s(self) -> float | None:
        """Of the picture delivered last, or of the one that a seek is on its way to."""
        sought_s = self.transport.sought_s
        return self.position_s if sought_s is None else sought_s

    @property
    def delivered(self) -> int:
        return self.rate.count

    @property
    def dropped(self) -> int:
        """Frames that a newer one replaced before anybody took them."""
        return self._dropped_before + self.handoff.dropped

    def set_every_frame(self, *, every_frame: bool) -> None:
        self._every_frame = every_frame
        self._choose_handoff()

    def set_recorded(self, *, recorded: bool) -> None:
        """While it is recorded, a file gives every frame, in order. A live source cannot wait."""
        self._recorded = recorded
        self._choose_handoff()

    @property
    def gives_every_frame(self) -> bool:
        return isinstance(self.handoff, FrameQueue)

    def _choose_handoff(self) -> None:
        """Change the hand-off where it has to be another. What nobody took of the old one is dropped."""
        with self._changing:
            every_frame = not self._live and (self._every_frame or self._recorded)
            if every_frame == self.gives_every_frame:
                return
            old, self.handoff = self.handoff, FrameQueue(QUEUE_FRAMES) if every_frame else LatestSlot()
            old.close()
            left = 0
            with suppress(Closed):
                while old.take() is not None:
                    left += 1
            self._dropped_before += old.dropped + left
            if self.transport.stopping:  # stop() may have closed the old one a moment ago
                self.handoff.close()
            if left:
                self.transport.resend()  # the picture that stands, which was the last of them

    def _run(self) -> None:
        try:
            source = self._open()
            try:
                self._live = source.info.live  # then newest wins: waiting would only make it old
                self._choose_handoff()
                self.brings_depth = self.wish.recorded_depth and source.info.recorded_with is not None
                self._owner.capture_ready(self, source.info)
                if source.info.live:
                    self._run_live(source)
                else:
                    self._run_file(source)
            finally:
                source.close()
        except Exception as error:  # noqa: BLE001 - the thread's edge: the owner says it, once
            if not self.transport.stopping:
                self._owner.capture_failed(self, error)
        finally:
            self.handoff.close()
            self._owner.capture_done(self)

    def _open(self) -> Source:
        # No address once meant a camera: where that is lost, it is waited for, and no demo scene comes instead.
        address = self.wish.address or ("camera" if self._live else "")
        return self._open_source(address, self.wish.camera_mode, lambda: self.transport.stopping)

    def _run_live(self, source: Source) -> None:
        """Newest frame only. A lost source is closed and opened again, ever less often, until told to stop."""
        backoff_s = FIRST_BACKOFF_S
        while True:
            try:
                while not self.transport.stopping:
                    picture = source.read()
                    if picture is None:
                        raise SourceError(f"{source.info.name} ended")
                    backoff_s = FIRST_BACKOFF_S
                    self._take_live(picture)
                return
            except SourceError as lost:
                reason = lost
            finally:
                source.close()
            while True:
                self._report(SourceState.RECONNECTING, f"{reason}; trying again in {backoff_s:g} s")
                if self.transport.wait_for_stop(backoff_s):
                    return
                backoff_s = min(2 * backoff_s, LAST_BACKOFF_S)
                try:
                    source = self._open()
                    break
                except SourceError as error:
                    reason = error
            self._owner.capture_ready(self, source.info)

    def _take_live(self, picture: Picture) -> None:
        """A paused camera goes on being read, so that it shows the present when it plays again."""
        order = self.transport.poll()
        paused = self.transport.paused
        if not paused or self._last is None or isinstance(order, Step):
            self._deliver(picture)
        elif order is Turn.RESEND:
            self._deliver_again(self._last)
        self._report(SourceState.PAUSED if paused else SourceState.PLAYING)

    def _run_file(self, source: Source) -> None:
        """Paced by the file's own timestamps. `upcoming` is read ahead, so that its pacing starts at once."""
        clock = MediaClock(paced=self.wish.paced)
        upcoming = source.read()
        if source.info.frame_count == 1:
            self.transport.stay_at_end()  # one picture stays up; looping it would only burn time
        while True:
            ended = upcoming is None
            if ended and self.wish.ends:
                return
            self._report(self._file_state(ended=ended))
            if self._last is None:
                order: Turn | Seek | Step = Turn.PLAY  # the first picture is shown even while paused
            else:
                order = self.transport.next(due_s=clock.due_s(upcoming), ended=ended)
            if order is Turn.STOP:
                return
            if order is Turn.RESEND and self._last is not None:
                self._deliver_again(self._last)
                continue
            if isinstance(order, Seek) or (isinstance(order, Step) and order.frames < 0):
                self._jumps += 1
                clock.restart()
                upcoming = self._read_at(source, order)
            elif isinstance(order, Step):
                clock.restart()
                upcoming = self._skip(source, upcoming, order.frames - 1)
            elif order is not Turn.PLAY:
                continue
            if upcoming is not None:
                clock.shown(upcoming)
                self._deliver(upcoming)
            self.transport.arrived()
            if upcoming is not None:
                upcoming = self._read(source)

    def _file_state(self, *, ended: bool) -> SourceState:
        if ended and not self.transport.loops:
            return SourceState.ENDED
        return SourceState.PAUSED if self.transport.paused else SourceState.PLAYING

    def _read(self, source: Source) -> Picture | None:
        """The next picture; None at the end and, after saying so, where the file is damaged."""
        try:
            return source.read()
        except SourceError as error:
            if self.wish.ends:
                raise
            self.transport.set_loop(loop=False)  # the damage would be met again at every turn
            self._owner.capture_failed(self, error)
            return None

    def _read_at(self, source: Source, order: Seek | Step) -> Picture | None:
        if isinstance(order, Seek):
            source.seek(order.time_s)
            return self._read(source)
        picture: Picture | None = None
        time_s = self.position_s or 0.0
        for _ in range(-order.frames):
            source.seek(max(0.0, time_s - A_MOMENT_S))
            picture = self._read(source)
            if picture is None or picture.media_time_s is None:
                break
            time_s = picture.media_time_s
        return picture

    def _skip(self, source: Source, upcoming: Picture | None, frames: int) -> Picture | None:
        for _ in range(frames):
            if upcoming is None:
                break
            upcoming = self._read(source)
        return upcoming

    def _deliver(self, picture: Picture) -> None:
        """Seal and hand over. The picture's array is read-only from here on."""
        now_s = time.monotonic()
        rgb = picture.rgb
        rgb.flags.writeable = False
        recorded = picture.recorded if self.brings_depth else None
        frame = Frame(self.delivered, now_s, rgb, picture.media_time_s, self.source_id, self._jumps, recorded)
        self.rate.tick(now_s)
        self._last = frame
        self.position_s = picture.media_time_s
        self._owner.capture_frame(self, frame)
        while not self.transport.stopping:
            handoff = self.handoff
            try:
                handoff.put(frame)
                return
            except Closed:
                if handoff is self.handoff:
                    return  # closed for good: told to stop

    def _deliver_again(self, frame: Frame) -> None:
        self._deliver(Picture(frame.rgb, frame.media_time_s, frame.recorded))

    def _report(self, state: SourceState, detail: str = "") -> None:
        if state is not self._state or detail:
            self._state = state
            self._owner.capture_state(self, state, detail)
