import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

import core.capture
from core.capture import QUEUE_FRAMES, Capture, SourceWish
from core.errors import SourceError
from core.handoff import Closed
from core.messages import Frame, SourceInfo, SourceState
from core.sources.source import Source
from support.fakes import LONG_S, FakeFile, FakeLive, Waker


class Owner:
    """Writes down what a capture reports."""

    def __init__(self) -> None:
        self.woken = Waker()
        self.states: list[SourceState] = []
        self.details: list[str] = []
        self.failures: list[str] = []
        self.frames: list[Frame] = []
        self.ready = 0
        self.done = threading.Event()

    def capture_ready(self, capture: Capture, info: SourceInfo) -> None:
        self.ready += 1
        self.states.append(SourceState.PLAYING)

    def capture_frame(self, capture: Capture, frame: Frame) -> None:
        self.frames.append(frame)
        self.woken()

    def capture_state(self, capture: Capture, state: SourceState, detail: str) -> None:
        self.states.append(state)
        self.details.append(detail)
        self.woken()

    def capture_failed(self, capture: Capture, error: Exception) -> None:
        self.failures.append(str(error))
        self.woken()

    def capture_done(self, capture: Capture) -> None:
        self.done.set()
        self.woken()


@contextmanager
def capturing(wish: SourceWish, opener: Callable[[], Source]) -> Iterator[tuple[Capture, Owner]]:
    owner = Owner()
    capture = Capture(wish, 7, lambda *_: opener(), owner)
    capture.start()
    try:
        yield capture, owner
    finally:
        capture.stop()
        capture.join(LONG_S)
        assert owner.done.is_set()


def all_of(capture: Capture) -> list[int]:
    """The pictures handed over until the end, by their first pixel."""
    taken = []
    while True:
        try:
            frame = capture.handoff.take(LONG_S)
        except Closed:
            return taken
        assert frame is not None
        assert frame.source_id == 7
        assert not frame.rgb.flags.writeable
        taken.append(int(frame.rgb[0, 0, 0]))


HEADLESS = SourceWish("file", every_frame=True, paced=False, loop=False, ends=True)


def test_every_frame_arrives_in_order_and_the_end_closes_the_hand_off() -> None:
    files: list[FakeFile] = []

    def opener() -> FakeFile:
        files.append(FakeFile(count=40))
        return files[0]

    with capturing(HEADLESS, opener) as (capture, owner):
        assert all_of(capture) == list(range(40))
    assert owner.failures == []
    assert [frame.index for frame in owner.frames] == list(range(40))
    assert capture.dropped == 0
    assert len(set(files[0].threads)) == 1, "the thread that opened it reads and closes it"
    assert files[0].closed


def test_a_damaged_file_gives_its_readable_frames_and_then_one_line() -> None:
    with capturing(HEADLESS, lambda: FakeFile(count=40, broken_at=3)) as (capture, owner):
        assert all_of(capture) == [0, 1, 2]
    assert owner.failures == ["the file is damaged"]


def test_in_the_window_a_damaged_file_stands_at_its_end_and_can_be_played_again() -> None:
    wish = SourceWish("file", paced=False, loop=True)
    with capturing(wish, lambda: FakeFile(count=40, broken_at=3)) as (capture, owner):
        owner.woken.until(lambda: owner.states[-1] is SourceState.ENDED)
        assert owner.failures == ["the file is damaged"]
        capture.transport.seek(0.004)
        owner.woken.until(lambda: len(owner.frames) > 3)
        assert owner.frames[3].rgb[0, 0, 0] == 4


def test_pause_step_and_seek_are_frame_accurate() -> None:
    wish = SourceWish("file", paced=False, loop=False)
    with capturing(wish, lambda: FakeFile(count=100)) as (capture, owner):
        owner.woken.until(lambda: owner.states[-1] is SourceState.ENDED)
        capture.transport.pause()

        def shown_after(order: Callable[[], None]) -> int:
            before = len(owner.frames)
            order()
            owner.woken.until(lambda: len(owner.frames) > before)
            return int(owner.frames[-1].rgb[0, 0, 0])

        assert shown_after(lambda: capture.transport.seek(0.0505)) == 50
        assert shown_after(lambda: capture.transport.step(1)) == 51
        assert shown_after(lambda: capture.transport.step(-1)) == 50
        assert shown_after(lambda: capture.transport.step(-3)) == 47
        assert shown_after(lambda: capture.transport.step(5)) == 52
        assert capture.position_s == pytest.approx(0.052)
        assert shown_after(capture.transport.resend) == 52
        assert owner.states[-1] is SourceState.PAUSED


def test_a_seek_is_told_as_the_place_until_its_picture_comes() -> None:
    class SlowFile(FakeFile):
        def seek(self, time_s: float) -> None:
            assert may_seek.wait(LONG_S)
            super().seek(time_s)

    may_seek = threading.Event()
    wish = SourceWish("file", paced=False, loop=False)
    with capturing(wish, lambda: SlowFile(count=100)) as (capture, owner):
        owner.woken.until(lambda: owner.states[-1] is SourceState.ENDED)
        capture.transport.pause()
        capture.transport.seek(0.05)
        assert capture.place_s == 0.05
        assert capture.position_s == pytest.approx(0.099), "decoding takes a while"
        may_seek.set()
        owner.woken.until(lambda: owner.frames[-1].rgb[0, 0, 0] == 50)
        capture.transport.step(1)
        owner.woken.until(lambda: owner.frames[-1].rgb[0, 0, 0] == 51)
        assert capture.place_s == capture.position_s == pytest.approx(0.051)


def test_what_nobody_took_when_every_frame_mode_ends_is_dropped_and_the_picture_that_stands_comes_again() -> None:
    wish = SourceWish("file", every_frame=True, paced=False)
    with capturing(wish, lambda: FakeFile(count=100)) as (capture, owner):
        owner.woken.until(lambda: len(owner.frames) == QUEUE_FRAMES + 1)  # the last one waits for room
        capture.transport.pause()
        assert capture.handoff.take(LONG_S) is owner.frames[0]
        owner.woken.until(lambda: owner.states[-1] is SourceState.PAUSED)
        capture.set_every_frame(every_frame=False)
        again = capture.handoff.take(LONG_S)
        assert again is not None
        assert again.rgb is owner.frames[QUEUE_FRAMES].rgb
        assert capture.dropped == QUEUE_FRAMES


def test_a_paused_capture_shows_its_first_picture() -> None:
    opened = threading.Event()

    def opener() -> FakeFile:
        assert opened.wait(LONG_S)
        return FakeFile()

    with capturing(SourceWish("file"), opener) as (capture, owner):
        capture.transport.pause()
        opened.set()
        owner.woken.until(lambda: owner.states and owner.states[-1] is SourceState.PAUSED)
        owner.woken.until(lambda: len(owner.frames) == 1)


def test_a_loop_starts_again_and_a_single_picture_does_not() -> None:
    with capturing(SourceWish("file", paced=False), lambda: FakeFile(count=3)) as (_, owner):
        owner.woken.until(lambda: len(owner.frames) >= 7)
        assert [int(f.rgb[0, 0, 0]) for f in owner.frames[:7]] == [0, 1, 2, 0, 1, 2, 0]
    with capturing(SourceWish("file", paced=False), lambda: FakeFile(count=1)) as (_, owner):
        owner.woken.until(lambda: owner.states[-1] is SourceState.ENDED)
        assert len(owner.frames) == 1


def test_a_single_picture_stays_up_although_the_loop_is_switched() -> None:
    with capturing(SourceWish("file"), lambda: FakeFile(count=1)) as (capture, owner):
        owner.woken.until(lambda: owner.states[-1] is SourceState.ENDED)
        capture.transport.set_loop(loop=False)
        capture.transport.set_loop(loop=True)
        for again in (1, 2):
            capture.transport.resend()
            owner.woken.until(lambda again=again: len(owner.frames) > again)
        assert [frame.jumps for frame in owner.frames[:3]] == [0, 0, 0]


def test_a_lost_camera_is_opened_again_ever_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.capture, "FIRST_BACKOFF_S", 0.001)
    cameras = [FakeLive("first"), FakeLive("second")]
    answers: list[FakeLive | SourceError] = [
        cameras[0],
        SourceError("not there"),
        SourceError("not there"),
        cameras[1],
    ]

    def opener() -> FakeLive:
        answer = answers.pop(0)
        if isinstance(answer, SourceError):
            raise answer
        return answer

    with capturing(SourceWish("camera"), opener) as (capture, owner):
        cameras[0].feed.put(1)
        cameras[0].feed.put(None)
        cameras[1].feed.put(2)
        owner.woken.until(lambda: len(owner.frames) == 2)
        assert cameras[0].closed.is_set(), "the lost one was let go before"
        lost = [d for s, d in zip(owner.states[1:], owner.details, strict=False) if d]
        assert lost == [
            "first is gone; trying again in 0.001 s",
            "not there; trying again in 0.002 s",
            "not there; trying again in 0.004 s",
        ]
        assert owner.failures == []
        assert owner.ready == 2
        cameras[1].feed.put(3)  # lets the read return after the stop order
        capture.transport.stop()
        cameras[1].feed.put(4)
    assert cameras[1].closed.is_set()


def test_for_a_lost_camera_that_was_opened_without_an_address_no_demo_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(core.capture, "FIRST_BACKOFF_S", 0.001)
    cameras, asked = [FakeLive("first"), FakeLive("second")], list[str]()
    waiting = iter(cameras)

    def opener(address: str, *_: object) -> Source:
        asked.append(address)
        return next(waiting)

    owner = Owner()
    capture = Capture(SourceWish(""), 7, opener, owner)
    capture.start()
    cameras[0].feed.put(None)
    cameras[1].feed.put(2)
    owner.woken.until(lambda: owner.frames)
    capture.stop()
    cameras[1].feed.put(3)
    capture.join(LONG_S)
    assert asked == ["", "camera"]


def test_a_paused_camera_is_read_on_and_shows_the_present_afterwards() -> None:
    camera = FakeLive()
    with capturing(SourceWish("camera"), lambda: camera) as (capture, owner):
        camera.feed.put(1)
        owner.woken.until(lambda: len(owner.frames) == 1)
        capture.transport.pause()
        camera.feed.put(2)
        owner.woken.until(lambda: owner.states[-1] is SourceState.PAUSED)
        camera.feed.put(3)
        owner.woken.until(camera.feed.empty)
        capture.transport.play()
        camera.feed.put(4)
        owner.woken.until(lambda: len(owner.frames) >= 2)
        assert owner.frames[-1].rgb[0, 0, 0] in (3, 4)
        assert 2 not in [int(frame.rgb[0, 0, 0]) for frame in owner.frames]
        capture.transport.stop()
        camera.feed.put(5)


def test_a_source_that_does_not_open_is_one_failure() -> None:
    def opener() -> Source:
        raise SourceError("no such file")

    with capturing(SourceWish("file"), opener) as (_, owner):
        assert owner.done.wait(LONG_S)
    assert owner.failures == ["no such file"]
    assert owner.frames == []
