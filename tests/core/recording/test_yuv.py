"""RGB becomes 4:2:0 in BT.709, limited range, in every size."""

import numpy as np
import pytest

from core.recording.yuv import to_yuv420

# Source: ITU-R BT.709-6: Y = 0.2126 R + 0.7152 G + 0.0722 B; in 8 bits 16 + 219 Y, 128 + 224 Cb, 128 + 224 Cr
KNOWN = {
    (0, 0, 0): (16, 128, 128),
    (255, 255, 255): (235, 128, 128),
    (255, 0, 0): (63, 102, 240),
    (0, 255, 0): (173, 42, 26),
    (0, 0, 255): (32, 240, 118),
    (128, 128, 128): (126, 128, 128),
}


def planes(rgb: np.ndarray) -> list[np.ndarray]:
    frame = to_yuv420(rgb)
    assert (frame.format.name, frame.height, frame.width) == ("yuv420p", *rgb.shape[:2])
    return [
        np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    ]


@pytest.mark.parametrize("rgb", KNOWN)
def test_known_colours(rgb: tuple[int, int, int]) -> None:
    for plane, wanted in zip(planes(np.full((4, 6, 3), rgb, np.uint8)), KNOWN[rgb], strict=True):
        assert (plane == wanted).all()


@pytest.mark.parametrize("hw", [(2, 2), (2, 4), (4, 2), (6, 2), (2, 66), (50, 34), (238, 322), (1080, 1922)])
def test_every_pixel_is_in_its_place(hw: tuple[int, int]) -> None:
    rgb = np.random.default_rng(4).integers(0, 256, (*hw, 3), dtype=np.uint8)
    means = rgb.reshape(hw[0] // 2, 2, hw[1] // 2, 2, 3).mean((1, 3))
    luma, blue, red = planes(rgb)
    assert np.abs(16 + 219 / 255 * (rgb @ (0.2126, 0.7152, 0.0722)) - luma).max() < 1.1
    gray = means @ (0.2126, 0.7152, 0.0722)
    assert np.abs(128 + 224 / 255 * (means[..., 2] - gray) / 1.8556 - blue).max() < 1.6
    assert np.abs(128 + 224 / 255 * (means[..., 0] - gray) / 1.5748 - red).max() < 1.6
