"""Where true depth comes from: files measured beside photos, or the demo scene, played or recorded."""

import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.comparing.demo_moments import DemoMoments
from core.errors import SourceError
from core.messages import DepthArray, Frame, SourceInfo, SourceKind
from core.recording.reader import DepthVideoReader
from core.sources.pictures import SHOWN_S, pictures_in
from core.sources.source import is_sane_size
from core.synthetic.true_depth import true_inverse_depth_at

SUFFIX, KEY = ".npz", "inverse_depth"
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


class GroundTruth(Protocol):
    """The truth for the frames of one source."""

    kind: str  # for people: "measured" or "rendered"

    def of(self, frame: Frame) -> DepthArray | None:
        """(H, W) float32 inverse depth, not finite where unknown; None where this frame has none.

        Raises: SourceError where it should be there and cannot be read; the other frames are not concerned.
        """
        ...

    def name_of(self, frame: Frame) -> str:
        """What the picture is called; empty where it has no name of its own."""
        ...


def truth_of(source: SourceInfo) -> GroundTruth | None:
    """The truth that belongs to a source; None where nobody knows it. May read files. Raises: SourceError."""
    match source.kind:
        case SourceKind.DEMO:
            return DemoTruth()
        case SourceKind.RECORDING if _is_of_demo(source):
            return RecordedDemoTruth()
        case SourceKind.PICTURES:
            path = Path(source.address)
            pictures = pictures_in(path) if path.is_dir() else [path]
            if any(picture.with_suffix(SUFFIX).is_file() for picture in pictures):
                return MeasuredTruth(pictures)
    return None


class DemoTruth:
    """The demo scene's depth, worked out from the scene itself."""

    kind = "rendered"

    def __init__(self) -> None:
        """Loads what traces the rays, which takes a second the first time."""
        true_inverse_depth_at(0.0)

    def of(self, frame: Frame) -> DepthArray | None:
        return None if frame.media_time_s is None else true_inverse_depth_at(frame.media_time_s)

    def name_of(self, frame: Frame) -> str:
        return ""


class RecordedDemoTruth:
    """The same for a recording of the scene, whose times are the recording's own: each picture is looked up."""

    kind = "rendered"

    def __init__(self) -> None:
        """Looks through the scene once, which takes two seconds. Raises: SourceError."""
        self._moments = DemoMoments()
        true_inverse_depth_at(0.0)

    def of(self, frame: Frame) -> DepthArray | None:
        time_s = self._moments.time_of(frame.rgb)
        return None if time_s is None else true_inverse_depth_at(time_s)

    def name_of(self, frame: Frame) -> str:
        return ""


class MeasuredTruth:
    """NAME.npz beside the photo NAME.jpg; its array `inverse_depth` has NaN where nothing was measured."""

    kind = "measured"

    def __init__(self, pictures: list[Path]) -> None:
        self._pictures = pictures

    def of(self, frame: Frame) -> DepthArray | None:
        file = self._picture(frame).with_suffix(SUFFIX)
        return read_inverse_depth(file) if file.is_file() else None

    def name_of(self, frame: Frame) -> str:
        return self._picture(frame).stem

    def _picture(self, frame: Frame) -> Path:
        """A picture's time is its place in the folder, also where pictures before it could not be read."""
        return self._pictures[round((frame.media_time_s or 0.0) / SHOWN_S)]


def _is_of_demo(source: SourceInfo) -> bool:
    reader = DepthVideoReader(Path(source.address), with_colour=False)
    try:
        return reader.facts.source == "demo"
    finally:
        reader.close()


def read_inverse_depth(path: Path) -> DepthArray:
    """The array `inverse_depth` (H, W) of an .npz file. Nothing in the file is run, and no size is believed that
    no picture has. Raises: SourceError."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{KEY}.npy") as stored:
            _check_shape(path, stored)
            stored.seek(0)
            depth: NDArray[Any] = np.lib.format.read_array(stored, allow_pickle=False)
    except KeyError as error:
        raise SourceError(f"{path} holds no array {KEY!r}: it is not the depth of a picture") from error
    except (OSError, EOFError, ValueError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise SourceError(f"{path} is no .npz file that can be read: it is damaged; copy it again") from error
    return np.ascontiguousarray(depth, dtype=np.float32)


def _check_shape(path: Path, stored: IO[bytes]) -> None:
    """Of an array that has not been read yet. Raises: SourceError, ValueError."""
    read_header = _HEADERS.get(np.lib.format.read_magic(stored))
    if read_header is None:
        raise ValueError("an unknown version of its format")
    shape, _, dtype = read_header(stored)
    if len(shape) != 2 or dtype.kind != "f" or not is_sane_size(shape[1], shape[0]):
        raise SourceError(f"{path}: {KEY} must be (height, width) of floats, got {shape} of {dtype}")
