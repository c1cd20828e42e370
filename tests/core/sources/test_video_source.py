import gc
import os
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av import VideoFrame

from core.errors import SourceError
from core.sources.source import Source
from core.sources.video import open_video
from support.clips import HEIGHT_PX, WIDTH_PX, number_of, numbered, write_clip, write_sound

FRAMES = 40


def never() -> bool:
    return False


def all_of(source: Source, into: list[int] | None = None) -> list[tuple[int, float]]:
    """Number and time of every frame from here on; the numbers also go `into`, where reading may break off."""
    shown = []
    while (picture := source.read()) is not None:
        assert picture.media_time_s is not None
        shown.append((number_of(picture.rgb), round(picture.media_time_s, 6)))
        if into is not None:
            into.append(shown[-1][0])
    return shown


KINDS: dict[str, dict[str, Any]] = {
    "plain.mp4": {},
    "b-frames.mkv": {"codec": "libx264", "options": {"bf": "3"}},
    "b-frames.avi": {"codec": "libx264", "options": {"bf": "2"}},
    "motion-jpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "hidden-frames.webm": {"codec": "libvpx-vp9"},
    "animated.gif": {"codec": "gif", "pix_fmt": "rgb8"},
    "gray.mkv": {"codec": "ffv1", "pix_fmt": "gray"},
    "ten-bit.mkv": {"codec": "ffv1", "pix_fmt": "yuv420p10le"},
    "transport.ts": {"codec": "mpeg2video"},
    "no-times.h264": {"codec": "libx264"},
}


@pytest.mark.parametrize("name", KINDS)
def test_every_frame_at_its_time_and_found_again(tmp_path: Path, name: str) -> None:
    source = open_video(write_clip(tmp_path / name, FRAMES, **KINDS[name]), never)
    try:
        expected = [(number, round(number / 25, 6)) for number in range(FRAMES)]
        assert all_of(source) == expected
        assert source.info.duration_s == pytest.approx(FRAMES / 25, abs=0.01)
        assert source.info.fps == pytest.approx(25, rel=0.01)
        for number in (FRAMES - 1, 0, 17, 16, 15, 30, 5, 25, 24):
            source.seek(number / 25)
            assert all_of(source)[:2] == expected[number : number + 2], number
            source.seek(number / 25 + 0.039)  # just before the next
            assert all_of(source)[0] == expected[number]
        source.seek(0)  # a loop
        assert all_of(source) == expected
    finally:
        source.close()


def test_seeking_leaves_the_window_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no frames at hand every seek has to find its key frame."""
    monkeypatch.setattr("core.sources.frame_window.FrameWindow.covers", lambda self, time_s: False)
    monkeypatch.setattr("core.sources.video._DECODED_THROUGH_S", -1.0)
    source = open_video(write_clip(tmp_path / "a.mkv", FRAMES, codec="libx264", options={"bf": "3"}), never)
    for number in (39, 12, 11, 13, 0, 24, 23):
        source.seek(number / 25)
        picture = source.read()
        assert picture is not None
        assert number_of(picture.rgb) == number
    source.close()


@pytest.mark.parametrize(("asked_s", "number"), [(-5.0, 0), (1e9, FRAMES - 1), (float("-inf"), 0)])
def test_seeking_outside_gives_the_nearest_end(tmp_path: Path, asked_s: float, number: int) -> None:
    source = open_video(write_clip(tmp_path / "a.mp4", FRAMES), never)
    source.seek(asked_s)
    picture = source.read()
    assert picture is not None
    assert number_of(picture.rgb) == number
    source.close()


def test_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    times_ms = [0, 20, 40, 400, 420, 1000, 1010, 2000]
    source = open_video(write_clip(tmp_path / "vfr.mkv", len(times_ms), codec="libx264", times_ms=times_ms), never)
    assert all_of(source) == [(number, time / 1000) for number, time in enumerate(times_ms)]
    source.seek(0.999)
    assert all_of(source)[0] == (4, 0.42)
    source.close()


def test_times_begin_at_zero(tmp_path: Path) -> None:
    times_ms = [5000 + 40 * number for number in range(10)]
    source = open_video(write_clip(tmp_path / "late.mkv", 10, times_ms=times_ms), never)
    assert all_of(source)[0] == (0, 0.0)
    source.seek(0.2)
    assert all_of(source)[0] == (5, 0.2)
    source.close()


@pytest.mark.parametrize(("orientation", "quarters"), [(1, 0), (3, 2), (6, -1), (8, 1)])
def test_motion_jpeg_with_exif_is_turned_as_it_says(tmp_path: Path, orientation: int, quarters: int) -> None:
    """PyAV has no name for EXIF beside a frame, and raises where one asks for what else is there."""
    exif = b"Exif\0\0" + struct.pack("<2sHIHHHIHH", b"II", 42, 8, 1, 274, 3, 1, orientation, 0) + bytes(4)
    plain = write_clip(tmp_path / "plain.avi", 2, codec="mjpeg", pix_fmt="yuvj420p")
    with av.open(str(plain)) as before, av.open(str(tmp_path / "turned.avi"), "w") as after:
        stream = after.add_stream_from_template(before.streams.video[0])
        for packet in before.demux(video=0):
            if packet.size:
                jpeg = bytes(packet)
                with_exif = av.Packet(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + jpeg[2:])
                with_exif.pts, with_exif.dts, with_exif.time_base = packet.pts, packet.dts, packet.time_base
                with_exif.stream = stream
                after.mux(with_exif)
    source = open_video(tmp_path / "turned.avi", never)
    source.read()
    picture = source.read()  # the first one is black
    source.close()
    assert picture is not None
    assert np.abs(picture.rgb.astype(int) - np.rot90(numbered(1), quarters)).mean() < 5
    assert picture.rgb.shape == np.rot90(numbered(0), quarters).shape


@pytest.mark.parametrize("rotation", [90, -90, 180])
def test_rotation_is_undone(tmp_path: Path, rotation: int) -> None:
    """The display matrix turns the stored picture counter-clockwise, as does numpy."""
    source = open_video(write_clip(tmp_path / "turned.mp4", 3, rotation=rotation), never)
    picture = source.read()
    assert picture is not None
    upright = np.rot90(numbered(0), rotation // 90)
    assert picture.rgb.shape == upright.shape == (source.info.height_px, source.info.width_px, 3)
    source.read()
    third = source.read()
    assert third is not None
    assert number_of(np.ascontiguousarray(np.rot90(third.rgb, -rotation // 90))) == 2
    source.close()


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    source = open_video(write_clip(tmp_path / "wide.mp4", 3, pixel_aspect=Fraction(2)), never)
    picture = source.read()
    assert picture is not None
    assert picture.rgb.shape == (HEIGHT_PX, 2 * WIDTH_PX, 3)
    source.close()


def test_a_colon_in_the_name_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(tmp_path / "clip.mp4", 2).rename(tmp_path / "http:clip.mp4")
    monkeypatch.chdir(tmp_path)
    source = open_video(Path("http:clip.mp4"), never)
    assert len(all_of(source)) == 2
    source.close()


def test_a_cut_off_file_gives_its_frames_then_one_line_then_plays_on(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "cut.mkv", FRAMES, codec="mjpeg", pix_fmt="yuvj420p")
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    source = open_video(clip, never)
    got: list[int] = []
    with pytest.raises(SourceError, match=r"^cut\.mkv is cut off: [01]\.\d of 1\.6 s could be read; copy"):
        all_of(source, into=got)
    assert got == list(range(len(got)))
    assert len(got) in range(20, 30)
    assert source.read() is None
    source.seek(0)
    assert len(all_of(source)) == len(got)  # and it is said once only
    source.close()


def write_text(path: Path) -> None:
    path.write_text("this is not a video\n" * 50)


def write_huge(path: Path) -> None:
    path.write_bytes(b"YUV4MPEG2 W100000 H90000 F25:1 C420\nFRAME\n" + bytes(1000))


def write_playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/secret.ts\n")


def write_unfinished(path: Path) -> None:
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2\0\0\0\0mdat" + bytes(500))


def write_endless(path: Path) -> None:
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2\0\0\0\1mdat\xff" + bytes(500))


def write_shortened(path: Path) -> None:
    write_clip(path, FRAMES)
    path.write_bytes(path.read_bytes()[:600])


BROKEN: list[tuple[str, Callable[[Path], object], str]] = [
    ("empty.mp4", lambda path: path.touch(), "is empty"),
    ("words.mp4", write_text, "is a text file"),
    ("words.txt", write_text, "text"),
    ("folder.mp4", lambda path: path.mkdir(), "is a folder"),
    ("missing.mp4", lambda path: None, "does not exist"),
    ("sound.wav", write_sound, "only sound"),
    ("huge.y4m", write_huge, "100000x90000|cannot|damaged"),
    ("list.m3u8", write_playlist, "text file|no video"),
    ("unfinished.mp4", write_unfinished, "no index|cut off"),
    ("endless.mp4", write_endless, "cut off"),
    ("shortened.mp4", write_shortened, "cut off"),
    ("noise.mp4", lambda path: path.write_bytes(np.random.default_rng(1).bytes(5000)), "damaged or not a video"),
    ("pipe.mp4", lambda path: os.mkfifo(path), "not a regular file"),
    ("x" * 400, lambda path: None, "name too long|does not exist"),
]


@pytest.mark.parametrize(("name", "write", "words"), BROKEN, ids=[name[:20] for name, _, _ in BROKEN])
def test_each_broken_file_has_its_own_line(
    tmp_path: Path, name: str, write: Callable[[Path], object], words: str
) -> None:
    write(tmp_path / name)
    with pytest.raises(SourceError, match=f"(?i){words}") as caught:
        open_video(tmp_path / name, never)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_another_user(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "private.mp4", 2)
    clip.chmod(0)
    with pytest.raises(SourceError, match="may not be read"):
        open_video(clip, never)


def test_opening_can_be_cancelled(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cancelled"):
        open_video(write_clip(tmp_path / "a.mp4", 5), lambda: True)


def test_a_file_that_vanishes_fails_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GIF is decoded from its start again when what is sought is no longer at hand."""
    monkeypatch.setattr("core.sources.frame_window.FrameWindow.covers", lambda self, time_s: False)
    clip = write_clip(tmp_path / "a.gif", 10, codec="gif", pix_fmt="rgb8")
    source = open_video(clip, never)
    assert len(all_of(source)) == 10
    clip.unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        source.seek(0.0)
    assert source.read() is None
    source.close()


def test_open_files_are_closed(tmp_path: Path) -> None:
    clip, text = write_clip(tmp_path / "a.mp4", 5), tmp_path / "b.mp4"
    write_text(text)
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for _ in range(10):
        open_video(clip, never).close()
        with pytest.raises(SourceError):
            open_video(text, never)
    if before:
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_decoded_frames_are_let_go_at_once(tmp_path: Path) -> None:
    """Without waiting for Python's collector, which comes by too rarely for megabytes a frame."""
    source = open_video(write_clip(tmp_path / "clip.mp4", 60), never)
    gc.collect()
    gc.disable()
    try:
        while source.read() is not None:
            pass
        source.close()
        del source  # and with it the frames kept for stepping back
        kept = sum(type(thing) is VideoFrame for thing in gc.get_objects())
    finally:
        gc.enable()
    assert kept < 5
