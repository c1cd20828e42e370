"""QImage over a numpy array: the one place where it is built.

QImage borrows the memory it is given and assumes rows of whole 32-bit words. So the row length is always passed,
and every image is converted or copied into memory of its own while the array is sure to live.
"""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage

_FORMATS = QImage.Format


def image_of(rgb: NDArray[np.uint8]) -> QImage:
    """`rgb` (H, W, 3) as an image in the screen's own format, RGB32."""
    rgb = np.ascontiguousarray(rgb)
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, rgb.strides[0], _FORMATS.Format_RGB888).convertToFormat(
        _FORMATS.Format_RGB32
    )


def image_of_words(pixels: NDArray[np.uint32]) -> QImage:
    """`pixels` (H, W), each 0xffRRGGBB, as an image in RGB32."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    return QImage(pixels.data, width, height, pixels.strides[0], _FORMATS.Format_RGB32).copy()


def array_of(image: QImage) -> NDArray[np.uint8]:
    """The pixels of `image` as (H, W, 3) RGB, copied."""
    image = image.convertToFormat(_FORMATS.Format_RGB888)
    bits = image.constBits()
    if bits is None:
        return np.zeros((0, 0, 3), np.uint8)
    bits.setsize(image.sizeInBytes())
    rows = np.frombuffer(bits, np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
