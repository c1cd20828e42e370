"""The queue of downloads, over a stand-in for `fetch` that a test holds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.downloads import Downloads
from core.errors import WeightsError
from core.messages import Action
from core.model_messages import Download, DownloadState
from core.status_board import StatusBoard
from core.weights.http_file import FetchCancelled
from support.fakes import Waker

TINY, BASE, LARGE = "swin2-tiny-256", "swin2-base-384", "swin2-large-384"
WAITING, RUNNING, CHECKING, FAILED = DownloadState


class Fetch:
    """Every download waits until the test lets it end, or until it is told to stop."""

    def __init__(self, woken: Waker) -> None:
        self.woken = woken
        self.begun: list[str] = []
        self.stopped: list[str] = []
        self.outcomes: dict[str, Exception | None] = {}  # how one ends, once it is there
        self.steps: dict[str, list[tuple[int, int | None]]] = {}
        self.waits: dict[str, float] = {}  # how long one waits before it begins

    def __call__(
        self,
        name: str,
        progress: Callable[[int, int | None], None],
        cancelled: Callable[[], bool],
        *,
        checking: Callable[[float], None],
        pause: Callable[[float, Callable[[], bool]], None],
    ) -> Path:
        self.begun.append(name)
        if name in self.waits:
            pause(self.waits.pop(name), lambda: True)
        for step in self.steps.get(name, []):
            progress(*step)
        self.woken()
        self.woken.until(lambda: cancelled() or name in self.outcomes)
        if cancelled():
            self.stopped.append(name)
            raise FetchCancelled("stopped")
        failure = self.outcomes.pop(name)
        if failure is not None:
            raise failure
        checking(0.5)
        return Path(name)

    def end(self, name: str, failure: Exception | None = None) -> None:
        self.outcomes[name] = failure
        self.woken()


class Queue:
    """Downloads with a board, and what they told."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.now_s = 100.0
        self.board = StatusBoard(self._woken)
        self.seen: list[tuple[Download, ...]] = []
        self.arrived: list[str] = []
        self.changes = 0
        self.downloads = Downloads(self.board, self.arrived.append, self._changed, lambda: self.now_s)

    def _changed(self) -> None:
        self.changes += 1

    def _woken(self) -> None:
        self.seen.append(self.board.read().downloads)
        self.fetch.woken()

    def shown(self) -> list[tuple[str, DownloadState]]:
        return [(download.name, download.state) for download in self.board.read().downloads]

    def until(self, *shown: tuple[str, DownloadState]) -> None:
        self.fetch.woken.until(lambda: self.shown() == list(shown))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    fetch = Fetch(Waker())
    monkeypatch.setattr("core.weights.download.fetch", fetch)
    made = Queue(fetch)
    yield made
    made.downloads.close()


def test_one_after_the_other_in_the_order_they_were_asked_for(queue: Queue) -> None:
    for name in (BASE, TINY, LARGE, TINY):
        queue.downloads.ask(name)
    queue.until((BASE, RUNNING), (TINY, WAITING), (LARGE, WAITING))
    queue.fetch.end(BASE)
    queue.until((TINY, RUNNING), (LARGE, WAITING))
    queue.fetch.end(TINY)
    queue.fetch.end(LARGE)
    queue.until()
    assert queue.arrived == queue.fetch.begun == [BASE, TINY, LARGE]
    assert any(shown and shown[0].state is CHECKING for shown in queue.seen)


def test_a_pause_lets_the_next_one_go_on_and_is_no_fault(queue: Queue) -> None:
    queue.downloads.ask(BASE)
    queue.downloads.ask(TINY)
    queue.until((BASE, RUNNING), (TINY, WAITING))
    ended = queue.downloads.stop(BASE)
    queue.until((TINY, RUNNING))
    assert ended.is_set()
    assert queue.fetch.stopped == [BASE]
    assert queue.changes == 1, "what is left of it is looked at"
    assert queue.board.read().faults == ()


def test_one_that_waits_is_taken_out_and_never_begins(queue: Queue) -> None:
    queue.downloads.ask(BASE)
    queue.downloads.ask(TINY)
    queue.until((BASE, RUNNING), (TINY, WAITING))
    assert queue.downloads.stop(TINY).is_set()
    queue.fetch.end(BASE)
    queue.until()
    queue.downloads.close()
    assert queue.fetch.begun == [BASE]


def test_pause_and_resume_at_once_ends_with_it_running(queue: Queue) -> None:
    queue.downloads.ask(BASE)
    queue.until((BASE, RUNNING))
    queue.downloads.stop(BASE)
    queue.downloads.ask(BASE, kept_bytes=70)
    queue.fetch.woken.until(lambda: queue.fetch.begun == [BASE, BASE])
    queue.until((BASE, RUNNING))
    queue.fetch.end(BASE)
    queue.until()
    assert queue.arrived == [BASE]


@pytest.mark.parametrize("failure", [WeightsError("the server answered 404"), MemoryError()])
def test_a_failure_stays_with_its_model_and_can_be_tried_again(queue: Queue, failure: Exception) -> None:
    queue.downloads.ask(BASE)
    queue.downloads.ask(TINY)
    queue.fetch.end(BASE, failure)
    queue.until((BASE, FAILED), (TINY, RUNNING))
    (fault,) = queue.board.read().faults
    expected = str(failure) or "MemoryError"
    assert (fault.line, fault.action, fault.value) == (expected, Action.FETCH_MODEL, BASE)
    assert queue.board.read().downloads[0].line == expected
    queue.downloads.ask(BASE)
    queue.until((TINY, RUNNING), (BASE, WAITING))
    queue.downloads.stop(BASE)
    queue.until((TINY, RUNNING))


def test_closing_stops_them_all_and_says_nothing(queue: Queue) -> None:
    for name in (BASE, TINY):
        queue.downloads.ask(name)
    queue.until((BASE, RUNNING), (TINY, WAITING))
    queue.downloads.close()
    queue.downloads.ask(LARGE)
    assert (queue.fetch.begun, queue.fetch.stopped) == ([BASE], [BASE])
    assert queue.board.read().faults == ()


def test_progress_tells_the_rate_and_not_every_piece(queue: Queue) -> None:
    def steps() -> Iterator[tuple[int, int]]:
        for number in range(1001):
            yield number * 1000, 1_000_000
            queue.now_s += 0.002

    queue.fetch.steps[BASE] = steps()  # type: ignore[assignment]
    queue.downloads.ask(BASE)
    queue.fetch.woken.until(lambda: queue.shown() and queue.board.read().downloads[0].done_bytes == 1_000_000)
    (shown,) = queue.board.read().downloads
    assert shown.total_bytes == 1_000_000
    assert shown.bytes_per_s == pytest.approx(500_000, rel=0.01)
    assert len(queue.seen) < 40, "2 seconds, ten times a second"


def test_a_server_that_cannot_go_on_where_it_stopped_is_told(queue: Queue) -> None:
    queue.fetch.steps[BASE] = [(0, 1000)]
    queue.fetch.steps[TINY] = [(400, 1000)]
    queue.downloads.ask(BASE, kept_bytes=400)
    queue.fetch.woken.until(lambda: queue.shown() and "from the start" in queue.board.read().downloads[0].line)
    queue.downloads.stop(BASE)
    queue.downloads.ask(TINY, kept_bytes=400)
    queue.fetch.woken.until(lambda: queue.shown() and queue.board.read().downloads[0].total_bytes)
    assert queue.board.read().downloads[0].line == ""


@pytest.mark.parametrize(("seconds", "line"), [(1.0, "connection is lost"), (0.2, "another Fathom")])
def test_while_it_waits_it_says_for_what(queue: Queue, seconds: float, line: str) -> None:
    queue.fetch.waits[BASE] = seconds
    queue.fetch.steps[BASE] = [(100, 1000)]
    queue.downloads.ask(BASE)
    queue.fetch.woken.until(lambda: queue.shown() and queue.board.read().downloads[0].total_bytes)
    assert any(shown and line in shown[0].line for shown in queue.seen)
    assert queue.board.read().downloads[0].line == "", "it has gone on"
