"""Losses of JPEG, against OpenCV's own encoder."""

import numpy as np
import pytest
import torch
from torch import Tensor

from core.opencv import cv2
from core.synthetic.jpeg_blocks import compressed


@pytest.fixture
def picture() -> Tensor:
    """(3, 1, 64, 96), 0..1: slopes, an edge, and texture."""
    rng = np.random.default_rng(3)
    down, across = np.mgrid[0:64, 0:96] / 96
    waves = np.stack((0.2 + 0.6 * across, 0.8 - 0.7 * down, 0.5 + 0.3 * np.sin(40 * across)))
    waves[:, 20:40, 30:60] += 0.2
    return torch.from_numpy(np.clip(waves + 0.03 * rng.standard_normal(down.shape), 0, 1).astype(np.float32))[
        :, None
    ]


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_losses_are_those_of_a_real_encoder(picture: Tensor, quality: int) -> None:
    bgr = (picture[:, 0].numpy().transpose(1, 2, 0)[..., ::-1] * 255).round().astype(np.uint8)
    coded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    wanted = cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1].transpose(2, 0, 1) / 255.0
    pixels = torch.from_numpy(bgr[..., ::-1].transpose(2, 0, 1)[:, None] / np.float32(255))
    got = compressed(pixels, torch.tensor([quality]))
    lost = np.abs(wanted - picture[:, 0].numpy()).mean()
    # Decoders differ in how they enlarge colour, and the real one rounds to whole numbers.
    assert np.abs(got[:, 0].numpy() - wanted).mean() < 0.25 * lost + 0.5 / 255


def test_sides_that_are_no_multiple_of_16_are_kept(picture: Tensor) -> None:
    odd = picture[..., :37, :51].contiguous()
    got = compressed(odd, torch.tensor([95.0]))
    assert got.shape == odd.shape
    assert (got - odd).abs().mean() < 0.02


def test_each_picture_has_its_own_quality(picture: Tensor) -> None:
    both = compressed(picture.repeat(1, 2, 1, 1), torch.tensor([20.0, 95.0]))
    poor, good = (both - picture).abs().mean((0, 2, 3)).tolist()
    assert poor > 2 * good
