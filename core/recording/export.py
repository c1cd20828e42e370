"""Takes a recording elsewhere: depth as one file a frame, with an index, or as a video in colours."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import ceil, inf
from pathlib import Path
from typing import Literal, TypeAlias

from core.depth_range import sample_percentiles
from core.errors import RecordingError, SourceError
from core.look import Look, View
from core.messages import DepthResult, Frame, ModelInfo
from core.recording.export_files import WRITERS, FrameFormat, check_exr_is_there
from core.recording.export_index import ExportIndex, Row
from core.recording.facts import RecordingFacts
from core.recording.reader import DepthVideoReader, RecordedFrame
from core.recording.view_video import ViewVideoWriter

ExportFormat: TypeAlias = FrameFormat | Literal["mp4"]
FORMATS: tuple[ExportFormat, ...] = (*WRITERS, "mp4")
VIDEO = "depth.mp4"
_SAME_TIME_S = 5e-7  # half of the recording's clock


@dataclass(frozen=True, slots=True)
class ExportSummary:
    written: int  # frames
    there_already: int  # frames that an earlier export wrote
    was_cancelled: bool = False


def export(
    recording: Path,
    out: Path,
    *,
    format: ExportFormat = "png16",  # noqa: A002 - as the command line names it
    from_s: float = 0.0,
    to_s: float | None = None,
    every: int = 1,
    look: Look | None = None,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ExportSummary:
    """Write the frames of `recording` from `from_s` up to, not including, `to_s` into the folder `out`.

    What an earlier export of the same recording into the same folder completed is not done again.

    Args:
        every: only frames whose number is a multiple of it.
        look: how "mp4" shows depth; its range follows the scene.
        progress: is told how many frames are done, and of how many, where that is known.

    Raises: SourceError, also behind what a damaged recording gives; RecordingError. What was written is kept.
    """
    if format == "exr":
        check_exr_is_there()
    with DepthVideoReader(recording, with_colour=format == "mp4") as reader:
        end_s = inf if to_s is None else to_s
        selection = _Selection(from_s - _SAME_TIME_S, end_s - _SAME_TIME_S, every)
        job = _Job(reader, out, selection, _expected(reader, selection), progress, cancelled)
        if from_s > 0:
            reader.seek(from_s)
        if format == "mp4":
            return job.write_video(look or Look(View.DEPTH))
        return job.write_files(format)


@dataclass(frozen=True, slots=True)
class _Selection:
    from_s: float
    to_s: float
    every: int

    def has(self, index: int, time_s: float) -> bool:
        return self.from_s <= time_s < self.to_s and index % self.every == 0


@dataclass(frozen=True, slots=True)
class _Job:
    reader: DepthVideoReader
    out: Path
    selection: _Selection
    expected: int | None
    progress: Callable[[int, int | None], None]
    cancelled: Callable[[], bool]

    def write_files(self, format_name: FrameFormat) -> ExportSummary:
        suffix, write = WRITERS[format_name]
        written = there = 0
        with ExportIndex(self.out, self.reader.facts, format_name) as index:

            def is_there(frame: int) -> bool:
                nonlocal there
                there += frame in index
                return frame in index

            for frame in self._frames(is_there):
                path = self.out / f"depth_{frame.index:06d}{suffix}"
                offset, scale = write(path, frame)
                index.add(_row(frame, path.name, offset, scale))
                written += 1
                self.progress(written + there, self.expected)
        return ExportSummary(written, there, was_cancelled=self.cancelled())

    def write_video(self, look: Look) -> ExportSummary:
        """All frames in one file, which is there when it is complete. Its time starts with its first frame."""
        path, part = self.out / VIDEO, self.out / f".part-{VIDEO}"
        if path.exists():
            raise RecordingError(f"{path} is there already: remove it, or name another folder")
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            writer = ViewVideoWriter(part, look, overwrite=True)
            fault = self._add_frames(writer)
            was_cancelled = self.cancelled()
            if writer.frames and not was_cancelled:
                part.replace(path)
        except OSError as error:
            raise RecordingError(f"{path} could not be written: {error.strerror or error}") from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        if fault is not None:
            raise fault
        return ExportSummary(writer.frames, 0, was_cancelled=was_cancelled)

    def _add_frames(self, writer: ViewVideoWriter) -> SourceError | None:
        """Gives the damage that the recording ends with, as what is before it makes a video, too."""
        start_s: float | None = None
        try:
            for frame in self._frames():
                start_s = frame.time_s if start_s is None else start_s
                writer.write(_as_result(frame, self.reader.facts), frame.time_s - start_s)
                self.progress(writer.frames, self.expected)
        except SourceError as error:
            return error
        finally:
            writer.close()
        return None

    def _frames(self, is_there: Callable[[int], bool] = lambda frame: False) -> Iterator[RecordedFrame]:
        """Those selected that are not there yet, until there are no more or it is cancelled."""

        def is_looked_at(frame: int, time_s: float) -> bool:
            return self._is_over(time_s) or (self.selection.has(frame, time_s) and not is_there(frame))

        while (frame := self.reader.read(is_looked_at)) is not None and not self._is_over(frame.time_s):
            yield frame

    def _is_over(self, time_s: float) -> bool:
        return time_s >= self.selection.to_s or self.cancelled()


def _row(frame: RecordedFrame, name: str, offset: float | None, scale: float | None) -> Row:
    depth = frame.inverse_depth
    return Row(frame.index, frame.time_s, name, offset, scale, float(depth.min()), float(depth.max()))


def _as_result(frame: RecordedFrame, facts: RecordingFacts) -> DepthResult:
    low, high = sample_percentiles(frame.inverse_depth)
    return DepthResult(
        frame=Frame(frame.index, frame.time_s, frame.rgb, frame.time_s),
        inverse_depth=frame.inverse_depth,
        low=low,
        high=high,
        model=ModelInfo(facts.model, 0, max(facts.network_hw), facts.precision, facts.device, facts.device),
        started_at_s=frame.time_s,
        finished_at_s=frame.time_s,
    )


def _expected(reader: DepthVideoReader, selection: _Selection) -> int | None:
    """How many frames there will be, as far as can be told: exactly for all of a finished recording."""
    count, duration_s = reader.frame_count, reader.duration_s
    if count is None or duration_s <= 0:
        return None
    share = (min(selection.to_s, duration_s) - max(selection.from_s, 0.0)) / duration_s
    return max(0, ceil(count * share / selection.every))
