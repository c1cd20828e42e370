"""Is there a display for a window?"""

import os
import sys


def has_display() -> bool:
    """False only where it is sure, on Linux; Qt ends the process when it finds none, so this is asked first."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
