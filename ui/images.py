"""QImage over a numpy array: the one place where it is built."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage


def image_of(rgb: NDArray[np.uint8]) -> QImage:
    """A QImage of its own pixels from `rgb` (H, W, 3).

    QImage borrows what it is given and assumes rows of whole 32-bit words; so the row length is passed and the
    pixels are copied while the array is sure to live.
    """
    rgb = np.ascontiguousarray(rgb)
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888).copy()


def array_of(image: QImage) -> NDArray[np.uint8]:
    """The pixels of `image` as (H, W, 3) RGB, copied."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    bits = image.constBits()
    if bits is None:
        return np.zeros((0, 0, 3), np.uint8)
    bits.setsize(image.sizeInBytes())
    rows = np.frombuffer(bits, np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
