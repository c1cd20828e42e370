"""Source addresses as people read them."""

from pathlib import Path, PurePath
from urllib.parse import urlsplit

STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
WEIGHTS_SUFFIXES = (".pt", ".safetensors")


def is_stream(address: str) -> bool:
    return address.partition("://")[0].lower() in STREAM_SCHEMES and "://" in address


def is_file(address: str) -> bool:
    return bool(address) and not is_stream(address) and not is_camera(address) and address != "demo"


def is_camera(address: str) -> bool:
    return address == "camera" or address.startswith("camera:")


def short_name(address: str) -> str:
    """What a picker shows: a file's name, a stream's host and path without user and password."""
    if address == "demo":
        return "Demo scene"
    if is_camera(address):
        return address.partition(":")[2] or "Camera"
    if is_stream(address):
        try:
            parts = urlsplit(address)
        except ValueError:  # the source says what is wrong with it; here it must not show a password
            return "Stream"
        return f"{parts.hostname or ''}{parts.path.rstrip('/')}"
    return PurePath(address).name or address


def icon_name(address: str) -> str:
    if address == "demo":
        return "source-demo"
    if is_camera(address):
        return "source-camera"
    if is_stream(address):
        return "source-stream"
    if not address:  # whatever the first start finds
        return "source-camera"
    return "source-video" if PurePath(address).suffix else "folder"


def stream_problem(text: str) -> str:
    """What is wrong with a typed stream address, in one line; empty when nothing is."""
    if not text:
        return "Type an address, such as rtsp://192.168.1.20/stream"
    if not is_stream(text):
        return f"An address starts with rtsp:// or http://, this one does not: {text}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # the port is read to have it checked
    except ValueError as error:
        return f"This is no address: {error}"
    if not host:
        return f"There is no host in this address: {text}"
    return ""


def existing_folder(addresses: tuple[str, ...]) -> str:
    """Where a file dialog starts: the folder of the first file among `addresses`, else the home folder."""
    for address in addresses:
        if is_file(address):
            return str(Path(address).parent)
    return str(Path.home())
