"""What a person orders of a playing source — pause, step, seek, loop, stop — and the waiting for it."""

import threading
import time
from dataclasses import dataclass
from enum import Enum, auto


class Turn(Enum):
    """What the capture thread does next when no position is asked for."""

    PLAY = auto()  # the next picture is due
    RESEND = auto()  # hand the last picture over again
    LOOK = auto()  # pause or loop changed: look at the state again
    STOP = auto()


@dataclass(frozen=True, slots=True)
class Seek:
    time_s: float


@dataclass(frozen=True, slots=True)
class Step:
    frames: int  # negative goes back


class Transport:
    """Orders from any thread, taken one at a time by the capture thread. Newer orders replace older ones."""

    def __init__(self, *, loop: bool) -> None:
        self._changed = threading.Condition()
        self._loop = loop
        self._stays_at_end = False
        self._paused = False
        self._stopping = False
        self._look = False
        self._resend = False
        self._restart = False
        self._steps = 0
        self._seek_to_s: float | None = None
        self._sought_s: float | None = None

    @property
    def sought_s(self) -> float | None:
        """Where a seek goes whose picture has not come yet."""
        return self._sought_s

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def loops(self) -> bool:
        return self._loop and not self._stays_at_end

    @property
    def stopping(self) -> bool:
        return self._stopping

    def stop(self) -> None:
        self._order(_stopping=True)

    def pause(self) -> None:
        self._order(_paused=True, _look=True)

    def play(self) -> None:
        """Go on; from the start where the file has ended."""
        self._order(_paused=False, _restart=True, _look=True)

    def seek(self, time_s: float) -> None:
        self._order(_seek_to_s=max(0.0, time_s), _sought_s=max(0.0, time_s), _steps=0)

    def arrived(self) -> None:
        """The order taken last is carried out; a seek that came meanwhile is still to be."""
        with self._changed:
            if self._seek_to_s is None:
                self._sought_s = None

    def step(self, frames: int) -> None:
        """Pause, then move by `frames`; steps that come faster than they are shown add up."""
        with self._changed:
            self._order(_paused=True, _steps=self._steps + frames)

    def set_loop(self, *, loop: bool) -> None:
        self._order(_loop=loop, _look=True)

    def stay_at_end(self) -> None:
        """Whatever is ordered of the loop."""
        self._order(_stays_at_end=True, _look=True)

    def resend(self) -> None:
        """Hand the last picture over again, unless new ones are coming anyway."""
        self._order(_resend=True)

    def _order(self, **values: bool | float | int) -> None:
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()

    def wait_for_stop(self, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._stopping, timeout_s)

    def next(self, *, due_s: float | None, ended: bool = False) -> Turn | Seek | Step:
        """Wait for the next thing to do: an order, or the monotonic time `due_s` (None: at once) while playing.

        After the end, `due_s` is when the last picture has been shown long enough to start again.
        """
        with self._changed:
            while True:
                order = self._take_order(ended=ended)
                if order is not None:
                    return order
                if self._paused or (ended and not self.loops):
                    self._changed.wait()
                    continue
                left_s = 0.0 if due_s is None else due_s - time.monotonic()
                if left_s <= 0:
                    return Seek(0.0) if ended else Turn.PLAY
                self._changed.wait(left_s)

    def poll(self) -> Turn | Step | None:
        """The next order for a live source, which is never waited for here and cannot be positioned."""
        with self._changed:
            self._seek_to_s = self._sought_s = None
            order = self._take_order(ended=False)
            return order if isinstance(order, Turn | Step) else None

    def _take_order(self, *, ended: bool) -> Turn | Seek | Step | None:
        if self._stopping:
            return Turn.STOP
        if self._seek_to_s is not None:
            time_s, self._seek_to_s = self._seek_to_s, None
            return Seek(time_s)
        if self._steps:
            frames, self._steps = self._steps, 0
            return Step(frames)
        restart, self._restart = self._restart, False
        if ended and restart:
            return Seek(0.0)
        if self._look:
            self._look = False
            return Turn.LOOK
        again, self._resend = self._resend, False
        if again and (ended or self._paused):
            return Turn.RESEND
        return None
