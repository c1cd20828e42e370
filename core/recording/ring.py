"""The last seconds as encoded packets in memory, to be written out as a recording when somebody asks."""

import json
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import RecordingError
from core.messages import DepthResult, SourceInfo
from core.recorder import SourceOf
from core.recording.clock import RecordingClock
from core.recording.depth_video import DepthVideoWriter
from core.recording.facts import DepthFormat, RecordingFacts
from core.recording.matroska_file import EncodedFrame, MatroskaFile
from core.recording.matroska_head import TICKS_PER_S, Tracks
from core.recording.parts import facts_of, part_of

MOST_BYTES = 512 * 10**6  # of packets, however long the seconds are


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    frame: EncodedFrame
    drops: int  # of the source until then


class PacketRing:
    """Takes the place of a recording's file: keeps the newest groups of packets, each of which starts with a key
    frame. At most one group more than `most_s` and `most_bytes` hold. Used by: one thread.
    """

    def __init__(self, most_s: float, most_bytes: int = MOST_BYTES) -> None:
        self.end = 0  # bytes held
        self._most_ticks = round(most_s * TICKS_PER_S)
        self._most_bytes = most_bytes
        self._groups: deque[list[_Kept]] = deque()
        self._tracks: Tracks | None = None
        self._facts: RecordingFacts | None = None

    @property
    def duration_ticks(self) -> int:
        return self._ticks_from(self._groups[0]) if self._groups else 0

    @property
    def frames(self) -> int:
        return sum(map(len, self._groups))

    def begin(self, tracks: Tracks, facts: RecordingFacts) -> None:
        self._tracks, self._facts = tracks, facts

    def append(self, frame: EncodedFrame, facts: RecordingFacts) -> None:
        self._facts = facts
        if frame.is_key or not self._groups:
            self._groups.append([])
        self._groups[-1].append(_Kept(frame, facts.drops))
        self.end += _bytes_of(frame)
        while len(self._groups) > 1 and (
            self.end > self._most_bytes or self._ticks_from(self._groups[1]) >= self._most_ticks
        ):
            self.end -= sum(_bytes_of(kept.frame) for kept in self._groups.popleft())

    def close(self, facts: RecordingFacts) -> None:
        """There is nothing to finish."""

    def save(self, path: Path) -> int:
        """Write what is held as a recording; gives its bytes. Raises: RecordingError."""
        if self._tracks is None or self._facts is None or not self._groups:
            raise RecordingError("nothing is kept yet")
        held = [kept for group in self._groups for kept in group]
        facts = self._facts_from(held, self._facts)
        file = MatroskaFile(path, overwrite=False)
        try:
            file.begin(self._tracks, facts)
            start_ticks = held[0].frame.time_ticks
            for index, kept in enumerate(held):
                scales = json.dumps(json.loads(kept.frame.scales) | {"frame": index})
                shifted = replace(kept.frame, time_ticks=kept.frame.time_ticks - start_ticks, scales=scales)
                file.append(shifted, replace(facts, frames=index + 1))
        finally:
            file.close(replace(facts, frames=file.frames, finished=True))
        return file.end

    def _facts_from(self, held: list[_Kept], facts: RecordingFacts) -> RecordingFacts:
        """`facts` speak of all that was encoded; here is what holds for the rest that is kept."""
        first = json.loads(held[0].frame.scales)
        clipped = sum(json.loads(kept.frame.scales).get("clipped", 0) for kept in held)
        after = timedelta(seconds=held[0].frame.time_ticks / TICKS_PER_S)
        return replace(
            facts,
            offset=first.get("offset", 0.0),
            scale=first.get("scale", 0.0),
            clipped_pixels=clipped,
            drops=held[-1].drops - held[0].drops,
            started_utc=(datetime.fromisoformat(facts.started_utc) + after).isoformat(timespec="milliseconds"),
        )

    def _ticks_from(self, group: list[_Kept]) -> int:
        newest = self._groups[-1][-1].frame
        return newest.time_ticks + newest.duration_ticks - group[0].frame.time_ticks


class LastSeconds:
    """The last seconds of whatever plays: a ring for each part (see core/recording/parts.py), the newest last.

    Owns a writer, and its thread, until `close`. Used by: keeper thread.
    """

    def __init__(
        self, most_s: float, depth_format: DepthFormat, program_version: str, source_of: SourceOf
    ) -> None:
        self._most_s = most_s
        self._depth_format = depth_format
        self._program_version = program_version
        self._source_of = source_of
        self._clock = RecordingClock()
        self._rings: deque[PacketRing] = deque()
        self._writer: DepthVideoWriter | None = None
        self._part: tuple[object, ...] | None = None
        self._source: SourceInfo | None = None
        self._newest: tuple[int, int] | None = None  # source and index of the newest frame

    @property
    def duration_s(self) -> float:
        return sum(ring.duration_ticks for ring in self._rings) / TICKS_PER_S

    @property
    def frames(self) -> int:
        return sum(ring.frames for ring in self._rings)

    def write(self, result: DepthResult) -> None:
        """Encode and keep `result`; what is too old goes. Raises: RecordingError."""
        frame = result.frame
        if self._newest is None or self._newest[0] != frame.source_id:
            self._source = self._source_of(frame.source_id)
        writer = self._writer
        if writer is None or self._part != part_of(result, self._source):
            writer = self._begin(result)
        elif self._newest is not None:
            writer.note_drops(max(0, frame.index - self._newest[1] - 1))
        self._newest = frame.source_id, frame.index
        fps = self._source.fps if self._source is not None else None
        writer.write(frame.rgb, result.inverse_depth, self._clock.advance(frame, fps))
        self._forget_what_is_too_old()

    def close(self) -> None:
        """Forget all. Can be called again."""
        self._rings.clear()
        if self._writer is not None:
            self._writer.close()

    def save(self, paths: list[Path]) -> int:
        """Write each part to one of `paths`, of which there are `parts`; gives all their bytes.

        Raises: RecordingError.
        """
        if not self._rings:
            raise RecordingError("nothing is kept yet")
        return sum(ring.save(path) for ring, path in zip(self._rings, paths, strict=True))

    @property
    def parts(self) -> int:
        return len(self._rings)

    def _begin(self, result: DepthResult) -> DepthVideoWriter:
        if self._writer is not None:
            self._writer.close()
        ring = PacketRing(self._most_s)
        self._writer = DepthVideoWriter(
            Path("the last seconds"),
            facts_of(result, self._source, self._program_version),
            depth_format=self._depth_format,
            rate_hint=self._source.fps if self._source is not None else None,
            file=ring,
        )
        self._rings.append(ring)
        self._part = part_of(result, self._source)
        return self._writer

    def _forget_what_is_too_old(self) -> None:
        """Whole parts; each ring sees to itself."""
        while len(self._rings) > 1:
            later = list(self._rings)[1:]
            long_enough = sum(ring.duration_ticks for ring in later) >= self._most_s * TICKS_PER_S
            if not long_enough and sum(ring.end for ring in self._rings) <= MOST_BYTES:
                return
            self._rings.popleft()


def _bytes_of(frame: EncodedFrame) -> int:
    return len(frame.colour) + len(frame.depth) + len(frame.scales)
