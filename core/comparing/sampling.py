"""Which frames of a source are compared: every one, or a number of them spread over the whole."""

import time
from collections.abc import Iterator

from core.errors import SettingError
from core.messages import Frame, SourceInfo
from core.sources.source import Picture, Source


def expected_frames(info: SourceInfo, wanted: int | None) -> int | None:
    """How many frames `frames_of` will give; None where nobody can know."""
    there = _frames_in(info)
    if wanted is None or there is None:
        return wanted or there
    return min(wanted, there)


def frames_of(source: Source, wanted: int | None) -> Iterator[Frame]:
    """Every frame in order, sealed as the capture thread does; `index` counts them from 0.

    With `wanted`, that many: spread evenly over a source whose length is known and that can be sought, each from
    the middle of its share; the first ones of any other. A source with fewer frames gives them all.
    Raises: SourceError; SettingError for a live source without `wanted`, which would not end.
    """
    info = source.info
    if info.live and wanted is None:
        raise SettingError(f"{info.name} has no end: say with --frames how many frames are to be compared")
    there = _frames_in(info)
    spread = wanted is not None and there is not None and wanted < there and info.seekable
    if spread and wanted is not None and info.duration_s:
        yield from _spread(source, wanted, info.duration_s)
        return
    index = 0
    while (wanted is None or index < wanted) and (picture := source.read()) is not None:
        yield _sealed(picture, index)
        index += 1


def _spread(source: Source, wanted: int, duration_s: float) -> Iterator[Frame]:
    index, last_s = 0, -1.0
    for number in range(wanted):
        source.seek((number + 0.5) / wanted * duration_s)
        picture = source.read()
        # Past the last readable frame, or within a gap of uneven times: not the same frame twice.
        if picture is None or picture.media_time_s is None or picture.media_time_s <= last_s:
            continue
        last_s = picture.media_time_s
        yield _sealed(picture, index)
        index += 1


def _frames_in(info: SourceInfo) -> int | None:
    if info.live:
        return None
    if info.frame_count is None and info.duration_s and info.fps:
        return round(info.duration_s * info.fps)
    return info.frame_count


def _sealed(picture: Picture, index: int) -> Frame:
    captured_at_s = time.monotonic()
    rgb = picture.rgb.view()
    rgb.flags.writeable = False
    return Frame(index, captured_at_s, rgb, picture.media_time_s)
