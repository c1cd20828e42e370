"""Puts together what belongs to one frame: its colour, its depth and its scale, which share a time."""

from dataclasses import dataclass

from av.video.frame import VideoFrame

from core.recording.ebml_reading import Malformed
from core.recording.matroska_input import MatroskaInput

_MOST_WAITING = 256  # frames, behind one of which a part is still missing
_MOST_WAITING_BYTES = 2**28


@dataclass(frozen=True, slots=True)
class TrackNumbers:
    colour: int
    depth: int
    scales: int


@dataclass(slots=True, eq=False)
class FrameParts:
    """One frame as it lies in the file."""

    ticks: int
    position: int  # of its first part in the file
    colour: memoryview | None = None
    depth: memoryview | None = None
    scales: memoryview | None = None
    picture: VideoFrame | None = None  # the colour, once it is decoded

    @property
    def is_whole(self) -> bool:
        return not (self.colour is None or self.depth is None or self.scales is None)


class PartsReader:
    """Goes through a file frame by frame. Used by: one thread."""

    def __init__(self, file: MatroskaInput, numbers: TrackNumbers) -> None:
        self._file = file
        self._names = {numbers.colour: "colour", numbers.depth: "depth", numbers.scales: "scales"}
        self._waiting: dict[int, FrameParts] = {}  # by time, in the order they began
        self._newest_ticks: int | None = None
        self._awaits_key = False

    def next(self) -> FrameParts | None:
        """The next whole frame, None at the end. Raises: Malformed, SourceError."""
        while (first := next(iter(self._waiting.values()), None)) is None or not first.is_whole:
            blocks = self._file.next_blocks()
            if blocks is None:
                if first is not None:
                    raise Malformed(first.position, "the rest of a frame is missing")
                return None
            for block in blocks:
                name = self._names.get(block.track)
                if name is None:
                    continue  # of a track that another program added
                if self._awaits_key:
                    if name != "colour" or not block.is_key:
                        continue
                    self._awaits_key = False
                parts = self._waiting.setdefault(block.time_ticks, FrameParts(block.time_ticks, block.position))
                if getattr(parts, name) is not None:
                    raise Malformed(block.position, "two frames claim the same time")
                setattr(parts, name, block.data)
            self._check_waiting()
        if self._newest_ticks is not None and first.ticks <= self._newest_ticks:
            raise Malformed(first.position, "the times go back")
        self._newest_ticks = first.ticks
        return self._waiting.pop(first.ticks)

    def _check_waiting(self) -> None:
        """Frames wait for those before them that are not whole yet, but not for ever. Raises: Malformed."""
        first = next(iter(self._waiting.values()), None)
        if first is None or first.is_whole:
            return
        waiting_bytes = sum(len(part or b"") for one in self._waiting.values() for part in (one.colour, one.depth))
        if len(self._waiting) > _MOST_WAITING or waiting_bytes > _MOST_WAITING_BYTES:
            raise Malformed(first.position, "the rest of a frame is missing")

    def go_to(self, position: int) -> None:
        """Continue with the cluster at `position`, from the first key frame in it.

        Other programs begin clusters with what is left of the frame before, or with frames that lean on others.
        """
        self._awaits_key = True
        self._file.position = position
        self._waiting.clear()
        self._newest_ticks = None
