"""The log of a training as CSV files that any program plots."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.errors import TrainingError


class CsvLog:
    """A file with a row for each step that is told of; rows are on disk at once. Used by: one thread."""

    def __init__(self, path: Path, columns: Sequence[str], steps_done: int) -> None:
        """Rows of later steps, left by a run that was ended after its last save, are taken out.

        Raises: TrainingError where the file cannot be read or written, or has other columns.
        """
        self._path, self._columns = path, ("step", *columns)
        rows = [row for row in self._read() if int(row["step"]) <= steps_done]
        self._write("w", rows, head=True)

    def add(self, step: int, values: Mapping[str, float | str | None]) -> None:
        """Raises: TrainingError."""
        shown = {name: f"{v:.6g}" if isinstance(v, float) else v for name, v in values.items()}
        self._write("a", [{"step": step, **shown}], head=False)

    def _read(self) -> list[dict[str, str]]:
        try:
            with self._path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file)
                rows = [row for row in reader if (row["step"] or "").isdigit()]
                if tuple(reader.fieldnames or ()) != self._columns:
                    raise TrainingError(f"{self._path} has other columns: move it away, or give another --out")
                return rows
        except FileNotFoundError:
            return []
        except (OSError, KeyError, csv.Error) as error:
            raise TrainingError(f"{self._path} cannot be read: {error}; move it away") from error

    def _write(self, mode: str, rows: Sequence[Mapping[str, object]], *, head: bool) -> None:
        try:
            with self._path.open(mode, newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, self._columns)
                if head:
                    writer.writeheader()
                writer.writerows(rows)
        except OSError as error:
            raise TrainingError(f"{self._path} cannot be written: {error.strerror or error}") from error
