"""A picture, or a folder of them in natural order, shown for a time each."""

import re
from collections.abc import Callable
from pathlib import Path

from core.errors import SourceError
from core.messages import RgbArray, SourceInfo, SourceKind
from core.sources.address import PICTURE_SUFFIXES, WHAT_A_SOURCE_MAY_BE
from core.sources.picture_file import read_picture
from core.sources.source import Picture

SHOWN_S = 2.0  # how long each picture stays
_NAMED_BAD_PICTURES = 3  # how many are named when a folder's end is reached


def open_pictures(path: Path, cancelled: Callable[[], bool]) -> "PictureSource":
    """Raises: SourceError where there is no picture, or none that can be read."""
    paths = pictures_in(path) if path.is_dir() else [path]
    if not paths:
        known = " ".join(sorted(PICTURE_SUFFIXES))
        raise SourceError(f"the folder {path} holds no pictures ({known}): {WHAT_A_SOURCE_MAY_BE}")
    return PictureSource(path, paths, cancelled)


class PictureSource:
    """Pictures that cannot be read are passed over, and named at the end. Used by: the capture thread."""

    def __init__(self, path: Path, paths: list[Path], cancelled: Callable[[], bool]) -> None:
        """Reads the first picture. Raises: SourceError where none can be read."""
        self._paths = paths
        self._index = 0
        self._bad: dict[Path, str] = {}  # not shown at all, and why
        self._damaged: set[Path] = set()  # shown as far as they could be decoded
        self._complained = False
        self._last: tuple[int, RgbArray] | None = None  # so that seeking to what is shown reads nothing
        first = self._next(cancelled)
        if first is None:
            reason = next(iter(self._bad.values()), f"opening {path} was cancelled")
            more = f" (and {len(self._bad) - 1} more like it)" if len(self._bad) > 1 else ""
            raise SourceError(reason + more)
        self._index = 0
        height_px, width_px = first.rgb.shape[:2]
        self.info = SourceInfo(
            kind=SourceKind.PICTURES,
            name=path.name or str(path),
            address=str(path),
            width_px=width_px,
            height_px=height_px,
            fps=1 / SHOWN_S,
            duration_s=SHOWN_S * len(paths),
            frame_count=len(paths),
            seekable=True,
            detail=f"{len(paths)} pictures" if len(paths) > 1 else path.suffix.lower().lstrip("."),
        )

    def read(self) -> Picture | None:
        """The next readable picture, None at the end. Raises: SourceError at the end, once, for bad ones."""
        picture = self._next()
        if picture is None and (self._bad or self._damaged) and not self._complained:
            self._complained = True
            raise SourceError(self._complaint())
        return picture

    def seek(self, time_s: float) -> None:
        """To the picture of that time or, where it cannot be read, the one before it."""
        index = min(max(0, int(time_s / SHOWN_S)), len(self._paths) - 1)
        while index and self._picture(index) is None:  # forwards would lead a step back to where it came from
            index -= 1
        self._index = index

    def close(self) -> None:
        self._last = None

    def _next(self, cancelled: Callable[[], bool] = lambda: False) -> Picture | None:
        while self._index < len(self._paths) and not cancelled():
            index = self._index
            self._index += 1
            rgb = self._picture(index)
            if rgb is not None:
                return Picture(rgb, SHOWN_S * index)
        return None

    def _picture(self, index: int) -> RgbArray | None:
        path = self._paths[index]
        if path in self._bad:
            return None
        if self._last is None or self._last[0] != index:
            try:
                rgb, is_damaged = read_picture(path)
            except SourceError as error:
                self._bad[path] = str(error)
                return None
            self._last = (index, rgb)
            if is_damaged:
                self._damaged.add(path)
        return self._last[1]

    def _complaint(self) -> str:
        """One line on all that was damaged or missing."""
        if len(self._paths) == 1:
            return f"{self.info.name} is damaged: it is shown as far as it could be decoded; copy it again"
        wrong = [path.name for path in self._paths if path in self._bad or path in self._damaged]
        names = ", ".join([*wrong[:_NAMED_BAD_PICTURES], *(["…"] if len(wrong) > _NAMED_BAD_PICTURES else [])])
        return (
            f"{len(wrong)} of {len(self._paths)} pictures in {self.info.name} are damaged or could not be read "
            f"({names}): copy them again; the others are shown"
        )


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder, in natural order. Raises: OSError."""
    try:
        inside = list(folder.iterdir())
    except OSError as error:
        raise SourceError(
            f"the folder {folder} cannot be listed ({error.strerror}): check its permissions"
        ) from error
    found = [path for path in inside if path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")]
    return sorted(found, key=_natural_key)


def _natural_key(path: Path) -> tuple[list[tuple[int, str]], str]:
    """Digits count by their value: picture2 comes before picture10."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], path.name
