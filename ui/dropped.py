"""What was dropped on the window: something to play, or weights to run."""

from typing import NamedTuple

from PyQt6.QtCore import QMimeData

from ui.addresses import WEIGHTS_SUFFIXES, is_stream, stream_problem


class Dropped(NamedTuple):
    address: str
    is_model: bool


def read(mime: QMimeData | None) -> Dropped | None:
    """The first thing in a drop that can be opened; None where there is none."""
    if mime is None:
        return None
    for url in mime.urls() if mime.hasUrls() else []:
        address = url.toLocalFile() if url.isLocalFile() else url.toString()
        if url.isLocalFile():
            return Dropped(address, is_model=address.lower().endswith(WEIGHTS_SUFFIXES))
        if is_stream(address):
            return Dropped(address, is_model=False)
    text = mime.text().strip() if mime.hasText() else ""
    if is_stream(text) and not stream_problem(text):
        return Dropped(text, is_model=False)
    return None
