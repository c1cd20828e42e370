"""The model files a person opened from anywhere on the disk: their paths alone are kept, in the models folder.

Imports no torch. The files themselves are never touched.
"""

import json
import threading
from pathlib import Path

from core.errors import WeightsError
from core.weights.places import models_folder
from core.weights.provenance import replacing

FILE_NAME = "own-files.json"
KEPT = 64  # the oldest leaves the list
_LIMIT_BYTES = 1 << 20
_changing = threading.Lock()


def listed_files() -> tuple[Path, ...]:
    """Newest first. A list that is damaged or cannot be read counts as empty: it holds nothing but convenience."""
    try:
        with (models_folder() / FILE_NAME).open("rb") as file:
            paths = json.loads(file.read(_LIMIT_BYTES))
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(paths, list) or not all(isinstance(path, str) and "\0" not in path for path in paths):
        return ()
    return tuple(Path(path) for path in paths[:KEPT])


def add_file(path: Path) -> None:
    """Put `path` on the list. Raises: WeightsError where the list cannot be written."""
    path = path.absolute()
    with _changing:
        _write((path, *(other for other in listed_files() if other != path)))


def forget_file(path: Path) -> None:
    """Take `path` off the list; the file stays. Raises: WeightsError where the list cannot be written."""
    with _changing:
        _write(tuple(other for other in listed_files() if other != path))


def _write(paths: tuple[Path, ...]) -> None:
    folder = models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / FILE_NAME) as file:
            file.write(json.dumps([str(path) for path in paths[:KEPT]], indent=2).encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise WeightsError(
            f"the list of models in {folder} cannot be written: {error.strerror or error}"
        ) from error
