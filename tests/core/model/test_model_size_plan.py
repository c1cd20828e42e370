"""What depends on the size alone is made once a size, follows the weights, and stays bounded."""

import copy
import threading
from collections import Counter

import pytest
import torch

from core.model import size_plan
from core.model.attention import MAX_LOGIT_SCALE
from core.model.config import DPTConfig
from core.model.dpt import DPT
from core.model.encoder import BRANCH_START
from core.model.position_bias import PositionBias
from core.model.size_plan import SIZES_KEPT
from tests.core.model import make_golden
from tests.core.model.networks import difference, seeded_batch, seeded_network, seeded_state

TOY = make_golden.CONFIG


@pytest.fixture
def biases_made(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[int, tuple[int, int]]]:
    """How often each block's bias was worked out for each window."""
    made: Counter[tuple[int, tuple[int, int]]] = Counter()
    plain = PositionBias.forward

    def counted(network: PositionBias, window_hw: tuple[int, int]) -> torch.Tensor:
        made[id(network), window_hw] += 1
        return plain(network, window_hw)

    monkeypatch.setattr(PositionBias, "forward", counted)
    return made


def test_two_sizes_that_alternate_make_their_biases_once(biases_made: Counter[object]) -> None:
    network = seeded_network(TOY, 1)
    with torch.inference_mode():
        for _ in range(5):
            for image_hw in ((64, 64), (96, 160)):
                network(seeded_batch(*image_hw, 1))
    assert network.encoder.plans.built == 2
    assert biases_made
    assert set(biases_made.values()) == {1}


def test_sizes_with_the_same_windows_share_their_biases(biases_made: Counter[object]) -> None:
    network = seeded_network(TOY, 1)
    network.prepare((128, 128))
    made = biases_made.total()
    kept = network.encoder.plans.bytes()
    network.prepare((256, 256))
    # 128 px covers stage 2 with two windows, 256 px with four; only the last stage's grid of 8 is new to shifting.
    assert network.encoder.plans.built == 2
    assert biases_made.total() - made < made / 2
    assert network.encoder.plans.bytes() < 2 * kept


def test_only_the_sizes_used_last_are_kept() -> None:
    network = seeded_network(TOY, 1)
    sizes = [(64, 64 + 32 * i) for i in range(3 * SIZES_KEPT)]
    for size in sizes:
        network.prepare(size)
        network.prepare((96, 96))  # in use all the time, so never the oldest
    assert network.encoder.plans.sizes() == (*sizes[1 - SIZES_KEPT :], (96, 96))


def test_memory_bounds_the_sizes_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    network = seeded_network(TOY, 1)
    network.prepare((64, 64))
    needed = network.encoder.plans.bytes()
    network.prepare((96, 160))
    both = network.encoder.plans.bytes()
    network.encoder.plans.clear()
    monkeypatch.setattr(size_plan, "BYTES_KEPT", both - 1)
    network.prepare((96, 160))
    network.prepare((64, 64))
    assert network.encoder.plans.sizes() == ((64, 64),)
    assert network.encoder.plans.bytes() == needed


def test_a_size_too_large_to_keep_gives_the_same_depth(
    monkeypatch: pytest.MonkeyPatch, biases_made: Counter[object]
) -> None:
    network = seeded_network(TOY, 1)
    picture = seeded_batch(96, 160, 1)
    with torch.inference_mode():
        expected = network(picture)
        room = network.encoder.plans.bytes() // 2
        network.encoder.plans.clear()
        monkeypatch.setattr(size_plan, "BYTES_KEPT", room)
        assert torch.equal(network(picture), expected)
        assert 0 < network.encoder.plans.bytes() <= room
        made = biases_made.total()
        assert torch.equal(network(picture), expected)
    assert 0 < biases_made.total() - made < made


def test_a_size_in_use_waits_for_no_other_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    network = seeded_network(TOY, 1)
    picture = seeded_batch(64, 64, 1)
    network(picture)
    making, go_on = threading.Event(), threading.Event()
    plain = PositionBias.forward

    def held(bias: PositionBias, window_hw: tuple[int, int]) -> torch.Tensor:
        making.set()
        assert go_on.wait(60)
        return plain(bias, window_hw)

    monkeypatch.setattr(PositionBias, "forward", held)
    builder = threading.Thread(target=network.prepare, args=((96, 160),))
    builder.start()
    assert making.wait(60)
    network(picture)
    assert network.encoder.plans.sizes() == ((64, 64),)
    go_on.set()
    builder.join()
    assert network.encoder.plans.sizes() == ((64, 64), (96, 160))


def test_weights_loaded_again_are_used() -> None:
    network = seeded_network(TOY, 1)
    picture = seeded_batch(64, 96, 1)
    with torch.inference_mode():
        first = network(picture)
        network.load_state_dict(seeded_state(TOY, 2))
        second = network(picture)
        expected = seeded_network(TOY, 2)(picture)
        network.load_state_dict(seeded_state(TOY, 1), assign=True)
        again = network(picture)
    assert torch.equal(second, expected)
    assert torch.equal(again, first)
    assert not torch.equal(first, second)


def test_biases_follow_the_weights_precision() -> None:
    network = seeded_network(TOY, 1)
    picture = seeded_batch(64, 96, 1)
    with torch.inference_mode():
        exact = network(picture)
        for dtype, tolerance in ((torch.bfloat16, 0.5), (torch.float16, 0.1), (torch.float32, 0.1)):
            network.to(dtype)
            got = network(picture)
            assert got.dtype == dtype
            assert difference(got.float(), exact) < tolerance
            bias = network.encoder.plan((64, 96)).blocks[0][0].biases[0]
            assert bias is not None
            assert bias.dtype == dtype
    assert network.encoder.plans.sizes() == ((64, 96),)


def test_the_head_can_stay_in_float32() -> None:
    network = seeded_network(TOY, 1).bfloat16()
    network.head.float()
    with torch.inference_mode():
        assert network(seeded_batch(64, 64, 1)).dtype == torch.float32


def test_gradients_reach_every_weight_and_nothing_is_kept() -> None:
    network = seeded_network(TOY, 1).train()
    network(seeded_batch(64, 64, 1, 2)).sum().backward()
    silent = {name for name, weight in network.named_parameters() if weight.grad is None or not weight.grad.any()}
    clamped = {
        name
        for name, weight in network.named_parameters()
        if name.endswith("logit_scale") and bool((weight > MAX_LOGIT_SCALE).all())
    }
    assert silent == clamped
    assert network.encoder.plans.sizes() == ()


def test_gradients_are_the_slope_of_the_output() -> None:
    """Along one random direction of all weights, against the difference of two outputs, in float64."""
    network = seeded_network(TOY, 1).double().train()
    picture = seeded_batch(96, 96, 1).double()
    draw = torch.Generator().manual_seed(1)
    direction = [torch.randn(p.shape, generator=draw, dtype=torch.float64) for p in network.parameters()]
    network(picture).mean().backward()
    slope = sum(float((p.grad * way).sum()) for p, way in zip(network.parameters(), direction, strict=True))
    step = 1e-8
    ends = []
    with torch.no_grad():
        for distance in (step, -2 * step):
            for p, way in zip(network.parameters(), direction, strict=True):
                p.add_(way, alpha=distance)
            ends.append(float(network(picture).mean()))
    assert slope == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-4)


@pytest.mark.parametrize("fused", [False, True])
def test_evaluation_after_a_step_of_training_uses_the_new_weights(fused: bool) -> None:
    network = seeded_network(TOY, 1)
    picture = seeded_batch(64, 96, 1)
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-3, fused=fused)
    with torch.inference_mode():
        network(picture)
    network.train()
    network(picture).mean().backward()
    optimiser.step()
    network.eval()
    fresh = DPT(TOY).eval()
    fresh.load_state_dict(network.state_dict())
    with torch.inference_mode():
        assert torch.equal(network(picture), fresh(picture))


def test_a_running_average_of_weights_in_eval_mode_is_noticed() -> None:
    network, target = seeded_network(TOY, 1), seeded_network(TOY, 2)
    picture = seeded_batch(64, 96, 1)
    with torch.no_grad():
        before = network(picture)
        for weight, other in zip(network.parameters(), target.parameters(), strict=True):
            weight.lerp_(other, 1.0)
        torch.testing.assert_close(network(picture), target(picture))
        assert difference(before, network(picture)) > 0.1


def test_a_copy_has_a_cache_of_its_own() -> None:
    network = seeded_network(TOY, 1)
    network.prepare((64, 64))
    twin = copy.deepcopy(network)
    assert twin.encoder.plans.sizes() == ()
    twin.load_state_dict(seeded_state(TOY, 2))
    picture = seeded_batch(64, 64, 1)
    with torch.inference_mode():
        assert difference(twin(picture), network(picture)) > 0.1


def test_plans_made_in_inference_mode_serve_gradients_later() -> None:
    network = seeded_network(TOY, 1)
    picture = seeded_batch(64, 64, 1)
    with torch.inference_mode():
        network(picture)
    picture.requires_grad_()
    network(picture).sum().backward()
    assert picture.grad is not None
    assert picture.grad.any()


def test_a_fresh_network_starts_as_published_but_no_branch_silent() -> None:
    torch.manual_seed(0)
    config = DPTConfig(embed_dim=16, depths=(1, 2, 1, 1), heads=(1, 2, 4, 8), window=4, training_px=64)
    network = DPT(config)
    block = network.encoder.stages[1].blocks[1]
    assert block.attention.logit_scale.exp().flatten().tolist() == pytest.approx([10.0, 10.0])
    assert torch.all(block.norm1.weight == BRANCH_START)
    assert torch.all(block.norm2.weight == BRANCH_START)
    assert float(block.mlp.fc1.weight.detach().std()) == pytest.approx(0.02, rel=0.1)
    assert not block.mlp.fc1.bias.any()
    assert network(seeded_batch(64, 64, 1)).min() > 0
