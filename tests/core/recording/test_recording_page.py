"""The reader on the format's page does what the page says."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.recording.facts import DepthFormat, RecordingFacts
from support.recordings import FACTS, read_all, write_recording

PAGE = Path(__file__).resolve().parents[3] / "docs" / "recording.md"


def code_on_the_page() -> str:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return code


@pytest.mark.parametrize("depth_format", ["gray16", "float32"])
def test_reader_of_the_page(tmp_path: Path, depth_format: DepthFormat) -> None:
    path = write_recording(tmp_path / "a.mkv", [0, 0.01, 0.5, 0.50001], depth_format, picture_hw=(49, 65))
    found: dict[str, Any] = {}
    exec(code_on_the_page(), found)  # noqa: S102 - our own page
    ours, theirs = read_all(path), list(found["frames"](path))
    assert len(theirs) == 4
    for frame, (time_s, rgb, inverse_depth) in zip(ours, theirs, strict=True):
        assert time_s == pytest.approx(frame.time_s, abs=1e-9)
        assert np.array_equal(rgb, frame.rgb)
        assert np.array_equal(inverse_depth, frame.inverse_depth)


def test_reader_of_the_page_takes_20_lines_and_only_what_it_says() -> None:
    lines = [line for line in code_on_the_page().splitlines() if line and not line.lstrip().startswith('"""')]
    assert len(lines) == 20
    assert [line for line in lines if "import" in line] == ["import json", "import av", "import numpy as np"]


def test_every_tag_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    tags = RecordingFacts.as_tags(FACTS)
    assert [name for name in tags if f"`{name}" not in page] == []
    assert set(re.findall(r"FATHOM_[A-Z0-9_]+", page)) == set(tags)
