"""From the size a person asks for to the height and width the network gets."""

import reprlib

from core.errors import SettingError

STEP_PX = 32
MIN_PX = 64
MAX_PX = 1536
LEAST_USEFUL_PX = 128  # before a size is made smaller than that for want of memory, another device is tried
AUTO = "auto"  # the setting `size` that holds a rate, by AutoSize
TRAINED = "trained"  # and the one that is each network's own

Size = tuple[int, int]  # height and width


def parse_size(text: str) -> Size | int:
    """`"384"` is the longer side; `"288x512"` is height x width, whatever the aspect setting says.

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


def auto_sizes(aspect: str, picture_hw: Size, training_px: int) -> tuple[Size, ...]:
    """What `auto` chooses from, from small to large.

    It goes up to the picture's own size, beyond which there is nothing more to see, and to twice the size the
    network was trained at, beyond which it sees parts and no longer the whole; but always up to that size.
    """
    picture_px = STEP_PX * -(-max(picture_hw) // STEP_PX)
    most_px = min(max(picture_px, training_px), 2 * training_px, MAX_PX)
    return tuple(network_hw(str(px), aspect, picture_hw) for px in range(MIN_PX, most_px + 1, STEP_PX))


def smaller_sizes(hw: Size) -> tuple[Size, ...]:
    """Sizes of about the same shape below `hw`, each with about half the pixels of the one before."""
    found: list[Size] = []
    longer = max(hw)
    while (longer := STEP_PX * (longer * 3 // (4 * STEP_PX))) >= LEAST_USEFUL_PX:
        found.append(network_hw(str(longer), "keep", hw))
    return tuple(found)


def network_hw(size: str, aspect: str, picture_hw: Size) -> Size:
    """Height and width for the network, multiples of 32.

    `aspect` "square" gives (px, px), as MiDaS trains; "keep" gives the picture's aspect with px on its longer
    side and the shorter side rounded to the nearest step. Raises: SettingError.
    """
    wanted = parse_size(size)
    if isinstance(wanted, tuple):
        return wanted
    if aspect == "square":
        return wanted, wanted
    height, width = picture_hw
    shorter = wanted * min(height, width) / max(height, width)
    snapped = min(max(STEP_PX * round(shorter / STEP_PX), MIN_PX), wanted)
    return (snapped, wanted) if height <= width else (wanted, snapped)


def size_setting(hw: Size, aspect: str, picture_hw: Size) -> str:
    """What to set `size` to, so that the network gets `hw` of such a picture: the longer side where that does."""
    longer = str(max(hw))
    return longer if network_hw(longer, aspect, picture_hw) == hw else f"{hw[0]}x{hw[1]}"
