"""From the size and aspect a person asks for to the height and width the network gets."""

import math
import reprlib
from typing import Protocol

from core.errors import SettingError

STEP_PX = 32
MIN_PX = 64
MAX_PX = 1536
LEAST_USEFUL_PX = 128  # before a size is made smaller than that for want of memory, another device is tried
AUTO = "auto"  # the setting `size` that holds a rate, by AutoSize
TRAINED = "trained"  # the setting `size` or `aspect` that is each network's own
SQUARE = "square"  # the aspect of a picture that is pressed into a square
KEEP = "keep"  # the picture's own aspect, at as many pixels as the square has
ASPECTS = (TRAINED, SQUARE, KEEP)

Size = tuple[int, int]  # height and width


class Trained(Protocol):
    """How a network was trained."""

    @property
    def training_px(self) -> int: ...
    @property
    def training_aspect(self) -> str: ...


def size_for(size: str, aspect: str, network: Trained, picture_hw: Size) -> Size:
    """Height and width for `network` from the settings, `"trained"` included; also for `"auto"`, where there is no
    rate to hold. Raises: SettingError."""
    return network_hw(fixed(size, network.training_px), fixed_aspect(aspect, network), picture_hw)


def parse_size(text: str) -> Size | int:
    """`"384"` is the side of a square, or of the one that has as many pixels; `"288x512"` is height x width,
    whatever the aspect setting says.

    Not for `"auto"` and `"trained"`, which are no sizes. Raises: SettingError.
    """
    try:
        numbers = [int(part) for part in text.lower().split("x")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2) or any(n % STEP_PX or not MIN_PX <= n <= MAX_PX for n in numbers):
        raise SettingError(
            f"size must be PX or HxW in multiples of {STEP_PX} from {MIN_PX} to {MAX_PX}, "
            f"got {reprlib.repr(text)}: try 256 or 288x512"
        )
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def fixed(size: str, training_px: int) -> str:
    """The setting itself where it is a size, else the one the network was trained at: also for `"auto"`, where
    there is no rate to hold."""
    return str(training_px) if size in (AUTO, TRAINED) else size


def fixed_aspect(aspect: str, network: Trained) -> str:
    """`"square"` or `"keep"`: the setting itself, or where that is `"trained"` the network's own."""
    return network.training_aspect if aspect == TRAINED else aspect


def auto_sizes(aspect: str, picture_hw: Size, training_px: int) -> tuple[Size, ...]:
    """What `auto` chooses from, from small to large.

    It goes up to the picture's own size, beyond which there is nothing more to see, and to twice the size the
    network was trained at, beyond which it sees parts and no longer the whole; but always up to that size.
    """
    seen_px = max(picture_hw) if aspect == SQUARE else math.sqrt(math.prod(picture_hw))
    picture_px = STEP_PX * math.ceil(seen_px / STEP_PX)
    most_px = min(max(picture_px, training_px), 2 * training_px, MAX_PX)
    sizes = (network_hw(str(px), aspect, picture_hw) for px in range(MIN_PX, most_px + 1, STEP_PX))
    return tuple(dict.fromkeys(sizes))  # very long pictures come to the same one several times


def smaller_sizes(hw: Size) -> tuple[Size, ...]:
    """Sizes of about the same shape below `hw`, each with about half the pixels of the one before."""
    found: list[Size] = []
    px, pixels = math.isqrt(math.prod(hw)), math.prod(hw)
    while (px := STEP_PX * (px * 3 // (4 * STEP_PX))) >= LEAST_USEFUL_PX:
        smaller = network_hw(str(px), KEEP, hw)
        if math.prod(smaller) < pixels:
            found.append(smaller)
            pixels = math.prod(smaller)
    return tuple(found)


def network_hw(size: str, aspect: str, picture_hw: Size) -> Size:
    """Height and width for the network, multiples of 32.

    `aspect` "square" gives (px, px), as MiDaS trains; "keep" gives the picture's aspect at as many pixels, so that
    it takes about as long, with each side rounded to the step that is nearest in proportion. Raises: SettingError.
    """
    wanted = parse_size(size)
    if isinstance(wanted, tuple):
        return wanted
    if aspect == SQUARE:
        return wanted, wanted
    height, width = picture_hw
    tall = math.sqrt(height / width)
    px = min(wanted, MAX_PX * min(tall, 1 / tall))
    return _snapped(px * tall), _snapped(px / tall)


def side_px(hw: Size) -> int:
    """Side of the square that has about as many pixels: what a person calls this size."""
    return _snapped(math.sqrt(math.prod(hw)))


def size_setting(hw: Size, aspect: str, picture_hw: Size) -> str:
    """What to set `size` to, so that the network gets `hw` of such a picture: one number where one does."""
    middle = side_px(hw)
    for px in (middle, middle - STEP_PX, middle + STEP_PX):
        if MIN_PX <= px <= MAX_PX and network_hw(str(px), aspect, picture_hw) == hw:
            return str(px)
    return f"{hw[0]}x{hw[1]}"


def _snapped(side: float) -> int:
    below = max(int(side // STEP_PX), 1)
    steps = below if side * side < STEP_PX * STEP_PX * below * (below + 1) else below + 1
    return min(max(steps * STEP_PX, MIN_PX), MAX_PX)
