"""EBML, the bytes Matroska is made of: elements of an id, a size and a body. Source: RFC 8794, RFC 9559."""

import struct
import zlib
from enum import IntEnum

UNKNOWN_SIZE = b"\x01" + 7 * b"\xff"  # of an element that ends where the file does


class Id(IntEnum):
    """The elements a recording is made of; the leading bits of each tell how many bytes its id has."""

    EBML = 0x1A45DFA3
    EBML_VERSION = 0x4286
    EBML_READ_VERSION = 0x42F7
    EBML_MAX_ID_LENGTH = 0x42F2
    EBML_MAX_SIZE_LENGTH = 0x42F3
    DOC_TYPE = 0x4282
    DOC_TYPE_VERSION = 0x4287
    DOC_TYPE_READ_VERSION = 0x4285
    VOID = 0xEC
    CRC_32 = 0xBF
    SEGMENT = 0x18538067
    SEEK_HEAD = 0x114D9B74
    SEEK = 0x4DBB
    SEEK_ID = 0x53AB
    SEEK_POSITION = 0x53AC
    INFO = 0x1549A966
    TIMESTAMP_SCALE = 0x2AD7B1
    DURATION = 0x4489
    MUXING_APP = 0x4D80
    WRITING_APP = 0x5741
    TRACKS = 0x1654AE6B
    TRACK_ENTRY = 0xAE
    TRACK_NUMBER = 0xD7
    TRACK_UID = 0x73C5
    TRACK_TYPE = 0x83
    FLAG_DEFAULT = 0x88
    FLAG_LACING = 0x9C
    NAME = 0x536E
    LANGUAGE = 0x22B59C
    CODEC_ID = 0x86
    CODEC_PRIVATE = 0x63A2
    VIDEO = 0xE0
    FLAG_INTERLACED = 0x9A
    PIXEL_WIDTH = 0xB0
    PIXEL_HEIGHT = 0xBA
    PIXEL_CROP_BOTTOM = 0x54AA
    PIXEL_CROP_RIGHT = 0x54DD
    COLOUR = 0x55B0
    MATRIX_COEFFICIENTS = 0x55B1
    RANGE = 0x55B9
    TRANSFER_CHARACTERISTICS = 0x55BA
    PRIMARIES = 0x55BB
    TAGS = 0x1254C367
    TAG = 0x7373
    TARGETS = 0x63C0
    SIMPLE_TAG = 0x67C8
    TAG_NAME = 0x45A3
    TAG_STRING = 0x4487
    CLUSTER = 0x1F43B675
    TIMESTAMP = 0xE7
    SIMPLE_BLOCK = 0xA3
    BLOCK_GROUP = 0xA0
    BLOCK = 0xA1
    BLOCK_DURATION = 0x9B
    REFERENCE_BLOCK = 0xFB
    CUES = 0x1C53BB6B
    CUE_POINT = 0xBB
    CUE_TIME = 0xB3
    CUE_TRACK_POSITIONS = 0xB7
    CUE_TRACK = 0xF7
    CUE_CLUSTER_POSITION = 0xF1


def id_bytes(element: Id) -> bytes:
    return element.to_bytes((element.bit_length() + 7) // 8, "big")


def binary(element: Id, body: bytes) -> bytes:
    """Its size takes 8 bytes, so that an element of another body of the same length can take its place."""
    return b"".join((id_bytes(element), (1 << 56 | len(body)).to_bytes(8, "big"), body))


def unsigned(element: Id, value: int, width: int | None = None) -> bytes:
    return binary(element, value.to_bytes(width or max(1, (value.bit_length() + 7) // 8), "big"))


def real(element: Id, value: float) -> bytes:
    return binary(element, struct.pack(">d", value))


def text(element: Id, value: str, width: int = 0) -> bytes:
    """Filled up to `width` bytes with zeros, which end a text. What is no Unicode, as in some file names, becomes
    "?"."""
    return binary(element, value.encode(errors="replace").ljust(width, b"\0"))


def master(element: Id, *children: bytes) -> bytes:
    return binary(element, b"".join(children))


def checked(element: Id, *children: bytes) -> bytes:
    """A master with the CRC-32 of its children in front of them."""
    body = b"".join(children)
    return master(element, crc_element(body), body)


def crc_element(body: bytes) -> bytes:
    return binary(Id.CRC_32, zlib.crc32(body).to_bytes(4, "little"))


def void(size: int) -> bytes:
    """An element of `size` bytes altogether, at least 9, that says nothing."""
    return binary(Id.VOID, bytes(size - 9))
