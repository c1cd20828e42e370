"""A local web server that serves files as badly as a test asks it to."""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Handler", bytes], None]


@dataclass
class FileServer:
    """What it has, how it answers, and what it was asked. Requests beyond `answers` are answered honestly."""

    files: dict[str, bytes]
    answers: list[Answer] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def ranges(self) -> list[str | None]:
        """The Range of each request so far."""
        return [headers.get("Range") for _, headers in self.requests]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files: FileServer

    def do_GET(self) -> None:
        self.files.requests.append((self.path, dict(self.headers)))
        self.close_connection = True
        content = self.files.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        answer = self.files.answers.pop(0) if self.files.answers else honest
        answer(self, content)

    def log_message(self, *args: object) -> None:
        """Tests are quiet."""

    def head(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()


def etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def honest(handler: Handler, content: bytes) -> None:
    """The file, or the part of it that was asked for where it is still the same file."""
    wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    tag = etag(content)
    if wanted is None or handler.headers.get("If-Range") != tag:
        handler.head(200, Content_Length=len(content), ETag=tag)
        handler.wfile.write(content)
        return
    start = int(wanted[1])
    if start >= len(content):
        handler.head(416, Content_Range=f"bytes */{len(content)}", Content_Length=0)
        return
    span = f"bytes {start}-{len(content) - 1}/{len(content)}"
    handler.head(206, Content_Length=len(content) - start, Content_Range=span, ETag=tag)
    handler.wfile.write(content[start:])


def cut_off(after: int) -> Answer:
    """Promise all of it and hang up `after` bytes into this answer."""

    def answer(handler: Handler, content: bytes) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(wanted[1]) if wanted else 0
        span = {"Content_Range": f"bytes {start}-{len(content) - 1}/{len(content)}"} if wanted else {}
        handler.head(206 if wanted else 200, Content_Length=len(content) - start, ETag=etag(content), **span)
        handler.wfile.write(content[start : start + after])

    return answer


def whole_whatever_was_asked(handler: Handler, content: bytes) -> None:
    """A server that knows no ranges."""
    handler.head(200, Content_Length=len(content))
    handler.wfile.write(content)


def status(code: int) -> Answer:
    def answer(handler: Handler, content: bytes) -> None:
        handler.head(code, Content_Length=0)

    return answer


def redirect(path: str, **headers: object) -> Answer:
    def answer(handler: Handler, content: bytes) -> None:
        handler.head(302, Location=path, Content_Length=0, **headers)

    return answer


def with_length(length: int) -> Answer:
    """All of the file under a length that is not its own."""

    def answer(handler: Handler, content: bytes) -> None:
        handler.head(200, Content_Length=length, ETag=etag(content))
        handler.wfile.write(content)

    return answer


def body(content: bytes, **headers: object) -> Answer:
    """Something else than the file."""

    def answer(handler: Handler, _: bytes) -> None:
        handler.head(200, Content_Length=len(content), ETag=etag(content), **headers)
        handler.wfile.write(content)

    return answer


def chunked(handler: Handler, content: bytes) -> None:
    """The file in pieces, without saying how long it is."""
    handler.head(200, Transfer_Encoding="chunked", ETag=etag(content))
    for start in range(0, len(content), 50_000):
        piece = content[start : start + 50_000]
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def unbounded(handler: Handler, content: bytes) -> None:
    """As `chunked`, until the reader has enough."""
    handler.head(200, Transfer_Encoding="chunked")
    try:
        while True:
            handler.wfile.write(b"10000\r\n" + bytes(1 << 16) + b"\r\n")
    except OSError:
        return


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[FileServer]:
    """Serve on a free port of this machine until the block ends."""
    state = FileServer(files)

    class Bound(Handler):
        pass

    Bound.files = state
    with ThreadingHTTPServer(("127.0.0.1", 0), Bound) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="file server")
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
