"""Where Fathom writes what happened: everything into a small rotating file, what a person must know on stderr."""

import faulthandler
import logging
import logging.handlers
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LARGEST_BYTES = 1 << 20
_OLDER_FILES = 3
_PASSWORD = re.compile(r"(?<=://)[^/\s@]*:[^/\s]*@")
_log = logging.getLogger(__name__)


class _Formatter(logging.Formatter):
    """Leaves the user and password of an address out, and without `traceback` an exception's lines too."""

    def __init__(self, form: str, *, traceback: bool) -> None:
        super().__init__(form)
        self._traceback = traceback

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record) if self._traceback else self.formatMessage(_with_message(record))
        return _PASSWORD.sub("", text)


def _with_message(record: logging.LogRecord) -> logging.LogRecord:
    record.message = record.getMessage()
    if record.exc_info and record.exc_info[1] is not None:
        kind, error = type(record.exc_info[1]).__name__, record.exc_info[1]
        record.message += f": {kind}: {error}" if str(error) else f": {kind}"
    return record


def _own(record: logging.LogRecord) -> bool:
    return record.name != "py.warnings"  # of libraries, for the file alone


@contextmanager
def logging_to(path: Path, *, debug: bool = False) -> Iterator[None]:
    """Log to `path` and stderr while inside; a file that cannot be written costs one line, never the run.

    `debug` puts everything and tracebacks on stderr. Exceptions that end a thread are logged, also outside
    debug. Used by: the main thread, once around the whole run.
    """
    root = logging.getLogger()
    handlers: list[logging.Handler] = []
    if sys.stderr is not None:  # under pythonw there is none
        console = logging.StreamHandler(sys.stderr)
        console.setLevel(logging.DEBUG if debug else logging.WARNING)
        console.setFormatter(_Formatter("fathom: %(message)s", traceback=debug))
        if not debug:
            console.addFilter(_own)
        handlers.append(console)
    problem = None
    try:
        handlers.append(_file_handler(path))
    except OSError as error:
        problem = f"no log is written, {path} cannot be opened: {error.strerror or error}"
    before = root.level, threading.excepthook, logging.raiseExceptions
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for handler in handlers:
        root.addHandler(handler)
    logging.captureWarnings(True)
    logging.raiseExceptions = debug  # a full disk must not fill the terminal
    threading.excepthook = _log_thread_end
    if sys.stderr is not None and not faulthandler.is_enabled():
        faulthandler.enable()
    if problem:
        _log.warning(problem)
    try:
        yield
    finally:
        root.setLevel(before[0])
        _, threading.excepthook, logging.raiseExceptions = before
        logging.captureWarnings(False)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _file_handler(path: Path) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=_LARGEST_BYTES, backupCount=_OLDER_FILES, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(
        _Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s", traceback=True)
    )
    return handler


def _log_thread_end(end: threading.ExceptHookArgs) -> None:
    if issubclass(end.exc_type, SystemExit):
        return
    name = end.thread.name if end.thread else "a thread"
    error = end.exc_value or end.exc_type()
    _log.critical("%s ended by an error", name, exc_info=(end.exc_type, error, end.exc_traceback))
