"""Where decoding of a recording can start: from the file's index, or, without one, found by going through it."""

from array import array
from bisect import bisect_right

from core.recording.ebml import Id
from core.recording.ebml_reading import Malformed
from core.recording.matroska_input import MOST_PARTS, MatroskaInput
from core.recording.matroska_parts import belongs_between_clusters


class KeyIndex:
    """Where the clusters lie that begin with a key frame of `track`; looked for no further than is asked for."""

    def __init__(self, file: MatroskaInput, track: int) -> None:
        """Raises: SourceError."""
        self._file = file
        self._track = track
        self._ticks = array("q")
        self._positions = array("q")
        self._next = file.first_cluster  # all before it are known
        for ticks, position in file.cues(track):
            self._add(ticks, position)
        if self._positions:
            self._next = self._positions[-1]

    def before(self, ticks: float) -> int:
        """Position of the last such cluster at or before `ticks`, or of the first cluster of all.

        Raises: SourceError.
        """
        self._walk_past(ticks)
        place = bisect_right(self._ticks, ticks)
        return self._positions[place - 1] if place else self._file.first_cluster

    def _walk_past(self, ticks: float) -> None:
        """From cluster to cluster, looking at their first bytes only, until after `ticks`, the end, or damage."""
        others = 0
        try:
            while (not self._ticks or self._ticks[-1] <= ticks) and others < MOST_PARTS:
                head = self._file.header_at(self._next)
                if head is None or not (head.element == Id.CLUSTER or belongs_between_clusters(head.element)):
                    return
                end = self._file.end_of(head, self._next)
                if head.element == Id.CLUSTER:
                    self._note(self._next)
                else:
                    others += 1
                self._next = end
        except Malformed:
            return  # whoever reads on comes to it, and says so

    def _note(self, position: int) -> None:
        peeked = self._file.peek(position, self._track)
        if peeked is None:
            return
        ticks, is_key = peeked
        if is_key:
            self._add(ticks, position)

    def _add(self, ticks: int, position: int) -> None:
        """Unless it is known, or cannot be true."""
        if not self._positions or (position > self._positions[-1] and ticks > self._ticks[-1]):
            self._ticks.append(ticks)
            self._positions.append(position)
