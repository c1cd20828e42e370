"""The built-in scene: a room made in code, where somebody walks and a ball rolls. Needs no file, no camera."""

from core.messages import DepthArray, SourceInfo, SourceKind
from core.sources.source import Picture
from core.synthetic.living_room import build_room
from core.synthetic.movers import LOOP_S, SIZE_PX, moment
from core.synthetic.painting import Painter
from core.synthetic.true_depth import true_inverse_depth

FPS = 30
FRAMES = round(LOOP_S * FPS)


class DemoSource:
    """Plays like a file of twenty seconds whose end meets its start. Used by: the capture thread, its owner."""

    def __init__(self) -> None:
        self._room = build_room()
        self._painter = Painter(self._room, SIZE_PX)
        self._index = 0
        self.info = SourceInfo(
            kind=SourceKind.DEMO,
            name="Demo scene",
            address="demo",
            width_px=SIZE_PX[0],
            height_px=SIZE_PX[1],
            fps=FPS,
            duration_s=LOOP_S,
            frame_count=FRAMES,
            seekable=True,
            detail="rendered",
        )

    def read(self) -> Picture | None:
        if self._index >= FRAMES:
            return None
        time_s = self._index / FPS
        self._index += 1
        return Picture(self._painter.paint(moment(time_s)), time_s)

    def seek(self, time_s: float) -> None:
        # A time that is a frame's own may come back a rounding error short of it.
        self._index = min(max(0, int(time_s * FPS + 1e-6)), FRAMES - 1)

    def close(self) -> None:
        """Nothing is held."""

    def true_inverse_depth(self, time_s: float) -> DepthArray:
        """(H, W) float32, 1 / metres, of the picture shown at `time_s`: what a network is measured against."""
        return true_inverse_depth(self._room, moment(time_s))
