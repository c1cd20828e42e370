import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from core.errors import SourceError
from core.opencv import cv2
from core.sources.picture_file import read_picture
from core.sources.pictures import open_pictures, pictures_in
from support.clips import number_of, numbered


def never() -> bool:
    return False


def write(path: Path, number: int = 1) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, numbered(number))[1].tobytes())
    return path


def test_a_folder_in_natural_order(tmp_path: Path) -> None:
    for number, name in enumerate(["a1.png", "a2.jpg", "A10.bmp", "b.tiff", "ü 3.webp"]):
        write(tmp_path / name, number)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "._a1.png").write_text("what macOS leaves behind")
    source = open_pictures(tmp_path, never)
    pictures = [source.read() for _ in range(6)]
    assert [number_of(picture.rgb) for picture in pictures if picture] == [0, 1, 2, 3, 4]
    assert [picture.media_time_s for picture in pictures if picture] == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert pictures[5] is None
    assert (source.info.frame_count, source.info.duration_s) == (5, 10.0)
    for time_s, number in [(4.0, 2), (3.99, 1), (-1.0, 0), (99.0, 4)]:
        source.seek(time_s)
        picture = source.read()
        assert picture is not None
        assert number_of(picture.rgb) == number


def test_one_bad_picture_does_not_stop_a_folder(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / f"{number}.png", number)
    (tmp_path / "0.png").write_bytes(b"nothing")
    (tmp_path / "2.png").write_bytes(b"")
    source = open_pictures(tmp_path, never)
    times = [source.read(), source.read()]
    assert [(number_of(picture.rgb), picture.media_time_s) for picture in times if picture] == [(1, 2.0), (3, 6.0)]
    with pytest.raises(SourceError, match=r"^2 of 4 pictures in .* \(0\.png, 2\.png\): .*; the others are shown$"):
        source.read()
    assert source.read() is None
    source.seek(0.0)
    picture = source.read()
    assert picture is not None
    assert number_of(picture.rgb) == 1


def test_a_step_back_passes_over_a_picture_that_cannot_be_read(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / f"{number}.png", number)
    for number in (1, 2):
        (tmp_path / f"{number}.png").write_bytes(b"nothing")
    source = open_pictures(tmp_path, never)
    source.seek(5.99)  # just before the last, which nobody has looked at yet
    picture = source.read()
    assert picture is not None
    assert (number_of(picture.rgb), picture.media_time_s) == (0, 0.0)


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    with pytest.raises(SourceError, match="holds no pictures"):
        open_pictures(tmp_path, never)
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "b.png").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"a\.png is no picture .* \(and 1 more like it\)"):
        open_pictures(tmp_path, never)
    with pytest.raises(SourceError, match="cannot be listed"):
        pictures_in(tmp_path / "nowhere")


def test_opening_a_folder_can_be_cancelled(tmp_path: Path) -> None:
    write(tmp_path / "a.png")
    with pytest.raises(SourceError, match="cancelled"):
        open_pictures(tmp_path, lambda: True)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp", ".ppm"])
def test_colours_are_rgb(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"red{suffix}"
    cv2.imwrite(str(path), np.full((20, 30, 3), (10, 20, 230), np.uint8))  # BGR
    rgb = read_picture(path).rgb
    assert rgb.shape == (20, 30, 3)
    assert np.abs(rgb.astype(int) - (230, 20, 10)).max() <= 3


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_transparent_is_white(tmp_path: Path, dtype: type) -> None:
    full = np.iinfo(dtype).max
    bgra = np.zeros((4, 2, 4), dtype)
    bgra[1:, :, 2] = full  # red
    bgra[:, :, 3] = np.array([0, 0, full // 2, full], dtype)[:, None]
    cv2.imwrite(str(tmp_path / "a.png"), bgra)
    assert read_picture(tmp_path / "a.png").rgb[:, 0].tolist() == [
        [255, 255, 255],
        [255, 255, 255],
        [255, 128, 128],
        [255, 0, 0],
    ]


def test_grey_and_sixteen_bits_become_eight_bit_rgb(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.array([[0, 0x80FF, 0xFFFF]], np.uint16))
    assert read_picture(tmp_path / "a.png").rgb[0].tolist() == [[0] * 3, [128] * 3, [255] * 3]


def turned_jpeg(bgr: np.ndarray, orientation: int) -> bytes:
    jpeg = cv2.imencode(".jpg", bgr)[1].tobytes()
    exif = b"Exif\0\0" + tiff(orientation)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def tiff(orientation: int) -> bytes:
    return struct.pack("<2sHIHHHII", b"II", 42, 8, 1, 0x0112, 3, 1, orientation) + bytes(4)


def test_exif_orientation_turns_the_picture(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(turned_jpeg(numbered(6), 6))  # turn clockwise to see it
    rgb = read_picture(tmp_path / "a.jpg").rgb
    assert number_of(np.ascontiguousarray(np.rot90(rgb))) == 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_what_is_damaged_or_transparent_too(tmp_path: Path, orientation: int) -> None:
    blocks = np.kron(np.random.default_rng(4).integers(0, 255, (4, 6, 3)), np.ones((16, 16, 1))).astype(np.uint8)
    jpeg = turned_jpeg(blocks, orientation)
    (tmp_path / "whole.jpg").write_bytes(jpeg)
    (tmp_path / "cut.jpg").write_bytes(jpeg[:-4])
    png = cv2.imencode(".png", cv2.cvtColor(blocks, cv2.COLOR_BGR2BGRA))[1].tobytes()
    (tmp_path / "a.png").write_bytes(png[:33] + png_chunk(b"eXIf", tiff(orientation)) + png[33:])
    upright = read_picture(tmp_path / "whole.jpg").rgb.astype(int)
    for name, is_damaged in (("cut.jpg", True), ("a.png", False)):
        picture = read_picture(tmp_path / name)
        assert picture.is_damaged is is_damaged
        assert picture.rgb.shape == upright.shape
        assert np.median(np.abs(picture.rgb - upright)) < 4  # all but the blocks that were cut off


@pytest.mark.parametrize("missing", [1, 2, 10, 3000])
def test_a_damaged_jpeg_is_shown_and_told_of(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], missing: int
) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (64, 64, 3), np.uint8)
    jpeg = cv2.imencode(".jpg", noise)[1].tobytes()
    (tmp_path / "a.jpg").write_bytes(jpeg[:-missing])
    source = open_pictures(tmp_path / "a.jpg", never)
    picture = source.read()
    assert picture is not None
    assert np.abs(picture.rgb[:16].astype(int) - noise[:16, :, ::-1]).mean() < 60  # the part that is there
    with pytest.raises(SourceError, match=r"a\.jpg is damaged: it is shown as far as"):
        source.read()
    assert source.read() is None
    assert capfd.readouterr().err == ""  # libjpeg would write to the terminal


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(bytes(99)))
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(16000, 16000), (100_000, 100), (2**31 - 1, 2**31 - 1)])
def test_a_size_no_one_can_mean_is_refused(tmp_path: Path, width: int, height: int) -> None:
    (tmp_path / "bomb.png").write_bytes(png_header(width, height))
    with pytest.raises(SourceError, match=r"bomb\.png (claims to be larger|is no picture)"):
        read_picture(tmp_path / "bomb.png")
