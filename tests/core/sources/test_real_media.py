import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core.errors import SourceError
from core.sources.opener import open_source
from core.sources.picture_file import read_picture

pytestmark = pytest.mark.shared

# Name, shown width and height, frames, time of the last frame in seconds.
CLIPS = [
    ("sam2_bedroom.mp4", 960, 540, 200, 6.6333),
    ("sam2_05_default_juggle.mp4", 1280, 720, 247, 10.25),
    ("sam2_02_cups.mp4", 1280, 720, 300, 9.9766),
    ("intel_asl_school.mkv", 640, 480, 72, 2.367),
    ("intel_asl_walk.mkv", 640, 480, 89, 2.933),
    ("intel_bottle-detection.mp4", 640, 360, 1189, 39.8212),
    ("intel_preview_person-bicycle-car-detection.gif", 480, 270, 41, 3.33),
    ("tc_nasa_13013.mp4", 320, 180, 325, 12.96),  # of its two videos, both default, the first
    ("tc_nasa_13013_rotated.mp4", 270, 480, 17, 0.5339),
    ("decord_video_0.mov", 568, 320, 3, 0.0667),
    ("decord_video_90.mov", 320, 568, 3, 0.0667),
    ("portrait_juggle_404x720_h264.mp4", 404, 720, 120, 4.9583),
    ("rotmeta90_juggle_720x404_h264.mp4", 404, 720, 72, 2.9583),
    ("vfr_bedroom_480x270.mp4", 480, 270, 90, 5.811),
    ("bedroom_480x270_mjpeg.avi", 480, 270, 60, 1.9667),
    ("bedroom_640x360_av1.mp4", 640, 360, 60, 1.9667),
    ("gray_bedroom_320x180_ffv1.mkv", 320, 180, 45, 1.467),
    ("tc_h264_10bits.mp4", 200, 200, 30, 0.9667),
    ("tc_bt709_full_range.mp4", 1280, 720, 30, 0.9667),
    ("tc_testsrc2_odd_height_and_width_vp9_10bit.mp4", 321, 241, 25, 0.96),
]


@pytest.mark.parametrize(("name", "width", "height", "frames", "last_s"), CLIPS, ids=[clip[0] for clip in CLIPS])
def test_every_clip_plays_and_seeks(
    shared: Path, name: str, width: int, height: int, frames: int, last_s: float
) -> None:
    source = open_source(str(shared / "media" / "videos" / name))
    try:
        assert (source.info.width_px, source.info.height_px) == (width, height)
        assert source.info.frame_count in (None, frames)
        assert source.info.seekable
        assert not source.info.live
        seen = []
        while (picture := source.read()) is not None:
            assert picture.media_time_s is not None
            assert picture.rgb.shape == (height, width, 3)
            seen.append((picture.media_time_s, zlib.crc32(picture.rgb)))
        assert len(seen) == frames
        assert seen[0][0] == 0.0
        assert seen[-1][0] == pytest.approx(last_s, abs=1e-3)
        assert all(before < after for (before, _), (after, _) in pairwise(seen))
        for number in (frames * 3 // 4, frames // 5, 0, frames - 1):
            source.seek(seen[number][0])
            picture = source.read()
            assert picture is not None
            assert (picture.media_time_s, zlib.crc32(picture.rgb)) == seen[number]
    finally:
        source.close()


def test_turned_clips_stand_upright(shared: Path) -> None:
    """The same scene was stored upright and, in another file, on its side with a note of it."""
    first = []
    for name in ("portrait_juggle_404x720_h264.mp4", "rotmeta90_juggle_720x404_h264.mp4"):
        source = open_source(str(shared / "media" / "videos" / name))
        picture = source.read()
        assert picture is not None
        first.append(picture.rgb.astype(int))
        source.close()
    assert np.abs(first[0] - first[1]).mean() < 8


def test_pauses_of_a_gif_and_of_a_variable_clip_are_kept(shared: Path) -> None:
    for name, steps_ms in (
        ("intel_preview_person-bicycle-car-detection.gif", {80, 90}),
        ("vfr_bedroom_480x270.mp4", set(range(20, 401))),
    ):
        source = open_source(str(shared / "media" / "videos" / name))
        times = []
        while (picture := source.read()) is not None:
            assert picture.media_time_s is not None
            times.append(picture.media_time_s)
        steps = {round(1000 * (after - before)) for before, after in pairwise(times)}
        assert steps <= steps_ms
        assert len(steps) > 1
        source.close()


def play(shared: Path, name: str) -> tuple[int, str]:
    """How many frames a broken file gives, and its line."""
    frames, line = 0, ""
    try:
        source = open_source(str(shared / "media" / "broken" / name))
        try:
            while source.read() is not None:
                frames += 1
        finally:
            source.close()
    except SourceError as error:
        line = str(error)
    return frames, line


@pytest.mark.parametrize(
    ("name", "frames", "words"),
    [
        (
            "truncated_bedroom_60pct.mp4",
            0,
            "is cut off (1,428,240 of at least 2,377,162 bytes): copy or download it",
        ),
        ("bitflips_bedroom.mp4", 200, "is damaged: "),
        ("zero_bytes.mp4", 0, "is empty (0 bytes): copy or record it again"),
        ("text_not_video.mp4", 0, "is a text file, not a video: check"),
        ("tc_corrupt.jpg", 1, "is damaged: it is shown as far as it could be decoded; copy it again"),
        ("tc_bad_huffman.jpg", 1, "is damaged: it is shown as far as it could be decoded; copy it again"),
    ],
)
def test_each_broken_file_gives_what_it_can_and_one_line(
    shared: Path, name: str, frames: int, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    got, line = play(shared, name)
    assert got == frames
    assert name in line
    assert words in line
    assert "\n" not in line
    assert capfd.readouterr().err == ""


def test_every_photo_is_read(shared: Path) -> None:
    photos = sorted((shared / "media" / "photos").glob("*.jpg"))
    assert photos
    for photo in photos:
        rgb, is_damaged = read_picture(photo)
        assert not is_damaged, photo
        assert rgb.ndim == 3
        assert rgb.std() > 5
    assert read_picture(shared / "media" / "photos" / "tc_exif_orientation.jpg").rgb.shape == (64, 40, 3)
    cmyk = read_picture(shared / "media" / "photos" / "tc_cmyk.jpg").rgb
    assert cmyk.std(axis=2).mean() > 10  # it has colours
