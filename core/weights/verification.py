"""Is a model file whole, and is it still what it was when it came?"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import WeightsError
from core.weights.provenance import remembered, sha256_of

_HASHED = 0.3  # share of the progress once the hash is known


@dataclass(frozen=True, slots=True)
class Verified:
    """A file that loads completely; `compared_with` says what its SHA-256 was held against."""

    tensors: int
    parameters: int
    sha256: str
    compared_with: str


def verify(path: Path, progress: Callable[[float], None] = lambda share: None) -> Verified:
    """Hash and load all of `path`. `progress` gets 0 to 1; what it raises ends the work.

    Raises: WeightsError with what is wrong.
    """
    note = remembered(path)
    sha256 = sha256_of(path, lambda share: progress(_HASHED * share))
    whose = ""
    if note is not None:
        whose = "the publisher's" if note.published_sha256 else "the one remembered when it was fetched"
        if note.sha256 != sha256:
            raise WeightsError(
                f"{path} has changed: its SHA-256 is {sha256[:12]}..., {whose} {note.sha256[:12]}...; "
                "delete it and fetch it again"
            )

    from core.weights.reader import read_weights  # imports torch

    weights = read_weights(path, lambda share: progress(_HASHED + (1.0 - _HASHED) * share))
    if note is None:
        own = weights.layout == "Fathom"
        whose = "the tensors are those that were written" if own else "nothing known to compare it with"
    return Verified(len(weights.state), weights.parameters, sha256, whose)
