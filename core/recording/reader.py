"""Reads recordings: each frame's colour, depth and time, in order or from any time on."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Self

import numpy as np

from core.errors import SourceError
from core.messages import DepthArray, RgbArray
from core.recording.decoders import ColourDecoder, DepthDecoder, Undecodable
from core.recording.depth_codes import join_floats, values
from core.recording.ebml_reading import Malformed
from core.recording.facts import RecordingFacts
from core.recording.frame_parts import FrameParts, PartsReader, TrackNumbers
from core.recording.key_index import KeyIndex
from core.recording.matroska_head import MUXER
from core.recording.matroska_input import MatroskaInput
from core.recording.matroska_parts import Track
from core.sources.source import is_sane_size

_MOST_DEPTH_PIXELS = 2**25  # of a coded picture: far more than the largest network gives
_LONGEST_SCALES = 1024  # bytes
_NO_PICTURE = np.zeros((0, 0, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class RecordedFrame:
    index: int  # from 0, as recorded
    time_s: float  # from the recording's start
    rgb: RgbArray  # (H, W, 3)
    inverse_depth: DepthArray  # (h, w), at the network's size
    offset: float  # of the 16-bit codes it was stored as, value = offset + scale * code; 0 for float32
    scale: float


class DamagedRecording(SourceError):  # noqa: N818 - what it is
    """The file is damaged from here on; all before it was given."""

    def __init__(self, line: str, time_s: float, position: int) -> None:
        super().__init__(line)
        self.time_s = time_s  # of the last frame before the damage
        self.position = position  # in bytes from the start of the file


class DepthVideoReader:
    """Owns the open file until `close`. Used by: one thread.

    Of a damaged file it gives all frames up to the damage, then raises one DamagedRecording, then gives None;
    behind the damage `seek` may find more.
    """

    def __init__(self, path: Path, *, with_colour: bool = True) -> None:
        """`with_colour` false saves decoding it, and gives pictures of no size.

        Raises: SourceError where it is no recording, DamagedRecording where not even its head can be read.
        """
        self.path = path
        self._with_colour = with_colour
        self._decoded: deque[FrameParts] = deque()  # with their colour decoded, next to be given
        self._good_frames = 0  # given since the start, without a jump
        self._from_start = True
        self._newest_s = 0.0  # of what was given
        self._reached = 0  # position of the frame that is looked at
        self._trouble: Malformed | Undecodable | None = None  # met by a seek, behind the frame it found
        self._is_broken_off = self._has_complained = False
        self._index: KeyIndex | None = None
        try:
            self._file = MatroskaInput(path)
        except Malformed as error:
            raise self._damage(error) from error
        try:
            self._prepare()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def duration_s(self) -> float:
        """As written last; up to a second too short where the recording was not finished."""
        return self._file.seconds(self._file.info.duration_ticks)

    @property
    def frame_count(self) -> int | None:
        """None where the recording was not finished, or where another program has copied it, perhaps in part."""
        is_counted = self.facts.finished and self._file.is_finished and self._file.info.muxer.startswith(MUXER)
        return self.facts.frames if is_counted else None

    def read(self, wanted: Callable[[int, float], bool] = lambda index, time_s: True) -> RecordedFrame | None:
        """The next frame whose index and time are `wanted`, None at the end.

        Raises: DamagedRecording, once; SourceError.
        """
        try:
            while (parts := self._decoded.popleft() if self._decoded else self._next_decoded()) is not None:
                frame = self._frame(parts, wanted)
                self._good_frames += 1
                self._newest_s = self._file.seconds(parts.ticks)
                if frame is not None:
                    return frame
        except (Malformed, Undecodable) as error:
            self._break_off(error)
        else:
            self._end()
        return None

    def seek(self, time_s: float) -> None:
        """Let the next `read` give the frame shown at `time_s`: the last at or before it, or the first of all.

        Raises: SourceError.
        """
        if self._index is None:
            self._index = KeyIndex(self._file, self._numbers.colour)
        ticks = self._file.ticks(max(0.0, time_s)) + 0.5  # a frame's own time, as seconds, must find that frame
        self._jump(self._index.before(ticks))
        try:
            while (parts := self._next_decoded()) is not None:
                self._decoded.append(parts)
                if parts.ticks > ticks:
                    break
                if len(self._decoded) > 1:
                    self._decoded.popleft()
        except (Malformed, Undecodable) as error:
            self._trouble = error
        if len(self._decoded) > 1 and self._decoded[1].ticks <= ticks:
            self._decoded.popleft()

    def close(self) -> None:
        """Can be called again."""
        self._decoded.clear()
        self._file.close()

    def _prepare(self) -> None:
        """Make the decoders. Raises: SourceError."""
        try:
            self.facts = RecordingFacts.from_tags(self._file.tags)
        except ValueError as error:
            if self._file.damaged_tags_at is not None:
                raise self._damage(Malformed(self._file.damaged_tags_at, "its head is damaged")) from error
            raise SourceError(f"{self.path} is no recording that can be read here: {error}") from error
        colour, depth, scales = (self._track(codec) for codec in ("V_MPEG4/ISO/AVC", "V_FFV1", "S_TEXT/UTF8"))
        self._numbers = TrackNumbers(colour.number, depth.number, scales.number)
        self._parts = PartsReader(self._file, self._numbers)
        coded_hw, picture_hw = (colour.height_px, colour.width_px), self.facts.picture_hw
        if self._file.damaged_tags_at is not None:  # older FFmpeg does not keep the crop, so the tags come first
            picture_hw = colour.height_px - colour.crop_bottom_px, colour.width_px - colour.crop_right_px
        depth_hw = depth.height_px, depth.width_px
        self._check_sizes(coded_hw, picture_hw, depth_hw)
        network_hw = depth_hw if self.facts.depth_format == "gray16" else (depth_hw[0] // 2, depth_hw[1])
        if self._file.damaged_tags_at is None and network_hw != self.facts.network_hw:
            raise SourceError(f"{self.path} claims depth of two sizes: it is damaged")
        self.facts = replace(self.facts, network_hw=network_hw, picture_hw=picture_hw)
        self._colour = ColourDecoder(coded_hw, picture_hw, colour.private)
        self._depth = DepthDecoder(depth_hw, depth.private)

    def _check_sizes(
        self, coded_hw: tuple[int, int], picture_hw: tuple[int, int], depth_hw: tuple[int, int]
    ) -> None:
        """Before memory is asked for. Raises: SourceError."""
        (coded_h, coded_w), (height, width), (depth_h, depth_w) = coded_hw, picture_hw, depth_hw
        fits = 0 <= coded_h - height <= 1 and 0 <= coded_w - width <= 1
        if not fits or not is_sane_size(coded_w, coded_h) or min(height, width) < 1:
            raise SourceError(f"{self.path} claims colour of {width}x{height}, coded as {coded_w}x{coded_h}")
        is_odd = self.facts.depth_format == "float32" and depth_h % 2 == 1
        if is_odd or not 0 < depth_h * depth_w <= _MOST_DEPTH_PIXELS:
            raise SourceError(f"{self.path} claims depth of {depth_w}x{depth_h}: it is damaged")

    def _track(self, codec: str) -> Track:
        track = next((track for track in self._file.tracks if track.codec == codec), None)
        if track is None:
            raise SourceError(f"{self.path} is no whole recording: it has no track of {codec}")
        return track

    def _next_decoded(self) -> FrameParts | None:
        """Raises: Malformed, Undecodable, SourceError."""
        if self._is_broken_off:
            return None
        if self._trouble is not None:
            raise self._trouble
        self._reached = self._file.position
        parts = self._parts.next()
        if parts is not None and parts.colour is not None:
            self._reached = parts.position
            if self._with_colour:
                parts.picture = self._colour.decode(parts.colour)
        return parts

    def _frame(self, parts: FrameParts, wanted: Callable[[int, float], bool]) -> RecordedFrame | None:
        """None where it is not wanted. Raises: Malformed, Undecodable."""
        if parts.depth is None or parts.scales is None:
            raise Malformed(parts.position, "the rest of a frame is missing")
        self._reached = parts.position
        index, offset, scale = _scales(parts.scales, parts.position)
        if not wanted(index, self._file.seconds(parts.ticks)):
            return None
        codes = self._depth.decode(parts.depth)
        is_exact = self.facts.depth_format == "float32"
        return RecordedFrame(
            index=index,
            time_s=self._file.seconds(parts.ticks),
            rgb=_NO_PICTURE if parts.picture is None else self._colour.to_rgb(parts.picture),
            inverse_depth=join_floats(codes) if is_exact else values(codes, offset, scale),
            offset=offset,
            scale=scale,
        )

    def _jump(self, position: int) -> None:
        self._decoded.clear()
        self._parts.go_to(position)
        self._colour.restart()
        self._trouble, self._is_broken_off = None, False
        self._from_start = position == self._file.first_cluster
        self._good_frames = 0

    def _end(self) -> None:
        """Raises: DamagedRecording where the frames are good, but what the file says of them may not be."""
        where = self._file.damaged_tags_at
        if where is not None and not self._has_complained:
            self._has_complained = True
            raise DamagedRecording(
                f"{self.path} has damaged tags (byte {where:,}): the frames are good, the tags may lie",
                self._newest_s,
                where,
            )

    def _break_off(self, error: Malformed | Undecodable) -> None:
        """Raises: DamagedRecording, the first time."""
        self._is_broken_off = True
        if not self._has_complained:
            self._has_complained = True
            raise self._damage(error) from error

    def _damage(self, error: Malformed | Undecodable) -> DamagedRecording:
        where = error.position if isinstance(error, Malformed) else self._reached
        place = f"at {self._newest_s:.1f} s (byte {where:,}, {error})"
        if not self._from_start:
            line = f"{self.path} is damaged {place}: what follows may be found by seeking"
        elif self._good_frames:
            line = f"{self.path} is damaged {place}: the {self._good_frames:,} frames before it are good"
        else:
            line = f"{self.path} is damaged (byte {where:,}, {error}): no frame of it can be read; copy it again"
        return DamagedRecording(line, self._newest_s, where)


def _scales(data: memoryview, position: int) -> tuple[int, float, float]:
    """Index, offset and scale of a frame. Raises: Malformed."""
    try:
        if len(data) > _LONGEST_SCALES:
            raise ValueError("too long")
        said = json.loads(bytes(data))
        index, offset, scale = int(said["frame"]), float(said.get("offset", 0)), float(said.get("scale", 0))
        if not 0 <= index < 2**53 or not isfinite(offset) or not isfinite(scale):
            raise ValueError("no numbers")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise Malformed(position, "a frame has no scale") from error
    return index, offset, scale
