"""The part of the session that is about playing: pausing, steps, seeking."""

from core.messages import SourceState
from core.pipeline import Pipeline


class SessionPlayback:
    """`Session` inherits it. Without a source none of these does anything; each returns at once.

    Used by: the window thread.
    """

    _pipeline: Pipeline

    def position_s(self) -> float | None:
        playing = self._pipeline.playing
        return playing.place_s if playing else None

    def toggle_pause(self) -> None:
        if self._pipeline.status().source_state is SourceState.PLAYING:
            self.pause()
        else:
            self.play()

    def pause(self) -> None:
        if transport := self._pipeline.transport:
            transport.pause()

    def play(self) -> None:
        if transport := self._pipeline.transport:
            transport.play()

    def step(self, frames: int) -> None:
        if transport := self._pipeline.transport:
            transport.step(frames)

    def seek(self, time_s: float) -> None:
        if transport := self._pipeline.transport:
            transport.seek(time_s)
