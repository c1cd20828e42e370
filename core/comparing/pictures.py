"""The pictures of a comparison: colour, each lane's depth in one range of colours, and where lanes differ."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.comparing.agreement import difference, fit_to, on_grid
from core.comparing.view import FULL_DIFFERENCE
from core.compose import render
from core.depth_range import sample_percentiles
from core.errors import RecordingError
from core.look import Look, View
from core.messages import DepthArray, DepthResult, Frame
from core.opencv import cv2

Rgb = NDArray[np.uint8]  # (H, W, 3)

THUMBNAIL_PX = 320  # longer side of a picture in the contact sheet
_JPEG_QUALITY = 88
_FARTHER = np.array((33.0, 102.0, 172.0))  # blue
_SAME = np.array((238.0, 238.0, 238.0))  # nearly white
_NEARER = np.array((178.0, 24.0, 43.0))  # red
_UNKNOWN = (96, 96, 96)


@dataclass(frozen=True, slots=True, eq=False)
class LaneThumbnail:
    depth: Rgb
    difference: Rgb | None  # to the reference lane; None for that lane itself


@dataclass(frozen=True, slots=True, eq=False)
class SheetRow:
    """One frame of the contact sheet."""

    index: int
    colour: Rgb
    truth: Rgb | None
    lanes: tuple[LaneThumbnail | None, ...]


def sheet_row(
    frame: Frame, results: Sequence[DepthResult | None], reference: int, true_depth: DepthArray | None, look: Look
) -> SheetRow:
    """Thumbnails of one frame. Lanes are fitted to the reference lane, so that one range of colours holds for all;
    without it each has its own. `look` gives the colour map."""
    colour = _small(frame.rgb)
    look = replace(look, view=View.DEPTH)
    wanted = results[reference]
    lanes: list[LaneThumbnail | None] = []
    for number, result in enumerate(results):
        if result is None:
            lanes.append(None)
        elif wanted is None or number == reference:
            lanes.append(LaneThumbnail(_painted(result.inverse_depth, colour, look), None))
        else:
            lanes.append(_compared(result.inverse_depth, wanted, colour, look))
    truth = None if true_depth is None else _painted_truth(true_depth, colour, look)
    return SheetRow(frame.index, colour, truth, tuple(lanes))


def difference_map(inverse_depth: DepthArray, reference: DepthArray) -> NDArray[np.float32] | None:
    """Where a map differs from the reference after the fit, on the reference's grid, as a share of the reference's
    range (2nd to 98th percentile): above 0 nearer, below 0 farther. None where nothing can be fitted."""
    fit = fit_to(inverse_depth, reference)
    low, high = sample_percentiles(reference)
    if fit is None:
        return None
    return difference(inverse_depth, reference, fit, high - low)


def paint_difference(difference: NDArray[np.float32]) -> Rgb:
    """Red where nearer, blue where farther, the strongest at FULL_DIFFERENCE; grey where not finite."""
    known = np.isfinite(difference)
    strength = np.clip(np.where(known, difference, 0.0) / FULL_DIFFERENCE, -1.0, 1.0)[..., None]
    end = np.where(strength < 0, _FARTHER, _NEARER)
    painted = _SAME + (end - _SAME) * np.abs(strength)
    painted[~known] = _UNKNOWN
    rgb: Rgb = np.rint(painted).astype(np.uint8)
    return rgb


def as_data_uri(rgb: Rgb) -> str:
    """A picture within a page: JPEG, as a data: address."""
    done, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise RecordingError(f"a picture of {rgb.shape} {rgb.dtype} could not be encoded as JPEG")
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")


def _compared(inverse_depth: DepthArray, wanted: DepthResult, colour: Rgb, look: Look) -> LaneThumbnail:
    fit = fit_to(inverse_depth, wanted.inverse_depth)
    off = difference_map(inverse_depth, wanted.inverse_depth)
    if fit is None or off is None:
        return LaneThumbnail(_painted(inverse_depth, colour, look), None)
    in_range = replace(look, low=wanted.low, high=wanted.high)
    height, width, _ = colour.shape
    return LaneThumbnail(
        render(in_range, colour, fit.of(inverse_depth)), paint_difference(on_grid(off, (height, width)))
    )


def _painted(inverse_depth: DepthArray, colour: Rgb, look: Look) -> Rgb:
    low, high = sample_percentiles(inverse_depth)
    return render(replace(look, low=low, high=high), colour, inverse_depth)


def _painted_truth(true_depth: DepthArray, colour: Rgb, look: Look) -> Rgb:
    """In a range of its own. What was measured at few pixels is drawn in dots that can be seen when small."""
    height, width, _ = colour.shape
    known = np.isfinite(true_depth) & (true_depth > 0)
    if not known.any():
        return np.full_like(colour, _UNKNOWN)
    low, high = (float(end) for end in np.percentile(true_depth[known], (2, 98)))
    small = _nearest_known(true_depth, known, (height, width))
    painted = render(replace(look, low=low, high=high), colour, np.nan_to_num(small, nan=low))
    painted[~np.isfinite(small)] = _UNKNOWN
    return painted


def _nearest_known(true_depth: DepthArray, known: NDArray[np.bool_], hw: tuple[int, int]) -> DepthArray:
    """For each small pixel the nearest depth measured anywhere in it; NaN where nothing was."""
    height, width = hw
    rows, columns = np.nonzero(known)
    small: DepthArray = np.full(hw, -np.inf, np.float32)
    places = rows * height // true_depth.shape[0], columns * width // true_depth.shape[1]
    np.maximum.at(small, places, true_depth[known])
    small[np.isneginf(small)] = np.nan
    return small


def _small(rgb: Rgb) -> Rgb:
    height, width, _ = rgb.shape
    scale = THUMBNAIL_PX / max(height, width)
    if scale >= 1:
        return rgb
    size_wh = max(round(width * scale), 1), max(round(height * scale), 1)
    return np.asarray(cv2.resize(rgb, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)
