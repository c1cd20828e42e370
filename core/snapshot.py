"""A snapshot: colour, depth and how it was made, side by side in one folder."""

import json
from pathlib import Path

import numpy as np

from core.errors import RecordingError
from core.messages import DepthArray, DepthResult
from core.opencv import cv2

FULL_SCALE = 65535


def depth_codes(inverse_depth: DepthArray) -> tuple[np.ndarray, float, float]:
    """(h, w) float32 -> (h, w) uint16 codes, offset and scale: value = offset + scale * code.

    A constant map has scale 0 and codes 0.
    """
    low, high = float(inverse_depth.min()), float(inverse_depth.max())
    scale = (high - low) / FULL_SCALE
    if scale == 0:
        return np.zeros(inverse_depth.shape, np.uint16), low, 0.0
    return np.rint((inverse_depth - low) / scale).astype(np.uint16), low, scale


def write_snapshot(folder: Path, result: DepthResult, view_png: bytes | None) -> None:
    """Write colour.png, depth.png (16-bit, network size), view.png where given, and snapshot.json into `folder`.

    Raises: RecordingError.
    """
    codes, offset, scale = depth_codes(result.inverse_depth)
    height, width = result.network_hw
    facts = {
        "value": "relative inverse depth, larger is nearer; value = offset + scale * code of depth.png",
        "offset": offset,
        "scale": scale,
        "model": result.model.name,
        "weights_sha256": result.model.weights_sha256,
        "precision": result.model.precision,
        "device": result.model.device_name,
        "network_height": height,
        "network_width": width,
        "aspect": result.aspect,
        "frame": result.frame.index,
        "media_time_s": result.frame.media_time_s,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "colour.png").write_bytes(encode_png(result.frame.rgb[..., ::-1]))
        (folder / "depth.png").write_bytes(encode_png(codes))
        if view_png is not None:
            (folder / "view.png").write_bytes(view_png)
        (folder / "snapshot.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise RecordingError(
            f"the snapshot could not be written to {folder}: {error.strerror or error}"
        ) from error


def encode_png(picture: np.ndarray) -> bytes:
    """(H, W) uint8 or uint16, or (H, W, 3) uint8 BGR -> the bytes of a PNG file."""
    done, data = cv2.imencode(".png", np.ascontiguousarray(picture))
    if not done:
        raise RecordingError(f"a picture of {picture.shape} {picture.dtype} could not be encoded as PNG")
    return data.tobytes()
