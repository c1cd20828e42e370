"""The built-in scene: a flight through a furnished room in which people walk and talk. Needs no camera."""

from dataclasses import replace
from pathlib import Path

from core.messages import SourceKind
from core.sources.source import Picture
from core.sources.video import open_video

CLIP = Path(__file__).resolve().parents[2] / "assets" / "demo.mp4"  # made by core/synthetic/demo_clip.py


class DemoSource:
    """Plays like a file of twenty seconds whose end meets its start. Used by: the capture thread, its owner.

    The true depth of each of its pictures is known: `core.synthetic.true_depth`.
    """

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
