"""From what a person types to the kind of source it means, without opening anything."""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from core.errors import SourceError
from core.messages import SourceKind

STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https", "udp", "tcp", "rtmp", "rtmps", "srt")
PICTURE_SUFFIXES = frozenset((
    ".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".avif", ".jp2",
    ".ppm", ".pgm", ".pbm", ".pnm",
))  # fmt: skip
WHAT_A_SOURCE_MAY_BE = (
    "give camera, camera:NAME-or-index, a video file, a picture, a folder of pictures, "
    "an rtsp:// or http:// address, or demo"
)

# Its scheme, of two letters or more, for C:\ is none; its host and path, without who asks and what for.
_URL = re.compile(r"([a-z][a-z0-9+.-]+)://(?:[^/?#]*@)?([^?#]*)", re.IGNORECASE)
_DEVICE_PREFIXES = ("/dev/video", "/dev/v4l/")


@dataclass(frozen=True, slots=True)
class Address:
    kind: SourceKind
    target: str  # a camera's name, index or device ("" for the first one), a path, a URL; "" for the demo


def is_camera(text: str) -> bool:
    """Whether `text` names a camera; nothing else is told of it."""
    text = text.strip()
    return text == "camera" or text.startswith(("camera:", *_DEVICE_PREFIXES))


def parse_address(text: str) -> Address:
    """What `text` means. Paths have `~` expanded; whether they exist is not looked at.

    Raises: SourceError for an empty text, a malformed address and a scheme nobody here speaks.
    """
    text = text.strip()
    if not text:
        raise SourceError(f"no source was given: {WHAT_A_SOURCE_MAY_BE}")
    if text == "demo":
        return Address(SourceKind.DEMO, "")
    if is_camera(text):
        return Address(SourceKind.CAMERA, text.removeprefix("camera").removeprefix(":").strip())
    url = _URL.match(text)
    if url is None:
        return _of_path(Path(text))
    name = url[1].lower()
    try:
        parts = urlsplit(text)
    except ValueError as error:  # its words may hold the password
        raise SourceError(
            f"{without_credentials(text)} is no address that can be read: "
            "check its host, and write [ and ] elsewhere as %5B and %5D"
        ) from error
    if name == "file":
        return _of_path(Path(url2pathname(parts.path)))
    if name in STREAM_SCHEMES:
        return Address(SourceKind.STREAM, text)
    raise SourceError(f"{name}:// is not an address Fathom can open: {WHAT_A_SOURCE_MAY_BE}")


def without_credentials(address: str) -> str:
    """`address` for people: of a URL, malformed or not, no user, password or query, which may carry a key."""
    url = _URL.match(address.strip())
    return f"{url[1].lower()}://{url[2]}".rstrip("/") if url else address


def _of_path(path: Path) -> Address:
    with suppress(RuntimeError):  # "~nobody/clip.mp4" with no such user is a name like any other
        path = path.expanduser()
    try:
        pictures = path.suffix.lower() in PICTURE_SUFFIXES or path.is_dir()
    except (OSError, ValueError):  # a name too long or with a zero byte: opening it says so
        pictures = False
    return Address(SourceKind.PICTURES if pictures else SourceKind.VIDEO, str(path))
