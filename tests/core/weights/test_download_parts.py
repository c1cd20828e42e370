"""What of a download stays on the disk after it broke off, and what is said of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import WeightsError
from core.weights import http_file
from core.weights.http_file import RETRIES, FetchCancelled, receive
from core.weights.parts import Received, resumable_bytes, write_note
from tests.support.file_server import Answer, FileServer, Handler, chunked, cut_off, etag, serving, status

CONTENT = bytes(range(256)) * 100_000  # 25.6 MB: the disk is looked at more than once
PATH = "/model.bin"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("no_proxy", "*")
    with serving({PATH: CONTENT}) as state:
        yield state


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "model.bin.part"


def refused(
    server: FileServer, part: Path, cancelled: Callable[[], bool] = lambda: False, url: str = ""
) -> WeightsError:
    with pytest.raises(WeightsError) as caught:
        receive(
            url or server.url + PATH,
            part,
            limit_bytes=2 * len(CONTENT),
            progress=lambda done, total: None,
            cancelled=cancelled,
            pause=lambda seconds, cancelled: None,
        )
    assert str(caught.value).isprintable()
    return caught.value


def broken(after: int, **headers: object) -> Answer:
    """The file under these headers, cut off."""

    def answer(handler: Handler, content: bytes) -> None:
        handler.head(200, Content_Length=len(content), **headers)
        handler.wfile.write(content[:after])

    return answer


def test_what_can_be_gone_on_with_stays_and_is_told(server: FileServer, part: Path) -> None:
    server.answers = [cut_off(1_000_000), *[status(503)] * (RETRIES + 1)]
    assert str(refused(server, part)).endswith("; 1.0 MB are kept, it can go on from there later")
    assert part.stat().st_size == resumable_bytes(part) == 1_000_000


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}, {"ETag": etag(CONTENT), "Accept_Ranges": "none"}])
def test_what_cannot_be_gone_on_with_does_not_fill_the_disk(
    server: FileServer, part: Path, headers: dict[str, object]
) -> None:
    server.answers = [broken(1_000_000, **headers), *[status(503)] * (RETRIES + 1)]
    assert str(refused(server, part)).endswith("; try again later")
    assert list(part.parent.iterdir()) == []


def test_a_pause_keeps_only_what_is_of_use(server: FileServer, part: Path) -> None:
    for answer, kept in ((broken(1_000_000), 0), (cut_off(1_000_000), 1_000_000)):
        asked = 0

        def after_a_while() -> bool:
            nonlocal asked
            asked += 1
            return asked > 3

        server.answers = [answer]
        assert isinstance(refused(server, part, after_a_while), FetchCancelled)
        assert resumable_bytes(part) <= kept
        assert part.exists() == (kept > 0)


def test_a_part_from_another_address_outlives_a_wrong_one(server: FileServer, part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    write_note(part, Received("http://localhost:1/model.bin", '"v1"', len(CONTENT), None))
    server.answers = [status(404)]
    assert "404" in str(refused(server, part))
    assert resumable_bytes(part) == 1000


@pytest.mark.parametrize("answer", [chunked, cut_off(len(CONTENT))])
def test_a_disk_that_others_fill_meanwhile_is_left_some_room(
    server: FileServer, part: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    server.answers = [answer]
    looked: list[int] = []

    def usage(folder: Path) -> object:
        looked.append(1)
        return type("Usage", (), {"free": (1 << 30) if len(looked) < 3 else (1 << 20)})

    monkeypatch.setattr(http_file.shutil, "disk_usage", usage)
    line = str(refused(server, part))
    assert "1 MB free, wanted" in line
    assert "make room" in line
    assert resumable_bytes(part) > 0
