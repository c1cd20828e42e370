"""Photos with measured depth, to judge a network on. Apart from the rest of training, which needs no PyAV."""

from pathlib import Path

from core.comparing.ground_truth import truth_of
from core.errors import SettingError
from core.messages import Frame
from core.sources.pictures import open_pictures
from core.training.evaluation import Judged


def measured_set(folder: Path) -> list[Judged]:
    """The photos NAME.jpg of a folder that have NAME.npz beside them.

    Raises: SourceError; SettingError where it is no folder or there are none.
    """
    if not folder.is_dir():
        raise SettingError(f"--pairs must be a folder of photos, got {folder}")
    source = open_pictures(folder, lambda: False)
    try:
        truth, judged, index = truth_of(source.info), [], 0
        while (picture := source.read()) is not None:
            frame = Frame(index, 0.0, picture.rgb, picture.media_time_s)
            depth = truth.of(frame) if truth is not None else None
            if truth is not None and depth is not None:
                judged.append(Judged(truth.name_of(frame), picture.rgb, depth))
            index += 1
        if not judged:
            raise SettingError(
                f"{folder} holds no photo NAME.jpg with its depth NAME.npz: give --pairs another folder"
            )
        return judged
    finally:
        source.close()
