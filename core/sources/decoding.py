"""One opened container and its video, decoded with PyAV: shared by video files and streams."""

from collections.abc import Callable, Generator
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Discard, Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from core.errors import SourceError
from core.messages import RgbArray
from core.sources.pixels import Orientation, over_white
from core.sources.source import MAX_PIXELS, is_sane_size

# Also given to the demuxer, which decodes a little to learn the sizes.
DECODER_OPTIONS = {"max_pixels": str(MAX_PIXELS)}
_TEXT_ART = {"ansi", "bintext", "xbin", "idf"}  # how FFmpeg takes any text: as a drawing made of letters
_PIXEL_ASPECTS = (Fraction(1, 4), Fraction(4))  # beyond these a header lies


class Decoder:
    """Owns `container` from the moment it is made, also when making it fails.

    Used by: the capture thread.
    """

    def __init__(
        self,
        container: InputContainer,
        name: str,
        *,
        at_once: bool = False,
        on_packet: Callable[[], None] = lambda: None,
    ) -> None:
        """`at_once`: give each frame when it is decoded; else several are decoded in parallel, and lie waiting.
        `on_packet` is called for each piece that arrives, and may raise.

        Raises: SourceError where there is no video in it, or none that can be decoded.
        """
        self.container = container
        self._on_packet = on_packet
        self.damaged = 0  # packets that gave no frame, and frames with visible damage
        self._reformatter = VideoReformatter()
        self._orientations: dict[int, Orientation] = {}  # by angle
        try:
            self.stream = _pick_video(container, name)
            self.stream.codec_context.thread_type = "SLICE" if at_once else "AUTO"
            self._pixel_aspect = _pixel_aspect(self.stream)
        except BaseException:
            container.close()
            raise

    @property
    def codec(self) -> str:
        return self.stream.codec_context.codec.canonical_name

    @property
    def rate(self) -> Fraction | None:
        """Frames per second as the container has it, or as guessed from its first packets."""
        return self.stream.average_rate or self.stream.guessed_rate

    def frames(self) -> Generator[VideoFrame]:
        """Every frame from here to the end, in the order they are shown. Damaged packets are counted and skipped.

        Raises: av.FFmpegError where reading breaks off, after what could be decoded before it.
        """
        try:
            for packet in self.container.demux(self.stream):
                self._on_packet()
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    self.damaged += 1
                    continue
                yield from self._counted(frames)
        except av.FFmpegError:
            yield from self._counted(self._left_in_decoder())
            raise

    def to_rgb(self, frame: VideoFrame) -> RgbArray:
        """Upright RGB of 8 bits with square pixels, honouring matrix, range, depth and transparency."""
        has_alpha = any(component.is_alpha for component in frame.format.components)
        converted = self._reformatter.reformat(
            frame,
            width=round(frame.width * self._pixel_aspect),
            height=frame.height,
            format="rgba" if has_alpha else "rgb24",
        )
        pixels = cast(RgbArray, converted.to_ndarray())
        rgb = over_white(pixels) if has_alpha else np.ascontiguousarray(pixels)
        return self._orientation(frame).apply(rgb)

    def close(self) -> None:
        self.container.close()

    def _counted(self, frames: list[VideoFrame]) -> Generator[VideoFrame]:
        for frame in frames:
            self.damaged += frame.is_corrupt
            yield frame

    def _left_in_decoder(self) -> list[VideoFrame]:
        try:
            return self.stream.codec_context.decode(None)
        except av.FFmpegError:
            return []  # reading already broke off; the caller says so

    def _orientation(self, frame: VideoFrame) -> Orientation:
        """Looked up once for each angle: `side_data` ties a frame into a cycle that keeps its picture in memory
        until Python's collector comes by, hundreds of frames later. Whether it is mirrored does not change within
        a video."""
        angle = frame.rotation
        if angle not in self._orientations:
            try:
                data = frame.side_data.get("DISPLAYMATRIX")
            except ValueError:  # beside it lies what PyAV has no name for: EXIF, in a Motion JPEG
                self._orientations[angle] = Orientation.of_rotation(angle)
            else:
                matrix = None if data is None else bytes(cast(SideData, data))
                self._orientations[angle] = (
                    Orientation() if matrix is None else Orientation.of_display_matrix(matrix)
                )
        return self._orientations[angle]


def reason(error: BaseException) -> str:
    """FFmpeg's words for what went wrong, without the address, which may hold a password."""
    return getattr(error, "strerror", None) or type(error).__name__


def _pick_video(container: InputContainer, name: str) -> VideoStream:
    """The stream players start with: the first that is marked as the default, else the first; never cover art."""
    videos = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    stream = next((video for video in videos if video.disposition & Disposition.default), next(iter(videos), None))
    if stream is None:
        found = "only sound" if container.streams.audio else "nothing that can be shown"
        raise SourceError(f"{name} holds no video, {found}: choose a file or address with moving pictures")
    context = stream.codec_context
    if context is None:
        raise SourceError(f"{name} is in a video format that cannot be decoded here: convert it to H.264 or VP9")
    if context.codec.canonical_name in _TEXT_ART:
        raise SourceError(f"{name} is text, not a video: check that it is the right one")
    width, height = context.width, context.height
    if (width or height) and not is_sane_size(width, height):
        raise SourceError(f"{name} claims pictures of {width}x{height}, more than can be shown: it may be damaged")
    context.options = DECODER_OPTIONS
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    return stream


def _pixel_aspect(stream: VideoStream) -> Fraction:
    """Width of a stored pixel over its height."""
    aspect = stream.sample_aspect_ratio
    low, high = _PIXEL_ASPECTS
    return aspect if aspect and low <= aspect <= high else Fraction(1)
