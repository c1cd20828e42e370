"""The training itself: it learns, goes on after an end as if there had been none, leaves a model that loads."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.errors import TrainingError, WeightsError
from core.model.dpt import DPT
from core.training import saved_state
from core.training.augment import augment
from core.training.averaging import WeightAverage
from core.training.loss import loss_of
from core.training.picture_store import PictureStore
from core.training.trainer import FINAL_RATE, Trainer, learning_rate
from core.weights.reader import read_weights
from support.no_device import NO_DEVICE, OneDevice
from support.simple_scenes import TINY, Rendered, plane, tiny_config


def trainer(folder: Path, **changes: object) -> Trainer:
    return Trainer(tiny_config(**changes), folder, "cpu", plane)


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(first[name], second[name]) for name in first | second)


def test_it_learns(tmp_path: Path) -> None:
    training = trainer(tmp_path, steps=60, learning_rate=1e-2)
    losses = [float(training.train_step().total) for _ in range(60)]
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_what_a_step_computes_stays_on_its_device() -> None:
    config, chance = tiny_config(), torch.Generator()
    store = PictureStore(lambda *asked: in_no_place(plane(*asked)), config.rendered_hw, 4, str(NO_DEVICE))
    store.go_to(4)
    network = DPT(config.network).to(NO_DEVICE)
    network(torch.empty(1, 3, 64, 64, device=NO_DEVICE))  # from then on the size is known
    with OneDevice() as device:
        colour, truth = augment(*store.draw(3, chance), (64, 64), chance)
        moved = device.moved
        loss = loss_of(network(colour), truth, config.gradient_weight, config.tether_weight)
        loss.total.backward()
        assert device.moved == moved, "where crops lie and which pictures they are of is all that moves"
    assert all(weights.grad is not None for weights in network.parameters())


def test_pictures_are_rendered_in_whole_lots_as_they_are_used_up(tmp_path: Path) -> None:
    lots = []

    def render(seeds: Sequence[int], hw: tuple[int, int], device: str) -> Rendered:
        lots.append(len(seeds))
        return plane(seeds, hw, device)

    training = Trainer(tiny_config(pictures=8 * 5, uses=2.0), tmp_path, "cpu", render)
    for _ in range(8):
        training.train_step()
    assert lots == [5] * len(lots)
    missing = 5 + training.seen / 2.0 - sum(lots)
    assert 0 <= missing < 5 + training.config.batch((64, 64)) / 2.0, (
        "less than a lot and what the last step used up"
    )


def in_no_place(rendered: Rendered) -> Rendered:
    return Rendered(rendered.rgb.to(NO_DEVICE), rendered.inverse_depth.to(NO_DEVICE))


@pytest.mark.parametrize("ended_after", [1, 3, 6])
def test_a_training_that_was_ended_comes_to_the_same_weights(tmp_path: Path, ended_after: int) -> None:
    through = trainer(tmp_path / "a")
    for _ in range(8):
        through.train_step()
    folder = tmp_path / "b"
    folder.mkdir()
    first = trainer(folder)
    for _ in range(ended_after):
        first.train_step()
    first.save()
    first.train_step()  # done, but not saved: it is done again
    second = trainer(folder)
    assert second.resume()
    while second.progress < 1:
        second.train_step()
    assert second.step == 8
    assert same(second.network.state_dict(), through.network.state_dict())
    assert same(second.average.state, through.average.state)
    assert second.store.made == through.store.made


@pytest.mark.parametrize("began", [False, True])
def test_it_goes_on_in_the_precision_it_began_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, began: bool
) -> None:
    monkeypatch.setattr("core.training.trainer.trains_in_bf16", lambda device: began)
    trainer(tmp_path).save()
    monkeypatch.setattr("core.training.trainer.trains_in_bf16", lambda device: not began)
    moved = trainer(tmp_path)
    assert moved.in_bf16 is not began
    moved.resume()
    assert moved.in_bf16 is began


def test_without_a_state_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    assert not trainer(tmp_path).resume()


def test_a_state_of_another_training_is_not_taken(tmp_path: Path) -> None:
    trainer(tmp_path).save()
    with pytest.raises(TrainingError, match="another config"):
        trainer(tmp_path, seed=4).resume()


@pytest.mark.parametrize("damage", [b"", b"no state", None])
def test_a_damaged_state_is_told(tmp_path: Path, damage: bytes | None) -> None:
    trainer(tmp_path).save()
    path = tmp_path / saved_state.FILE_NAME
    path.write_bytes(path.read_bytes()[:-500] if damage is None else damage)
    with pytest.raises(TrainingError, match="damaged; delete it"):
        trainer(tmp_path).resume()


def test_saving_leaves_the_old_state_where_there_is_no_room(tmp_path: Path, monkeypatch) -> None:
    training = trainer(tmp_path)
    training.save()
    before = (tmp_path / saved_state.FILE_NAME).read_bytes()

    def full(content: object, file: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved_state.torch, "save", full)
    training.train_step()
    with pytest.raises(TrainingError, match="make room"):
        training.save()
    assert (tmp_path / saved_state.FILE_NAME).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [saved_state.FILE_NAME]


def test_a_gradient_that_is_not_finite_ends_it(tmp_path: Path) -> None:
    training = trainer(tmp_path)
    before = {name: tensor.clone() for name, tensor in training.network.state_dict().items()}
    training.network.head.conv3.weight.register_hook(lambda gradient: gradient * math.nan)
    with pytest.raises(TrainingError, match="lower learning_rate"):
        training.train_step()
    assert same(training.network.state_dict(), before)


def test_the_average_follows_the_weights(tmp_path: Path) -> None:
    training = trainer(tmp_path)
    start = {name: tensor.clone() for name, tensor in training.average.state.items()}
    for _ in range(4):
        training.train_step()
    name = "head.conv3.weight"
    now, average = training.network.state_dict()[name], training.average.state[name]
    assert 0 < (average - start[name]).norm() < 1.5 * (now - start[name]).norm()
    assert not torch.equal(average, now)


def test_the_model_it_writes_is_the_average(tmp_path: Path) -> None:
    training = trainer(tmp_path)
    for _ in range(3):
        training.train_step()
    training.write_model(tmp_path / "tiny.safetensors")
    weights = read_weights(tmp_path / "tiny.safetensors")
    assert weights.config == TINY
    assert (weights.name, weights.licence) == ("tiny", "MIT")
    network = DPT(weights.config).eval()
    network.load_state_dict({name: tensor.float() for name, tensor in weights.state.items()})
    picture = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(network(picture), training.averaged()(picture), rtol=1e-2, atol=1e-2)


def test_it_starts_from_a_model_of_the_same_network(tmp_path: Path) -> None:
    first = trainer(tmp_path)
    first.write_model(tmp_path / "a.safetensors")
    second = trainer(tmp_path, seed=9)
    second.start_from(tmp_path / "a.safetensors")
    for name, tensor in first.average.state.items():
        torch.testing.assert_close(second.network.state_dict()[name], tensor, rtol=1e-3, atol=1e-3)
    third = trainer(tmp_path, network=replace(TINY, head_channels=8))
    with pytest.raises(WeightsError, match="another network"):
        third.start_from(tmp_path / "a.safetensors")


def test_blocks_that_the_model_lacks_and_renewed_branches_begin_anew(tmp_path: Path) -> None:
    first = trainer(tmp_path, network=replace(TINY, depths=(1, 1, 1, 2)))
    with torch.no_grad():
        for tensor in first.network.parameters():
            tensor.fill_(0.5)
    first.average = WeightAverage(first.network, 0.0)
    first.write_model(tmp_path / "a.safetensors")
    second = trainer(tmp_path, network=replace(TINY, depths=(1, 1, 2, 1)), renewed=("3.0.mlp", "1.0.attention"))
    second.start_from(tmp_path / "a.safetensors")
    anew = {name for name, tensor in second.network.named_parameters() if not torch.all(tensor == 0.5)}
    lacked = "encoder.stages.2.blocks.1."
    of_branches = {
        "encoder.stages.3.blocks.0.mlp.",
        "encoder.stages.3.blocks.0.norm2.",
        "encoder.stages.1.blocks.0.attention.",
        "encoder.stages.1.blocks.0.norm1.",
    }
    expected = {name for name, _ in second.network.named_parameters() if name.startswith((lacked, *of_branches))}
    assert anew == expected
    assert len(expected) > 20
    assert same(second.network.state_dict(), second.averaged().state_dict())


def test_the_rate_rises_and_falls(tmp_path: Path) -> None:
    config = tiny_config(learning_rate=2.0, warm_up=0.2)
    rates = [learning_rate(config, progress / 100) for progress in range(101)]
    assert max(rates) == rates[20] == 2.0
    assert rates[:21] == sorted(rates[:21])
    assert rates[20:] == sorted(rates[20:], reverse=True)
    assert rates[-1] == pytest.approx(2.0 * FINAL_RATE)


def test_time_shortens_the_schedule(tmp_path: Path) -> None:
    training = Trainer(tiny_config(steps=1000), tmp_path, "cpu", plane, minutes=2.0)
    training.elapsed_s = 60.0
    assert training.progress == 0.5
    training.elapsed_s = 130.0
    assert training.progress == 1.0
