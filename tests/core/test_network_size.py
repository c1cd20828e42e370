"""From the size a person asks for to what the network gets."""

import math
from dataclasses import dataclass

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
    side_px,
    size_for,
    size_setting,
    smaller_sizes,
)

sizes = st.integers(MIN_PX // STEP_PX, MAX_PX // STEP_PX).map(lambda steps: steps * STEP_PX)
pictures = st.tuples(st.integers(1, 8000), st.integers(1, 8000))


@given(sizes)
def test_one_number_is_one_side(size: int) -> None:
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


def off(side: float, wanted: float) -> float:
    """In proportion."""
    return max(side / wanted, wanted / side)


@given(sizes, pictures)
def test_the_pictures_aspect_is_kept_at_as_many_pixels_as_the_steps_allow(
    size: int, picture_hw: tuple[int, int]
) -> None:
    got = network_hw(str(size), "keep", picture_hw)
    assert all(side % STEP_PX == 0 and MIN_PX <= side <= MAX_PX for side in got)
    exact = [size * math.sqrt(picture_hw[side] / picture_hw[1 - side]) for side in (0, 1)]
    shrunk = min(1.0, MAX_PX / max(exact))  # in both directions, so that the aspect is still kept
    for side, wanted in zip(got, (shrunk * each for each in exact), strict=True):
        for other in (side - STEP_PX, side + STEP_PX):
            if MIN_PX <= other <= MAX_PX:
                assert off(side, wanted) <= off(other, wanted) + 1e-9


@pytest.mark.parametrize(
    ("size", "picture_hw", "expected"),
    [
        ("512", (1080, 1920), (384, 672)),
        ("512", (1920, 1080), (672, 384)),
        ("384", (480, 640), (320, 448)),
        ("192", (480, 640), (160, 224)),
        ("192", (720, 1280), (160, 256)),
        ("256", (540, 960), (192, 352)),
        ("1536", (1080, 1920), (864, 1536)),
        ("1024", (100, 10000), (64, 1536)),
        ("64", (9, 16), (64, 96)),
        ("256", (300, 300), (256, 256)),
    ],
)
def test_known_pictures(size: str, picture_hw: tuple[int, int], expected: tuple[int, int]) -> None:
    assert network_hw(size, "keep", picture_hw) == expected


@dataclass(frozen=True)
class Network:
    training_px: int
    training_aspect: str


@pytest.mark.parametrize(
    ("size", "aspect", "network", "expected"),
    [
        ("trained", "trained", Network(384, "square"), (384, 384)),
        ("trained", "trained", Network(192, "keep"), (160, 224)),
        ("trained", "square", Network(192, "keep"), (192, 192)),
        ("auto", "keep", Network(384, "square"), (320, 448)),
        ("288x512", "trained", Network(192, "square"), (288, 512)),
    ],
)
def test_what_the_settings_leave_open_is_the_networks_own(
    size: str, aspect: str, network: Network, expected: tuple[int, int]
) -> None:
    assert size_for(size, aspect, network, (480, 640)) == expected


@given(pictures, st.sampled_from(("square", "keep")), st.sampled_from((256, 384)))
def test_auto_chooses_from_sizes_that_grow_and_stop_where_there_is_no_more_to_see(
    picture: tuple[int, int], aspect: str, training_px: int
) -> None:
    sizes = auto_sizes(aspect, picture, training_px)
    pixels = [height * width for height, width in sizes]
    assert pixels == sorted(set(pixels))
    assert sizes[0] == network_hw(str(MIN_PX), aspect, picture)
    most = max(picture) if aspect == "square" else math.sqrt(picture[0] * picture[1])
    most_px = STEP_PX * math.ceil(most / STEP_PX)
    assert sizes[-1] == network_hw(str(min(max(training_px, most_px), 2 * training_px)), aspect, picture)
    assert network_hw(str(training_px), aspect, picture) in sizes


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


@given(sizes, st.sampled_from(("square", "keep")), st.tuples(st.integers(300, 4000), st.integers(300, 4000)))
def test_what_a_person_set_is_what_the_size_is_called(size: int, aspect: str, picture: tuple[int, int]) -> None:
    hw = network_hw(str(size), aspect, picture)
    assert network_hw(size_setting(hw, aspect, picture), aspect, picture) == hw
    if max(hw) < MAX_PX and min(hw) > MIN_PX:
        assert abs(side_px(hw) - size) <= STEP_PX
        assert "x" not in size_setting(hw, aspect, picture)
