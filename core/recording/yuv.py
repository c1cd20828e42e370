"""RGB pictures as an H.264 encoder wants them: 4:2:0, BT.709, limited range."""

import av
import numpy as np
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from core.messages import RgbArray
from core.opencv import cv2

_RED, _BLUE = 0.2126, 0.0722
_GREEN = 1 - _RED - _BLUE
_LUMA_SPAN, _CHROMA_SPAN = 219 / 255, 224 / 255
# One row each for Y, Cb and Cr; behind the weights of red, green and blue what is added.
_FROM_RGB = np.array(
    [
        (_LUMA_SPAN * _RED, _LUMA_SPAN * _GREEN, _LUMA_SPAN * _BLUE, 16),
        (*(_CHROMA_SPAN / 2 / (1 - _BLUE) * np.array((-_RED, -_GREEN, 1 - _BLUE))), 128),
        (*(_CHROMA_SPAN / 2 / (1 - _RED) * np.array((1 - _RED, -_GREEN, -_BLUE))), 128),
    ],
    np.float32,
)


def to_yuv420(rgb: RgbArray) -> av.VideoFrame:
    """(H, W, 3), of even sides -> yuv420p; colour is the mean of each 2x2 pixels.

    Half the time of FFmpeg's own conversion, which is made for more than this, and the mean is exact.
    Source: ITU-R BT.709-6, 3.
    """
    height, width = rgb.shape[:2]
    frame = av.VideoFrame(width, height, "yuv420p")
    luma, blue, red = (_pixels(plane) for plane in frame.planes)
    yuv = cv2.transform(rgb, _FROM_RGB)
    halved = cv2.resize(yuv, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    cv2.extractChannel(yuv, 0, luma)
    cv2.extractChannel(halved, 1, blue)
    cv2.extractChannel(halved, 2, red)
    return frame


def _pixels(plane: VideoPlane) -> NDArray[np.uint8]:
    """The memory of the plane itself, without what fills its rows up."""
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
