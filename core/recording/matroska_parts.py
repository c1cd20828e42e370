"""From the bytes of Matroska's elements to what they say. Everything here raises Malformed for what cannot be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from core.recording.ebml import Id
from core.recording.ebml_reading import (
    Child,
    Malformed,
    as_real,
    as_text,
    as_unsigned,
    children,
    parse_header,
)

_MOST_CUES = 10**6
_MOST_BLOCKS = 10_000  # in a cluster
_KEY, _LACING = 0x80, 0x06  # flags of a block
_BITMAP_HEADER_BYTES = 40
_FOREIGN = {0x1941A469, 0x1043A770}  # attachments, chapters: another program may have added them
_BETWEEN_CLUSTERS = {Id.VOID, Id.CRC_32, Id.CUES, Id.TAGS, Id.SEEK_HEAD, Id.INFO, Id.TRACKS} | _FOREIGN


@dataclass(slots=True)
class Track:
    number: int = 0
    kind: int = 0
    codec: str = ""
    private: bytes = b""
    width_px: int = 0
    height_px: int = 0
    crop_right_px: int = 0
    crop_bottom_px: int = 0


class Block(NamedTuple):
    track: int
    time_ticks: int
    is_key: bool  # it can be decoded without those before it
    data: memoryview
    position: int  # in the file


def belongs_between_clusters(element: int) -> bool:
    return element in _BETWEEN_CLUSTERS


def seek_positions(body: memoryview, position: int) -> dict[int, int]:
    """From elements to where they lie, counted from the segment's start."""
    found: dict[int, int] = {}
    for seek in children(body, position):
        if seek.element == Id.SEEK:
            parts = _by_id(seek)
            if Id.SEEK_ID in parts and Id.SEEK_POSITION in parts:
                found[as_unsigned(parts[Id.SEEK_ID])] = as_unsigned(parts[Id.SEEK_POSITION])
    return found


@dataclass(frozen=True, slots=True)
class Info:
    ns_per_tick: int = 1_000_000
    duration_ticks: float = 0.0
    muxer: str = ""  # the program that wrote the file


def info(body: memoryview, position: int) -> Info:
    parts = {child.element: child for child in children(body, position)}
    ns_per_tick, duration = 1_000_000, 0.0
    if Id.TIMESTAMP_SCALE in parts:
        ns_per_tick = as_unsigned(parts[Id.TIMESTAMP_SCALE])
    if Id.DURATION in parts:
        duration = as_real(parts[Id.DURATION])
    if not 1 <= ns_per_tick <= 10**9 or not 0 <= duration * ns_per_tick < 2**63:
        raise Malformed(position, "its times make no sense")
    return Info(ns_per_tick, duration, as_text(parts[Id.MUXING_APP]) if Id.MUXING_APP in parts else "")


def tags(body: memoryview, position: int) -> dict[str, str]:
    """Name and text of all tags, whatever they are of."""
    found: dict[str, str] = {}
    for tag in children(body, position):
        if tag.element != Id.TAG:
            continue
        for simple in children(tag.body, tag.position):
            if simple.element == Id.SIMPLE_TAG:
                parts = _by_id(simple)
                if Id.TAG_NAME in parts and Id.TAG_STRING in parts:
                    found.setdefault(as_text(parts[Id.TAG_NAME]), as_text(parts[Id.TAG_STRING]))
    return found


def tracks(body: memoryview, position: int) -> list[Track]:
    return [_track(child) for child in children(body, position) if child.element == Id.TRACK_ENTRY]


def cue_points(body: memoryview, position: int, track: int) -> Iterator[tuple[int, int]]:
    """Times in ticks and positions from the segment's start of the clusters in which `track` has key frames."""
    for point in children(body, position, _MOST_CUES):
        if point.element != Id.CUE_POINT:
            continue
        parts = list(children(point.body, point.position))
        time = next((part for part in parts if part.element == Id.CUE_TIME), None)
        for place in (_by_id(part) for part in parts if part.element == Id.CUE_TRACK_POSITIONS):
            if time is None or Id.CUE_TRACK not in place or Id.CUE_CLUSTER_POSITION not in place:
                continue
            if as_unsigned(place[Id.CUE_TRACK]) == track:
                yield _ticks(time), as_unsigned(place[Id.CUE_CLUSTER_POSITION])


def blocks(body: memoryview, position: int) -> Iterator[Block]:
    """The blocks of a cluster."""
    cluster_ticks = 0
    for child in children(body, position, _MOST_BLOCKS):
        match child.element:
            case Id.TIMESTAMP:
                cluster_ticks = _ticks(child)
            case Id.SIMPLE_BLOCK:
                yield _block(child, cluster_ticks)
            case Id.BLOCK_GROUP:
                group = _by_id(child)
                if Id.BLOCK in group:
                    yield _block(group[Id.BLOCK], cluster_ticks, is_key=Id.REFERENCE_BLOCK not in group)


def peek_cluster(data: memoryview, position: int, track: int) -> tuple[int, bool] | None:
    """From a cluster's first bytes its time, and whether its first block is a key frame of `track`.

    None where they are not those of a cluster.
    """
    head = parse_header(data, position)
    if head.element != Id.CLUSTER:
        return None
    at, time_ticks = head.length, None
    while at < len(data):
        head = parse_header(data[at:], position + at)
        start = at + head.length
        if head.element in (Id.SIMPLE_BLOCK, Id.BLOCK_GROUP) or head.size is None:
            break
        if head.element == Id.TIMESTAMP:
            time_ticks = _ticks(Child(head.element, data[start : start + head.size], position + start))
        at = start + head.size
    if time_ticks is None:
        return None
    block = bytes(data[at + head.length : at + head.length + 4])
    is_of_track = head.element == Id.SIMPLE_BLOCK and len(block) == 4 and block[0] == 0x80 | track
    return time_ticks, is_of_track and bool(block[3] & _KEY)


def _ticks(child: Child) -> int:
    ticks = as_unsigned(child)
    if ticks >= 2**62:
        raise Malformed(child.position, "its times make no sense")
    return ticks


def _by_id(parent: Child) -> dict[int, Child]:
    return {child.element: child for child in children(parent.body, parent.position)}


def _track(entry: Child) -> Track:
    track = Track()
    for child in children(entry.body, entry.position):
        match child.element:
            case Id.TRACK_NUMBER:
                track.number = as_unsigned(child)
            case Id.TRACK_TYPE:
                track.kind = as_unsigned(child)
            case Id.CODEC_ID:
                track.codec = as_text(child)
            case Id.CODEC_PRIVATE:
                track.private = bytes(child.body)
            case Id.VIDEO:
                _take_sizes(track, child)
    if track.codec == "V_MS/VFW/FOURCC" and track.private[16:20] == b"FFV1":  # how older FFmpeg writes it
        track.codec, track.private = "V_FFV1", track.private[_BITMAP_HEADER_BYTES:]
    return track


def _take_sizes(track: Track, video: Child) -> None:
    for child in children(video.body, video.position):
        match child.element:
            case Id.PIXEL_WIDTH:
                track.width_px = as_unsigned(child)
            case Id.PIXEL_HEIGHT:
                track.height_px = as_unsigned(child)
            case Id.PIXEL_CROP_RIGHT:
                track.crop_right_px = as_unsigned(child)
            case Id.PIXEL_CROP_BOTTOM:
                track.crop_bottom_px = as_unsigned(child)


def _block(child: Child, cluster_ticks: int, *, is_key: bool | None = None) -> Block:
    """`is_key` is told by what is around the block, or else by a flag in it."""
    if len(child.body) < 4 or not child.body[0] & 0x80 or child.body[3] & _LACING:
        raise Malformed(child.position, "a block is not one frame of a track")
    relative = int.from_bytes(child.body[1:3], "big", signed=True)
    is_key = bool(child.body[3] & _KEY) if is_key is None else is_key
    return Block(child.body[0] & 0x7F, cluster_ticks + relative, is_key, child.body[4:], child.position + 4)
