"""One file over HTTP: resumed where it stopped, tried again where that helps, never longer than it may be.

What has come lies in a `.part` file with a note beside it of which version of the file it is part of. Nothing here
judges the content; `download` does, before the file gets its name. Imports no torch.
"""

import contextlib
import http.client
import os
import re
import shutil
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from core.errors import WeightsError
from core.weights.parts import Received, discard, kept_words, read_note, resumable_bytes, size_of, write_note

TIMEOUT_S = 15.0  # to connect, and between two pieces of data
RETRIES = 4  # in a row without anything new
_CHUNK_BYTES = 256 << 10
_SPARE_BYTES = 64 << 20  # a disk is left this much room
_ROOM_EVERY_BYTES = 8 << 20  # how often it is looked at
_RETRIED_CODES = (408, 425, 429, 500, 502, 503, 504)


class FetchCancelled(WeightsError):  # noqa: N818 - the person's wish, not a failure
    """The person stopped the download; what came so far is kept for the next time."""


class _TryAgainError(Exception):
    """This attempt failed in a way another may not."""


def wait(seconds: float, cancelled: Callable[[], bool]) -> None:
    """Pass the time between two attempts, but no longer than until `cancelled`."""
    never = threading.Event()
    for _ in range(round(10 * seconds)):
        if cancelled():
            return
        never.wait(0.1)


def receive(
    url: str,
    part: Path,
    *,
    limit_bytes: int,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
    pause: Callable[[float, Callable[[], bool]], None] = wait,
) -> Received:
    """Bring `url` into `part`, going on where an earlier call stopped.

    After a failure `part` stays where the server lets it be gone on with.
    Raises: FetchCancelled; WeightsError with what the server did or what is wrong on this side.
    """
    try:
        return _receive(url, part, limit_bytes, progress, cancelled, pause)
    except (WeightsError, OSError) as error:
        kept = kept_words(part, url)
        if not resumable_bytes(part):
            with contextlib.suppress(OSError):
                discard(part)  # there is nothing to go on from: it would only fill the disk
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise WeightsError(f"{part.parent} cannot be written to: {reason}{kept}") from error
        raise


def _receive(
    url: str,
    part: Path,
    limit_bytes: int,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
    pause: Callable[[float, Callable[[], bool]], None],
) -> Received:
    """Attempt after attempt. Raises: as `receive`, and OSError of the file."""
    failures = 0
    while True:
        before = size_of(part)
        try:
            return _attempt(url, part, limit_bytes, progress, cancelled)
        except _TryAgainError as error:
            failures = 0 if size_of(part) > before else failures + 1
            if failures > RETRIES:
                kept = kept_words(part, url) or "; try again later"
                raise WeightsError(f"{url} could not be fetched: {error}{kept}") from error
        pause(float(2 ** max(failures - 1, 0)), cancelled)


def _attempt(
    url: str,
    part: Path,
    limit_bytes: int,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
) -> Received:
    """One request. Raises: _TryAgainError, FetchCancelled, WeightsError, OSError of the file."""
    _stop_if(cancelled)
    earlier = read_note(part, url)
    start = size_of(part) if earlier is not None else 0
    if earlier is not None and earlier.bytes == start:
        return earlier
    headers = {"User-Agent": "Fathom", "Accept-Encoding": "identity"}
    if earlier is not None and start:
        headers |= {"Range": f"bytes={start}-", "If-Range": earlier.validator}
    redirects = _Redirects()
    opener = urllib.request.build_opener(redirects)
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the address is one of our table
    try:
        response = opener.open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        answer = f"the server answered {error.code} ({' '.join(str(error.reason).split())})"
        if error.code == 416:  # what is here is no part of what the server has now
            discard(part)
        if error.code == 416 or error.code in _RETRIED_CODES:
            raise _TryAgainError(answer) from error
        raise WeightsError(f"{url} could not be fetched: {answer}") from error
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise WeightsError(
                f"{url} could not be fetched: {reason.verify_message}; is the clock right?"
            ) from error
        raise _TryAgainError(f"no connection ({reason or type(error).__name__})") from error
    with response:
        start, received = _terms(url, part, response, redirects.linked, start)
        if received.bytes is not None:
            _check_size(url, received.bytes, limit_bytes)
            _check_room(part, received.bytes - size_of(part))  # what is here is gone on with, or cut away
        with part.open("r+b" if start else "wb") as file:
            if start:
                file.truncate(start)
                file.seek(start)
            write_note(part, received)
            _copy(response, file, received.bytes, limit_bytes, url, progress, cancelled)
    return received


def _terms(url: str, part: Path, response: Any, linked: Message, start: int) -> tuple[int, Received]:
    """Where the body begins and what the file will be, from the answer's headers.

    Raises: _TryAgainError, WeightsError, OSError of the file.
    """
    headers: Message = response.headers
    if headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        raise WeightsError(f"{url} gave a web page instead of the file; does this network ask you to log in?")
    if headers.get("Content-Encoding", "identity") != "identity" or response.status not in (200, 206):
        raise WeightsError(
            f"{url} could not be fetched: the server answered {response.status} in an unusable form"
        )
    length = headers.get("Content-Length", "")
    total = int(length) if re.fullmatch(r"\d{1,15}", length, re.ASCII) else None
    if response.status == 206:
        span = re.fullmatch(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", headers.get("Content-Range", ""), re.ASCII)
        if span is None or int(span[1]) != start:
            discard(part)
            raise _TryAgainError("the server sent another part than the one asked for")
        total = int(span[3])
    else:
        start = 0
    sha256 = next((hash_ for told in (linked, headers) if (hash_ := _sha256_in(told))), None)
    size_told = next((told["X-Linked-Size"] for told in (linked, headers) if told["X-Linked-Size"]), None)
    if size_told and total is not None and size_told != str(total):
        raise WeightsError(f"{url} would give {total} bytes where its publisher has {size_told}: refused")
    etag = headers.get("ETag", "")
    validator = etag if etag.startswith('"') else headers.get("Last-Modified", "")
    if headers.get("Accept-Ranges", "").strip().lower() == "none":
        validator = ""
    return start, Received(url, validator, total, sha256)


def _copy(
    response: Any,
    file: IO[bytes],
    total: int | None,
    limit_bytes: int,
    url: str,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
) -> None:
    """The body into `file`, which stands where it goes on. Raises: as `_attempt`."""
    done = file.tell()
    progress(done, total)
    while total is None or done < total:
        _stop_if(cancelled)
        wanted = _CHUNK_BYTES if total is None else min(_CHUNK_BYTES, total - done)
        try:
            chunk = response.read1(wanted)
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise _TryAgainError(
                f"the connection broke after {done} bytes ({error or type(error).__name__})"
            ) from error
        if not chunk:
            break
        file.write(chunk)
        done += len(chunk)
        if total is None:
            _check_size(url, done, limit_bytes)
        if done // _ROOM_EVERY_BYTES > (done - len(chunk)) // _ROOM_EVERY_BYTES:
            _check_room(Path(file.name), (total or done) - done)  # others write, too
        progress(done, total)
    file.flush()
    os.fsync(file.fileno())
    if total is not None and done < total:
        raise _TryAgainError(f"the server promised {total} bytes and stopped after {done}")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to the web alone, and keeps what the publisher said of the file on the way."""

    def __init__(self) -> None:
        self.linked = Message()

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after not in ("http", "https") or (before == "https" and after != "https"):
            fp.close()
            raise WeightsError(f"{req.full_url} sends on to an address that is not safe ({newurl[:80]}): refused")
        for name in ("X-Linked-ETag", "X-Linked-Size"):
            if headers.get(name) and name not in self.linked:
                self.linked[name] = headers[name]
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _sha256_in(headers: Message) -> str | None:
    """Hugging Face gives the SHA-256 of a large file as its linked ETag."""
    told = headers.get("X-Linked-ETag", "").strip('"').lower()
    return told if re.fullmatch(r"[0-9a-f]{64}", told, re.ASCII) else None


def _check_size(url: str, size: int, limit_bytes: int) -> None:
    if size > limit_bytes:
        raise WeightsError(f"{url} is larger than the {limit_bytes / 1e6:.0f} MB it could be: refused")


def _check_room(part: Path, wanted: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if free < wanted + _SPARE_BYTES:
        raise WeightsError(
            f"{part.parent} has {free / 1e6:.0f} MB free, wanted {(wanted + _SPARE_BYTES) / 1e6:.0f}: make room, "
            "or name another folder in FATHOM_MODELS"
        )


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise FetchCancelled("the download was stopped; what has come is kept for the next time")
