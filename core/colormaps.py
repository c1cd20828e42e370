"""Colour maps of depth: the first colour is far, the last near, and near is the bright or the warm end of each.

Each map is a polyline through the control points below, written `position:rrggbb` over positions 0 to 255. Between
them colours are interpolated in sRGB. The points were fitted to the published 256-entry tables and meet every
entry within one level. Sources: inferno, magma, plasma and viridis (van der Walt, Smith, Firing; CC0), cividis
(Nuñez, Anderton, Renslow 2018; CC0), turbo (Mikhailov 2019; Apache-2.0), bone (after OpenCV's; Apache-2.0),
spectral (ColorBrewer, Brewer and Harrower; Apache-2.0).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.depth_range import scale_of
from core.messages import DepthArray

ENTRIES = 256

_CONTROL_POINTS = {
    # black over purple and orange to pale yellow; even steps of brightness, so it survives a grey print
    "inferno": (
        "0:000004 1:010005 9:040314 24:150b37 39:2d0b59 48:3d0965 61:520e6d 86:7a1d6d 110:a02a63 132:c13a50 "
        "154:de5238 175:f1711f 194:fa9207 201:fc9f07 208:fcac11 219:fac228 231:f5d949 240:f2ea69 248:f3f68a "
        "255:fcffa4"
    ),
    # black over violet and rose to cream; calmer than inferno
    "magma": (
        "0:000004 2:010106 12:06051a 29:19103f 42:2c115f 54:400f74 66:54137d 90:792282 120:aa337d 143:cf4070 "
        "159:e55064 172:f2645c 187:fa7f5e 206:fea36f 227:feca8d 255:fcfdbf"
    ),
    # blue over magenta to yellow; no black, so the far end keeps its detail on a dark screen
    "plasma": (
        "0:0d0887 7:20068f 31:4b03a1 52:6c00a8 68:8405a7 85:9c179e 114:be3885 153:e16462 188:f79044 215:feb72d "
        "231:fcd025 252:f1f426 255:f0f921"
    ),
    # violet over green to yellow
    "viridis": (
        "0:440154 17:481a6c 35:46307e 58:3e4c8a 94:2d718e 129:20928c 144:1fa088 157:25ac82 172:38b977 184:4ec36b "
        "203:77d153 233:c5e021 242:dde318 248:ece51b 255:fde725"
    ),
    # navy over grey to yellow; looks the same with red-green colour blindness
    "cividis": (
        "0:00224e 18:002f6d 23:013271 26:0c3470 32:1a386f 47:31436d 83:555c6d 130:7e7d78 162:9d9576 195:bfb06b "
        "224:dec958 242:f2da44 251:fde334 255:fee838"
    ),
    # rainbow from blue to red with smooth brightness; shows the most steps, says the least about order
    "turbo": (
        "0:30123b 1:321543 10:3b2f80 18:4146ac 26:455ccf 33:476ee6 41:4682f8 48:4294ff 54:3aa3fc 63:2ab9ee "
        "74:1ad2d2 82:18e0bd 89:20eaac 98:38f491 112:6dfe62 123:96fe44 132:affa37 141:c6f034 154:e3db38 "
        "165:f5c53a 175:fdae35 188:fd8a26 202:f26014 213:e4450a 227:ca2a04 242:a41301 255:7a0403"
    ),
    # blue over pale yellow to red: cold is far, warm is near, the middle is light
    "spectral": (
        "0:5e4fa2 25.5:3288bd 51:66c2a5 76.5:abdda4 102:e6f598 127.5:ffffbf 153:fee08b 178.5:fdae61 204:f46d43 "
        "229.5:d53e4f 255:9e0142"
    ),
    # grey with a blue tinge, as X-ray pictures are shown
    "bone": "0:000000 94:525271 190:a6c6c6 255:ffffff",
    # plain brightness
    "grey": "0:000000 255:ffffff",
}

NAMES = tuple(_CONTROL_POINTS)

DIFFERENCE = "difference"  # not one of depth, so not in NAMES: blue farther, nearly white the same, red nearer
_DIFFERENCE_POINTS = "0:2166ac 127.5:eeeeee 255:b2182b"


@cache
def table(name: str) -> NDArray[np.uint8]:
    """The colour map `name`, of NAMES or DIFFERENCE, as (256, 3) RGB, read-only; row 0 is far, row 255 near.

    Raises: KeyError for a name that is neither; settings are checked before they come here.
    """
    positions, colours = [], []
    points = _DIFFERENCE_POINTS if name == DIFFERENCE else _CONTROL_POINTS[name]
    for point in points.split():
        position, colour = point.split(":")
        positions.append(float(position))
        colours.append(tuple(bytes.fromhex(colour)))
    channels = np.array(colours, dtype=np.float64).T
    entries = np.arange(ENTRIES)
    rgb = np.stack([np.interp(entries, positions, channel) for channel in channels], axis=1)
    colours_u8: NDArray[np.uint8] = np.rint(rgb).astype(np.uint8)
    colours_u8.setflags(write=False)
    return colours_u8


def levels(depth: DepthArray, low: float, high: float, *, invert: bool) -> NDArray[np.uint8]:
    """Which row of the table each value of `depth` (h, w) gets: 0 at `low` and below, 255 at `high` and above.

    What is not a number gets row 0; callers that may meet such values paint them black.
    """
    shares = (depth - np.float32(low)) * np.float32(scale_of(low, high) * (ENTRIES - 1))
    np.fmin(np.fmax(shares, np.float32(0.0), out=shares), np.float32(ENTRIES - 1), out=shares)  # not a number: 0
    rows: NDArray[np.uint8] = (shares + np.float32(0.5)).astype(np.uint8)
    return ENTRIES - 1 - rows if invert else rows
