"""Where cells lie: pure geometry."""

import itertools

import pytest

from ui.compare_grid import GAP_PX, columns_of, places

ROOM = (1000.0, 500.0)


@pytest.mark.parametrize(
    ("cells", "room_wh", "picture_hw", "columns"),
    [
        (1, ROOM, (480, 640), 1),
        (2, ROOM, (480, 640), 2),
        (2, (400.0, 900.0), (480, 640), 1),  # a tall window stacks
        (3, ROOM, (480, 640), 3),
        (4, (900.0, 800.0), (480, 640), 2),
        (4, ROOM, (1080, 1920), 2),
        (4, (1600.0, 300.0), (480, 640), 4),
        (5, (1322.0, 760.0), (480, 640), 3),
        (2, (700.0, 700.0), (640, 480), 2),  # portrait pictures
    ],
)
def test_as_many_columns_as_show_the_pictures_largest(cells, room_wh, picture_hw, columns):
    assert columns_of(cells, room_wh, picture_hw, beside_px=80) == columns


def test_no_other_number_of_columns_shows_them_larger():
    def width(cells: int, columns: int) -> float:
        rows = -(-cells // columns)
        return min(1322 / columns, max(760 / rows - 80, 1) * 4 / 3)

    for cells in range(1, 6):
        best = max(width(cells, columns) for columns in range(1, cells + 1))
        assert width(cells, columns_of(cells, (1322.0, 760.0), (3, 4), 80)) == pytest.approx(best)


def test_cells_fill_the_room_without_meeting_each_other():
    for cells, columns in ((1, 1), (3, 2), (4, 2), (5, 3)):
        found = places(cells, columns, (1001, 499))
        assert len(found) == cells
        assert min(place.left() for place in found) == 0
        assert max(place.right() for place in found) + 1 == 1001
        for first, second in itertools.combinations(found, 2):
            assert not first.intersects(second)
        widths = {place.width() for place in found}
        assert max(widths) - min(widths) <= 1
        if columns > 1:
            assert found[1].left() - found[0].right() - 1 == GAP_PX
