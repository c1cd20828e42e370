"""The files of one recording: the depth video, in parts where it has to be, and the view beside it."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.errors import RecordingError
from core.messages import DepthResult, SourceInfo
from core.recorder import RecordingWish
from core.recording.clock import RecordingClock
from core.recording.depth_video import DepthVideoWriter
from core.recording.names import free_names, make_folder
from core.recording.parts import facts_of, part_of
from core.recording.view_video import ViewVideoWriter


class Take:
    """Owns the files of one recording. A new one begins wherever the picture's size, the network or its model, or
    the source changes, for one file holds one of each: nothing is scaled, cut or said wrongly.

    Used by: recorder thread.
    """

    def __init__(
        self,
        wish: RecordingWish,
        source_of: Callable[[int], SourceInfo | None],
        write_video: Callable[..., DepthVideoWriter] = DepthVideoWriter,
    ) -> None:
        """`source_of` gives what is known of an opening of a source, by its number."""
        self.clock = RecordingClock()
        self._begun: list[Path] = []
        self.view: ViewVideoWriter | None = None
        if wish.view_path is not None:
            self.view = ViewVideoWriter(
                wish.view_path, wish.look, range_locked=wish.range_locked, overwrite=wish.overwrite
            )
        self._wish = wish
        self._source_of = source_of
        self._write_video = write_video
        self._source: SourceInfo | None = None
        self._source_id = -1
        self._part: tuple[object, ...] | None = None
        self._writer: DepthVideoWriter | None = None
        self._bytes_before = 0  # in the files that are finished

    @property
    def paths(self) -> tuple[Path, ...]:
        """Its depth videos, but for those that somebody has taken away."""
        # not Path.exists, which raises where the disk is gone
        return tuple(path for path in self._begun if os.path.lexists(path))

    @property
    def bytes_written(self) -> int:
        now = self._writer.bytes_written if self._writer is not None else 0
        return self._bytes_before + now + (self.view.bytes_written if self.view is not None else 0)

    def write(self, result: DepthResult, missing: int) -> None:
        """Add `result`, before which `missing` pictures of its source had no depth. Raises: RecordingError."""
        if result.frame.source_id != self._source_id:
            self._source_id = result.frame.source_id
            self._source = self._source_of(self._source_id)
        time_s = self.clock.advance(result.frame, self._source.fps if self._source is not None else None)
        if self._writer is None or self._part != part_of(result, self._source):
            self._begin(result)
        writer = self._writer
        if writer is not None:
            writer.note_drops(missing)
            writer.write(result.frame.rgb, result.inverse_depth, time_s)

    def write_view(self, result: DepthResult) -> None:
        """Add the view of the result that was written last. Raises: RecordingError; then there is no view more."""
        view = self.view
        if view is None:
            return
        try:
            view.write(result, self.clock.time_s)
        except RecordingError:
            self.view = None
            with suppress(RecordingError):  # the first fault is the one to tell
                view.close()
            raise

    def note_drops(self, count: int) -> None:
        """`count` more pictures at the end had no depth."""
        if self._writer is not None:
            self._writer.note_drops(count)

    def close(self) -> None:
        """Finish all files. Can be called again. Raises: RecordingError, with all closed nevertheless."""
        try:
            self._finish_part()
        finally:
            if self.view is not None:
                self.view.close()

    def _begin(self, result: DepthResult) -> None:
        self._finish_part()
        self._part = None
        first = not self._begun
        path = self._wish.path if first else free_names(self._wish.path, 1)[0]
        make_folder(path.parent)
        self._writer = self._write_video(
            path,
            facts_of(result, self._source, self._wish.program_version),
            overwrite=self._wish.overwrite and first,
            depth_format=self._wish.depth_format,
            rate_hint=self._source.fps if self._source is not None else None,
        )
        self._begun.append(path)
        self._part = part_of(result, self._source)

    def _finish_part(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                writer.close()
            finally:
                self._bytes_before += writer.bytes_written
