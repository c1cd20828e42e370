"""H.264 as Matroska wants it: each unit behind its length, the parameter sets apart. Source: ISO/IEC 14496-15."""

import re
import struct
from collections.abc import Iterator

_START_CODE = re.compile(rb"\x00\x00\x01")
_SEQUENCE_PARAMETERS, _PICTURE_PARAMETERS = 7, 8  # types of units
_WITH_CHROMA_FORMAT = (100, 110, 122, 144, 244)  # profiles whose configuration record goes on


def length_prefixed(stream: bytes) -> bytes:
    """What an encoder gives, units behind start codes, as Matroska stores it."""
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in _units(stream))


def configuration_record(parameters: bytes) -> bytes:
    """`avcC`, from the encoder's parameter sets behind start codes.

    Raises: ValueError where one is missing.
    """
    units = list(_units(parameters))
    sequence = [unit for unit in units if unit[0] & 31 == _SEQUENCE_PARAMETERS]
    picture = [unit for unit in units if unit[0] & 31 == _PICTURE_PARAMETERS]
    if not sequence or not picture or len(sequence[0]) < 4:
        raise ValueError("the encoder gave no parameter sets")
    profile, compatibility, level = sequence[0][1:4]
    record = bytes((1, profile, compatibility, level, 0xFF, 0xE0 | len(sequence)))
    record += b"".join(struct.pack(">H", len(unit)) + unit for unit in sequence)
    record += bytes((len(picture),))
    record += b"".join(struct.pack(">H", len(unit)) + unit for unit in picture)
    if profile in _WITH_CHROMA_FORMAT:
        record += bytes((0xFC | 1, 0xF8, 0xF8, 0))  # 4:2:0, 8 bits of luma and chroma, no extensions
    return record


def _units(stream: bytes) -> Iterator[bytes]:
    """The units between start codes, without the zeros that may fill up the end of one."""
    starts = [match.end() for match in _START_CODE.finditer(stream)]
    ends = [start - 3 for start in starts[1:]] + [len(stream)]
    for start, end in zip(starts, ends, strict=True):
        unit = stream[start:end].rstrip(b"\0")
        if unit:
            yield unit
