"""Fetch a published model into the user's model folder. A file gets its final name only when it is proved whole.

Proof: the publisher's SHA-256 where there is one (Hugging Face sends it with the file), and always a complete load
as the network it is said to be. The hash is remembered for `models verify`.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from core.errors import WeightsError
from core.model.config import PUBLISHED
from core.weights import hf_config
from core.weights.catalogue import published_path, suggestion
from core.weights.http_file import FetchCancelled, discard, receive, wait
from core.weights.provenance import Provenance, remember, sha256_of
from core.weights.published import PUBLISHED_MODELS, PublishedModel, Publisher

_LOCK_POLL_S = 0.2
_CONFIG_LIMIT_BYTES = 1 << 20


def fetch(
    name: str,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
    *,
    base_urls: Mapping[Publisher, str] | None = None,
    pause: Callable[[float, Callable[[], bool]], None] = wait,
) -> Path:
    """Bring the model called `name` and return where its weights lie; at once if they are here already.

    `progress` gets the bytes that have come and, where known, how many there will be. `base_urls` puts other
    addresses (a mirror) in the publishers' place. What came before a cancel or a kill is gone on with next time.
    Raises: FetchCancelled; WeightsError. Used by: a worker thread, or the `models fetch` command.
    """
    model = PUBLISHED_MODELS.get(name)
    if model is None:
        raise WeightsError(f"there is no model called {name!r} to fetch{suggestion(name, PUBLISHED_MODELS)}")
    final = published_path(model)
    base = (base_urls or {}).get(model.publisher, model.publisher.value)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with _alone(final.parent / ".lock", cancelled, pause):
            if not final.is_file():
                _bring(model, base, final, progress, cancelled, pause)
    except OSError as error:
        raise WeightsError(f"{final.parent} cannot be written to: {error.strerror or error}") from error
    return final


def _bring(
    model: PublishedModel,
    base: str,
    final: Path,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
    pause: Callable[[float, Callable[[], bool]], None],
) -> None:
    """Raises: FetchCancelled, WeightsError, OSError."""
    if model.config_path is not None:
        config = final.with_name(hf_config.FILE_NAME)
        part = config.with_name(config.name + ".part")
        discard(part)  # too small to resume, and it has no checksum
        receive(
            base + model.config_path,
            part,
            limit_bytes=_CONFIG_LIMIT_BYTES,
            progress=lambda done, total: None,
            cancelled=cancelled,
            pause=pause,
        )
        hf_config.parse(part.read_bytes())
        part.replace(config)
        discard(part)
    part = final.with_name(final.name + ".part")
    url = base + model.path
    limit = model.bytes + model.bytes // 4
    received = receive(url, part, limit_bytes=limit, progress=progress, cancelled=cancelled, pause=pause)
    try:
        sha256 = _prove(model, part, received.sha256, cancelled)
    except FetchCancelled:
        raise
    except WeightsError as error:
        discard(part)
        raise WeightsError(
            f"what came from {url} is not {model.name}: {error}. It was deleted; try again"
        ) from error
    note = Provenance(
        name=model.name,
        file=final.name,
        url=url,
        sha256=sha256,
        bytes=part.stat().st_size,
        licence=model.licence,
        published_sha256=received.sha256 is not None,
    )
    remember(final.parent, note)
    part.replace(final)
    discard(part)


def _prove(model: PublishedModel, part: Path, published: str | None, cancelled: Callable[[], bool]) -> str:
    """The SHA-256 of a file that is the model, whole. Raises: WeightsError."""
    from core.weights.reader import read_weights  # imports torch, which a list of models must not wait for

    sha256 = sha256_of(part)
    if published is not None and sha256 != published:
        raise WeightsError(f"its SHA-256 is {sha256[:12]}..., the publisher's is {published[:12]}...")
    if cancelled():
        raise FetchCancelled("the download was stopped; what has come is kept for the next time")
    if read_weights(part).config != PUBLISHED[model.network]:
        raise WeightsError("it is a network of another size")
    return sha256


@contextlib.contextmanager
def _alone(
    lock: Path, cancelled: Callable[[], bool], pause: Callable[[float, Callable[[], bool]], None]
) -> Iterator[None]:
    """Hold `lock` against every other process and thread that fetches the same model; a kill releases it.

    Raises: FetchCancelled, OSError.
    """
    with lock.open("a+b") as file:
        while not _try_lock(file):
            if cancelled():
                raise FetchCancelled("the download was stopped; another Fathom goes on with it")
            pause(_LOCK_POLL_S, cancelled)
        yield  # closing the file releases the lock


def _try_lock(file: IO[bytes]) -> bool:
    if os.name == "nt":
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
