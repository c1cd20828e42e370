"""Settings on disk: one small JSON file that survives kills, full disks, hand edits and newer versions."""

import json
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.settings import DEFAULTS, OPTIONS, Settings, from_json
from core.errors import SettingError

VERSION = 1
_LARGEST_BYTES = 1 << 20  # what we write is a few kB; more is not ours
_log = logging.getLogger(__name__)


class SettingsStore:
    """Owns the settings file. Used by: any thread; scheduled writes come from one thread that ends when idle.

    A scheduled write changes no more in the file than was scheduled: another window may have written the rest.
    `on_error` gets one line, from that thread, when a scheduled write fails, and no more until one succeeds.
    """

    def __init__(self, path: Path, on_error: Callable[[str], None] | None = None, delay_s: float = 0.5) -> None:
        self.path = path
        self._on_error = on_error or _log.warning
        self._delay_s = delay_s
        self._changed = threading.Condition()  # guards the next three
        self._pending: dict[str, Any] = {}
        self._writer: threading.Thread | None = None
        self._closed = False
        self._unwritten: dict[str, Any] = {}  # by the last write, which failed

    def load(self) -> tuple[Settings, str | None]:
        """The settings, and one line where something in the file could not be used; never raises.

        A damaged file is kept beside as `settings.json.bad`; a newer version's as `settings.json.vN`.
        """
        try:
            version, values = _parse(_read(self.path))
        except FileNotFoundError:
            return DEFAULTS, None
        except (OSError, ValueError, RecursionError) as error:
            kept = self._set_aside()
            return DEFAULTS, f"the settings in {self.path} could not be read ({error}): using defaults; {kept}"
        lines = [self._keep_newer(version)] if version > VERSION else []
        good: dict[str, Any] = {}
        for name, value in values.items():
            if name not in OPTIONS:
                continue  # of another version
            try:
                good[name] = from_json(name, value)
            except SettingError as error:
                lines.append(f"{error}: using the default")
        return Settings(**good), "; ".join(lines) or None

    def schedule(self, **values: Any) -> None:
        """Write soon: what is newest when the delay is over, so a dragged slider costs two writes a second."""
        with self._changed:
            self._pending.update(values)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_scheduled, name="settings")
                self._writer.start()

    def close(self) -> None:
        """Write what still waits, and leave no thread; what is scheduled later is written at once. Idempotent."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            writer = self._writer
        if writer is not None:
            writer.join()

    def _write_scheduled(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed, self._delay_s)
                if not self._pending:
                    self._writer = None
                    return
            self._write_pending()

    def _write_pending(self) -> None:
        with self._changed:
            values, self._pending = self._pending, {}
        said, values = bool(self._unwritten), {**self._unwritten, **values}
        try:
            _write(self.path, replace(self.load()[0], **values))
        except OSError as error:
            self._unwritten = values
            if not said:
                self._on_error(f"the settings could not be written to {self.path}: {error.strerror or error}")
        else:
            self._unwritten = {}

    def _set_aside(self) -> str:
        kept = self.path.with_name(self.path.name + ".bad")
        try:
            self.path.replace(kept)
        except OSError as error:
            return f"it could not be kept as {kept.name}: {error.strerror or error}"
        return f"the file is kept as {kept.name}"

    def _keep_newer(self, version: int) -> str:
        kept = self.path.with_name(f"{self.path.name}.v{version}")
        said = f"{self.path} was written by a newer Fathom"
        try:
            kept.write_bytes(self.path.read_bytes())
            kept.chmod(0o600)
        except OSError as error:
            return f"{said} and could not be kept as {kept.name}: {error.strerror or error}"
        return f"{said}: what this one knows of it is used, and it is kept as {kept.name}"


def _write(path: Path, settings: Settings) -> None:
    """All of it or nothing, readable by this user alone: addresses may hold passwords. Raises: OSError."""
    target = Path(os.path.realpath(path))  # a link to a file kept elsewhere stays a link
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_encode({"version": VERSION, "settings": asdict(settings)}))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def _encode(content: dict[str, Any]) -> bytes:
    try:
        return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # the name of a file that is no valid Unicode
        return (json.dumps(content, indent=2) + "\n").encode()


def _read(path: Path) -> str:
    """Raises: OSError; ValueError where it is no text file of a likely size."""
    if not path.is_file():
        if path.is_symlink() or path.exists():
            raise ValueError("it is not a file")
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        data = file.read(_LARGEST_BYTES + 1)
    if len(data) > _LARGEST_BYTES:
        raise ValueError("it is far larger than settings can be")
    return data.decode("utf-8-sig")  # Windows editors put a mark in front


def _parse(text: str) -> tuple[int, dict[str, Any]]:
    """Version and values. Raises: ValueError, RecursionError."""
    content = json.loads(text)
    version = content.get("version") if isinstance(content, dict) else None
    values = content.get("settings") if isinstance(content, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or not isinstance(values, dict):
        raise ValueError('wanted {"version": …, "settings": {…}}')
    return version, values
