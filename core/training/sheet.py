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
    cells = (picture.rgb, _painted(picture.truth, low, high), _painted(fitted, low, high))
    return np.concatenate([_in_cell(cell) for cell in cells] + [np.full((CELL_PX, GAP_PX, 3), 255, np.uint8)], 1)


def _painted(inverse_depth: DepthArray, low: float, high: float) -> NDArray[np.uint8]:
    rows = colormaps.levels(inverse_depth, float(low), float(high), invert=False)
    painted: NDArray[np.uint8] = colormaps.table("inferno")[rows]
    painted[~np.isfinite(inverse_depth)] = 128
    return painted


def _in_cell(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole picture, as large as the cell allows, on white."""
    height, width = picture.shape[:2]
    scale = (CELL_PX - GAP_PX) / max(height, width)
    size_wh = max(round(width * scale), 1), max(round(height * scale), 1)
    small = cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    cell = np.full((CELL_PX, CELL_PX, 3), 255, np.uint8)
    cell[: size_wh[1], : size_wh[0]] = small
    return cell
