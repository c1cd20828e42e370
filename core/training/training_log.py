"""The log of a training as CSV files that any program plots."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.errors import TrainingError
from core.weights.provenance import replacing


class CsvLog:
    """A file with a row for each step that is told of; rows are on disk at once. Used by: one thread."""

    def __init__(self, path: Path, columns: Sequence[str], steps_done: int) -> None:
        """Rows of later steps, left by a run that was ended after its last save, are taken out.

        Raises: TrainingError where the file cannot be read or written, or has other columns.
        """
        self._path, self._columns = path, ("step", *columns)
        self.kept = self._read(steps_done)  # rows of earlier runs
        with self._told(), replacing(path) as file:
            file.write(self._lines([dict(zip(self._columns, self._columns, strict=True)), *self.kept]))

    def add(self, step: int, values: Mapping[str, float | str | None]) -> None:
        """Raises: TrainingError."""
        shown = {name: f"{v:.6g}" if isinstance(v, float) else v for name, v in values.items()}
        with self._told(), self._path.open("ab") as file:
            file.write(self._lines([{"step": step, **shown}]))

    def _read(self, steps_done: int) -> list[dict[str, str]]:
        """The rows up to that step, without those that a full disk cut off."""
        try:
            with self._path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file)
                if reader.fieldnames is None:  # nothing of it came to the disk
                    return []
                if tuple(reader.fieldnames) != self._columns:
                    raise TrainingError(f"{self._path} has other columns: move it away, or give another --out")
                whole = [row for row in reader if tuple(row) == self._columns and row["step"].isdigit()]
                return [row for row in whole if int(row["step"]) <= steps_done]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, csv.Error) as error:
            raise TrainingError(f"{self._path} cannot be read: {error}; move it away") from error

    def _lines(self, rows: Sequence[Mapping[str, object]]) -> bytes:
        text = io.StringIO(newline="")
        csv.DictWriter(text, self._columns).writerows(rows)
        return text.getvalue().encode()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TrainingError(f"{self._path} cannot be written: {error.strerror or error}") from error
