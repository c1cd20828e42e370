"""Video files, decoded with PyAV: every frame, upright, at its own time, found again to the frame by `seek`."""

from collections.abc import Callable, Generator
from pathlib import Path

import av
from av.container import InputContainer

from core.errors import SourceError
from core.messages import SourceInfo, SourceKind
from core.sources.decoding import DECODER_OPTIONS, Decoder, reason
from core.sources.files import check_is_readable_file, why_no_video
from core.sources.frame_window import FrameWindow, Shown
from core.sources.source import Picture
from core.sources.timeline import Timeline

_NOT_FOUND_BY_JUMPING = {"gif", "apng", "webp_anim"}  # each picture is painted over the one before
_STAMPED_IN_DECODING_ORDER = {"avi"}  # no times of presentation: those of frames that lean on later ones are wrong
_DECODED_THROUGH_S = 0.5  # a jump ahead by this little decodes on from here
_STEPS_BACK_S = (
    0.0,
    1.0,
    5.0,
    25.0,
)  # how far before the wanted time to look for a key frame, one after the other
_MEASURED_BYTES = 256 * 2**20  # files larger than this are not read through for a duration that they do not tell
_MISSING_S = 0.25  # an end this much, and 2 %, before the promised one means the file was cut off
_MISSING_SHARE = 0.02


def open_video(path: Path, cancelled: Callable[[], bool]) -> "VideoSource":
    """Raises: SourceError saying what ails the file."""
    check_is_readable_file(path)

    def open_container() -> InputContainer:
        try:  # "file:" keeps a name with a colon from being taken for a protocol, the list keeps playlists local
            return av.open(f"file:{path}", options={"protocol_whitelist": "file,crypto,data", **DECODER_OPTIONS})
        except (av.FFmpegError, ValueError) as error:
            raise SourceError(f"{path} {why_no_video(path)}") from error

    small = path.stat().st_size <= _MEASURED_BYTES
    return VideoSource(open_container, path.name, str(path), cancelled, measured=small)


class VideoSource:
    """A finished recording, in a file or behind an address. Used by: the capture thread, which owns it."""

    def __init__(
        self,
        open_container: Callable[[], InputContainer],
        name: str,
        address: str,
        cancelled: Callable[[], bool] = lambda: False,
        *,
        kind: SourceKind = SourceKind.VIDEO,
        measured: bool = False,
    ) -> None:
        """Decodes the first frame, so that what opens can be shown. `measured`: an unknown duration is looked for
        by reading through the file. Raises: SourceError.
        """
        self._open_container = open_container
        self._name = name
        self._decoder = Decoder(open_container(), name)
        try:
            self._timeline = Timeline(self._decoder.rate)
            self._frames = self._timed_frames()
            self._window = FrameWindow()
            self._from_start = True  # this pass began at the first frame, so its end can be checked
            self._delivered = 0
            self._complained = False
            if not self._decode_next():
                raise SourceError(
                    f"{name} opens, but no picture in it can be decoded: it is damaged; copy it again"
                )
            if cancelled():
                raise SourceError(f"opening {name} was cancelled")
            duration_s = self._declared_duration_s()
            if duration_s is None and measured:
                duration_s = self._measured_duration_s(cancelled)
            self.info = self._describe(duration_s, kind, address)
        except BaseException:
            self._decoder.close()
            raise

    def read(self) -> Picture | None:
        """The next frame, None at the end. Raises: SourceError, once, where the file is damaged or cut off."""
        shown = self._window.take()
        if shown is None and self._decode_or_complain():
            shown = self._window.take()
        if shown is None:
            return None
        frame, time_s = shown
        self._delivered += 1
        return Picture(self._decoder.to_rgb(frame), time_s)

    def seek(self, time_s: float) -> None:
        """Look among the frames at hand, else jump to a key frame before `time_s` and decode up to it.

        Raises: SourceError.
        """
        target_s = max(0.0, time_s)
        self._from_start = target_s == 0.0
        self._delivered = 0
        newest_s = self._window.newest_s
        if self._window.covers(target_s):
            self._window.place_at(target_s)
        elif newest_s is not None and newest_s <= target_s <= newest_s + _DECODED_THROUGH_S:
            self._decode_up_to(target_s)
        elif not self._find_by_jumping(target_s):
            self._start_again()
            self._decode_up_to(target_s)

    def close(self) -> None:
        self._frames.close()
        self._window.clear()
        self._decoder.close()

    def _timed_frames(self) -> Generator[Shown]:
        in_decoding_order = self._decoder.container.format.name in _STAMPED_IN_DECODING_ORDER
        for frame in self._decoder.frames():
            stamp = frame.dts if frame.pts is None or in_decoding_order else frame.pts
            yield frame, self._timeline.time_of(stamp, frame.time_base)

    def _decode_or_complain(self) -> bool:
        """As `_decode_next`, but damage is told of once only, so that a looping file does not repeat it."""
        try:
            if self._decode_next():
                return True
            if self._from_start and not self._complained and self._window.newest_s is not None:
                self._check_complete()
        except SourceError:
            if self._complained:
                return False
            self._complained = True
            raise
        return False

    def _decode_next(self) -> bool:
        """Bring one more frame into the window; False at the end. Raises: SourceError."""
        try:
            shown = next(self._frames, None)
        except av.FFmpegError as error:
            raise SourceError(
                f"{self._name} can be read for its first {self._window.newest_s or 0:.1f} s only "
                f"({reason(error)}): what follows is damaged; copy or download it again"
            ) from error
        if shown is None:
            return False
        self._window.append(shown)
        return True

    def _find_by_jumping(self, target_s: float) -> bool:
        """Try key frames ever further back, as some containers find only roughly what they are asked for."""
        if not self._timeline.is_stamped or self._decoder.container.format.name in _NOT_FOUND_BY_JUMPING:
            return False
        for back_s in _STEPS_BACK_S:
            if self._jump(max(0.0, target_s - back_s)) and self._landed_before(target_s):
                self._decode_up_to(target_s)
                return True
            if back_s >= target_s:
                break
        return False

    def _jump(self, time_s: float) -> bool:
        stream = self._decoder.stream
        if not stream.time_base:
            return False
        self._frames.close()
        self._window.clear()
        try:
            self._decoder.container.seek(
                round(self._timeline.stamp_of(time_s) / stream.time_base), stream=stream, backward=True
            )
        except av.FFmpegError:
            return False
        self._timeline.jump()
        self._frames = self._timed_frames()
        return True

    def _landed_before(self, target_s: float) -> bool:
        """Whether the first frame after a jump stands on its own and is not too late."""
        try:
            first = next(self._frames, None)
        except av.FFmpegError:
            return False
        if first is None or not first[0].key_frame or first[1] > target_s:
            return False
        self._window.append(first)
        return True

    def _decode_up_to(self, target_s: float) -> None:
        """Leave the frame shown at `target_s` next to be read."""
        while (newest_s := self._window.newest_s) is None or newest_s <= target_s:
            try:
                if not self._decode_next():
                    break
            except SourceError:
                if newest_s is None:
                    raise
                break  # damaged from here on: the last good frame is what is shown
        self._window.place_at(target_s)

    def _start_again(self) -> None:
        self.close()
        self._decoder = Decoder(self._open_container(), self._name)
        self._timeline.jump()
        self._frames = self._timed_frames()

    def _check_complete(self) -> None:
        """At the end of a pass from the first frame on. Raises: SourceError where part of the file is missing."""
        end_s = (self._window.newest_s or 0.0) + self._timeline.period_s
        promised_s = self.info.duration_s or 0.0
        if promised_s - end_s > max(_MISSING_S, _MISSING_SHARE * promised_s):
            raise SourceError(
                f"{self._name} is cut off: {end_s:.1f} of {promised_s:.1f} s could be read; copy or download it "
                f"again"
            )
        promised, got = self.info.frame_count or 0, self._delivered
        if self._decoder.container.format.name == "avi" and got < (1 - _MISSING_SHARE) * promised:
            raise SourceError(
                f"{self._name} is cut off: {got} of {promised} frames could be read; copy or download it again"
            )
        if self._decoder.damaged:
            raise SourceError(
                f"{self._name} is damaged: {self._decoder.damaged} of {self._delivered} frames show it or are "
                f"missing; copy or download it again"
            )

    def _declared_duration_s(self) -> float | None:
        stream, container = self._decoder.stream, self._decoder.container
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        if not container.duration:
            return None
        # Matroska notes when the last frame ends, on a clock that need not start at zero.
        start = container.start_time or 0 if "matroska" in container.format.name else 0
        return max(0, container.duration - start) / av.time_base or None

    def _measured_duration_s(self, cancelled: Callable[[], bool]) -> float | None:
        """Read through the packets, which costs little next to decoding them."""
        decoder = Decoder(self._open_container(), self._name)
        try:
            end_s, packets = 0.0, 0
            for packet in decoder.container.demux(decoder.stream):
                if cancelled():
                    raise SourceError(f"opening {self._name} was cancelled")
                packets += packet.size > 0
                if packet.pts is not None and packet.time_base is not None:
                    end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        except av.FFmpegError:
            return None  # it is damaged further on; playing it will say where
        finally:
            decoder.close()
        if not self._timeline.is_stamped:
            return packets * self._timeline.period_s
        return end_s - self._timeline.stamp_of(0.0) or None

    def _describe(self, duration_s: float | None, kind: SourceKind, address: str) -> SourceInfo:
        shown = self._window.take()
        self._window.place_at(0.0)
        height_px, width_px = self._decoder.to_rgb(shown[0]).shape[:2] if shown else (0, 0)
        stream, rate = self._decoder.stream, self._decoder.rate
        frames = stream.frames or None
        return SourceInfo(
            kind=kind,
            name=self._name,
            address=address,
            width_px=width_px,
            height_px=height_px,
            fps=frames / duration_s if frames and duration_s else float(rate) if rate else None,
            duration_s=duration_s,
            frame_count=frames,
            seekable=True,
            detail=self._decoder.codec,
        )
