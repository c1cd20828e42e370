"""Figures and phrases as people read them."""

import math
from pathlib import Path


def sentence(text: str) -> str:
    """`text` with its first letter capital, unless it starts with a name, a path or a number."""
    word = text.partition(" ")[0].rstrip(",;:")
    return text[:1].upper() + text[1:] if word.isalpha() and word.islower() else text


def size_text(size_bytes: int | None) -> str:
    """A download's size in round numbers: `410 MB`, `1.3 GB`; empty where it is not known."""
    if size_bytes is None:
        return ""
    if size_bytes >= 1e9:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{max(round(size_bytes / 1e6), 1)} MB"


def time_text(time_s: float, *, tenths: bool = False) -> str:
    """A place in a file: `0:07`, `12:34`, `1:02:03`; with `tenths` also those, cut and not rounded."""
    whole = math.floor(max(time_s, 0.0) * 10 + 1e-6)
    seconds, tenth = divmod(whole, 10)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{text}.{tenth}" if tenths else text


def from_home(path: Path) -> str:
    """`~/Pictures/Fathom` where `path` lies under the home folder, else all of it."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except ValueError:
        return str(path)


def decimals(value: float) -> int:
    """Digits after the point so that about four count: 1234, 56.78, 0.1235."""
    if value == 0 or not math.isfinite(value):
        return 2
    return min(max(3 - math.floor(math.log10(abs(value))), 0), 4)


def value_text(value: float) -> str:
    """A depth value with about four digits that count; a dash where the network gave no number."""
    return f"{value:.{decimals(value)}f}" if math.isfinite(value) else "–"
