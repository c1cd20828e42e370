"""The view as shown, as an MP4 that browsers play: H.264 at the pictures' own times."""

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from core.compose import render
from core.depth_range import AutoRange
from core.errors import RecordingError
from core.look import Look
from core.messages import DepthResult, RgbArray
from core.opencv import cv2
from core.recording.faststart import put_index_first
from core.recording.yuv import to_yuv420

SUFFIX = ".mp4"
TIME_BASE = Fraction(1, 90_000)
# Written in fragments, so that a kill leaves what can be played, and turned into a plain MP4 at the end, whose
# index is then put first.
_CONTAINER = {"movflags": "hybrid_fragmented+frag_keyframe", "flush_packets": "1"}
# A fast preset, for the network needs the processors more. zerolatency: no picture waits for later ones.
_ENCODER = {
    "preset": "ultrafast",
    "crf": "20",
    "tune": "zerolatency",
    "forced-idr": "1",
    "threads": "1",
    "g": "600",
}
_KEY_FRAME_EVERY_S = 1.0  # a kill costs no more, and players jump to them
_MOST_PX = 4096 * 2304  # what H.264 decoders in browsers take; larger views are scaled down
_BT709 = 1  # number of the colour primaries and the transfer in ITU-T H.273


class ViewVideoWriter:
    """Owns the file, from the first result until `close`. Used by: one thread."""

    def __init__(self, path: Path, look: Look, *, range_locked: bool = False, overwrite: bool = False) -> None:
        """`look` holds the range where that is locked. Raises: RecordingError for another suffix than .mp4."""
        if path.suffix.lower() != SUFFIX:
            raise RecordingError(f"the view is written as {SUFFIX}, got {path.name!r}")
        self.path = path
        self.frames = 0
        self._overwrite = overwrite
        self._look = look
        self._range_locked = range_locked
        self._range = AutoRange()
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._canvas_hw = (0, 0)  # the part of the first view that has even sides
        self._newest_ticks = -1
        self._key_at_s: float | None = None

    def set_look(self, look: Look, *, range_locked: bool) -> None:
        """Show the next results so."""
        self._look, self._range_locked = look, range_locked

    @property
    def bytes_written(self) -> int:
        try:
            return self.path.stat().st_size if self._stream is not None else 0
        except OSError:
            return 0

    def write(self, result: DepthResult, time_s: float) -> None:
        """Add the view of `result`, shown from `time_s` on, counted from the start. Raises: RecordingError."""
        view = self._view(result, time_s)
        try:
            stream = self._stream or self._open(view)
            ticks = max(round(time_s / TIME_BASE), self._newest_ticks + 1)
            self._mux(stream, self._picture(view, time_s, ticks))
        except (OSError, av.FFmpegError) as error:
            raise RecordingError(f"{self.path} could not be written: {error.strerror or error}") from error
        self._newest_ticks = ticks
        self.frames += 1

    def close(self) -> None:
        """Finish the file; one without a picture is removed. Can be called again. Raises: RecordingError."""
        container, self._container = self._container, None
        if container is None:
            return
        try:
            with container:
                if self._stream is not None:
                    container.mux(self._stream.encode(None))  # nothing waits in it, but FFmpeg wants it told
            if not self.frames:
                self.path.unlink(missing_ok=True)
        except (OSError, av.FFmpegError) as error:
            raise RecordingError(f"{self.path} could not be finished: {error.strerror or error}") from error
        if self.frames:
            with suppress(OSError, ValueError):  # without room for a second copy the index stays at the end
                put_index_first(self.path)

    def _view(self, result: DepthResult, time_s: float) -> RgbArray:
        low, high = self._range.update(result.low, result.high, time_s, result.inverse_depth, result.frame.rgb)
        look = self._look if self._range_locked else replace(self._look, low=low, high=high)
        return render(look, result.frame.rgb, result.inverse_depth)

    def _open(self, picture: RgbArray) -> VideoStream:
        if self.path.exists() and not self._overwrite:
            raise RecordingError(f"{self.path} is there already")
        self._container = av.open(self.path, "w", format="mp4", container_options=_CONTAINER)
        stream = self._container.add_stream("libx264", options=_ENCODER)
        self._canvas_hw = _even(_bounded((picture.shape[0], picture.shape[1])))
        stream.height, stream.width = self._canvas_hw
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = TIME_BASE
        codec = stream.codec_context
        codec.color_primaries = codec.color_trc = _BT709
        codec.colorspace, codec.color_range = Colorspace.ITU709, ColorRange.MPEG
        self._stream = stream
        return stream

    def _picture(self, view: RgbArray, time_s: float, ticks: int) -> av.VideoFrame:
        picture = to_yuv420(fitted(view, self._canvas_hw))
        picture.pts, picture.time_base = ticks, TIME_BASE
        if self._key_at_s is None or time_s - self._key_at_s >= _KEY_FRAME_EVERY_S:
            picture.pict_type = PictureType.I
            self._key_at_s = time_s
        else:
            picture.pict_type = PictureType.NONE
        return picture

    def _mux(self, stream: VideoStream, picture: av.VideoFrame | None) -> None:
        if self._container is not None:
            self._container.mux(stream.encode(picture))


def fitted(picture: RgbArray, canvas_hw: tuple[int, int]) -> RgbArray:
    """`picture` (H, W, 3) on a canvas: cut by the odd row and column, or scaled into the middle of it."""
    height, width = canvas_hw
    if _even((picture.shape[0], picture.shape[1])) == canvas_hw:
        whole = picture[:height, :width]
        lacking = (0, height - whole.shape[0], 0, width - whole.shape[1])  # where a side is one pixel
        return cv2.copyMakeBorder(whole, *lacking, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
    scale = min(height / picture.shape[0], width / picture.shape[1])
    inner_wh = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    scaled = cv2.resize(picture, inner_wh, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    canvas = np.zeros((height, width, 3), np.uint8)
    top, left = (height - inner_wh[1]) // 2, (width - inner_wh[0]) // 2
    canvas[top : top + inner_wh[1], left : left + inner_wh[0]] = scaled
    return canvas


def _even(size_hw: tuple[int, int]) -> tuple[int, int]:
    """H.264 with halved colour wants even sides."""
    return max(2, size_hw[0] // 2 * 2), max(2, size_hw[1] // 2 * 2)


def _bounded(size_hw: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, (_MOST_PX / (size_hw[0] * size_hw[1])) ** 0.5)
    return max(1, int(size_hw[0] * scale)), max(1, int(size_hw[1] * scale))
