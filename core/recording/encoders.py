"""The two encoders of a recording. Each picture comes out as one packet at once: nothing waits inside them."""

import os
from fractions import Fraction
from typing import Literal, TypeAlias

import av
import numpy as np
from av.codec.context import Flags
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange

from core.errors import RecordingError
from core.messages import RgbArray
from core.opencv import cv2
from core.recording.depth_codes import Codes
from core.recording.h264 import configuration_record, length_prefixed
from core.recording.matroska_head import TICKS_PER_S
from core.recording.yuv import to_yuv420

_Encoder: TypeAlias = Literal["h264_nvenc", "libx264", "ffv1"]

_TIME_BASE = Fraction(1, TICKS_PER_S)
_KEY_FRAME_EVERY_S = 1.0
_KEY_FRAME_EVERY_FRAMES = 60
_BT709 = 1
_THREADS = max(1, min(4, (os.cpu_count() or 1) // 2))  # the network needs the processors, too
_SLICED_FROM_PX = 64 * 64  # FFV1 refuses to cut tiny pictures into slices
# A constant quality that is hard to tell from the source, no B-frames, no look-ahead. x264 at a fixed quantiser:
# `crf` looks at each picture twice, which takes a quarter longer and gives the same PSNR for the same size.
_COLOUR_OPTIONS: dict[_Encoder, dict[str, str]] = {
    "h264_nvenc": {
        "preset": "p4",
        "rc": "vbr",
        "cq": "19",
        "b": "0",
        "bf": "0",
        "delay": "0",
        "zerolatency": "1",
        "forced-idr": "1",
    },
    "libx264": {"preset": "ultrafast", "qp": "18", "tune": "zerolatency", "forced-idr": "1"},
}


class ColourEncoder:
    """H.264 of RGB pictures of one size, by the graphics card where it does, else by x264. Used by: one thread."""

    def __init__(self, picture_hw: tuple[int, int], rate: float) -> None:
        """Raises: RecordingError where no encoder takes such pictures."""
        height, width = picture_hw
        self.coded_hw = (height + height % 2, width + width % 2)
        self._padding = (0, height % 2, 0, width % 2)
        self._key_at_ticks: int | None = None
        self._since_key = 0
        for name in _COLOUR_OPTIONS:
            try:
                self._context = self._opened(name, rate)
                self.configuration = configuration_record(self._context.extradata or b"")
            except (av.FFmpegError, ValueError, MemoryError) as error:
                failure = error
                continue
            return
        raise RecordingError(f"no H.264 encoder takes pictures of {width}x{height} ({failure})") from failure

    def encode(self, rgb: RgbArray, time_ticks: int) -> tuple[bytes, bool]:
        """The packet, and whether decoding can start with it. Raises: RecordingError."""
        is_key = (
            self._key_at_ticks is None
            or time_ticks - self._key_at_ticks >= _KEY_FRAME_EVERY_S * TICKS_PER_S
            or self._since_key >= _KEY_FRAME_EVERY_FRAMES
        )
        if is_key:
            self._key_at_ticks, self._since_key = time_ticks, 0
        self._since_key += 1
        packet = _only_packet(self._context, self._frame(rgb, time_ticks, is_key=is_key))
        return length_prefixed(bytes(packet)), packet.is_keyframe

    def _opened(self, name: _Encoder, rate: float) -> VideoCodecContext:
        """An encoder that has shown, on one picture, that it works: drivers promise more than they keep."""
        self._trial(self._made(name, rate))
        return self._made(name, rate)

    def _made(self, name: _Encoder, rate: float) -> VideoCodecContext:
        context = _video_context(name, self.coded_hw, "yuv420p")
        context.framerate = Fraction(rate).limit_denominator(1001)
        context.flags |= Flags.global_header  # the parameter sets apart
        context.color_range = ColorRange.MPEG
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.options = {"g": str(10 * _KEY_FRAME_EVERY_FRAMES), **_COLOUR_OPTIONS[name]}
        context.open()
        return context

    def _trial(self, context: VideoCodecContext) -> None:
        height, width = self.coded_hw
        grey = np.full((height, width, 3), 128, np.uint8)
        if len(context.encode(self._frame(grey, 0, is_key=True))) != 1:
            raise ValueError("it keeps pictures back")

    def _frame(self, rgb: RgbArray, time_ticks: int, *, is_key: bool) -> VideoFrame:
        if rgb.shape[:2] != self.coded_hw:
            rgb = cv2.copyMakeBorder(rgb, *self._padding, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
        frame = to_yuv420(rgb)
        frame.pts, frame.time_base = time_ticks, _TIME_BASE
        frame.pict_type = PictureType.I if is_key else PictureType.NONE
        return frame


class DepthEncoder:
    """FFV1 of 16-bit pictures of one size, each on its own and with checksums. Used by: one thread."""

    def __init__(self, coded_hw: tuple[int, int]) -> None:
        """Raises: RecordingError."""
        height, width = coded_hw
        try:
            self._context = _video_context("ffv1", coded_hw, "gray16le")
            slices = 4 if height * width >= _SLICED_FROM_PX and min(coded_hw) >= 2 else 1
            self._context.options = {"level": "3", "g": "1", "slicecrc": "1", "slices": str(slices)}
            self._context.open()
        except (av.FFmpegError, ValueError, MemoryError) as error:
            raise RecordingError(f"depth of {width}x{height} cannot be encoded ({error})") from error

    @property
    def configuration(self) -> bytes:
        return self._context.extradata or b""

    def encode(self, codes: Codes, time_ticks: int) -> bytes:
        """Raises: RecordingError."""
        frame = VideoFrame.from_ndarray(codes, format="gray16le")
        frame.pts, frame.time_base = time_ticks, _TIME_BASE
        return bytes(_only_packet(self._context, frame))


def _video_context(name: _Encoder, coded_hw: tuple[int, int], pixels: str) -> VideoCodecContext:
    context = av.CodecContext.create(name, "w")
    context.height, context.width = coded_hw
    context.pix_fmt = pixels
    context.time_base = _TIME_BASE
    context.thread_type, context.thread_count = "SLICE", _THREADS
    return context


def _only_packet(context: VideoCodecContext, frame: VideoFrame) -> "Packet[Stream]":  # no generic at run time
    try:
        packets = context.encode(frame)
    except (av.FFmpegError, ValueError, MemoryError) as error:
        raise RecordingError(f"the encoder {context.name} failed ({error})") from error
    if len(packets) != 1:
        raise RecordingError(f"the encoder {context.name} failed (it gave {len(packets)} packets for one picture)")
    return packets[0]
