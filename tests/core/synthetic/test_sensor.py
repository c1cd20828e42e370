"""Lens and sensor: what each step does to light, and that the same seed gives the same camera."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from core.synthetic.lens import Lens, blurred, defocused, veiled
from core.synthetic.sensor import Sensor, photograph

SIZE = (96, 120)


def _seeds(count: int, first: int = 0) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.uint64)


def _perfect(count: int = 1) -> Sensor:
    """A camera that adds nothing of its own but a tone curve."""
    drawn = Sensor.drawn(_seeds(count), "cpu")
    none, one = torch.zeros(count), torch.ones(count)
    lens = replace(
        drawn.lens,
        vignette=none,
        veil=none,
        bloom=none,
        softness_px=np.full(count, 0.2),
        shake_px=np.zeros((count, 2)),
        shallow=np.zeros(0, np.int64),
    )
    return replace(
        drawn,
        lens=lens,
        balance=none,
        tint=torch.ones(3, count),
        shot_noise=none,
        read_noise=none,
        contrast=none,
        lift=none,
        saturation=one,
        sharpening=none,
        compressed=np.zeros(0, np.int64),
    )


def _scene(count: int = 1, size: tuple[int, int] = SIZE) -> Tensor:
    """(3, B, H, W): slopes, and a bright patch."""
    down, across = torch.meshgrid(torch.linspace(0, 1, size[0]), torch.linspace(0, 1, size[1]), indexing="ij")
    light = torch.stack((0.1 + 0.4 * across, 0.5 - 0.3 * down, 0.2 + 0.1 * across * down))
    light[:, 20:30, 40:60] = 6.0
    return light[:, None].repeat(1, count, 1, 1)


def _near(count: int = 1, size: tuple[int, int] = SIZE) -> Tensor:
    return torch.linspace(0.1, 1, size[1]).expand(count, *size)


@pytest.mark.parametrize("size", [(96, 120), (97, 121), (64, 33)])
def test_a_photograph_has_the_size_of_its_light(size: tuple[int, int]) -> None:
    picture = photograph(_scene(3, size), _near(3, size), Sensor.drawn(_seeds(3), "cpu"))
    assert picture.shape == (3, *size, 3)
    assert picture.dtype == torch.uint8


def test_the_same_seed_is_the_same_camera_beside_any_others() -> None:
    together = photograph(_scene(24), _near(24), Sensor.drawn(_seeds(24), "cpu"))
    for number in (0, 11, 23):
        alone = photograph(_scene(), _near(), Sensor.drawn(_seeds(1, number), "cpu"))[0]
        assert (alone.int() - together[number].int()).abs().max() <= 1
    assert len({bytes(picture.numpy().tobytes()) for picture in together}) == 24


@pytest.mark.parametrize("times", [0.02, 1.0, 50.0])
def test_exposure_brings_any_light_to_about_the_same_middle(times: float) -> None:
    sensor = replace(_perfect(), target=torch.tensor([0.2]))
    picture = photograph(_scene() * times, _near(), sensor).float()
    assert 70 < picture.mean() < 170


def test_what_is_dark_stays_darker() -> None:
    day, night = (photograph(_scene() * times, _near(), _perfect()).float().mean() for times in (1.0, 0.01))
    assert night < day - 5


def test_balance_takes_the_colour_of_the_light_out() -> None:
    warm = _scene().mean(0, keepdim=True) * torch.tensor((1.6, 1.0, 0.4))[:, None, None, None]
    casts = []
    for balance in (0.0, 1.0):
        picture = photograph(warm, _near(), replace(_perfect(), balance=torch.tensor([balance]))).float()
        means = picture.mean((0, 1, 2))
        casts.append(float(means.max() - means.min()))
    assert casts[0] > 40
    assert casts[1] < casts[0] / 4


def test_noise_grows_with_the_light_and_differs_between_channels() -> None:
    light = torch.full((3, 1, *SIZE), 0.05)
    light[..., 60:] = 0.8
    sensor = replace(_perfect(), shot_noise=torch.tensor([2e-3]), gamma=torch.ones(1), blotches=torch.zeros(1))
    picture = photograph(light, _near(), sensor)[0].float()
    dark, bright = picture[:, 5:55], picture[:, 65:115]
    assert bright.std((0, 1)).min() > 1.5 * dark.std((0, 1)).max()
    assert abs(float(np.corrcoef(bright[..., 0].ravel(), bright[..., 1].ravel())[0, 1])) < 0.1


def test_sharpening_overshoots_at_edges_alone() -> None:
    light = torch.full((3, 1, *SIZE), 0.1)
    light[..., 60:] = 0.4
    plain = photograph(light, _near(), _perfect())[0, 40, :, 1].int()
    sharp = photograph(light, _near(), replace(_perfect(), sharpening=torch.ones(1)))[0, 40, :, 1].int()
    assert sharp[60] > plain[60] + 5
    assert sharp[59] < plain[59] - 5
    assert (sharp[:55] - plain[:55]).abs().max() <= 1


def test_blur_keeps_the_light_and_follows_the_shake() -> None:
    spot = torch.zeros(3, 2, *SIZE)
    spot[..., 48, 60] = 1.0
    lens = replace(_perfect(2).lens, softness_px=np.array((0.5, 1.5)), shake_px=np.array(((4.0, 0.0), (0.0, 0.0))))
    soft = blurred(spot, lens)[0]
    torch.testing.assert_close(soft.sum((1, 2)), torch.ones(2), atol=1e-4, rtol=0)
    across, down = soft[0].sum(0), soft[0].sum(1)
    assert (across > 0.05).sum() > (down > 0.05).sum()
    assert soft[1].max() < soft[0].max()


def test_corners_are_darker_with_a_vignette() -> None:
    lens = replace(_perfect().lens, vignette=torch.tensor([0.5]))
    light = veiled(torch.ones(3, 1, *SIZE), lens)[0, 0]
    assert light[0, 0] == pytest.approx(0.5, abs=0.02)
    assert light[48, 60] == pytest.approx(1.0, abs=0.01)


def test_what_is_in_focus_stays_sharp() -> None:
    checks = (torch.arange(SIZE[1]) // 4 % 2).float().expand(3, 1, *SIZE).contiguous()
    lens = replace(_perfect().lens, shallow=np.array([0]), focus=torch.tensor([1.0]), aperture=torch.tensor([1.5]))
    soft = defocused(checks, _near(), lens)[0, 0, 48]
    assert soft[-12:].std() > 0.45
    assert soft[8:30].std() < 0.2


def test_most_cameras_are_good_and_some_are_not() -> None:
    sensor, lens = Sensor.drawn(_seeds(2000), "cpu"), Lens.drawn(_seeds(2000), "cpu")
    assert np.median(lens.softness_px) < 0.7
    assert np.percentile(lens.softness_px, 99) > 1.2
    assert 0.03 < len(lens.shallow) / 2000 < 0.25
    assert 0.4 < len(sensor.compressed) / 2000 < 0.9
    assert float((sensor.saturation == 0).float().mean()) < 0.06
    noise = sensor.read_noise.numpy()
    assert np.median(noise) < 0.002
    assert noise.max() > 10 * np.median(noise)
