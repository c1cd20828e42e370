"""Recordings, played back: colour at its own times, and the depth that was recorded with it."""

from pathlib import Path

from core.errors import SourceError
from core.messages import ModelInfo, RecordedDepth, SourceInfo, SourceKind
from core.recording.facts import RecordingFacts
from core.recording.reader import DepthVideoReader, RecordedFrame
from core.sources.files import check_is_readable_file
from core.sources.source import Picture

_LONGEST_TEXT = 64  # characters of a name that the window shows; anybody may have written the file


def open_recording(path: Path) -> "RecordingSource":
    """Raises: SourceError saying what ails the file."""
    check_is_readable_file(path)
    return RecordingSource(path)


class RecordingSource:
    """A recording; of a damaged one, all before the damage. Used by: the capture thread, which owns it."""

    def __init__(self, path: Path) -> None:
        """Reads the first frame, so that what opens can be shown. Raises: SourceError."""
        self._reader = DepthVideoReader(path)
        try:
            first = self._reader.read()
            if first is None:
                raise SourceError(f"{path} is a recording without a frame: nothing was recorded")
            self._upcoming: RecordedFrame | None = first
            self._model = _model_of(self._reader.facts)
            self.info = self._describe(path)
        except BaseException:
            self._reader.close()
            raise

    def read(self) -> Picture | None:
        """The next frame with its depth, None at the end. Raises: SourceError, once, where the file is damaged."""
        frame, self._upcoming = self._upcoming, None
        if frame is None:
            frame = self._reader.read()
        if frame is None:
            return None
        frame.inverse_depth.flags.writeable = False
        depth = RecordedDepth(frame.inverse_depth, self._model, self._reader.facts.aspect)
        return Picture(frame.rgb, frame.time_s, depth)

    def seek(self, time_s: float) -> None:
        """Raises: SourceError."""
        self._upcoming = None
        self._reader.seek(time_s)

    def close(self) -> None:
        self._upcoming = None
        self._reader.close()

    def _describe(self, path: Path) -> SourceInfo:
        facts, duration_s = self._reader.facts, self._reader.duration_s
        height_px, width_px = facts.picture_hw
        return SourceInfo(
            kind=SourceKind.RECORDING,
            name=path.name,
            address=str(path),
            width_px=width_px,
            height_px=height_px,
            fps=facts.frames / duration_s if facts.frames and duration_s > 0 else None,
            duration_s=duration_s or None,
            frame_count=self._reader.frame_count,
            seekable=True,
            detail="16-bit depth" if facts.depth_format == "gray16" else "exact depth",
            recorded_with=self._model,
        )


def _model_of(facts: RecordingFacts) -> ModelInfo:
    """What the tags tell of the network. Its texts are kept short: the window has one line for each."""
    return ModelInfo(
        name=_short(facts.model),
        parameters=0,
        training_px=0,
        precision=_short(facts.precision),
        device=_short(facts.device),
        device_name=_short(facts.device),
        weights_sha256=_short(facts.weights_sha256),
    )


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_TEXT]
