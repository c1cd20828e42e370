"""Small steps on the way from decoded pixels to upright, opaque RGB."""

import struct
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core.messages import RgbArray
from core.opencv import cv2

_ORIENTATION_TAG = 274


@dataclass(frozen=True, slots=True)
class Orientation:
    """How to lay a stored picture upright: first swap rows and columns, then mirror."""

    transposed: bool = False
    mirrored_across: bool = False
    mirrored_down: bool = False

    @classmethod
    def of_display_matrix(cls, matrix: bytes) -> "Orientation":
        """From the 3x3 matrix of 32-bit numbers that MP4 and H.264 carry, rounded to quarter turns.

        It maps a stored place (x, y) to the shown one: x' = a x + c y, y' = b x + d y, with y pointing down.
        """
        a, b, _, c, d, *_ = np.frombuffer(matrix, np.int32).tolist()
        transposed = abs(b) > abs(a)
        across, down = (c, b) if transposed else (a, d)
        return cls(transposed, across < 0, down < 0)

    @classmethod
    def of_rotation(cls, degrees: float) -> "Orientation":
        """Counterclockwise, rounded to quarter turns."""
        quarters = round(degrees / 90) % 4
        return cls(quarters % 2 == 1, quarters in (2, 3), quarters in (1, 2))

    @classmethod
    def of_exif(cls, tiff: bytes) -> "Orientation":
        """From EXIF data; as stored where they are damaged or do not tell. Source: TIFF 6.0, section 2."""
        order = "<" if tiff.startswith(b"II") else ">"
        value = 1
        try:
            (start,) = struct.unpack_from(f"{order}I", tiff, 4)
            (entries,) = struct.unpack_from(f"{order}H", tiff, start)
            for place in range(start + 2, start + 2 + 12 * entries, 12):
                tag, content = struct.unpack_from(f"{order}H6xH", tiff, place)
                if tag == _ORIENTATION_TAG:
                    value = content
        except struct.error:  # it ends before it should
            pass
        return cls(value in (5, 6, 7, 8), value in (2, 3, 6, 7), value in (3, 4, 7, 8))

    def apply(self, rgb: RgbArray) -> RgbArray:
        """(H, W, 3) -> (H, W, 3), or (W, H, 3) where it is transposed."""
        if self.transposed:
            rgb = cast(RgbArray, cv2.transpose(rgb))
        if self.mirrored_across and self.mirrored_down:
            return cast(RgbArray, cv2.flip(rgb, -1))
        if self.mirrored_across:
            return cast(RgbArray, cv2.flip(rgb, 1))
        if self.mirrored_down:
            return cast(RgbArray, cv2.flip(rgb, 0))
        return rgb


def over_white(rgba: NDArray[np.uint8]) -> RgbArray:
    """(H, W, 4) RGBA -> (H, W, 3): what is transparent is shown white, as on a page."""
    rgb, alpha = rgba[..., :3], rgba[..., 3:]
    if alpha.min(initial=255) == 255:
        return np.ascontiguousarray(rgb)
    mixed = (255 - (255 - rgb.astype(np.uint16)) * alpha // 255).astype(np.uint8)
    return np.ascontiguousarray(mixed)
