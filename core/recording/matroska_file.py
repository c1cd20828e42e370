"""The Matroska file of a recording, written so that it is whole after each frame, whatever happens next."""

import os
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TypeVar

from core.errors import RecordingError
from core.recording.ebml import Id, binary, checked, master, unsigned
from core.recording.facts import RecordingFacts
from core.recording.matroska_head import (
    COLOUR_TRACK,
    DEPTH_TRACK,
    MUXER,
    SCALES_TRACK,
    SEGMENT_START,
    TICKS_PER_S,
    Tracks,
    head,
)

T = TypeVar("T")

_KEY = 0x80  # a block's flag: it can be decoded without those before it


@dataclass(frozen=True, slots=True, eq=False)
class EncodedFrame:
    """One frame as it lies in the file."""

    time_ticks: int
    duration_ticks: int  # a guess, as the next frame is not known yet
    colour: bytes
    is_key: bool  # the colour can be decoded from here on; depth always can
    depth: bytes
    scales: str


class MatroskaFile:
    """Owns the file until `close`. Used by: one thread.

    Each frame is one cluster, handed to the system at once: no buffer of this process holds a frame, so that a
    kill takes none. The head is written anew, in place and in one piece, each second and at the end.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        """Raises: RecordingError where there is a file already and `overwrite` is false, or none can be written.

        A file that is overwritten stays as it was until the first frame.
        """
        self.path = path
        self.end = 0  # of what is written: clusters in full
        self.frames = 0
        self.duration_ticks = 0
        self._tracks: Tracks | None = None
        self._facts: RecordingFacts | None = None
        self._head_bytes = 0
        self._head_at_ticks = 0  # the recording's length when its head was last written
        self._cues = array("Q")  # time and position of each cluster with a key frame: 16 bytes a second
        self._is_broken = False  # what stands on disk may not be touched any more
        self._is_new = not overwrite or not os.path.lexists(path)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        if not overwrite:
            flags |= os.O_EXCL
        try:
            self._file = FileIO(os.open(path, flags, 0o666), "r+")
        except FileExistsError:
            raise RecordingError(f"{path} is there already: name another file, or have it replaced") from None
        except (OSError, ValueError) as error:
            raise RecordingError(f"{path} cannot be written: {_reason(error)}") from error

    def begin(self, tracks: Tracks, facts: RecordingFacts) -> None:
        """Write the head; what was in the file is gone. Raises: RecordingError."""
        self._tracks, self._facts = tracks, facts
        first = self._head(finished=False)
        self._head_bytes = len(first)
        self._guarded(lambda: self._file.truncate(0))
        self._append(first)

    def append(self, frame: EncodedFrame, facts: RecordingFacts) -> None:
        """Write one frame, whole or not at all. Raises: RecordingError."""
        self._facts = facts
        position = self.end
        self._append(_cluster(frame))
        if frame.is_key:
            self._cues.extend((frame.time_ticks, position))
        self.frames += 1
        self.duration_ticks = frame.time_ticks + frame.duration_ticks
        if self.duration_ticks - self._head_at_ticks >= TICKS_PER_S:
            self._write_head(finished=False)
            self._check_still_there()

    def close(self, facts: RecordingFacts) -> None:
        """Write the index and the last figures. A file without a frame is removed. Raises: RecordingError."""
        if self._file.closed:
            return
        self._facts = facts
        try:
            if self.frames == 0:
                self._remove()
            elif not self._is_broken:
                self._finish()
        finally:
            with suppress(OSError):  # nothing is left in a buffer
                self._file.close()

    def _finish(self) -> None:
        cues_at = self.end
        try:
            self._append(self._cue_points())
        except RecordingError:  # a full disk: the file is valid without an index, if slower to search
            self._write_head(finished=True)
        else:
            self._write_head(finished=True, cues_at=cues_at)
        self._check_still_there()

    def _remove(self) -> None:
        """The file was made for this recording, and nothing came."""
        self._file.close()
        if self._is_new or self._tracks is not None:
            with suppress(OSError):
                self.path.unlink()

    def _head(self, *, finished: bool, cues_at: int | None = None) -> bytes:
        if self._tracks is None or self._facts is None:
            raise RecordingError(f"{self.path} has no frame yet")
        return head(
            self._tracks,
            self._facts.as_tags(),
            f"{MUXER} {self._facts.program_version}",
            self.duration_ticks,
            cues_at,
            self.end if finished else None,
        )

    def _write_head(self, *, finished: bool, cues_at: int | None = None) -> None:
        anew = self._head(finished=finished, cues_at=cues_at)
        if len(anew) != self._head_bytes:
            raise RecordingError(f"the head of {self.path} would grow over its first frame")
        self._head_at_ticks = self.duration_ticks
        self._guarded(lambda: self._write_at(0, anew))

    def _append(self, data: bytes) -> None:
        """At the end; what was written of it goes when not all of it can be."""
        try:
            self._guarded(lambda: self._write_at(self.end, data))
        except RecordingError:
            with suppress(OSError):
                self._file.truncate(self.end)
            raise
        self.end += len(data)

    def _write_at(self, position: int, data: bytes) -> None:
        self._file.seek(position)
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) or 0 :]

    def _guarded(self, step: Callable[[], T]) -> T:
        try:
            return step()
        except (OSError, ValueError) as error:
            raise RecordingError(f"{self.path} could not be written: {_reason(error)}") from error

    def _check_still_there(self) -> None:
        """On most systems a file that is being written can be deleted, and all that follows goes nowhere."""
        if self._guarded(lambda: os.fstat(self._file.fileno())).st_nlink == 0:
            self._is_broken = True
            raise RecordingError(f"{self.path} was deleted while it was recorded")

    def _cue_points(self) -> bytes:
        """Where the clusters with key frames lie, for players that jump."""
        points = (
            master(
                Id.CUE_POINT,
                unsigned(Id.CUE_TIME, time_ticks),
                *(
                    master(
                        Id.CUE_TRACK_POSITIONS,
                        unsigned(Id.CUE_TRACK, track),
                        unsigned(Id.CUE_CLUSTER_POSITION, position - SEGMENT_START),
                    )
                    for track in (COLOUR_TRACK, DEPTH_TRACK)
                ),
            )
            for time_ticks, position in zip(self._cues[::2], self._cues[1::2], strict=True)
        )
        return checked(Id.CUES, *points)


def _cluster(frame: EncodedFrame) -> bytes:
    colour = _block(COLOUR_TRACK, frame.colour, _KEY if frame.is_key else 0)
    scales = master(
        Id.BLOCK_GROUP,
        binary(Id.BLOCK, _block(SCALES_TRACK, frame.scales.encode(), 0)),
        unsigned(Id.BLOCK_DURATION, frame.duration_ticks),
    )
    return checked(
        Id.CLUSTER,
        unsigned(Id.TIMESTAMP, frame.time_ticks, 8),
        binary(Id.SIMPLE_BLOCK, colour),
        scales,
        binary(Id.SIMPLE_BLOCK, _block(DEPTH_TRACK, frame.depth, _KEY)),
    )


def _block(track: int, data: bytes, flags: int) -> bytes:
    """The track's number, the time since the cluster's, which is none, and the data."""
    return bytes((0x80 | track, 0, 0, flags)) + data


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
