"""The store of rendered pictures, and what becomes of them on the way into the network."""

import pytest
import torch

from core.errors import TrainingError
from core.training.augment import SQUEEZE, augment
from core.training.config import MOST_SEED
from core.training.picture_store import FIRST_EVALUATED, FIRST_SEED, SEEDS_OF_A_TRAINING, PictureStore, render_some
from support.simple_scenes import plane


class Recorder:
    """Remembers which seeds were rendered."""

    def __init__(self) -> None:
        self.seeds: list[int] = []

    def __call__(self, seeds, hw, device):
        self.seeds += seeds
        return plane(seeds, hw, device)


def drawn(store: PictureStore) -> set[float]:
    """Which pictures the store gives, known by their depth."""
    batch = store.draw(400, torch.Generator().manual_seed(0))
    return {float(depth.double().sum()) for depth in batch.inverse_depth}


def test_new_pictures_take_the_place_of_the_oldest() -> None:
    render = Recorder()
    store = PictureStore(render, (64, 64), 10, "cpu")
    store.go_to(4)
    assert len(store) == 4
    assert len(drawn(store)) == 4
    before = drawn(store)
    for made in (9, 17):
        store.go_to(made)
    assert render.seeds == list(range(FIRST_SEED, FIRST_SEED + 17))
    assert len(store) == 10
    assert len(drawn(store)) == 10
    assert not before & drawn(store)


def test_a_store_taken_up_renders_only_what_it_would_hold() -> None:
    through, render = PictureStore(plane, (64, 64), 10, "cpu"), Recorder()
    through.go_to(57)
    again = PictureStore(render, (64, 64), 10, "cpu")
    told: list[int] = []
    again.go_to(57, told.append)
    assert render.seeds == list(range(FIRST_SEED + 47, FIRST_SEED + 57))
    assert sum(told) == 10
    mine, its = (store.draw(30, torch.Generator().manual_seed(1)) for store in (through, again))
    assert torch.equal(mine.rgb, its.rgb)
    assert torch.equal(mine.inverse_depth, its.inverse_depth)


@pytest.mark.parametrize("pictures", [10**12, 10**30])
def test_more_pictures_than_the_memory_holds_are_told(pictures: int) -> None:
    with pytest.raises(TrainingError, match=f"{pictures} pictures of 64x96 .* memory of cpu: lower pictures"):
        PictureStore(plane, (64, 96), pictures, "cpu")


def test_trainings_of_other_seeds_see_other_pictures() -> None:
    first, second = Recorder(), Recorder()
    for render, seed in ((first, 1), (second, 2)):
        PictureStore(render, (64, 64), 10, "cpu", seed).go_to(10)
    assert not set(first.seeds) & set(second.seeds)
    assert second.seeds[0] - first.seeds[0] > 10**7, "more than any training renders"


def test_what_is_evaluated_is_never_trained_on() -> None:
    assert FIRST_EVALUATED >= FIRST_SEED + (MOST_SEED - 1) * SEEDS_OF_A_TRAINING
    batch = render_some(plane, range(2), (64, 96), "cpu")
    assert batch.rgb.shape == (2, 3, 64, 96)
    assert batch.rgb.dtype == torch.uint8


def test_colour_and_depth_are_cut_turned_and_mirrored_alike() -> None:
    # The plane's colour is its depth, and neither saturation nor tint turns the order of greys round.
    batch = render_some(plane, range(24), (96, 128), "cpu")
    colour, depth = augment(batch.rgb, batch.inverse_depth, (64, 96), torch.Generator().manual_seed(0))
    assert colour.shape == (24, 3, 64, 96)
    assert depth.shape == (24, 64, 96)
    for shown, wanted in zip(colour.mean(dim=1), depth, strict=True):
        inside = (shown > -0.9) & (shown < 0.9)
        pair = torch.stack((shown[inside], wanted[inside]))
        assert torch.corrcoef(pair)[0, 1] > 0.97
    assert colour.min() >= -1
    assert colour.max() <= 1


def test_crops_differ_in_place_size_and_side() -> None:
    rgb = torch.arange(128).expand(3, 128, 128).to(torch.uint8).expand(64, 3, 128, 128)
    columns = torch.arange(128.0).expand(64, 128, 128)
    _, seen = augment(rgb, columns, (64, 64), torch.Generator().manual_seed(0))
    left, right = seen[:, 32, 0], seen[:, 32, -1]
    mirrored = left > right
    assert 16 < mirrored.sum() < 48
    width = (left - right).abs()
    assert width.min() < 75
    assert width.max() > 115
    assert (left + right).std() > 5


def test_a_crop_that_shrinks_is_smooth_and_its_depth_is_not() -> None:
    checks = (torch.arange(256)[:, None] + torch.arange(256)) % 2
    rgb = (255 * checks).to(torch.uint8).expand(16, 3, -1, -1)
    colour, depth = augment(rgb, 1.0 + checks.expand(16, -1, -1), (64, 64), torch.Generator().manual_seed(0))
    assert colour.std(dim=(1, 2, 3)).median() < 0.15, "black and white by turns would be 1"
    assert set(depth.unique().tolist()) == {1.0, 2.0}


@pytest.mark.parametrize("picture_hw", [(128, 128), (128, 192), (192, 128)])
@pytest.mark.parametrize("hw", [(64, 64), (64, 96)])
def test_crops_are_squeezed_and_drawn_out(picture_hw: tuple[int, int], hw: tuple[int, int]) -> None:
    height, width = picture_hw
    rgb = torch.zeros((80, 3, *picture_hw), dtype=torch.uint8)
    ramps = torch.arange(width).expand(picture_hw), torch.arange(height)[:, None].expand(picture_hw)
    across, down = (
        augment(rgb, ramp.float().expand(80, -1, -1), hw, torch.Generator().manual_seed(3))[1] for ramp in ramps
    )
    wide = (across[:, hw[0] // 2, -1] - across[:, hw[0] // 2, 0]).abs() / hw[1]  # pixels of the picture for one
    tall = (down[:, -1, hw[1] // 2] - down[:, 0, hw[1] // 2]) / hw[0]
    squeeze = (wide / tall).log()
    assert squeeze.min() > SQUEEZE[0] - 0.1
    assert squeeze.max() < SQUEEZE[1] + 0.1
    for low, high in ((SQUEEZE[0], 0), (0, 0.2), (0.2, SQUEEZE[1])):
        assert ((squeeze > low) & (squeeze < high)).sum() > 10
    assert (tall > 0).all(), "never upside down"


def test_the_same_generator_gives_the_same_crops() -> None:
    batch = render_some(plane, range(3), (96, 96), "cpu")
    first, again = (
        augment(batch.rgb, batch.inverse_depth, (64, 64), torch.Generator().manual_seed(5)) for _ in range(2)
    )
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
