"""Records colour and depth into one Matroska file."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from core.errors import RecordingError
from core.messages import DepthArray, RgbArray
from core.opencv import cv2
from core.recording.depth_codes import CodedRange, Codes, split_floats
from core.recording.encoders import ColourEncoder, DepthEncoder
from core.recording.facts import VALUE, DepthFormat, RecordingFacts
from core.recording.matroska_file import EncodedFrame, MatroskaFile
from core.recording.matroska_head import TICKS_PER_S, Tracks

_USUAL_RATE = 30.0


class DepthSizeChanged(RecordingError):  # noqa: N818 - what happened
    """The network gives depth of another size: this recording ends here, another can begin."""


class FrameFile(Protocol):
    """Takes a recording's packets: core/recording/matroska_file.py and ring.py."""

    @property
    def end(self) -> int: ...
    @property
    def duration_ticks(self) -> int: ...
    def begin(self, tracks: Tracks, facts: RecordingFacts) -> None: ...
    def append(self, frame: EncodedFrame, facts: RecordingFacts) -> None: ...
    def close(self, facts: RecordingFacts) -> None: ...


class DepthVideoWriter:
    """Owns the file until `close`. What a fault or a kill leaves of it can be played.

    Used by: one thread. A second, its own, encodes each frame's colour while that one encodes its depth: on cores
    that the network keeps busy a frame is held up less than by one after the other (docs/benchmarks.md).
    """

    def __init__(
        self,
        path: Path,
        facts: RecordingFacts,
        *,
        overwrite: bool = False,
        depth_format: DepthFormat = "gray16",
        rate_hint: float | None = None,
        file: FrameFile | None = None,
    ) -> None:
        """Make the file, in a folder that is there. One that is overwritten stays until the first frame.

        Args:
            facts: what the source and the model are; the writer fills in the rest.
            depth_format: "gray16", within 1/20,000 of each frame's range, or "float32", exact and far larger.
            rate_hint: frames a second, where known; times are those of `write` all the same.
            file: what takes the packets instead of a file at `path`, which is then but a name.

        Raises: RecordingError where the file is there already, or cannot be written.
        """
        self.path = path
        self.frames = 0
        self._facts = replace(facts, depth_format=depth_format, value=VALUE[depth_format])
        self._rate = rate_hint if rate_hint and 0 < rate_hint < 1000 else _USUAL_RATE
        self._range = CodedRange()
        self._clock = _Clock(round(TICKS_PER_S / self._rate))
        self._colour: ColourEncoder | None = None
        self._depth: DepthEncoder | None = None
        self._beside = ThreadPoolExecutor(1, "fathom-colour")
        self._fault: RecordingError | None = None
        self._file: FrameFile = file or MatroskaFile(path, overwrite=overwrite)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def bytes_written(self) -> int:
        return self._file.end

    @property
    def duration_s(self) -> float:
        """From the first frame to the end of the newest one, which is taken to last as long as the one before."""
        return self._file.duration_ticks / TICKS_PER_S

    @property
    def clipped_pixels(self) -> int:
        return self._facts.clipped_pixels

    def write(self, rgb: RgbArray, inverse_depth: DepthArray, time_s: float) -> None:
        """Add one frame. The first is at 0 in the file, whatever its `time_s`; a time that goes back goes on.

        `rgb` (H, W, 3), of another size than the first: scaled to it. `inverse_depth` (h, w), float32.

        Raises: RecordingError, after which only `close` does anything; DepthSizeChanged where (h, w) is not the
            first frame's.
        """
        if self._fault is not None:
            raise self._fault
        try:
            self._write(rgb, inverse_depth, time_s)
        except RecordingError as error:
            self._fault = error
            raise

    def note_drops(self, count: int) -> None:
        """`count` more pictures are not in the recording."""
        self._facts = replace(self._facts, drops=self._facts.drops + count)

    def close(self) -> None:
        """Finish the file. Can be called again. Raises: RecordingError."""
        self._beside.shutdown()
        self._colour = self._depth = None
        self._file.close(replace(self._facts, finished=True))

    def _write(self, rgb: RgbArray, inverse_depth: DepthArray, time_s: float) -> None:
        height, width = inverse_depth.shape
        if self._facts.network_hw not in ((0, 0), (height, width)):
            was_h, was_w = self._facts.network_hw
            raise DepthSizeChanged(
                f"the network's size changed from {was_w}x{was_h} to {width}x{height}: {self.path} ends before it"
            )
        time_ticks, duration_ticks = self._clock.advance(time_s)
        codes, about = self._codes(inverse_depth)
        if self._colour is None or self._depth is None:
            self._colour, self._depth = self._begin(rgb, inverse_depth, codes.shape[0])
        encoding = self._beside.submit(self._colour.encode, _fitted(rgb, self._facts.picture_hw), time_ticks)
        try:
            depth = self._depth.encode(codes, time_ticks)
        finally:
            wait([encoding])
        colour, is_key = encoding.result()
        facts = replace(self._facts, frames=self.frames + 1)
        self._file.append(
            EncodedFrame(time_ticks, duration_ticks, colour, is_key, depth, json.dumps(about)), facts
        )
        self._facts = facts
        self.frames += 1

    def _codes(self, inverse_depth: DepthArray) -> tuple[Codes, dict[str, int | float]]:
        """The picture to encode, and what the file says of it."""
        about: dict[str, int | float] = {"frame": self.frames}
        if self._facts.depth_format == "float32":
            return split_floats(inverse_depth), about
        codes, offset, scale, clipped = self._range.encode(inverse_depth)
        self._facts = replace(self._facts, clipped_pixels=self._facts.clipped_pixels + clipped)
        if self.frames == 0:
            self._facts = replace(self._facts, offset=offset, scale=scale)
        return codes, about | {"offset": offset, "scale": scale, "clipped": clipped}

    def _begin(
        self, rgb: RgbArray, inverse_depth: DepthArray, coded_height: int
    ) -> tuple[ColourEncoder, DepthEncoder]:
        height, width = inverse_depth.shape
        picture_hw = (rgb.shape[0], rgb.shape[1])
        colour, depth = ColourEncoder(picture_hw, self._rate), DepthEncoder((coded_height, width))
        tracks = Tracks(
            picture_hw=picture_hw,
            coded_hw=colour.coded_hw,
            colour_private=colour.configuration,
            depth_hw=(coded_height, width),
            depth_private=depth.configuration,
        )
        self._facts = replace(self._facts, network_hw=(height, width), picture_hw=picture_hw)
        self._file.begin(tracks, self._facts)
        return colour, depth


class _Clock:
    """Times in the file: from 0 on, in ticks, each later than the one before."""

    def __init__(self, usual_ticks: int) -> None:
        self._zero_s: float | None = None  # the source's time at the recording's start
        self._newest_s = 0.0  # the source's time of the newest frame
        self._newest_ticks = -1
        self._interval_ticks = max(1, usual_ticks)

    def advance(self, source_s: float) -> tuple[int, int]:
        """Time of a frame at `source_s`, and how long it is expected to be shown, in ticks.

        Where the source went back, as a film that starts again, the recording goes on one frame later.
        Raises: RecordingError.
        """
        if not isfinite(source_s):
            raise RecordingError(f"the time of a frame must be a number of seconds, got {source_s}")
        if self._zero_s is None:
            self._zero_s = source_s
        elif source_s < self._newest_s:
            self._zero_s = source_s - (self._newest_ticks + self._interval_ticks) / TICKS_PER_S
        time_ticks = max(self._newest_ticks + 1, round((source_s - self._zero_s) * TICKS_PER_S))
        if self._newest_ticks >= 0:
            self._interval_ticks = time_ticks - self._newest_ticks
        self._newest_s, self._newest_ticks = source_s, time_ticks
        return time_ticks, self._interval_ticks


def _fitted(rgb: RgbArray, picture_hw: tuple[int, int]) -> RgbArray:
    """A picture of another size, in a folder of many, is scaled to that of the first."""
    height, width = picture_hw
    if rgb.shape[:2] == picture_hw:
        return np.ascontiguousarray(rgb)
    return cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
