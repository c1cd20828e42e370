"""What every source promises the capture thread."""

from typing import NamedTuple, Protocol

from core.messages import RecordedDepth, RgbArray, SourceInfo

MAX_SIDE_PX = 16384  # a larger declared size is damage or an attack, refused before memory is asked for
MAX_PIXELS = 128 * 2**20


class Picture(NamedTuple):
    """One picture as a source gives it. The arrays are new for each call, or are never written to again."""

    rgb: RgbArray  # (H, W, 3)
    media_time_s: float | None  # position within a file, from 0; None for live sources
    recorded: RecordedDepth | None = None  # only of recordings


class Source(Protocol):
    """One opening of a camera, stream, file, folder or scene. Used by: the capture thread, which owns it.

    A file or folder with damaged parts delivers all it can and then raises one SourceError, once; after a `seek`
    it plays again and ends plainly with None.
    """

    @property
    def info(self) -> SourceInfo: ...

    def read(self) -> Picture | None:
        """The next picture; None at the end. A live source waits for it.

        Raises: SourceError; a live source that did is lost and has to be opened again.
        """
        ...

    def seek(self, time_s: float) -> None:
        """Let the next `read` give the frame shown at `time_s`: the last whose time is <= `time_s`.

        Before the start is the first frame, past the end the last. Does nothing where `info.seekable` is false.
        Raises: SourceError.
        """
        ...

    def close(self) -> None:
        """Release everything. Can be called again."""
        ...


def is_sane_size(width_px: int, height_px: int) -> bool:
    """Whether a picture of this declared size may be decoded."""
    return 0 < width_px <= MAX_SIDE_PX and 0 < height_px <= MAX_SIDE_PX and width_px * height_px <= MAX_PIXELS
