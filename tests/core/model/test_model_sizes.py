import threading

import pytest
import torch

from core.errors import EngineError
from core.model.config import PUBLISHED
from core.model.dpt import DPT
from tests.core.model import make_golden
from tests.core.model.networks import difference, seeded_batch, seeded_network, seeded_state

TOY = make_golden.CONFIG


@pytest.fixture(scope="module")
def tiny() -> DPT:
    return seeded_network(PUBLISHED["swin2-tiny-256"], 7)


@pytest.mark.parametrize(
    "image_hw", [(256, 256), (384, 224), (224, 384), (512, 512), (608, 352), (1024, 576)], ids=str
)
def test_the_tiny_network_runs_at_any_multiple_of_32(tiny: DPT, image_hw: tuple[int, int]) -> None:
    with torch.inference_mode():
        inverse_depth = tiny(seeded_batch(*image_hw, 1))
    assert inverse_depth.shape == (1, *image_hw)
    assert inverse_depth.isfinite().all()
    assert inverse_depth.min() >= 0
    assert inverse_depth.std() > 0.01


@pytest.mark.parametrize("image_hw", [(64, 64), (64, 1536), (1536, 64)], ids=str)
def test_the_smallest_and_the_longest_sizes_run(image_hw: tuple[int, int]) -> None:
    with torch.inference_mode():
        inverse_depth = seeded_network(TOY, 1)(seeded_batch(*image_hw, 1))
    assert inverse_depth.shape == (1, *image_hw)
    assert inverse_depth.isfinite().all()


def test_a_batch_of_two_is_two_pictures() -> None:
    network = seeded_network(TOY, 1)
    with torch.inference_mode():
        both = network(seeded_batch(96, 128, 1, 2))
        alone = [network(seeded_batch(96, 128, seed))[0] for seed in (1, 2)]
    for got, expected in zip(both, alone, strict=True):
        assert difference(got, expected) <= 1e-6
    assert difference(both[0], both[1]) > 0.1


def test_turning_the_picture_and_every_weight_turns_the_depth() -> None:
    """Rows and columns are treated alike, merging's order of neighbours apart."""
    state = seeded_state(TOY, 4)
    turned = {}
    for name, value in state.items():
        if value.dim() == 4:
            value = value.transpose(2, 3)
        elif name.endswith("position_bias.mlp.0.weight"):
            value = value.flip(1)
        elif name.endswith("reduction.weight"):
            value = value.unflatten(1, (2, 2, -1)).transpose(1, 2).flatten(1)
        turned[name] = value
    network = DPT(TOY).eval().double()  # in which rounding leaves nothing to allow for
    picture = seeded_batch(96, 160, 3).double()
    with torch.inference_mode():
        network.load_state_dict(state)
        upright = network(picture)
        network.load_state_dict(turned)
        lying = network(picture.transpose(2, 3))
    assert difference(lying[0].T, upright[0]) <= 1e-10


def test_two_threads_at_once_get_what_one_gets() -> None:
    network = seeded_network(TOY, 1)
    pictures = [seeded_batch(96, 128, seed) for seed in (1, 2)]
    with torch.inference_mode():
        expected = [network(picture) for picture in pictures]
    network.encoder.plans.clear()  # so that the first frames meet while the plan is made
    together = threading.Barrier(2)
    results: list[list[torch.Tensor]] = [[], []]

    def frames(which: int) -> None:
        together.wait()
        with torch.inference_mode():
            results[which] = [network(pictures[which]) for _ in range(20)]

    threads = [threading.Thread(target=frames, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for got, wanted in zip(results, expected, strict=True):
        assert len(got) == 20
        for one in got:
            torch.testing.assert_close(one, wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "named"),
    [
        ((1, 3, 250, 256), "got 250x256"),
        ((1, 3, 32, 64), "got 32x64"),
        ((1, 1, 64, 64), r"got \(1, 1, 64, 64\)"),
        ((3, 64, 64), r"got \(3, 64, 64\)"),
    ],
)
def test_a_picture_that_does_not_fit_is_one_clear_line(shape: tuple[int, ...], named: str) -> None:
    with pytest.raises(EngineError, match=named):
        seeded_network(TOY, 1)(torch.zeros(shape))
