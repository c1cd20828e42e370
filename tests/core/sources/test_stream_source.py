import socket
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import av
import pytest

from core.capture import Capture, SourceWish
from core.errors import SourceError
from core.messages import Frame, SourceInfo, SourceKind, SourceState
from core.sources.opener import open_source
from core.sources.source import Source
from core.sources.stream import StreamSource, open_stream
from support.clips import number_of, write_clip
from support.mjpeg_server import HEIGHT_PX, STEP, WIDTH_PX, MjpegServer, serving

PATIENT_S = 20.0  # where an answer comes, however busy the machine is
STALL_S = 0.5  # where none comes
MOMENT_S = 0.02


def never() -> bool:
    return False


def read(source: Source, times: int) -> None:
    for _ in range(times):
        source.read()


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    with serving() as running:
        yield running


def test_a_live_stream_gives_its_pictures_in_order(server: MjpegServer) -> None:
    server.allow(20)
    source = open_stream(server.url, never, PATIENT_S)
    try:
        assert (source.info.kind, source.info.live, source.info.seekable) == (SourceKind.STREAM, True, False)
        assert (source.info.width_px, source.info.height_px) == (WIDTH_PX, HEIGHT_PX)
        assert source.info.fps is None
        assert source.info.detail == "mjpeg"
        levels = []
        for _ in range(10):
            picture = source.read()
            assert picture is not None
            assert picture.media_time_s is None
            levels.append(round(picture.rgb.mean() / STEP))
        assert levels == list(range(levels[0], levels[0] + 10))
    finally:
        source.close()
        source.close()


def test_a_stall_is_noticed(server: MjpegServer) -> None:
    server.allow(5)
    container = av.open(server.url, timeout=(PATIENT_S, STALL_S))
    with pytest.raises(SourceError, match=rf"^live has sent nothing for {STALL_S:g} s$"):
        read(StreamSource(container, "live", server.url, never, STALL_S), 6)
    container.close()


def test_an_end_is_noticed(server: MjpegServer) -> None:
    server.allow(3)
    source = open_stream(server.url, never, PATIENT_S)
    server.end_streams()
    with pytest.raises(SourceError, match=r"live (ended|broke off)"):
        read(source, 6)
    source.close()


def test_a_stream_that_was_stopped_gives_up_at_the_next_piece(server: MjpegServer) -> None:
    stopped = threading.Event()
    server.allow(20)
    source = open_stream(server.url, stopped.is_set, PATIENT_S)
    stopped.set()
    with pytest.raises(SourceError, match="cancelled"):
        read(source, 20)
    source.close()


def test_a_finished_file_behind_an_address_plays_as_a_file(server: MjpegServer, tmp_path: Path) -> None:
    server.files["/clip.mp4"] = write_clip(tmp_path / "clip.mp4", 12).read_bytes()
    source = open_source(f"http://127.0.0.1:{server.port}/clip.mp4")
    try:
        assert (source.info.kind, source.info.live, source.info.seekable) == (SourceKind.STREAM, False, True)
        assert source.info.frame_count == 12
        numbers = []
        while (picture := source.read()) is not None:
            numbers.append(number_of(picture.rgb))
        assert numbers == list(range(12))
        source.seek(0.2)
        picture = source.read()
        assert picture is not None
        assert number_of(picture.rgb) == 5
    finally:
        source.close()


def refused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_what_cannot_be_opened_has_its_line_and_no_password(server: MjpegServer) -> None:
    server.files["/words"] = b"hello\n" * 200
    silent = socket.create_server(("127.0.0.1", 0))
    with silent:
        answering, mute, closed = (
            f"127.0.0.1:{server.port}",
            f"127.0.0.1:{silent.getsockname()[1]}",
            refused_port(),
        )
        for address, timeout_s, words in [
            (f"http://me:secret@{answering}/nothing", PATIENT_S, r"is not there \(404\)"),
            (f"http://me:secret@{answering}/words", PATIENT_S, "is text|not with video"),
            (f"http://me:secret@127.0.0.1:{closed}/x?key=secret", PATIENT_S, "cannot be opened .*refused"),
            (f"rtsp://me:secret@127.0.0.1:{closed}/x", PATIENT_S, "cannot be opened .*refused"),
            (f"http://me:secret@{mute}/x", STALL_S, f"did not answer within {STALL_S:g} s"),
            (f"rtsp://me:secret@{mute}/x", STALL_S, "127"),
        ]:
            with pytest.raises(SourceError, match=words) as caught:
                open_stream(address, never, timeout_s)
            assert "secret" not in str(caught.value)
            assert "\n" not in str(caught.value)


def test_data_without_pictures_does_not_wait_for_ever(server: MjpegServer) -> None:
    """Each piece arrives in time, but nothing comes of it. The clock goes on by 0.3 s with each."""
    server.garbled_from = 3
    server.allow(60)
    ticks = count()
    container = av.open(server.url, timeout=(PATIENT_S, PATIENT_S))
    source = StreamSource(container, "it", server.url, never, STALL_S, clock=lambda: 0.3 * next(ticks))
    with pytest.raises(SourceError, match="it sends data, but no picture in 2 s"):
        read(source, 60)
    source.close()


class Owner:
    """Of a capture: writes down what it reports, and wakes the test."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.states: list[SourceState] = []
        self.frames = 0

    def capture_ready(self, capture: Capture, info: SourceInfo) -> None:
        self._note(SourceState.PLAYING)

    def capture_frame(self, capture: Capture, frame: Frame) -> None:
        with self.changed:
            self.frames += 1
            self.changed.notify_all()

    def capture_state(self, capture: Capture, state: SourceState, detail: str) -> None:
        self._note(state)

    def capture_failed(self, capture: Capture, error: Exception) -> None:
        self._note(SourceState.FAILED)

    def capture_done(self, capture: Capture) -> None: ...

    def _note(self, state: SourceState) -> None:
        with self.changed:
            self.states.append(state)
            self.changed.notify_all()

    def wait_for(self, state: SourceState, frames: int, sender: MjpegServer | None = None) -> None:
        """Until the newest state is `state` and so many frames came. `sender` goes on sending meanwhile, so that a
        connection that a busy machine lost costs nothing but another one.
        """
        with self.changed:
            for _ in range(round(PATIENT_S / MOMENT_S)):
                if self.states and self.states[-1] is state and self.frames >= frames:
                    return
                if sender is not None:
                    sender.allow(2)
                self.changed.wait(MOMENT_S)
            pytest.fail(f"{state} did not come: {self.states}, {self.frames} frames")


def test_a_server_that_stalls_stops_and_comes_back_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.capture.FIRST_BACKOFF_S", 0.05)
    monkeypatch.setattr("core.capture.LAST_BACKOFF_S", 0.2)
    owner = Owner()
    with serving() as first:
        port, url = first.port, first.url
        capture = Capture(SourceWish(url), 1, lambda text, mode, stop: open_stream(text, stop, STALL_S), owner)
        capture.start()
        owner.wait_for(SourceState.PLAYING, 8, sender=first)
        owner.wait_for(SourceState.RECONNECTING, 8)  # no more pictures come: it stalls
        before = owner.frames
        owner.wait_for(SourceState.PLAYING, before + 8, sender=first)
    owner.wait_for(SourceState.RECONNECTING, before + 8)  # the server is gone
    before = owner.frames
    with serving(port) as second:
        owner.wait_for(SourceState.PLAYING, before + 8, sender=second)
        capture.stop()
        second.allow(1000)
        capture.join(20)
    assert SourceState.FAILED not in owner.states
