"""The index beside exported frames: what is in each file. It also tells what need not be done again."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from core.depth_files import write_whole
from core.errors import RecordingError
from core.recording.facts import TAG_PREFIX, RecordingFacts

INDEX, ABOUT = "index.csv", "recording.json"
COLUMNS = ("frame", "time_s", "file", "offset", "scale", "smallest", "largest")
_MAY_DIFFER = ("FRAMES", "DROPS", "CLIPPED_PIXELS", "FINISHED")  # between two looks at a recording


@dataclass(frozen=True, slots=True)
class Row:
    frame: int
    time_s: float
    file: str
    offset: float | None  # of 16-bit codes: value = offset + scale * code
    scale: float | None
    smallest: float
    largest: float

    def as_texts(self) -> tuple[str, ...]:
        offset, scale = ("" if value is None else repr(value) for value in (self.offset, self.scale))
        seconds = f"{self.time_s:.6f}"
        return str(self.frame), seconds, self.file, offset, scale, f"{self.smallest:.9g}", f"{self.largest:.9g}"

    @classmethod
    def from_texts(cls, texts: list[str]) -> "Row":
        """Raises: ValueError."""
        frame, seconds, file, offset, scale, smallest, largest = texts
        return cls(
            int(frame),
            float(seconds),
            file,
            float(offset) if offset else None,
            float(scale) if scale else None,
            float(smallest),
            float(largest),
        )


class ExportIndex:
    """Owns the index in `folder` until `close`: each frame gets its line when its file is complete."""

    def __init__(self, folder: Path, facts: RecordingFacts, format_name: str) -> None:
        """Take up what an earlier export of the same recording left. Raises: RecordingError."""
        self._folder = folder
        self._about = {"FORMAT": format_name, **facts.as_tags()}
        _check_is_ours(folder, self._about)
        self._rows = {row.frame: row for row in self._read() if (folder / row.file).is_file()}
        self._file: TextIO | None = None
        write_whole(folder / ABOUT, (json.dumps(self._about, indent=2) + "\n").encode())
        self._write_whole()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, frame: int) -> bool:
        return frame in self._rows

    def add(self, row: Row) -> None:
        """Raises: RecordingError."""
        self._rows[row.frame] = row
        try:
            if self._file is None:
                self._file = (self._folder / INDEX).open("a", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(row.as_texts())
            self._file.flush()
        except OSError as error:
            raise RecordingError(f"{self._folder / INDEX} could not be written: {error.strerror}") from error

    def close(self) -> None:
        """Put the lines in order. Raises: RecordingError."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._write_whole()

    def _read(self) -> list[Row]:
        """The lines that are whole."""
        rows: list[Row] = []
        try:
            text = (self._folder / INDEX).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return rows
        except OSError as error:
            raise RecordingError(f"{self._folder / INDEX} cannot be read: {error.strerror}") from error
        for texts in csv.reader(text.splitlines()[1:]):
            try:
                rows.append(Row.from_texts(texts))
            except ValueError:
                continue  # cut off by a kill: its frame is done again
        return rows

    def _write_whole(self) -> None:
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer)
        writer.writerow(COLUMNS)
        writer.writerows(row.as_texts() for _, row in sorted(self._rows.items()))
        write_whole(self._folder / INDEX, buffer.getvalue().encode())


def _check_is_ours(folder: Path, about: dict[str, str]) -> None:
    """Raises: RecordingError where the folder holds what this export would mix with or replace."""
    try:
        found = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if folder.is_dir() and ((folder / INDEX).exists() or any(folder.glob("depth*"))):
            raise RecordingError(f"{folder} holds files this export would mix with: name another folder") from None
        return
    except (OSError, ValueError) as error:
        raise RecordingError(f"{folder / ABOUT} cannot be read ({error}): name another folder") from error
    ignored = {TAG_PREFIX + name for name in _MAY_DIFFER}
    if not isinstance(found, dict) or any(found.get(key) != about[key] for key in about.keys() - ignored):
        raise RecordingError(f"{folder} holds the export of another recording or format: name another folder")
