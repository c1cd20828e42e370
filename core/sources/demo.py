"""The built-in scene: a room made in code, where somebody walks and a ball rolls. Needs no camera."""

from dataclasses import replace
from functools import cache

from core.messages import DepthArray, SourceKind
from core.sources.source import Picture
from core.sources.video import open_video
from core.synthetic.demo_clip import CLIP
from core.synthetic.living_room import build_room
from core.synthetic.movers import moment
from core.synthetic.scene import Room
from core.synthetic.true_depth import true_inverse_depth


class DemoSource:
    """Plays like a file of twenty seconds whose end meets its start. Used by: the capture thread, its owner."""

    def __init__(self) -> None:
        """Raises: SourceError where the clip that belongs to the program is missing."""
        self._video = open_video(CLIP, lambda: False)
        self.info = replace(
            self._video.info, kind=SourceKind.DEMO, name="Demo scene", address="demo", detail="rendered"
        )

    def read(self) -> Picture | None:
        return self._video.read()

    def seek(self, time_s: float) -> None:
        self._video.seek(time_s)

    def close(self) -> None:
        self._video.close()

    def true_inverse_depth(self, time_s: float) -> DepthArray:
        """(H, W) float32, 1 / metres, of the picture shown at `time_s`: what a network is measured against."""
        return true_inverse_depth_at(time_s)


def true_inverse_depth_at(time_s: float) -> DepthArray:
    """The same without the source. Used by: any thread."""
    return true_inverse_depth(_room(), moment(time_s))


@cache
def _room() -> Room:
    return build_room()
