"""From the size a person asks for to what the network gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.network_size import (
    MAX_PX,
    MIN_PX,
    STEP_PX,
    auto_sizes,
    fixed,
    network_hw,
    parse_size,
    size_setting,
    smaller_sizes,
)

sizes = st.integers(MIN_PX // STEP_PX, MAX_PX // STEP_PX).map(lambda steps: steps * STEP_PX)
pictures = st.tuples(st.integers(1, 8000), st.integers(1, 8000))


@given(sizes)
def test_one_number_is_the_longer_side(size: int) -> None:
    assert parse_size(str(size)) == size


@given(sizes, sizes)
def test_two_numbers_are_height_and_width_whatever_the_picture(height: int, width: int) -> None:
    for text in (f"{height}x{width}", f"{height}X{width}"):
        assert parse_size(text) == (height, width)
        assert network_hw(text, "keep", (720, 1280)) == network_hw(text, "square", (3, 4)) == (height, width)


BAD = ["x", "big", "256.0", "250", "32", "0", "-256", "1568", "256x", "x256", "256x250", "256x256x256"]


@pytest.mark.parametrize("text", ["", *BAD, "9" * 6000])
def test_other_sizes_get_one_line(text: str) -> None:
    with pytest.raises(SettingError) as caught:
        parse_size(text)
    line = str(caught.value)
    assert line.startswith("size must be PX or HxW in multiples of 32 from 64 to 1536, got ")
    assert line.endswith("try 256 or 288x512")
    assert len(line) < 200


@given(sizes, pictures)
def test_square_is_square(size: int, picture_hw: tuple[int, int]) -> None:
    assert network_hw(str(size), "square", picture_hw) == (size, size)


@given(sizes, pictures)
def test_the_pictures_aspect_is_kept_as_well_as_the_steps_allow(size: int, picture_hw: tuple[int, int]) -> None:
    height, width = picture_hw
    got = network_hw(str(size), "keep", picture_hw)
    assert max(got) == size
    assert all(side % STEP_PX == 0 and MIN_PX <= side <= MAX_PX for side in got)
    assert (got[0] <= got[1]) if height <= width else (got[0] >= got[1])
    exact = size * min(picture_hw) / max(picture_hw)
    assert abs(min(got) - max(exact, MIN_PX)) <= STEP_PX / 2


@pytest.mark.parametrize(
    ("size", "picture_hw", "expected"),
    [
        ("512", (1080, 1920), (288, 512)),
        ("512", (1920, 1080), (512, 288)),
        ("384", (480, 640), (288, 384)),
        ("256", (540, 960), (128, 256)),
        ("1024", (100, 10000), (64, 1024)),
        ("64", (9, 16), (64, 64)),
        ("256", (300, 300), (256, 256)),
    ],
)
def test_known_pictures(size: str, picture_hw: tuple[int, int], expected: tuple[int, int]) -> None:
    assert network_hw(size, "keep", picture_hw) == expected


@given(pictures, st.sampled_from(("square", "keep")), st.sampled_from((256, 384)))
def test_auto_chooses_from_sizes_that_grow_and_stop_where_there_is_no_more_to_see(
    picture: tuple[int, int], aspect: str, training_px: int
) -> None:
    sizes = auto_sizes(aspect, picture, training_px)
    pixels = [height * width for height, width in sizes]
    assert pixels == sorted(set(pixels))
    assert max(sizes[0]) == MIN_PX
    assert training_px <= max(sizes[-1]) <= 2 * training_px
    assert max(sizes[-1]) <= max(training_px, max(picture) + STEP_PX)


@given(sizes, sizes)
def test_smaller_sizes_shrink_step_by_step_in_the_same_shape(height: int, width: int) -> None:
    before = height * width
    for smaller in smaller_sizes((height, width)):
        assert all(side % STEP_PX == 0 and side >= MIN_PX for side in smaller)
        assert 0.2 < smaller[0] * smaller[1] / before < 1
        before = smaller[0] * smaller[1]


def test_auto_is_the_size_of_the_training_where_there_is_no_rate_to_hold() -> None:
    assert fixed("auto", 384) == fixed("trained", 384) == "384"
    assert fixed("288x512", 384) == "288x512"


@given(sizes, sizes, st.sampled_from(("square", "keep")), pictures)
def test_the_setting_for_a_size_gives_that_size(
    height: int, width: int, aspect: str, picture: tuple[int, int]
) -> None:
    assert network_hw(size_setting((height, width), aspect, picture), aspect, picture) == (height, width)
