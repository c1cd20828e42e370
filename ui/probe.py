"""The depth under the cursor."""

from dataclasses import dataclass

from core.messages import DepthResult


@dataclass(frozen=True, slots=True)
class Probe:
    """A pixel of the picture and the inverse depth there; NaN or infinite where the network gave no number."""

    x_px: int
    y_px: int
    inverse_depth: float


def probe(result: DepthResult, place: tuple[float, float]) -> Probe:
    """What lies at `place`, in shares of the picture's width and height; between depth values linearly."""
    u, v = place
    height, width = result.frame.rgb.shape[:2]
    depth = result.inverse_depth
    rows, columns = depth.shape
    # Pixel centres at half positions, as the shader's texture sampling has them (align_corners=False).
    x = min(max(u * columns - 0.5, 0.0), columns - 1.0)
    y = min(max(v * rows - 0.5, 0.0), rows - 1.0)
    left, top = int(x), int(y)
    right, bottom = min(left + 1, columns - 1), min(top + 1, rows - 1)
    across, down = x - left, y - top
    upper = float(depth[top, left]) * (1 - across) + float(depth[top, right]) * across
    lower = float(depth[bottom, left]) * (1 - across) + float(depth[bottom, right]) * across
    return Probe(
        x_px=min(int(u * width), width - 1),
        y_px=min(int(v * height), height - 1),
        inverse_depth=upper * (1 - down) + lower * down,
    )
