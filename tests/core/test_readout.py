"""What leaves the device: the depth unchanged, its range as the host would find it, and whether it is finite."""

import time

import numpy as np
import pytest
import torch

from core.depth_range import sample_percentiles
from core.readout import Packer, Readout

CPU = torch.device("cpu")


def read_out(depth_hw: torch.Tensor) -> Readout:
    packer = Packer((depth_hw.shape[0], depth_hw.shape[1]), CPU)
    packed = packer.pack(depth_hw)
    assert packed.shape == (packer.length,)
    return packer.unpack(packed.numpy())


def random_depth(height: int, width: int) -> torch.Tensor:
    return torch.rand(height, width, generator=torch.Generator().manual_seed(height * width)) * 3000


@pytest.mark.parametrize("network_hw", [(2, 2), (32, 96), (64, 64), (256, 256), (288, 512)])
def test_the_depth_is_unchanged_and_the_range_is_the_one_of_its_sample(network_hw: tuple[int, int]) -> None:
    depth, began_s = random_depth(*network_hw), time.monotonic()
    result = read_out(depth)
    assert np.array_equal(result.inverse_depth, depth.numpy())
    assert not result.inverse_depth.flags.writeable
    assert began_s <= result.finished_at_s <= time.monotonic()
    assert result.finite
    assert (result.low, result.high) == pytest.approx(sample_percentiles(depth.numpy()), rel=1e-6)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("place", [(0, 0), (63, 95), (31, 40)])
def test_one_value_that_is_not_finite_is_seen_wherever_it_is(value: float, place: tuple[int, int]) -> None:
    depth = random_depth(64, 96)
    depth[place] = value
    assert not read_out(depth).finite


def test_values_whose_sum_would_overflow_are_finite_all_the_same() -> None:
    assert read_out(torch.full((64, 64), 1e38)).finite


def test_half_precision_comes_out_in_float32() -> None:
    result = read_out(random_depth(64, 64).half())
    assert result.inverse_depth.dtype == np.float32
    assert result.finite


def test_the_packed_depth_can_be_looked_at_where_it_lies() -> None:
    packer = Packer((32, 64), CPU)
    depth = random_depth(32, 64)
    packed = packer.pack(depth)
    assert torch.equal(packer.depth(packed), depth[None])
    assert packer.depth(packed).data_ptr() == packed.data_ptr()
