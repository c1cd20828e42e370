"""A traced network gives what the network gives, whatever it shows, and leaves nothing behind."""

import gc
import os
import sys
import warnings
from pathlib import Path

import pytest
import torch

from core import allocator, traced_network
from core.model.dpt import DPT
from core.model.fast_layers import FastLayer, can_pack
from core.traced_network import CAN_TRACE, TracedNetwork
from tests.core.model import make_golden
from tests.core.model.networks import seeded_batch, seeded_network

pytestmark = pytest.mark.skipif(not CAN_TRACE, reason="torch traces nothing under this Python")
DTYPES = [torch.float32, torch.bfloat16]


def network_in(dtype: torch.dtype) -> DPT:
    return seeded_network(make_golden.CONFIG, 1).requires_grad_(False).to_precision(dtype)


def traced(network: DPT, hw: tuple[int, int]) -> TracedNetwork:
    with torch.inference_mode():
        return TracedNetwork(network, torch.zeros(1, 3, *hw))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("hw", [(64, 64), (96, 160), (256, 192)])
@torch.inference_mode()
def test_it_gives_the_networks_depth_bit_for_bit(dtype: torch.dtype, hw: tuple[int, int]) -> None:
    network = network_in(dtype)
    program = traced(network, hw)
    for seed in (1, 2):
        picture = seeded_batch(*hw, seed)
        assert torch.equal(program(picture), network(picture))


@torch.inference_mode()
def test_what_goes_wrong_in_it_is_told_in_one_line() -> None:
    program = traced(network_in(torch.float32), (64, 64))
    with pytest.raises(RuntimeError) as failure:
        program(seeded_batch(96, 64, 1))  # of a size that it was not made for
    assert str(failure.value)
    assert "\n" not in str(failure.value)


def test_it_tells_what_its_size_alone_takes() -> None:
    network = network_in(torch.bfloat16)
    program = traced(network, (64, 64))
    assert program.nbytes == sum(bias.nbytes for bias in network.encoder.plan((64, 64)).biases.values()) > 0


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory through /proc")
def test_what_it_held_is_free_once_it_is_forgotten() -> None:
    """torch.jit.trace keeps all it ever made."""
    network = network_in(torch.bfloat16)

    def after(traces: int) -> int:
        for _ in range(traces):
            traced(network, (64, 64))
        gc.collect()
        allocator.give_back()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    before = after(4)
    assert after(12) - before < 8 * 2**20


def test_no_warning_gets_out_and_the_filters_stay_as_they_were() -> None:
    before = list(warnings.filters)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        traced(network_in(torch.bfloat16), (64, 64))
    assert told == []
    assert list(warnings.filters) == before


@pytest.mark.skipif(not can_pack(torch.zeros(1, dtype=torch.bfloat16)), reason="needs bfloat16 in oneDNN")
def test_packed_weights_are_shared_and_not_copied() -> None:
    network = network_in(torch.bfloat16)
    program = traced(network, (64, 64))
    layers = [layer for layer in network.modules() if isinstance(layer, FastLayer) and layer.packed is not None]
    assert len(layers) > 10
    assert {id(layer.packed) for layer in layers} == {id(packed) for packed in program._packed}


def test_the_cause_of_a_failure_is_its_last_line() -> None:
    error = RuntimeError(
        "The following operation failed.\nTraceback of TorchScript:\nRuntimeError: can't allocate\n"
    )
    assert traced_network._cause(error) == "can't allocate"
