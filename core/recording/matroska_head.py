"""The first kilobytes of a recording: what it is, its tags and its tracks. Their length never changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.recording.ebml import UNKNOWN_SIZE, Id, checked, id_bytes, master, real, text, unsigned, void

TICKS_PER_S = 1_000_000
NS_PER_TICK = 1_000_000_000 // TICKS_PER_S
MUXER = "Fathom"  # how the name of the program that writes the file begins
COLOUR_TRACK, DEPTH_TRACK, SCALES_TRACK = 1, 2, 3
_VIDEO, _SUBTITLE = 1, 17  # Matroska's track types
_GROWING_TEXT_BYTES = 24  # room for each tag that changes while recording
_GROWING = ("CLIPPED_PIXELS", "DROPS", "FRAMES", "FINISHED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """What a player must know before the first frame."""

    picture_hw: tuple[int, int]  # the colour as it was given
    coded_hw: tuple[int, int]  # and as it is coded: even
    colour_private: bytes  # avcC
    depth_hw: tuple[int, int]  # of the coded picture, twice the network's height for float32
    depth_private: bytes  # FFV1's configuration record


EBML_HEADER = master(
    Id.EBML,
    unsigned(Id.EBML_VERSION, 1),
    unsigned(Id.EBML_READ_VERSION, 1),
    unsigned(Id.EBML_MAX_ID_LENGTH, 4),
    unsigned(Id.EBML_MAX_SIZE_LENGTH, 8),
    text(Id.DOC_TYPE, "matroska"),
    unsigned(Id.DOC_TYPE_VERSION, 4),
    unsigned(Id.DOC_TYPE_READ_VERSION, 2),
)
SEGMENT_START = len(EBML_HEADER) + 12  # positions in a segment count from here, behind its id and size


def head(
    tracks: Tracks,
    tags: Mapping[str, str],
    writer: str,
    duration_ticks: int,
    cues_at: int | None,
    size: int | None,
) -> bytes:
    """From the first byte up to the first cluster.

    Args:
        cues_at: where in the file the cues lie, None while they are not written.
        size: of the whole file, None while it grows.
    """
    positions = {Id.INFO: 0, Id.TAGS: 0, Id.TRACKS: 0, Id.CUES: 0}
    room = len(_seek_head(positions))
    info = checked(
        Id.INFO,
        unsigned(Id.TIMESTAMP_SCALE, NS_PER_TICK),
        real(Id.DURATION, float(duration_ticks)),
        text(Id.MUXING_APP, writer),
        text(Id.WRITING_APP, writer),
    )
    tagged = _tags(tags)
    if cues_at is None:
        finder = void(room)
    else:
        positions = {
            Id.INFO: room,
            Id.TAGS: room + len(info),
            Id.TRACKS: room + len(info) + len(tagged),
            Id.CUES: cues_at - SEGMENT_START,
        }
        finder = _seek_head(positions)
    segment_size = UNKNOWN_SIZE if size is None else (1 << 56 | (size - SEGMENT_START)).to_bytes(8, "big")
    return b"".join((EBML_HEADER, id_bytes(Id.SEGMENT), segment_size, finder, info, tagged, _tracks(tracks)))


def _seek_head(positions: Mapping[Id, int]) -> bytes:
    """Where in the segment its parts lie."""
    return checked(
        Id.SEEK_HEAD,
        *(
            master(Id.SEEK, unsigned(Id.SEEK_ID, element), unsigned(Id.SEEK_POSITION, position, 8))
            for element, position in positions.items()
        ),
    )


def _tags(tags: Mapping[str, str]) -> bytes:
    return checked(
        Id.TAGS,
        master(
            Id.TAG,
            master(Id.TARGETS),  # none: of the whole file
            *(
                master(
                    Id.SIMPLE_TAG,
                    text(Id.TAG_NAME, name),
                    text(Id.TAG_STRING, value, _GROWING_TEXT_BYTES if name.endswith(_GROWING) else 0),
                )
                for name, value in tags.items()
            ),
        ),
    )


def _tracks(tracks: Tracks) -> bytes:
    coded_h, coded_w = tracks.coded_hw
    picture_h, picture_w = tracks.picture_hw
    depth_h, depth_w = tracks.depth_hw
    colour = master(
        Id.VIDEO,
        unsigned(Id.FLAG_INTERLACED, 2),  # 2: progressive
        unsigned(Id.PIXEL_WIDTH, coded_w),
        unsigned(Id.PIXEL_HEIGHT, coded_h),
        unsigned(Id.PIXEL_CROP_RIGHT, coded_w - picture_w),
        unsigned(Id.PIXEL_CROP_BOTTOM, coded_h - picture_h),
        master(
            Id.COLOUR,  # BT.709, limited range
            unsigned(Id.MATRIX_COEFFICIENTS, 1),
            unsigned(Id.RANGE, 1),
            unsigned(Id.TRANSFER_CHARACTERISTICS, 1),
            unsigned(Id.PRIMARIES, 1),
        ),
    )
    depth = master(
        Id.VIDEO,
        unsigned(Id.FLAG_INTERLACED, 2),
        unsigned(Id.PIXEL_WIDTH, depth_w),
        unsigned(Id.PIXEL_HEIGHT, depth_h),
    )
    return checked(
        Id.TRACKS,
        _track(COLOUR_TRACK, _VIDEO, "colour", "V_MPEG4/ISO/AVC", tracks.colour_private, colour),
        _track(DEPTH_TRACK, _VIDEO, "depth", "V_FFV1", tracks.depth_private, depth),
        _track(SCALES_TRACK, _SUBTITLE, "scale and offset of each depth frame", "S_TEXT/UTF8"),
    )


def _track(number: int, kind: int, name: str, codec: str, private: bytes = b"", video: bytes = b"") -> bytes:
    """Only the colour is a track to play by default."""
    return master(
        Id.TRACK_ENTRY,
        unsigned(Id.TRACK_NUMBER, number),
        unsigned(Id.TRACK_UID, number),
        unsigned(Id.TRACK_TYPE, kind),
        unsigned(Id.FLAG_DEFAULT, int(number == COLOUR_TRACK)),
        unsigned(Id.FLAG_LACING, 0),
        text(Id.NAME, name),
        text(Id.LANGUAGE, "zxx"),  # no language
        text(Id.CODEC_ID, codec),
        master(Id.CODEC_PRIVATE, private) if private else b"",
        video,
    )
