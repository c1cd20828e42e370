"""What is known of one lane's depth beside the reference's, now and over the last minute."""

from core.comparing.agreement import agreement, difference
from core.comparing.history import History
from core.comparing.measures import Agreement, Fit
from core.messages import DepthArray, DepthResult

MOST_PIXELS = 8192  # of two maps are compared, evenly spread


class LaneFigures:
    """Used by: the inference thread."""

    def __init__(self) -> None:
        self.agreement: Agreement | None = None
        self.difference: DepthArray | None = None
        self.fit: Fit | None = None  # of the two pictures that are shown, which may be older than what runs
        self.measured: tuple[DepthResult, DepthResult] | None = None  # what was compared, the lane's own first
        self.history = History()

    def compare(self, own: DepthResult, reference: DepthResult) -> None:
        """Where they are of one frame, once for each two maps."""
        if self.measured is None:
            self.fit = None  # it was to the picture of a reference that runs no more
        if own.frame is not reference.frame or self.measured == (own, reference):
            return
        found = agreement(own.inverse_depth, reference.inverse_depth, MOST_PIXELS)
        self.agreement, self.difference, self.fit, self.measured = found, None, None, (own, reference)
        if found is not None:
            self.fit = found.fit
            span = reference.high - reference.low
            self.difference = difference(own.inverse_depth, reference.inverse_depth, found.fit, span)

    def pause(self) -> None:
        """Either of the two runs no more, but its picture is still there: tell no more how they agreed."""
        self.agreement = self.difference = self.measured = None

    def forget(self) -> None:
        """All but the history."""
        self.pause()
        self.fit = None

    def note(self, result: DepthResult, ms: float) -> None:
        """Put a frame into the history, with its agreement where that was looked at."""
        is_compared = self.measured is not None and self.measured[0] is result
        self.history.add(result.finished_at_s, ms, self.agreement if is_compared else None)
