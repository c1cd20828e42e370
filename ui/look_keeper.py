"""Keeps the Look: the person's choices and the range that follows each result."""

from dataclasses import replace

from PyQt6.QtCore import QObject, pyqtSignal

from app.settings import Settings
from core.depth_range import AutoRange
from core.look import Look, View
from core.messages import DepthResult


class LookKeeper(QObject):
    """Owns the AutoRange. `changed` carries every new Look. Used by: window thread."""

    changed = pyqtSignal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._range = AutoRange()
        self._seen: tuple[int, str, tuple[int, int]] | None = None  # source, model and size of the last result
        self._newest: DepthResult | None = None
        if settings.range_locked and settings.range_low < settings.range_high:
            self._range.lock(settings.range_low, settings.range_high)
        self.look = _look(settings, self._range.range)

    @property
    def locked(self) -> bool:
        return self._range.locked

    def take(self, settings: Settings) -> None:
        """Show what `settings` say; the range is this object's own."""
        self._set(_look(settings, self._range.range))

    def follow(self, result: DepthResult) -> None:
        """Move the range towards that of a new result."""
        seen = (result.frame.source_id, result.model.name, result.network_hw)
        if seen != self._seen:
            self._range.reset()
            self._seen = seen
        self._newest = result
        self._range.update(result.low, result.high, result.finished_at_s, result.inverse_depth, result.frame.rgb)
        self._take_range()

    def lock(self) -> tuple[float, float]:
        """Keep the range that is shown; gives it."""
        self._range.lock()
        return self._range.range

    def unlock(self) -> None:
        self._range.unlock()

    def lock_at(self, low: float, high: float) -> None:
        self._range.lock(low, high)
        self._take_range()

    def measured(self) -> tuple[float, float] | None:
        """The range of the newest result by itself, without easing; None before the first."""
        if self._newest is None:
            return None
        return self._newest.low, self._newest.high

    def _take_range(self) -> None:
        low, high = self._range.range
        self._set(replace(self.look, low=low, high=high))

    def _set(self, look: Look) -> None:
        if look != self.look:
            self.look = look
            self.changed.emit(look)


def _look(settings: Settings, shown: tuple[float, float]) -> Look:
    return Look(
        view=View(settings.view),
        colormap=settings.colormap,
        invert=settings.invert,
        opacity=settings.opacity,
        wipe=settings.wipe,
        low=shown[0],
        high=shown[1],
    )
