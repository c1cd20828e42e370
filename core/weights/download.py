"""Fetch a published model into the user's model folder. A file gets its final name only when it is proved whole.

Proof: the publisher's SHA-256 where there is one (Hugging Face sends it with the file), the checksums in the file
itself, and every name and shape of the network it is said to be. The hash is remembered for `models verify`.
Imports no torch: a download costs no memory for weights, and never holds up what runs.
"""

from collections.abc import Callable
from pathlib import Path

from core.errors import WeightsError
from core.model.config import PUBLISHED
from core.weights import hf_config
from core.weights.catalogue import suggestion
from core.weights.container import check_bytes
from core.weights.folder_lock import alone_in
from core.weights.http_file import FetchCancelled, receive, wait
from core.weights.inspection import inspect
from core.weights.parts import discard
from core.weights.places import part_path, published_path
from core.weights.provenance import Provenance, remember, sha256_of
from core.weights.published import PUBLISHED_MODELS, PublishedModel

_LOCK_POLL_S = 0.2
_CONFIG_LIMIT_BYTES = 1 << 20

Pause = Callable[[float, Callable[[], bool]], None]


def fetch(
    name: str,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
    *,
    checking: Callable[[float], None] = lambda share: None,
    pause: Pause = wait,
) -> Path:
    """Bring the model called `name` and return where its weights lie; at once if they are here already.

    `progress` gets the bytes that have come and, where known, how many there will be; `checking`, once all have
    come, how much of them was proved, 0 to 1. What came before a cancel or a kill is gone on with next time.
    Raises: FetchCancelled; WeightsError. Used by: a worker thread, or the `models fetch` command.
    """
    model = PUBLISHED_MODELS.get(name)
    if model is None:
        raise WeightsError(f"there is no model called {name!r} to fetch{suggestion(name, PUBLISHED_MODELS)}")
    final = published_path(model)

    def wait_for_other() -> None:
        if cancelled():
            raise FetchCancelled("the download was stopped; another Fathom goes on with it")
        pause(_LOCK_POLL_S, cancelled)

    try:
        with alone_in(final.parent, wait_for_other):
            if not final.is_file():
                _bring(model, final, progress, checking, cancelled, pause)
    except OSError as error:
        raise WeightsError(f"{final.parent} cannot be written to: {error.strerror or error}") from error
    return final


def _bring(
    model: PublishedModel,
    final: Path,
    progress: Callable[[int, int | None], None],
    checking: Callable[[float], None],
    cancelled: Callable[[], bool],
    pause: Pause,
) -> None:
    """Raises: FetchCancelled, WeightsError, OSError."""
    if model.config_path is not None:
        config = final.with_name(hf_config.FILE_NAME)
        part = part_path(config)
        discard(part)  # too small to resume, and it has no checksum
        receive(
            model.publisher.address(model.config_path),
            part,
            limit_bytes=_CONFIG_LIMIT_BYTES,
            progress=lambda done, total: None,
            cancelled=cancelled,
            pause=pause,
        )
        hf_config.parse(part.read_bytes())
        part.replace(config)
        discard(part)
    part = part_path(final)
    url = model.publisher.address(model.path)
    limit = model.bytes + model.bytes // 4
    received = receive(url, part, limit_bytes=limit, progress=progress, cancelled=cancelled, pause=pause)
    try:
        sha256 = _prove(model, part, received.sha256, checking, cancelled)
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


def _prove(
    model: PublishedModel,
    part: Path,
    published: str | None,
    checking: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> str:
    """The SHA-256 of a file that is the model, whole. Raises: FetchCancelled, WeightsError."""

    def report(share: float) -> None:
        if cancelled():
            raise FetchCancelled("the download was stopped; what has come is kept for the next time")
        checking(share)

    seen = inspect(part)
    if seen.config != PUBLISHED[model.network]:
        raise WeightsError("it is a network of another size")
    sha256 = sha256_of(part, lambda share: report(share / 2))
    if published is not None and sha256 != published:
        raise WeightsError(f"its SHA-256 is {sha256[:12]}..., the publisher's is {published[:12]}...")
    check_bytes(part, lambda share: report(0.5 + share / 2))
    return sha256
