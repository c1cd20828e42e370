"""What the lens and the shutter do to light: darker corners, veils, focus, shake."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.synthetic.materials import mixed
from core.synthetic.planes import moved

_REACH_PX = 4  # of the blur that all pixels share: kernels of 9 x 9
_LEAST = 1e-6  # weights of the blur below this are left out
_SHORTER_PX = 192  # blur is given for pictures of this shorter side and grows with them


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """One lens a picture; tensors (B,) on the device unless said otherwise."""

    vignette: Tensor
    veil: Tensor  # the share of all light that is spread over the picture
    bloom: Tensor  # the share that is spread around each place
    softness_px: NDArray[np.float64]  # (B,) standard deviation, host
    shake_px: NDArray[np.float64]  # (B, 2) the way the camera moved while the shutter was open
    shallow: NDArray[np.int64]  # numbers of the pictures with a narrow depth of field
    focus: Tensor  # (len(shallow),) the inverse depth in focus, as a share of the nearest thing's
    aperture: Tensor  # (len(shallow),) how fast sharpness is lost

    @classmethod
    def drawn(cls, seeds: NDArray[np.uint64], device: str) -> "Lens":
        """The same seed gives the same lens. Most are sharp and held still."""
        dice = iter(mixed(seeds ^ np.uint64(0x1E45), 12).T)

        def column(values: NDArray[np.floating]) -> Tensor:
            return moved(values, device)

        shaken = np.where(next(dice) < 0.15, 5.0 * next(dice) ** 2, 0.0)
        angle = np.pi * next(dice)
        shallow = np.flatnonzero(next(dice) < 0.12)
        return cls(
            vignette=column(0.7 * next(dice) ** 2.5),
            veil=column(0.06 * next(dice) ** 3),
            bloom=column(0.12 * next(dice) ** 3),
            softness_px=0.4 + 0.2 * next(dice) + 1.2 * next(dice) ** 6,
            shake_px=np.stack((shaken * np.cos(angle), shaken * np.sin(angle)), axis=1),
            shallow=shallow,
            focus=column((next(dice) ** 0.7)[shallow]),
            aperture=column((0.4 + 2.0 * next(dice) ** 2)[shallow]),
        )


def veiled(light: Tensor, lens: Lens) -> Tensor:
    """(3, B, H, W): darker towards the corners, light spread by dust and glass."""
    height, width = light.shape[-2:]
    y = (torch.arange(height, device=light.device) + 0.5) / height - 0.5
    x = (torch.arange(width, device=light.device) + 0.5) / width - 0.5
    squared = 2 * (y[:, None].square() + x.square())  # 1 in the corners
    corners = 1 - lens.vignette[:, None, None] * squared
    small = functional.adaptive_avg_pool2d(light[..., ::3, ::3], (12, 12))
    around = functional.interpolate(small, size=(height, width), mode="bilinear", align_corners=False)
    everywhere = light.mean((-2, -1), keepdim=True)
    bloom, veil = lens.bloom[:, None, None], lens.veil[:, None, None]
    return around.sub_(light).mul_(bloom).add_(light).addcmul_(everywhere, veil).mul_(corners)


def blurred(light: Tensor, lens: Lens) -> Tensor:
    """What focus, glass and shake smear over all pixels alike, one kernel a picture."""
    kernels = moved(_kernels(lens, min(light.shape[-2:])), light.device)
    count, (height, width) = light.shape[1], light.shape[-2:]
    reach = kernels.shape[-1] // 2
    padded = functional.pad(light, (reach,) * 4, mode="replicate").view(1, 3 * count, height + 2 * reach, -1)
    weights = kernels.repeat(3, 1, 1)[:, None]
    return functional.conv2d(padded, weights, groups=3 * count).view(3, count, height, width)


def _kernels(lens: Lens, shorter_px: int) -> NDArray[np.floating]:
    """(B, K, K), each of sum 1: a Gaussian drawn out along the way of the shake."""
    grown = shorter_px / _SHORTER_PX
    reach = max(2, round(_REACH_PX * min(grown, 4.0)))
    place = np.arange(-reach, reach + 1)
    soft = (lens.softness_px * grown)[:, None, None]
    weights = np.zeros((len(soft), len(place), len(place)))
    for share in np.linspace(-0.5, 0.5, 5):
        x, y = ((share * grown * lens.shake_px[:, axis])[:, None, None] for axis in (0, 1))
        weights += np.exp(-((place - x) ** 2 + (place[:, None] - y) ** 2) / (2 * soft**2))
    weights /= np.sum(weights, axis=(1, 2), keepdims=True)
    weights[weights < _LEAST] = 0  # processors take ten times as long over numbers that are almost 0
    return weights


def defocused(light: Tensor, inverse_depth: Tensor, lens: Lens) -> Tensor:
    """Blur that grows with the difference to the depth in focus, in those pictures that have it."""
    if not len(lens.shallow):
        return light
    which = moved(lens.shallow, light.device)
    chosen, nearness = light[:, which], inverse_depth[which]
    nearest = nearness.amax((-2, -1)).clamp_(min=1e-4)
    off = (nearness / nearest[:, None, None] - lens.focus[:, None, None]).abs_()
    off = (off * lens.aperture[:, None, None]).clamp_(max=1)
    off = functional.avg_pool2d(functional.pad(off[:, None], (3, 3, 3, 3), mode="replicate"), 7, 1)[:, 0]
    side = 2 * max(1, round(min(light.shape[-2:]) / _SHORTER_PX)) + 1
    mild, strong = _disc(chosen, side), _disc(_disc(chosen, 2 * side + 1), 2 * side - 1)
    first = torch.lerp(chosen, mild, (off * 3).clamp(max=1))
    result = light.clone()
    result[:, which] = torch.lerp(first, strong, ((off - 0.33) * 1.5).clamp(0, 1))
    return result


def _disc(light: Tensor, side: int) -> Tensor:
    """Means over squares, first along rows, then along columns."""
    reach = side // 2
    padded = functional.pad(light, (reach,) * 4, mode="replicate")
    height, width = light.shape[-2:]
    rows = _sum([padded[..., start : start + width] for start in range(side)])
    return _sum([rows[..., start : start + height, :] for start in range(side)]).mul_(1 / side**2)


def _sum(parts: list[Tensor]) -> Tensor:
    total = parts[0] + parts[1]
    for part in parts[2:]:
        total += part
    return total
