import math
from pathlib import Path

import pytest

from ui.wording import from_home, sentence, size_text, time_text, value_text


@pytest.mark.parametrize(
    ("time_s", "text"),
    [
        (0.0, "0:00.0"),
        (7.96, "0:07.9"),
        (59.99, "0:59.9"),
        (60.0, "1:00.0"),
        (3723.5, "1:02:03.5"),
        (-1.0, "0:00.0"),
    ],
)
def test_a_place_in_a_file(time_s: float, text: str) -> None:
    assert time_text(time_s, tenths=True) == text
    assert time_text(time_s) == text[:-2]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (4.8231, "4.823"),
        (-56.781, "-56.78"),
        (1234.5, "1234"),
        (98765.4, "98765"),
        (0.012345, "0.0123"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_about_four_digits_of_a_depth_value_count(value: float, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("size", "text"), [(None, ""), (1, "1 MB"), (409_600_000, "410 MB"), (1_340_000_000, "1.3 GB")]
)
def test_the_size_of_a_download(size: int | None, text: str) -> None:
    assert size_text(size) == text


def test_a_sentence_keeps_the_names_in_it() -> None:
    assert sentence("opening /media/Clip.mp4") == "Opening /media/Clip.mp4"
    for text in ("", "clip_1.mp4 is empty", "fathom-nano runs", "/media/a is gone", "rtsp://host: refused"):
        assert sentence(text) == text


def test_home_is_shortened_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert from_home(tmp_path / "Pictures") == str(Path("~/Pictures"))
    assert from_home(Path("/elsewhere")) == str(Path("/elsewhere"))
