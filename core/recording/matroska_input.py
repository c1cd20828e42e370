"""Reads the Matroska file of a recording, also one that was never finished, was cut off, or has changed bytes."""

from collections.abc import Iterator
from pathlib import Path

from core.errors import SourceError
from core.recording import matroska_parts as parts
from core.recording.ebml import Id
from core.recording.ebml_reading import LONGEST_HEADER, Header, Malformed, is_intact, parse_header
from core.recording.matroska_head import MUXER, NS_PER_TICK

_LARGEST_PART = 64 * 2**20  # bytes of what is no cluster; the cues of a hundred hours take half of it
_LARGEST_CLUSTER = 256 * 2**20
MOST_PARTS = 10_000  # between two clusters
_PEEKED_BYTES = 96  # of a cluster: enough to see its time and its first block's header


class MatroskaInput:
    """Owns the open file until `close`. Used by: one thread.

    No part is taken into memory before it is known to lie in the file in full.
    """

    def __init__(self, path: Path) -> None:
        """Reads the head. Raises: SourceError where it is another kind of file, Malformed where it is damaged."""
        self._path = path
        self.tags: dict[str, str] = {}
        self.tracks: list[parts.Track] = []
        self.info = parts.Info()
        self.damaged_tags_at: int | None = None  # the tags' checksum is wrong, so they may not be true
        self._found_at: dict[int, int] = {}  # where the seek head says that parts lie
        try:
            self._file = path.open("rb")
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from error
        try:
            self._size = self._file.seek(0, 2)
            self._segment_at, self._end = self._enter_segment()
            self.first_cluster = self._read_head()
            self._read_tags_elsewhere()
        except BaseException:
            self._file.close()
            raise
        self.position = self.first_cluster  # of what `next_blocks` looks at next

    @property
    def is_finished(self) -> bool:
        """False where the program that wrote it was ended."""
        return self._end is not None

    def seconds(self, ticks: float) -> float:
        return ticks * self.info.ns_per_tick / 1e9

    def ticks(self, seconds: float) -> float:
        return seconds * 1e9 / self.info.ns_per_tick

    def next_blocks(self) -> list[parts.Block] | None:
        """The blocks of the next cluster; None at the end. Raises: Malformed, SourceError."""
        for _ in range(MOST_PARTS):
            position = self.position
            head = self.header_at(position)
            if head is None:
                return None
            end = self.end_of(head, position)
            if head.element == Id.CLUSTER:
                body = self._body(head, position, _LARGEST_CLUSTER)
                if not is_intact(body, has_sum=self.info.muxer.startswith(MUXER)):
                    raise Malformed(position, "a checksum is wrong")
                self.position = end
                return list(parts.blocks(body, position + head.length))
            if not parts.belongs_between_clusters(head.element):
                raise Malformed(position, "there is no frame where one should be")
            self.position = end
        raise Malformed(position, "there is no frame where one should be")

    def header_at(self, position: int) -> Header | None:
        """None at the end, or where an unfinished file stops. Raises: Malformed, SourceError."""
        if position == (self._size if self._end is None else self._end):
            return None
        if position >= self._size:
            raise Malformed(self._size, "the rest is missing")
        return parse_header(self._bytes_at(position, LONGEST_HEADER), position)

    def end_of(self, head: Header, position: int) -> int:
        """Where the element ends, which is in the file. Raises: Malformed."""
        if head.size is None:
            raise Malformed(position, "a part has no size, as in a stream; ffmpeg -map 0 -c copy gives it one")
        end = position + head.length + head.size
        if end > self._size:
            raise Malformed(position, "the rest is missing")
        return end

    def peek(self, position: int, track: int) -> tuple[int, bool] | None:
        """Time in ticks of the cluster at `position`, and whether it begins with a key frame of `track`.

        None where there is none. Raises: Malformed, SourceError.
        """
        return parts.peek_cluster(memoryview(self._bytes_at(position, _PEEKED_BYTES)), position, track)

    def cues(self, track: int) -> Iterator[tuple[int, int]]:
        """Times in ticks and positions of clusters, from the file's index; none where it is damaged."""
        position = self._found_at.get(Id.CUES)
        if position is None:
            return
        try:
            head = self.header_at(position)
            if head is None or head.element != Id.CUES:
                return
            body = self._body(head, position, _LARGEST_PART)
            if not is_intact(body):
                return
            for ticks, offset in parts.cue_points(body, position + head.length, track):
                where = self._segment_at + offset
                if self.first_cluster <= where < self._size:
                    yield ticks, where
        except Malformed:
            return

    def close(self) -> None:
        self._file.close()

    def _enter_segment(self) -> tuple[int, int | None]:
        """Where its first part is, and where it ends; None: it was not finished."""
        try:
            first = self._header_unchecked(0)
            at = first.length + (first.size or 0)
        except Malformed:
            first, at = None, 0
        if first is None or first.element != Id.EBML or at > self._size:
            raise SourceError(f"{self._path} is no recording: it is not a Matroska file")
        segment = self._header_unchecked(at)
        if segment.element != Id.SEGMENT:
            raise Malformed(at, "its head is damaged")
        start = at + segment.length
        return start, None if segment.size is None else start + segment.size

    def _header_unchecked(self, position: int) -> Header:
        return parse_header(self._bytes_at(position, LONGEST_HEADER), position)

    def _read_head(self) -> int:
        """Take in what lies before the first cluster; gives the cluster's position."""
        position = self._segment_at
        for _ in range(MOST_PARTS):
            head = self.header_at(position)
            if head is None or head.element == Id.CLUSTER:
                return position
            if not parts.belongs_between_clusters(head.element):
                break
            if head.element in (Id.SEEK_HEAD, Id.INFO, Id.TAGS, Id.TRACKS):
                self._take(head, position)
            position = self.end_of(head, position)
        raise Malformed(position, "its head is damaged")

    def _read_tags_elsewhere(self) -> None:
        """They may lie behind the clusters when another program has rewritten the file."""
        position = self._found_at.get(Id.TAGS)
        if not self.tags and position is not None and position < self._size:
            head = self.header_at(position)
            if head is not None and head.element == Id.TAGS:
                self._take(head, position)

    def _take(self, head: Header, position: int) -> None:
        body, at = self._body(head, position, _LARGEST_PART), position + head.length
        intact = is_intact(body)
        if head.element == Id.TRACKS:
            if not intact:
                raise Malformed(position, "its head is damaged")
            self.tracks = parts.tracks(body, at)
        elif head.element == Id.INFO:
            self.info = parts.info(body, at)
            if not intact:
                self._distrust_info(position)
        elif head.element == Id.TAGS:
            self.tags = parts.tags(body, at)
            if not intact:  # the frames may be good all the same
                self.damaged_tags_at = position
        elif intact:
            offsets = parts.seek_positions(body, at)
            self._found_at = {element: self._segment_at + offset for element, offset in offsets.items()}

    def _distrust_info(self, position: int) -> None:
        """Its figures may be wrong, but what Fathom itself wrote has times in microseconds. Raises: Malformed."""
        if not self.info.muxer.startswith(MUXER):
            raise Malformed(position, "its head is damaged")
        self.info = parts.Info(NS_PER_TICK, 0.0, self.info.muxer)
        self.damaged_tags_at = position

    def _body(self, head: Header, position: int, largest: int) -> memoryview:
        start = position + head.length
        size = self.end_of(head, position) - start
        if size > largest:
            raise Malformed(position, f"a part claims to have {size:,} bytes")
        body = self._bytes_at(start, size)
        if len(body) < size:  # it became shorter since it was opened
            raise Malformed(position, "the rest is missing")
        return memoryview(body)

    def _bytes_at(self, position: int, count: int) -> bytes:
        try:
            self._file.seek(position)
            return self._file.read(count)
        except (OSError, ValueError, OverflowError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> SourceError:
        reason = getattr(error, "strerror", None) or error
        return SourceError(f"{self._path} cannot be read ({reason}): check the path and the disk")
