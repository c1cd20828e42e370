"""From light to a photograph: lens, exposure, colour balance, noise, tone curve, sharpening, compression."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.synthetic.jpeg_blocks import compressed
from core.synthetic.lens import Lens, blurred, defocused, veiled
from core.synthetic.materials import mixed
from core.synthetic.planes import moved

_NOISE_SIDE = 512
_LUMA = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True, slots=True, eq=False)
class Sensor:
    """One camera a picture. Tensors (B,) on the device unless said otherwise."""

    lens: Lens
    target: Tensor  # what the middle tone is exposed to, linear
    balance: Tensor  # how much of the light's own colour is taken out
    tint: Tensor  # (3, B)
    shot_noise: Tensor
    read_noise: Tensor
    blotches: Tensor  # how far the noise is smeared, 0..1
    noise_at: NDArray[np.int32]  # (B, 3, 2) where in the noise each channel starts
    white: Tensor  # light that becomes white, times the middle's
    gamma: Tensor
    contrast: Tensor
    lift: Tensor
    saturation: Tensor
    sharpening: Tensor
    compressed: NDArray[np.int64]  # numbers of the pictures that are compressed
    quality: Tensor  # of those

    @classmethod
    def drawn(cls, seeds: NDArray[np.uint64], device: str) -> "Sensor":
        """Most cameras are good, some are poor: the same seed gives the same camera."""
        dice = iter(mixed(seeds ^ np.uint64(0x5EED), 32).T)

        def even(low: float, high: float) -> NDArray[np.float64]:
            return np.asarray(low + (high - low) * next(dice))

        def column(values: NDArray[np.floating]) -> Tensor:
            return moved(values, device)

        lens = Lens.drawn(seeds, device)
        poor = next(dice) ** 5  # small sensor, little light: noise, smearing and compression go together
        iso = 10 ** (even(-4.6, -3.2) + 1.3 * poor)
        grey = next(dice) < 0.025
        squeezed = np.flatnonzero(next(dice) < 0.7)
        return cls(
            lens=lens,
            target=column(0.22 * 2 ** even(-1.1, 1.1)),
            balance=column(even(0.3, 1.0)),
            tint=column(np.exp(np.stack([0.18 * (next(dice) - 0.5) for _ in range(3)]))),
            shot_noise=column(iso * 0.5),
            read_noise=column(iso * even(0.2, 1.0) * 0.6),
            blotches=column(np.clip(even(0, 0.6) + 0.5 * poor, 0, 0.9)),
            noise_at=np.stack([_NOISE_SIDE * next(dice) for _ in range(6)], 1).astype(np.int32).reshape(-1, 3, 2),
            white=column(2 ** even(0.5, 3.0)),
            gamma=column(1 / even(1.9, 2.5)),
            contrast=column(even(-0.3, 2.2)),
            lift=column(0.08 * next(dice) ** 4),
            saturation=column(np.where(grey, 0.0, even(0.7, 1.45))),
            sharpening=column(np.clip(even(-0.4, 1.2), 0, None)),
            compressed=squeezed,
            quality=column(np.clip(96 - 50 * poor - 30 * next(dice), 25, 96)[squeezed]),
        )  # fmt: skip


def photograph(light: Tensor, inverse_depth: Tensor, sensor: Sensor) -> Tensor:
    """Light (3, B, H, W), linear and unbounded, and 1/m (B, H, W) -> RGB uint8 (B, H, W, 3)."""
    light = veiled(_exposed(light.clamp(0, 64), sensor), sensor.lens)
    light = blurred(defocused(light, inverse_depth, sensor.lens), sensor.lens)
    picture = _toned(_noisy(light, sensor), sensor)
    picture = _sharpened(picture, sensor.sharpening[:, None, None]).clamp_(0, 1)
    if len(sensor.compressed):
        which = moved(sensor.compressed, picture.device)
        picture[:, which] = compressed(picture[:, which], sensor.quality)
    return (picture.movedim(0, -1) * 255).round_().to(torch.uint8)


def _exposed(light: Tensor, sensor: Sensor) -> Tensor:
    """Metered for the middle tones, and balanced towards grey."""
    middle = light.sqrt().mean((-2, -1)).square_().clamp_(min=1e-5)  # (3, B): bright lamps count little
    grey = _luma(middle)
    balance = (grey / middle) ** sensor.balance
    gain = (sensor.target / grey) ** 0.93  # what is dark stays a little darker
    return light * (balance * gain * sensor.tint)[..., None, None]


def _luma(rgb: Tensor) -> Tensor:
    return (_LUMA[0] * rgb[0]).add_(rgb[1], alpha=_LUMA[1]).add_(rgb[2], alpha=_LUMA[2])


def _noisy(light: Tensor, sensor: Sensor) -> Tensor:
    """Shot noise grows with the light, read noise does not; cameras smear both over neighbouring pixels."""
    height, width = light.shape[-2:]
    table = _noise(light.device)
    at = moved(sensor.noise_at, light.device).permute(2, 1, 0)  # (row column, 3, B)
    rows = (at[0, ..., None] + torch.arange(height, dtype=torch.int32, device=light.device)) % _NOISE_SIDE
    columns = (at[1, ..., None] + torch.arange(width, dtype=torch.int32, device=light.device)) % _NOISE_SIDE
    places = (rows[..., None] * _NOISE_SIDE + columns[..., None, :]).flatten()
    fine, smeared = (noise.index_select(0, places).view(light.shape) for noise in table)
    spread = (light * sensor.shot_noise[:, None, None]).add_(sensor.read_noise.square()[:, None, None]).sqrt_()
    return spread.mul_(fine.lerp_(smeared, sensor.blotches[:, None, None])).add_(light)


@lru_cache(maxsize=4)
def _noise(device: torch.device) -> Tensor:
    """(2, side * side) normal noise, independent in each pixel, and smeared over a few."""
    rng = np.random.default_rng(81)
    fine = rng.standard_normal((_NOISE_SIDE, _NOISE_SIDE))
    frequency = np.hypot(np.fft.fftfreq(_NOISE_SIDE)[:, None], np.fft.rfftfreq(_NOISE_SIDE)[None])
    smeared = np.fft.irfft2(np.fft.rfft2(rng.standard_normal(fine.shape)) * np.exp(-((frequency / 0.14) ** 2)))
    both = np.stack((fine, smeared / smeared.std())).reshape(2, -1)
    return moved(both, device)


def _toned(light: Tensor, sensor: Sensor) -> Tensor:
    """Highlights rolled off, gamma, an S of contrast, lifted blacks, saturation."""

    def each(values: Tensor) -> Tensor:
        return values[:, None, None]

    light = light.clamp_(min=0)
    tone = (light * each(sensor.white.square().reciprocal())).add_(1).mul_(light)
    tone.div_(light.mul_(0.35).add_(1)).clamp_(0, 1).pow_(each(sensor.gamma))
    bend = (1 - tone).mul_(tone).mul_(tone - 0.5)
    tone.addcmul_(bend, each(sensor.contrast)).mul_(each(1 - sensor.lift)).add_(each(sensor.lift))
    grey = _luma(tone)
    return tone.sub_(grey).mul_(each(sensor.saturation)).add_(grey).clamp_(0, 1)


def _sharpened(picture: Tensor, amount: Tensor) -> Tensor:
    """The difference of the brightness to its mean over 3 x 3 pixels, added to all channels."""
    luma = _luma(picture)
    padded = functional.pad(luma, (1, 1, 1, 1), mode="replicate")
    rows = padded[..., :-2, :] + padded[..., 1:-1, :] + padded[..., 2:, :]
    soft = rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]
    return picture + amount * (luma - soft / 9)
