"""The one import of OpenCV: `from core.opencv import cv2`. Imported late, as it takes a tenth of a second.

On Linux the opencv-python wheel points Qt at plugins and fonts of its own, with which PyQt6 aborts on a real
display; both variables are put back here as they were.
"""

import os

from core.sources.source import MAX_PIXELS, MAX_SIDE_PX

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

# OpenCV reads these when it is loaded or when a camera or picture is first opened; what a person set is kept.
_DEFAULTS = {
    "OPENCV_LOG_LEVEL": "SILENT",  # its warnings become part of our own errors
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(MAX_PIXELS),
    "OPENCV_IO_MAX_IMAGE_WIDTH": str(MAX_SIDE_PX),
    "OPENCV_IO_MAX_IMAGE_HEIGHT": str(MAX_SIDE_PX),
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "5",  # seconds until a silent camera counts as lost; the default is 10
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",  # else Windows takes half a minute to open some webcams
}

_before = {name: os.environ.get(name) for name in _QT_VARIABLES}
for _name, _value in _DEFAULTS.items():
    os.environ.setdefault(_name, _value)

import cv2  # noqa: E402

for _name, _old in _before.items():
    if _old is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _old

__all__ = ["cv2"]
