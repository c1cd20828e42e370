"""Is there a display for a window?"""

import os
import re
import socket
import sys

_DISPLAY = re.compile(r"(?:unix)?(?P<host>[^:]*):(?P<number>\d+)(?:\.\d+)?$")
_X_PORT = 6000
_TIMEOUT_S = 2.0


def has_display() -> bool:
    """False only where it is sure, on Linux: Qt ends the process when it finds none, so this is asked first."""
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM", "xcb").partition(":")[0] != "xcb":
        return True
    return _answers(os.environ.get("DISPLAY", ""))


def _answers(display: str) -> bool:
    """Whether an X server takes connections there; a name that is left over from an ended one does not."""
    parts = _DISPLAY.match(display)
    if parts is None:
        return False
    number = int(parts["number"])
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    addresses: list[tuple[int, object]] = [(socket.AF_UNIX, path), (socket.AF_UNIX, f"\0{path}")]
    if parts["host"]:
        addresses = [(socket.AF_INET, (parts["host"], _X_PORT + number))]
    for family, address in addresses:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(_TIMEOUT_S)
            try:
                connection.connect(address)  # type: ignore[arg-type]
            except OSError:
                continue
            return True
    return False
