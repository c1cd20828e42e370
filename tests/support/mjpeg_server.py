"""A webcam behind an address: MJPEG over HTTP on the loopback, which a test can stall, stop and bring back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from core.opencv import cv2

WIDTH_PX, HEIGHT_PX = 96, 64
STEP = 8  # each picture is grey, this much brighter than the one before, round and round


class MjpegServer(ThreadingHTTPServer):
    """Each picture needs a permit, so a test decides how many are sent; `files` are served as they are."""

    daemon_threads = False

    def __init__(self, port: int = 0) -> None:
        self.files: dict[str, bytes] = {}
        self.sent = 0
        self.garbled_from: int | None = None  # from this picture on, what is sent cannot be decoded
        self._permits = threading.Semaphore(0)
        self._ending = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/live"

    def allow(self, pictures: int) -> None:
        self._permits.release(pictures)

    def end_streams(self) -> None:
        """Close every connection that streams now."""
        self._ending.set()
        self._permits.release(1000)

    def next_picture(self) -> bytes | None:
        """Waits for a permit; None when the stream is to end."""
        self._permits.acquire()
        if self._ending.is_set():
            return None
        level = (self.sent * STEP) % 256
        self.sent += 1
        if self.garbled_from is not None and self.sent > self.garbled_from:
            return b"\xff\xd8" + bytes(200) + b"\xff\xd9"
        return cv2.imencode(".jpg", np.full((HEIGHT_PX, WIDTH_PX, 3), level, np.uint8))[1].tobytes()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests do."""


class _Handler(BaseHTTPRequestHandler):
    server: MjpegServer

    def do_GET(self) -> None:
        if self.path in self.server.files:
            body = self.server.files[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        elif self.path == "/live":
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            while (jpeg := self.server.next_picture()) is not None:
                self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg))
                self.wfile.write(jpeg + b"\r\n")
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in its base
        pass


@contextmanager
def serving(port: int = 0) -> Iterator[MjpegServer]:
    server = MjpegServer(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.end_streams()
        server.shutdown()
        thread.join()
        server.server_close()
