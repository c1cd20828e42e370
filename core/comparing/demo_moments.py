"""Which moment of the demo scene a picture shows. A recording of it may begin anywhere, jump and go round."""

import numpy as np
from numpy.typing import NDArray

from core.messages import RgbArray
from core.opencv import cv2
from core.sources.demo import DemoSource

_SMALL_WH = (64, 48)
_MOST_OFF = (
    4.0  # levels of 255, in the mean: what recording and decoding change is below 1, another scene above 20
)


class DemoMoments:
    """Small pictures of every frame of the scene, and their times."""

    def __init__(self) -> None:
        """Decodes the scene once, which takes a second. Raises: SourceError."""
        small: list[NDArray[np.float32]] = []
        self._times_s: list[float] = []
        source = DemoSource()
        try:
            while (picture := source.read()) is not None:
                small.append(_small(picture.rgb))
                self._times_s.append(picture.media_time_s or 0.0)
        finally:
            source.close()
        self._small = np.stack(small)  # (frames, pixels)

    def time_of(self, rgb: RgbArray) -> float | None:
        """The scene's time in seconds at which it looks like `rgb`; None where it never does."""
        off = np.abs(self._small - _small(rgb)).mean(axis=1)
        nearest = int(off.argmin())
        return self._times_s[nearest] if off[nearest] <= _MOST_OFF else None


def _small(rgb: RgbArray) -> NDArray[np.float32]:
    """Brightness, (pixels,)."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, _SMALL_WH, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
