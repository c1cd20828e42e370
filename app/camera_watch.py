"""Keeps the list of webcams fresh as they are plugged and unplugged."""

import logging
import threading
from collections.abc import Callable

from core.errors import FathomError
from core.messages import CameraInfo

PERIOD_S = 2.0
_log = logging.getLogger(__name__)


def list_cameras() -> tuple[CameraInfo, ...]:
    """`core.sources.cameras.list_cameras`, imported here and now, off the window's thread."""
    from core.sources.cameras import list_cameras as look

    return look()


class CameraWatch:
    """Owns a thread that looks every two seconds and calls `changed` when the list is another.

    Looking opens no device. Asking the system to tell would need Qt or a library for each system.
    """

    def __init__(
        self,
        changed: Callable[[], None],
        look: Callable[[], tuple[CameraInfo, ...]] = list_cameras,
        period_s: float = PERIOD_S,
    ) -> None:
        self._changed = changed
        self._look = look
        self._period_s = period_s
        self._cameras: tuple[CameraInfo, ...] = ()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fathom-camera-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def cameras(self) -> tuple[CameraInfo, ...]:
        return self._cameras

    def close(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                found = self._look()
            except (FathomError, OSError) as error:
                _log.warning("the cameras could not be listed: %s", error)
                found = ()
            if found != self._cameras:
                self._cameras = found
                self._changed()
            if self._stop.wait(self._period_s):
                return
