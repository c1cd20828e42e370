import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import SourceError
from core.messages import SourceKind
from core.opencv import cv2
from core.sources.opener import open_source
from support.clips import number_of, numbered, write_clip

ROOT = Path(__file__).resolve().parents[3]


def _run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_opener_imports_nothing_heavy() -> None:
    heavy = (
        "import sys, core.sources.opener, core.sources.cameras; print({'torch', 'cv2', 'av'} & set(sys.modules))"
    )
    assert _run(heavy) == "set()"


def test_opencv_leaves_qt_alone() -> None:
    code = (
        "import os; os.environ.pop('QT_QPA_PLATFORM_PLUGIN_PATH', None); import core.opencv; "
        "print(os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH'), os.environ.get('QT_QPA_FONTDIR'))"
    )
    assert _run(code, QT_QPA_FONTDIR="/my/fonts") == "None /my/fonts"


def test_every_kind_opens_through_one_door(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 3)
    cv2.imwrite(str(tmp_path / "a.png"), numbered(5))
    for address, kind in [
        ("demo", SourceKind.DEMO),
        (str(clip), SourceKind.VIDEO),
        (clip.as_uri(), SourceKind.VIDEO),
        (str(tmp_path), SourceKind.PICTURES),
        (str(tmp_path / "a.png"), SourceKind.PICTURES),
    ]:
        source = open_source(address)
        try:
            assert source.info.kind is kind
            picture = source.read()
            assert picture is not None
            assert picture.rgb.shape == (source.info.height_px, source.info.width_px, 3)
            assert picture.media_time_s == 0.0
        finally:
            source.close()
            source.close()
    again = open_source(open_source(str(tmp_path / "a.png")).info.address)
    picture = again.read()
    assert picture is not None
    assert number_of(picture.rgb) == 5


@pytest.mark.parametrize("address", ["nowhere.mp4", "nowhere.png", "no-folder/", "camera:no such camera"])
def test_what_is_not_there_is_said_in_one_line(address: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(address)
    line = str(caught.value)
    assert "\n" not in line
    assert "demo" in line or "there is" in line
