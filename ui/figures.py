"""Collects what the status line shows, from the results that come and the paints that were made."""

from collections import deque

from core.comparing.measures import LiveError
from core.messages import DepthResult, ModelInfo, SourceState
from ui.status_line import Figures

_LEAST_STALE_S = 2.0  # also the span of paints that the rate and latency are made of


class FigureFeed:
    """Used by: window thread. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._result: DepthResult | None = None
        self._paints: deque[tuple[float, float]] = deque(maxlen=512)  # when, capture-to-paint ms
        self.painted = 0

    def take(self, result: DepthResult) -> None:
        self._result = result

    def note_paint(self, latency_ms: float, at_s: float) -> None:
        self.painted += 1
        self._paints.append((at_s, latency_ms))

    def figures(self, now_s: float, state: SourceState, error: LiveError | None = None) -> Figures:
        """Rates are left out where nothing came for a while: an old rate would be a lie."""
        result = self._result
        if result is None:
            return Figures()
        rates, model = result.rates, result.model
        stale_s = max(_LEAST_STALE_S, 3 / rates.depth_fps if rates.depth_fps else 0.0)
        moving = state is SourceState.PLAYING and now_s - result.finished_at_s < stale_s
        while self._paints and now_s - self._paints[0][0] > stale_s:
            self._paints.popleft()
        return Figures(
            source_fps=(rates.source_fps or None) if moving else None,  # 0: nobody counts them
            depth_fps=(rates.depth_fps or None) if moving else None,
            window_fps=self._paint_rate() if moving else None,
            latency_ms=sum(ms for _, ms in self._paints) / len(self._paints) if self._paints and moving else None,
            age_ms=result.frame.age_ms(now_s) if state is not SourceState.PAUSED else None,
            network_hw=result.network_hw,
            precision=model.precision,
            device="recorded" if result.is_recorded else _device(model),
            dropped=rates.dropped,
            non_finite=rates.non_finite,
            error=error,
        )

    def _paint_rate(self) -> float | None:
        if len(self._paints) < 2:
            return None
        span_s = self._paints[-1][0] - self._paints[0][0]
        return (len(self._paints) - 1) / span_s if span_s > 0 else None


def _device(model: ModelInfo) -> str:
    """Of "CPU, 2 threads" the first word."""
    return model.device_name.partition(",")[0] or model.device
