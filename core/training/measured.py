"""Photos with measured depth, to judge a network on. Apart from the rest of training, which needs no PyAV."""

from pathlib import Path

from core.comparing.ground_truth import truth_of
from core.messages import Frame
from core.sources.opener import open_source
from core.training.evaluation import Judged


def measured_set(folder: Path) -> list[Judged]:
    """The photos NAME.jpg of a folder that have NAME.npz beside them. Raises: SourceError."""
    source = open_source(str(folder))
    try:
        truth, judged, index = truth_of(source.info), [], 0
        while (picture := source.read()) is not None:
            frame = Frame(index, 0.0, picture.rgb, picture.media_time_s)
            depth = truth.of(frame) if truth is not None else None
            if truth is not None and depth is not None:
                judged.append(Judged(truth.name_of(frame), picture.rgb, depth))
            index += 1
        return judged
    finally:
        source.close()
