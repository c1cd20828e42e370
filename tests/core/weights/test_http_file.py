"""A file comes over HTTP whole and once, whatever the server does, or what came is kept and one line says why."""

import io
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path

import pytest

from core.errors import WeightsError
from core.weights import http_file
from core.weights.http_file import RETRIES, FetchCancelled, Received, receive
from tests.support.file_server import (
    FileServer,
    Handler,
    body,
    chunked,
    cut_off,
    etag,
    honest,
    redirect,
    serving,
    status,
    unbounded,
    whole_whatever_was_asked,
    with_length,
)

CONTENT = bytes(range(256)) * 2000
PATH = "/model.bin"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("no_proxy", "*")
    with serving({PATH: CONTENT}) as state:
        yield state


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "model.bin.part"


def bring(
    server: FileServer,
    part: Path,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    limit_bytes: int = 2 * len(CONTENT),
    pauses: list[float] | None = None,
) -> Received:
    def pause(seconds: float, cancelled: Callable[[], bool]) -> None:
        if pauses is not None:
            pauses.append(seconds)

    return receive(
        server.url + PATH, part, limit_bytes=limit_bytes, progress=progress, cancelled=cancelled, pause=pause
    )


def refused(server: FileServer, part: Path, **options: int) -> str:
    with pytest.raises(WeightsError) as caught:
        bring(server, part, **options)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_file_comes_whole(server: FileServer, part: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    received = bring(server, part, lambda done, total: seen.append((done, total)))
    assert part.read_bytes() == CONTENT
    assert received == Received(server.url + PATH, etag(CONTENT), len(CONTENT), None)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((0, len(CONTENT)), (len(CONTENT), len(CONTENT)))


def test_a_server_that_cuts_off_is_asked_for_the_rest(server: FileServer, part: Path) -> None:
    server.answers = [cut_off(100_000), cut_off(200_000), honest]
    bring(server, part)
    assert part.read_bytes() == CONTENT
    assert server.ranges() == [None, "bytes=100000-", "bytes=300000-"]
    assert server.requests[1][1]["If-Range"] == etag(CONTENT)


def test_a_later_call_goes_on_where_the_first_stopped(server: FileServer, part: Path) -> None:
    server.answers = [cut_off(100_000), *[cut_off(0)] * (RETRIES + 1)]
    assert "promised 512000 bytes and stopped after 100000" in refused(server, part)
    seen: list[int] = []
    bring(server, part, lambda done, total: seen.append(done))
    assert (part.read_bytes(), seen[0]) == (CONTENT, 100_000)
    assert server.ranges()[-1] == "bytes=100000-"


def test_a_whole_part_is_not_asked_for_again(server: FileServer, part: Path) -> None:
    first = bring(server, part)
    assert bring(server, part) == first
    assert len(server.requests) == 1


def test_a_file_that_changed_meanwhile_starts_over(server: FileServer, part: Path) -> None:
    server.answers = [cut_off(100_000), *[status(503)] * (RETRIES + 1)]
    refused(server, part)
    server.files[PATH] = CONTENT[::-1]
    bring(server, part)
    assert part.read_bytes() == CONTENT[::-1]


def test_a_server_without_ranges_or_versions_starts_over(server: FileServer, part: Path) -> None:
    server.answers = [cut_off(100_000), whole_whatever_was_asked]
    bring(server, part)
    assert part.read_bytes() == CONTENT

    part.unlink()

    def nameless(handler: Handler, content: bytes) -> None:
        handler.head(200, Content_Length=len(content))
        handler.wfile.write(content[:1000])

    server.answers = [nameless]
    server.requests.clear()
    bring(server, part)
    assert part.read_bytes() == CONTENT
    assert server.ranges() == [None, None]


def test_another_part_than_asked_for_is_not_joined_on(server: FileServer, part: Path) -> None:
    def shifted(handler: Handler, content: bytes) -> None:
        span = f"bytes 5-{len(content) - 1}/{len(content)}"
        handler.head(206, Content_Length=len(content) - 5, Content_Range=span, ETag=etag(content))
        handler.wfile.write(content[5:])

    server.answers = [cut_off(100_000), shifted]
    bring(server, part)
    assert part.read_bytes() == CONTENT


def test_416_starts_over(server: FileServer, part: Path) -> None:
    server.answers = [cut_off(100_000), status(416)]
    bring(server, part)
    assert part.read_bytes() == CONTENT
    assert server.ranges() == [None, "bytes=100000-", None]


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_an_answer_that_will_not_change_is_told_at_once(server: FileServer, part: Path, code: int) -> None:
    server.answers = [status(code)]
    assert f"the server answered {code}" in refused(server, part)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [408, 429, 500, 503])
def test_an_answer_that_may_change_is_asked_again_after_longer_and_longer(
    server: FileServer, part: Path, code: int
) -> None:
    server.answers = [status(code)] * 3
    pauses: list[float] = []
    bring(server, part, pauses=pauses)
    assert part.read_bytes() == CONTENT
    assert pauses == [1.0, 2.0, 4.0]


def test_after_a_few_tries_it_gives_up(server: FileServer, part: Path) -> None:
    server.answers = [status(500)] * 100
    assert "answered 500" in refused(server, part)
    assert len(server.requests) == RETRIES + 1


def test_no_server_there(part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with serving({}) as gone:
        pass
    assert "no connection" in refused(gone, part)


def test_a_stalled_server_is_left_and_asked_again(
    server: FileServer, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_file, "TIMEOUT_S", 0.2)

    def stalls(handler: Handler, content: bytes) -> None:
        handler.head(200, Content_Length=len(content), ETag=etag(content))
        handler.wfile.write(content[:1000])
        handler.wfile.flush()
        handler.connection.recv(1)  # until the other side hangs up

    server.answers = [stalls]
    bring(server, part)
    assert part.read_bytes() == CONTENT
    assert server.ranges() == [None, "bytes=1000-"]


def test_a_length_too_long_is_never_believed(server: FileServer, part: Path) -> None:
    server.answers = [with_length(len(CONTENT) + 7)] * 100
    assert f"promised {len(CONTENT) + 7} bytes" in refused(server, part)


def test_a_length_too_short_gives_a_short_file_and_no_more(server: FileServer, part: Path) -> None:
    """The content decides, and `download` judges it."""
    server.answers = [with_length(1000)]
    assert bring(server, part).bytes == 1000
    assert part.read_bytes() == CONTENT[:1000]


def test_a_file_without_a_length(server: FileServer, part: Path) -> None:
    server.answers = [chunked]
    seen: list[tuple[int, int | None]] = []
    assert bring(server, part, lambda done, total: seen.append((done, total))).bytes is None
    assert part.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), None)


def test_more_than_the_file_could_be_is_refused(server: FileServer, part: Path) -> None:
    assert "larger than" in refused(server, part, limit_bytes=len(CONTENT) - 1)
    assert not part.exists()
    server.answers = [unbounded]
    assert "larger than" in refused(server, part, limit_bytes=1 << 20)
    assert not part.exists(), "nothing could go on from it"


def test_a_web_page_is_no_file(server: FileServer, part: Path) -> None:
    server.answers = [body(b"<html>log in</html>", Content_Type="text/html; charset=utf-8")]
    assert "web page" in refused(server, part)
    server.answers = [body(b"\x1f\x8b", Content_Encoding="gzip")]
    assert "unusable form" in refused(server, part)
    assert not part.exists()


def test_redirects_are_followed_and_what_the_publisher_says_is_kept(server: FileServer, part: Path) -> None:
    server.files["/cdn/blob"] = CONTENT
    server.answers = [redirect("/cdn/blob", X_Linked_ETag=f'"{"AB" * 32}"', X_Linked_Size=len(CONTENT))]
    received = bring(server, part)
    assert part.read_bytes() == CONTENT
    assert (received.sha256, received.bytes) == ("ab" * 32, len(CONTENT))


def test_the_publishers_size_counts(server: FileServer, part: Path) -> None:
    server.files["/cdn/blob"] = CONTENT
    server.answers = [redirect("/cdn/blob", X_Linked_Size=len(CONTENT) + 1)]
    assert "where its publisher has 512001" in refused(server, part)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_redirects_off_the_web_are_refused(server: FileServer, part: Path, target: str) -> None:
    server.answers = [redirect(target)]
    assert re.search("not safe|not allowed", refused(server, part))


def test_a_redirect_gives_up_no_encryption() -> None:
    request = urllib.request.Request("https://127.0.0.1/x")
    with pytest.raises(WeightsError, match="not safe"):
        http_file._Redirects().redirect_request(request, io.BytesIO(), 302, "", Message(), "http://127.0.0.1/x")


def test_redirects_in_a_circle_end(server: FileServer, part: Path) -> None:
    server.answers = [redirect(PATH)] * 100
    assert "answered 302" in refused(server, part)


def test_a_cancel_keeps_what_came(server: FileServer, part: Path) -> None:
    done_bytes = 0

    def progress(done: int, total: int | None) -> None:
        nonlocal done_bytes
        done_bytes = done

    with pytest.raises(FetchCancelled):
        bring(server, part, progress, lambda: done_bytes > 0)
    assert 0 < part.stat().st_size == done_bytes < len(CONTENT)
    bring(server, part)
    assert part.read_bytes() == CONTENT
    assert server.ranges()[-1] == f"bytes={done_bytes}-"


def test_a_cancel_before_anything_asks_nobody(server: FileServer, part: Path) -> None:
    with pytest.raises(FetchCancelled):
        bring(server, part, cancelled=lambda: True)
    assert server.requests == []


def test_a_full_disk_is_told_before_anything_comes(
    server: FileServer, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1 << 20})
    monkeypatch.setattr(http_file.shutil, "disk_usage", lambda folder: usage)
    assert "1 MB free, wanted 68" in refused(server, part)
    assert not part.exists()


def test_what_a_restart_cuts_away_counts_as_free(
    server: FileServer, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        """Of a disk that has room for this file and no more."""

        def __init__(self, folder: Path) -> None:
            taken = part.stat().st_size if part.exists() else 0
            self.free = http_file._SPARE_BYTES + len(CONTENT) - taken

    monkeypatch.setattr(http_file.shutil, "disk_usage", Usage)
    server.answers = [cut_off(400_000), whole_whatever_was_asked]
    bring(server, part)
    assert part.read_bytes() == CONTENT


def test_a_disk_that_fills_meanwhile(server: FileServer, tmp_path: Path) -> None:
    """/dev/full takes an open and no byte."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    part = tmp_path / "model.bin.part"
    part.symlink_to("/dev/full")
    assert "No space left on device" in refused(server, part)


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"url": 3}', "\x00", "[" * 100_000])
def test_a_damaged_note_starts_over(server: FileServer, part: Path, note: str) -> None:
    server.answers = [cut_off(100_000), *[status(503)] * (RETRIES + 1)]
    refused(server, part)
    part.with_name(part.name + ".json").write_text(note)
    bring(server, part)
    assert part.read_bytes() == CONTENT
    assert server.ranges()[-1] is None


def test_a_killed_download_is_gone_on_with(server: FileServer, part: Path) -> None:
    def stalls(handler: Handler, content: bytes) -> None:
        handler.head(200, Content_Length=len(content), ETag=etag(content))
        handler.wfile.write(content[:300_000])
        handler.wfile.flush()
        handler.connection.recv(1)  # until the other side dies

    server.answers = [stalls]
    program = (
        "import sys; from pathlib import Path; from core.weights.http_file import receive\n"
        "receive(sys.argv[1], Path(sys.argv[2]), limit_bytes=10**7, cancelled=lambda: False,\n"
        "        progress=lambda done, total: print(done, flush=True))\n"
    )
    arguments = [sys.executable, "-c", program, server.url + PATH, str(part)]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < 300_000:
            pass
        process.kill()
    assert part.stat().st_size <= 300_000
    bring(server, part)
    assert part.read_bytes() == CONTENT
