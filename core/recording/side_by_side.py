"""A video of colour and depth side by side: H.264, with the frames' own times."""

from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream

from core.compose import render
from core.depth_files import write_whole
from core.depth_range import AutoRange
from core.errors import RecordingError
from core.look import Look, View
from core.messages import DepthResult, RgbArray
from core.opencv import cv2
from core.snapshot import encode_png

TIME_BASE = Fraction(1, 90_000)
# Matroska survives a kill as it is; MP4 does when it is written in fragments.
FORMATS: dict[str, tuple[str, dict[str, str]]] = {
    ".mp4": ("mp4", {"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
    ".mkv": ("matroska", {}),
}


class SideBySideWriter:
    """Owns the file, from the first result until `close`; what a fault or a kill leaves of it can be played.

    Used by: one thread.
    """

    def __init__(self, path: Path, colormap: str) -> None:
        """Raises: RecordingError for a suffix that is not among FORMATS."""
        if path.suffix.lower() not in FORMATS:
            raise RecordingError(f"a video is written as {' or '.join(FORMATS)}, got {path.name!r}")
        self.path = path
        self.frames = 0
        self.preview: RgbArray | None = None  # the newest picture written
        self._colormap = colormap
        self._range = AutoRange()
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._zero_s = 0.0  # the source's time at the video's start
        self._time_s = 0.0  # of the newest picture in the video
        self._interval_s = 0.0  # between the newest two

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, result: DepthResult) -> None:
        """Add one result, at its media time or, where the source is live, at its capture time.

        Raises: RecordingError.
        """
        frame = result.frame
        time_s = self._advance(frame.captured_at_s if frame.media_time_s is None else frame.media_time_s)
        low, high = self._range.update(result.low, result.high, time_s, result.inverse_depth)
        look = Look(View.SIDE, self._colormap, low=low, high=high)
        self.preview = render(look, frame.rgb, result.inverse_depth)
        try:
            if self._stream is None:
                self._stream = self._open(self.preview)
            picture = av.VideoFrame.from_ndarray(_fitted(self.preview, self._stream), format="rgb24")
            picture.pts = round(time_s / TIME_BASE)
            picture.time_base = TIME_BASE
            self._mux(picture)
        except (OSError, av.FFmpegError) as error:
            raise RecordingError(f"{self.path} could not be written: {error.strerror or error}") from error
        self.frames += 1

    @property
    def duration_s(self) -> float:
        """From the first picture to the end of the newest one."""
        return self._time_s + self._interval_s if self.frames else 0.0

    def write_preview(self, path: Path) -> None:
        """Write the newest picture as PNG. Raises: RecordingError."""
        if self.preview is not None:
            write_whole(path, encode_png(self.preview[..., ::-1]))

    def close(self) -> None:
        """Finish the file. Can be called again. Raises: RecordingError."""
        container, self._container = self._container, None
        if container is None:
            return
        try:
            with container:
                self._flush(container)
        except (OSError, av.FFmpegError) as error:
            raise RecordingError(f"{self.path} could not be finished: {error.strerror or error}") from error

    def _advance(self, source_s: float) -> float:
        """Time in the video of a picture at `source_s`. Where the source starts again, the video goes on."""
        if self.frames == 0:
            self._zero_s = source_s
        elif source_s - self._zero_s <= self._time_s:
            self._zero_s = source_s - self._time_s - (self._interval_s or float(TIME_BASE))
        time_s = source_s - self._zero_s
        self._interval_s, self._time_s = time_s - self._time_s, time_s
        return time_s

    def _open(self, picture: RgbArray) -> VideoStream:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        container_format, options = FORMATS[self.path.suffix.lower()]
        self._container = av.open(self.path, "w", format=container_format, options=options)
        # No B-frames: a fragmented MP4 would have to start late to make room for their reordering.
        encoder = {"crf": "18", "preset": "veryfast", "bf": "0"}
        stream = self._container.add_stream("libx264", options=encoder)
        height, width, _ = picture.shape
        stream.width, stream.height = max(2, width // 2 * 2), max(2, height // 2 * 2)  # yuv420p wants even sides
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = TIME_BASE
        return stream

    def _mux(self, picture: av.VideoFrame) -> None:
        if self._container is not None and self._stream is not None:
            self._container.mux(self._stream.encode(picture))

    def _flush(self, container: OutputContainer) -> None:
        if self._stream is not None:
            container.mux(self._stream.encode(None))


def _fitted(picture: RgbArray, stream: VideoStream) -> RgbArray:
    """Cut to the stream's even sides; a picture of another size, in a folder of many, is scaled to it."""
    height, width, _ = picture.shape
    if (height // 2 * 2, width // 2 * 2) != (stream.height, stream.width):
        scaled = cv2.resize(picture, (stream.width, stream.height), interpolation=cv2.INTER_AREA)
        return scaled.astype(np.uint8, copy=False)
    return np.ascontiguousarray(picture[: stream.height, : stream.width])
