"""Network streams through PyAV, with time-outs. An address that turns out to be a finished file plays as one."""

import time
from collections.abc import Callable

import av
from av.container import InputContainer

from core.errors import SourceError
from core.messages import SourceInfo, SourceKind
from core.sources.address import without_credentials
from core.sources.decoding import DECODER_OPTIONS, Decoder, reason
from core.sources.source import Picture, Source
from core.sources.video import VideoSource

TIMEOUT_S = 5.0  # for an answer, and for the next piece of a stream
_WITHOUT_PICTURE = 4  # time-outs that may pass while data comes but no picture: cameras send key frames rarely
_LIVE_OPTIONS = {
    "rtsp_transport": "tcp",  # UDP loses packets, which shows as smear
    # Microseconds spent on learning what is sent; the default is 5 s and more. What arrives meanwhile is kept (no
    # "nobuffer"), as it may hold the only key frame for seconds, and is decoded faster than it came.
    "analyzeduration": "2000000",
}
_ALWAYS_LIVE = {"mpjpeg", "hls"}  # the size of what was fetched says nothing of an end
_WITHOUT_RATE = {"mpjpeg"}  # FFmpeg assumes 25


def open_stream(url: str, cancelled: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> Source:
    """Raises: SourceError."""
    name = without_credentials(url)
    container = _connect(url, timeout_s, _LIVE_OPTIONS)
    if _is_finished(container):
        container.close()
        return VideoSource(lambda: _connect(url, timeout_s, {}), name, url, cancelled, kind=SourceKind.STREAM)
    return StreamSource(container, name, url, cancelled, timeout_s)


class StreamSource:
    """A live stream. Used by: the capture thread, which owns it."""

    def __init__(
        self,
        container: InputContainer,
        name: str,
        url: str,
        cancelled: Callable[[], bool],
        timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Waits for the first picture. Raises: SourceError; `container` is then closed."""
        self._name = name
        self._cancelled = cancelled
        self._timeout_s = timeout_s
        self._clock = clock
        self._picture_at_s = clock()
        self._decoder = Decoder(container, name, at_once=True, on_packet=self._check_patience)
        try:
            self._frames = self._decoder.frames()
            self._first: Picture | None = self._grab()
            height_px, width_px = self._first.rgb.shape[:2]
            rate = None if container.format.name in _WITHOUT_RATE else self._decoder.stream.average_rate
            self.info = SourceInfo(
                kind=SourceKind.STREAM,
                name=name,
                address=url,
                width_px=width_px,
                height_px=height_px,
                fps=float(rate) if rate else None,
                live=True,
                detail=self._decoder.codec,
            )
        except BaseException:
            self._decoder.close()
            raise

    def read(self) -> Picture:
        """The next picture, when it arrives. Raises: SourceError where the stream stalls, breaks off or ends."""
        first, self._first = self._first, None
        return first or self._grab()

    def seek(self, time_s: float) -> None:
        """A live stream has no other time than now."""

    def close(self) -> None:
        self._frames.close()
        self._decoder.close()

    def _grab(self) -> Picture:
        try:
            frame = next(self._frames, None)
        except av.error.ExitError as error:
            raise SourceError(f"{self._name} has sent nothing for {self._timeout_s:g} s") from error
        except av.FFmpegError as error:
            raise SourceError(f"{self._name} broke off ({reason(error)})") from error
        if frame is None:
            raise SourceError(f"{self._name} ended")
        self._picture_at_s = self._clock()
        return Picture(self._decoder.to_rgb(frame), None)

    def _check_patience(self) -> None:
        """Called for each piece of data. Raises: SourceError when told to stop, or when no picture comes of it."""
        if self._cancelled():
            raise SourceError(f"watching {self._name} was cancelled")
        waited_s = self._clock() - self._picture_at_s
        if waited_s > _WITHOUT_PICTURE * self._timeout_s:
            raise SourceError(
                f"{self._name} sends data, but no picture in {waited_s:.0f} s: check what it encodes"
            )


def _connect(url: str, timeout_s: float, options: dict[str, str]) -> InputContainer:
    """Raises: SourceError in words that hold no password."""
    name = without_credentials(url)
    try:
        return av.open(url, options={**options, **DECODER_OPTIONS}, timeout=(timeout_s, timeout_s))
    except (av.FFmpegError, ValueError) as error:
        raise SourceError(f"{name} {_why_not(error, timeout_s)}") from error


def _why_not(error: Exception, timeout_s: float) -> str:
    """The rest of a sentence that begins with the address."""
    match error:
        case av.error.ExitError() | av.error.TimeoutError():
            return f"did not answer within {timeout_s:g} s: check the address, and that the sender runs"
        case av.error.HTTPUnauthorizedError() | av.error.HTTPForbiddenError():
            return "wants a user and password, or other ones: give them as rtsp://USER:PASSWORD@…"
        case av.error.HTTPNotFoundError():
            return "is not there (404): check the part after the host's name"
        case av.error.InvalidDataError():
            return "answers, but not with video: check the address"
        case _:
            return f"cannot be opened ({reason(error)}): check the address, and that the sender runs"


def _is_finished(container: InputContainer) -> bool:
    """Whether this is a recording with an end, rather than something that goes on."""
    if container.duration:
        return True
    return container.format.name not in _ALWAYS_LIVE and container.size > 0
