"""The two decoders of a recording: one packet in, one picture out, of the size that was announced and no other."""

import os
from typing import Literal, cast

import av
import numpy as np
from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from core.messages import RgbArray
from core.recording.depth_codes import Codes

_THREADS = min(4, os.cpu_count() or 1)


class Undecodable(ValueError):  # noqa: N818 - what the packet is
    """A packet that gives no picture, or another one than it should."""


class ColourDecoder:
    """Used by: one thread."""

    def __init__(self, coded_hw: tuple[int, int], picture_hw: tuple[int, int], private: bytes) -> None:
        self._coded_hw = coded_hw
        self._picture_hw = picture_hw
        self._context = _context("h264", coded_hw, private)
        self._context.flags |= Flags.low_delay  # no waiting for pictures that would come before
        self._reformatter = VideoReformatter()

    def decode(self, data: memoryview) -> VideoFrame:
        """Raises: Undecodable."""
        return _only_frame(self._context, data, self._coded_hw)

    def to_rgb(self, frame: VideoFrame) -> RgbArray:
        """(H, W, 3) of the size that was recorded."""
        height, width = self._picture_hw
        rgb = cast(RgbArray, self._reformatter.reformat(frame, format="rgb24").to_ndarray())
        return np.ascontiguousarray(rgb[:height, :width])

    def restart(self) -> None:
        """Before a packet that does not follow the one before."""
        self._context.flush_buffers()


class DepthDecoder:
    """Used by: one thread."""

    def __init__(self, coded_hw: tuple[int, int], private: bytes) -> None:
        self._coded_hw = coded_hw
        self._context = _context("ffv1", coded_hw, private)

    def decode(self, data: memoryview) -> Codes:
        """Raises: Undecodable, also where a checksum is wrong."""
        frame = _only_frame(self._context, data, self._coded_hw)
        if frame.format.name != "gray16le":
            raise Undecodable(f"depth is stored as {frame.format.name}")
        return cast(Codes, frame.to_ndarray())


def _context(name: Literal["h264", "ffv1"], coded_hw: tuple[int, int], private: bytes) -> VideoCodecContext:
    context = av.CodecContext.create(name, "r")
    context.height, context.width = height, width = coded_hw
    context.extradata = private
    context.thread_type, context.thread_count = "SLICE", _THREADS
    # Pictures larger than announced are refused before memory is asked for. Each side is counted in blocks of 16.
    largest = (height + 64) * (width + 64)
    context.options = {"max_pixels": str(largest), "err_detect": "crccheck+explode"}
    return context


def _only_frame(context: VideoCodecContext, data: memoryview, coded_hw: tuple[int, int]) -> VideoFrame:
    try:
        frames = context.decode(Packet(bytes(data)))
    except (av.FFmpegError, ValueError, MemoryError) as error:
        raise Undecodable(getattr(error, "strerror", None) or str(error)) from error
    if len(frames) != 1 or frames[0].is_corrupt:
        raise Undecodable("it gives no whole picture")
    if (frames[0].height, frames[0].width) != coded_hw:
        raise Undecodable(f"it gives a picture of {frames[0].width}x{frames[0].height}")
    return frames[0]
