"""The counts that go with each result."""

from core.capture import Capture
from core.messages import Rates


class Tally:
    """Counts of the source that plays now; what was dropped before its first depth came is start-up, not loss.

    Used by: the inference thread.
    """

    def __init__(self) -> None:
        self._source_id = -1
        self.non_finite = 0
        self._inferred = 0
        self._dropped_before = 0

    def take(self, capture: Capture) -> None:
        """A frame of this source goes into the network."""
        if capture.source_id != self._source_id:
            self._source_id, self._inferred, self.non_finite = capture.source_id, 0, 0
            self._dropped_before = capture.dropped
        self._inferred += 1

    def rates(self, capture: Capture, depth_fps: float) -> Rates:
        return Rates(
            source_fps=capture.rate.per_second,
            depth_fps=depth_fps,
            captured=capture.delivered,
            inferred=self._inferred,
            dropped=capture.dropped - self._dropped_before,
            non_finite=self.non_finite,
        )
