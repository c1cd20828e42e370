"""What is remembered about a fetched file: where it came from and its hash. Imports no torch."""

import contextlib
import errno
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from core.errors import WeightsError

FILE_NAME = "fetched.json"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Provenance:
    """Kept beside a fetched model; `file` is the name of the weights' file it speaks of."""

    name: str
    file: str
    url: str
    sha256: str
    bytes: int
    licence: str
    published_sha256: bool  # True: the publisher told the hash; False: it is the hash of what came first


def remembered(weights_path: Path) -> Provenance | None:
    """What was remembered when `weights_path` was fetched; None for a file that came another way.

    Raises: WeightsError where the note is there but damaged.
    """
    path = weights_path.with_name(FILE_NAME)
    try:
        note = Provenance(**json.loads(path.read_bytes()[: 1 << 16]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise WeightsError(f"{path} is damaged; delete it, or fetch the model again") from error
    texts = (note.name, note.file, note.url, note.sha256, note.licence)
    if not all(isinstance(text, str) for text in texts) or not isinstance(note.bytes, int):
        raise WeightsError(f"{path} is damaged; delete it, or fetch the model again")
    return note if note.file == weights_path.name else None


def remember(folder: Path, note: Provenance) -> None:
    """Write `note` into `folder`. Raises: OSError."""
    with replacing(folder / FILE_NAME) as file:
        file.write(json.dumps(asdict(note), indent=2).encode())


def sha256_of(path: Path, progress: Callable[[float], None] | None = None) -> str:
    """SHA-256 of a file's bytes, in hexadecimal. Raises: WeightsError."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            total = os.fstat(file.fileno()).st_size
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                if progress:
                    progress(min(file.tell() / max(total, 1), 1.0))
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()


@contextlib.contextmanager
def replacing(path: Path, *, over: bool = True) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when the block ends well, and leaves no trace when it does not.

    Raises: FileExistsError where `path` is there by then and `over` is off; OSError.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if over:
            temporary.replace(path)
        else:
            _rename_to_new(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _rename_to_new(temporary: Path, path: Path) -> None:
    """Rename, but never over a file, not even one that came this moment. Raises: FileExistsError, OSError."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: the moment between the next two lines is left open
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        temporary.replace(path)
    else:
        temporary.unlink()
