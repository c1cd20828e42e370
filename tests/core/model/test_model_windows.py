import pytest
import torch

from core.model.windows import Region, cut, regions, window_side

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("grid", "trained", "side"),
    [
        (64, 16, 16),  # the training size
        (8, 16, 8),  # smaller than the window: the full grid
        (15, 8, 5),  # 5 and 15 are nearest among 1, 3, 5, 15; 5 by three
        (12, 8, 6),
        (32, 24, 16),  # 16 and 32 equally near: the smaller
        (3, 2, 1),  # 1 and 3 equally near: the smaller
        (152, 16, 19),
        (19, 8, 1),  # a prime
        (26, 16, 13),
    ],
)
def test_the_window_is_the_divisor_nearest_to_the_trained_one(grid: int, trained: int, side: int) -> None:
    assert window_side(grid, trained) == side


def test_an_unshifted_grid_is_one_region() -> None:
    assert regions((8, 12), (4, 6), shifted=False) == (Region(slice(0, 8), slice(0, 12), (4, 6)),)


def test_a_side_that_one_window_covers_is_not_shifted() -> None:
    cut = regions((4, 8), (4, 4), shifted=True)
    assert all(region.rows == slice(0, 4) for region in cut)
    assert [(region.columns, region.window_hw) for region in cut] == [
        (slice(0, 2), (4, 2)),
        (slice(2, 6), (4, 4)),
        (slice(6, 8), (4, 2)),
    ]


def test_a_window_of_one_token_is_not_shifted() -> None:
    assert len(regions((3, 3), (1, 1), shifted=True)) == 1


@pytest.mark.parametrize(
    ("grid_hw", "window_hw"), [((16, 24), (4, 4)), ((9, 6), (3, 2)), ((8, 8), (4, 8)), ((10, 10), (5, 5))]
)
def test_shifted_regions_hold_each_token_once_and_are_tiled_by_their_windows(
    grid_hw: tuple[int, int], window_hw: tuple[int, int]
) -> None:
    covered = torch.zeros(grid_hw, dtype=torch.int)
    for region in regions(grid_hw, window_hw, shifted=True):
        part = covered[region.rows, region.columns]
        part += 1
        assert part.shape[0] % region.window_hw[0] == 0
        assert part.shape[1] % region.window_hw[1] == 0
    assert covered.eq(1).all()


@pytest.mark.parametrize(("grid_hw", "window_hw"), [((16, 24), (4, 4)), ((9, 6), (3, 2)), ((10, 15), (5, 5))])
def test_shifted_regions_part_the_tokens_that_rolling_and_masking_parts(
    grid_hw: tuple[int, int], window_hw: tuple[int, int]
) -> None:
    """Two tokens share a window exactly where the published roll puts them in one and its mask leaves them."""

    def published(place: int, grid: int, window: int) -> tuple[int, bool]:
        shift = window // 2
        rolled = (place - shift) % grid
        return rolled // window, place < shift

    seen = torch.empty(grid_hw, dtype=torch.int)
    here = cut(grid_hw, window_hw, shifted=True, device=CPU)
    assert here.order is not None
    count = 0
    for run in here.runs:
        tokens = run.window_hw[0] * run.window_hw[1]
        for window in here.order[run.start : run.stop].view(-1, tokens):
            seen.view(-1)[window] = count
            count += 1
    names: dict[object, int] = {}
    for row in range(grid_hw[0]):
        for column in range(grid_hw[1]):
            there = published(row, grid_hw[0], window_hw[0]), published(column, grid_hw[1], window_hw[1])
            assert names.setdefault(there, int(seen[row, column])) == seen[row, column]
    assert len(set(names.values())) == len(names)


def test_tokens_of_a_window_lie_side_by_side_row_by_row() -> None:
    here = cut((4, 6), (2, 3), shifted=False, device=CPU)
    assert here.order is not None
    assert here.order[6:12].tolist() == [3, 4, 5, 9, 10, 11]
    assert here.runs == ((0, 24, (2, 3)),)


def test_windows_of_one_size_lie_side_by_side_and_the_way_back_is_known() -> None:
    here = cut((8, 8), (4, 4), shifted=True, device=CPU)
    assert here.order is not None
    assert here.back is not None
    assert [run.window_hw for run in here.runs] == [(2, 2), (2, 4), (4, 2), (4, 4)]
    assert here.order[here.back].tolist() == list(range(64))
    assert here.order[here.runs[0].start : here.runs[0].stop].view(4, 4)[3].tolist() == [54, 55, 62, 63]


@pytest.mark.parametrize("window_hw", [(8, 12), (1, 12)])
def test_windows_as_wide_as_the_grid_need_no_new_order(window_hw: tuple[int, int]) -> None:
    assert cut((8, 12), window_hw, shifted=False, device=CPU)[:2] == (None, None)
