"""A look and a result → one picture, on the CPU: what `record`, previews and other headless output show.

It does what assets/shaders/picture_fragment.glsl does in the window; a test holds the two against each other.
"""

import numpy as np
from numpy.typing import NDArray

from core import colormaps
from core.look import Look, View
from core.messages import DepthArray, RgbArray
from core.opencv import cv2


def render(
    look: Look, rgb: RgbArray, inverse_depth: DepthArray, height_px: int | None = None
) -> NDArray[np.uint8]:
    """The picture of `look`: (H, W, 3) RGB; SIDE gives (H, 2 W, 3) with colour on the left.

    H and W are those of `rgb` (H, W, 3), or `height_px` and the width that keeps the aspect. `inverse_depth`
    (h, w), of any size, is scaled up by a cubic with pixel centres at half positions (align_corners=False);
    pixels that are not finite come out black.
    """
    colour = _scaled(rgb, height_px)
    height, width = colour.shape[:2]
    if look.view is View.COLOUR:
        return colour
    depth = _coloured(look, inverse_depth, (height, width))
    if look.view is View.DEPTH:
        return depth
    if look.view is View.SIDE:
        return np.concatenate([colour, depth], axis=1)
    if look.view is View.OVERLAY:
        return np.asarray(cv2.addWeighted(colour, 1.0 - look.opacity, depth, look.opacity, 0.0), dtype=np.uint8)
    edge = round(look.wipe * width)
    return np.concatenate([colour[:, :edge], depth[:, edge:]], axis=1)


def _scaled(rgb: RgbArray, height_px: int | None) -> NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    if height_px is None or height_px == height:
        return rgb
    size_wh = max(round(width * height_px / height), 1), height_px
    kernel = cv2.INTER_AREA if height_px < height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, size_wh, interpolation=kernel), dtype=np.uint8)


def _coloured(look: Look, inverse_depth: DepthArray, picture_hw: tuple[int, int]) -> NDArray[np.uint8]:
    """Depth through the colour map: (H, W, 3) RGB."""
    height, width = picture_hw
    depth = np.asarray(cv2.resize(inverse_depth, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    rows = colormaps.levels(depth, look.low, look.high, invert=look.invert)
    coloured = np.asarray(cv2.applyColorMap(rows, colormaps.table(look.colormap)[:, None]), dtype=np.uint8)
    coloured[~np.isfinite(depth)] = 0
    return coloured
