"""A sheet of predictions to look at: each picture with its truth and what the network makes of it."""

import numpy as np
from numpy.typing import NDArray

from core import colormaps
from core.comparing.agreement import fit_to
from core.messages import DepthArray
from core.opencv import cv2
from core.training.evaluation import Judged

CELL_PX = 160
TRIPLES_A_ROW = 3
GAP_PX = 6
_QUALITY = 90
_NEAR_PERCENT, _FAR_PERCENT = 98, 2


def sheet(pictures: list[Judged], predictions: list[DepthArray]) -> bytes:
    """A JPEG with colour, truth and prediction side by side; a prediction is fitted to its truth and shares its
    colours, so that equal colours mean equal depth. Pixels without a measured depth are grey."""
    triples = [_triple(picture, found) for picture, found in zip(pictures, predictions, strict=True)]
    blank = np.full_like(triples[0], 255)
    rows = []
    for first in range(0, len(triples), TRIPLES_A_ROW):
        row = triples[first : first + TRIPLES_A_ROW]
        rows.append(np.concatenate(row + [blank] * (TRIPLES_A_ROW - len(row)), axis=1))
    return bytes(cv2.imencode(".jpg", np.concatenate(rows)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])


def _triple(picture: Judged, prediction: DepthArray) -> NDArray[np.uint8]:
    known = picture.truth[np.isfinite(picture.truth)]
    low, high = np.percentile(known, (_FAR_PERCENT, _NEAR_PERCENT)) if known.size else (0.0, 1.0)
    fit = fit_to(prediction, picture.truth)
    fitted = fit.of(prediction) if fit is not None else prediction
    size_wh = _fits(picture.rgb.shape[:2])
    truth, found = (_painted(_resized(depth, size_wh), low, high) for depth in (picture.truth, fitted))
    colour = cv2.resize(picture.rgb, size_wh, interpolation=cv2.INTER_AREA).astype(np.uint8)
    cells = [_in_cell(cell) for cell in (colour, truth, found)]
    return np.concatenate([*cells, np.full((CELL_PX, GAP_PX, 3), 255, np.uint8)], axis=1)


def _painted(inverse_depth: DepthArray, low: float, high: float) -> NDArray[np.uint8]:
    rows = colormaps.levels(inverse_depth, float(low), float(high), invert=False)
    painted: NDArray[np.uint8] = colormaps.table("inferno")[rows]
    painted[~np.isfinite(inverse_depth)] = 128
    return painted


def _fits(hw: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a picture of this height and width that is as large as a cell allows."""
    scale = (CELL_PX - GAP_PX) / max(hw)
    return max(round(hw[1] * scale), 1), max(round(hw[0] * scale), 1)


def _resized(inverse_depth: DepthArray, size_wh: tuple[int, int]) -> DepthArray:
    """The mean of what is known within each pixel, so that the few points of a LiDAR are still to be seen."""
    known = np.isfinite(inverse_depth)
    values, share = (
        cv2.resize(plane, size_wh, interpolation=cv2.INTER_AREA)
        for plane in (np.where(known, inverse_depth, np.float32(0)), known.astype(np.float32))
    )
    return np.where(share > 0, values / np.maximum(share, np.float32(1e-9)), np.float32(np.nan))


def _in_cell(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """On white, in the corner."""
    cell = np.full((CELL_PX, CELL_PX, 3), 255, np.uint8)
    cell[: picture.shape[0], : picture.shape[1]] = picture
    return cell
