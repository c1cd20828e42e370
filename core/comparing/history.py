"""The last minute of a lane: how long it took and how well it agreed, for a chart."""

from collections import deque

import numpy as np

from core.comparing.measures import Agreement
from core.comparing.view import HISTORY_S, HISTORY_STEP_S, LaneHistory

_NAN = float("nan")
_MOST_POINTS = int(HISTORY_S / HISTORY_STEP_S)


class History:
    """Points in time, at most five a second. Used by: the inference thread."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float, float, float, float]] = deque(maxlen=_MOST_POINTS)
        self._view: LaneHistory | None = None

    def add(self, at_s: float, ms: float, agreement: Agreement | None) -> None:
        points = self._points
        if points and at_s - points[-1][0] < HISTORY_STEP_S:
            return
        while points and at_s - points[0][0] > HISTORY_S:
            points.popleft()
        if agreement is None:
            points.append((at_s, ms, _NAN, _NAN, _NAN))
        else:
            pearson = _NAN if agreement.pearson is None else agreement.pearson
            points.append((at_s, ms, pearson, agreement.abs_rel, agreement.delta1_error))
        self._view = None

    def view(self) -> LaneHistory | None:
        """None while there is nothing."""
        if self._view is None and self._points:
            table = np.array(self._points, np.float64).T  # (5, points)
            series = table[1:].astype(np.float32)
            table.flags.writeable = series.flags.writeable = False
            self._view = LaneHistory(table[0], *series)
        return self._view
