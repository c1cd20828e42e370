"""Any known model file into Fathom's own format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import SettingError, WeightsError
from core.weights.provenance import sha256_of

SUFFIX = ".safetensors"
_READ, _HASHED = 0.6, 0.7  # share of the progress once this is done


@dataclass(frozen=True, slots=True)
class Converted:
    path: Path
    name: str
    parameters: int
    bytes: int


def convert(
    source: Path,
    target: Path,
    dtype: str,
    *,
    over: bool = False,
    about: Mapping[str, str] | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Converted:
    """Write the model in `source` to `target` as "float16" or "float32"; `about` replaces its name, origin …

    An existing `target` is replaced only with `over`, and whole or not at all. `progress` gets 0 to 1; what it
    raises ends the work. Raises: SettingError, WeightsError; `target` is then as it was.
    """
    if target.suffix != SUFFIX:
        raise SettingError(f"OUT must end in {SUFFIX}, got {target}")
    if target.exists() and not over:
        raise WeightsError(f"{target} exists already; choose another name, or add --force to replace it")

    from core.weights.own_format import write_weights  # these import torch
    from core.weights.reader import read_weights

    weights = read_weights(source, lambda share: progress(_READ * share))
    told = dict(about or {})
    if weights.layout != "Fathom":
        told["source_sha256"] = sha256_of(source, lambda share: progress(_READ + (_HASHED - _READ) * share))
    weights = replace(weights, **told)  # type: ignore[arg-type]
    write_weights(target, weights, dtype, over=over, progress=lambda share: progress(_HASHED + 0.3 * share))
    return Converted(target, weights.name, weights.parameters, target.stat().st_size)
